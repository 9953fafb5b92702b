package imgio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image/png"
	"io"
)

// Text is a note stored in a picture file, such as which program made it.
type Text struct {
	Keyword string // 1 to 79 ASCII characters
	Text    string
}

// EncodeFast is Encode for interactive use: it compresses PNG with less effort. It also
// stores texts in PNG; other formats omit them.
func EncodeFast(w io.Writer, f Format, p *Picture, texts ...Text) error {
	if f != PNG {
		return Encode(w, f, p)
	}
	s, err := newPNGWriter(w, p, pngFast())
	if err == nil {
		err = writeTexts(w, texts)
	}
	if err == nil {
		err = s.write(p)
	}
	if err == nil {
		err = s.finish()
	}
	if err != nil {
		return fmt.Errorf("encode %s: %w", f, err)
	}
	return nil
}

// encodeTexts is Encode with texts for PNG.
func encodeTexts(w io.Writer, f Format, p *Picture, texts []Text) error {
	if f != PNG {
		return Encode(w, f, p)
	}
	var b bytes.Buffer
	img, err := pngImage(p)
	if err == nil {
		err = png.Encode(&b, img)
	}
	if err != nil {
		return fmt.Errorf("encode %s: %w", f, err)
	}
	// Texts belong between the header, which has a fixed size, and the pixels.
	const header = 8 + 12 + 13
	if _, err := w.Write(b.Next(header)); err != nil {
		return err
	}
	if err := writeTexts(w, texts); err != nil {
		return err
	}
	_, err = b.WriteTo(w)
	return err
}

func writeTexts(w io.Writer, texts []Text) error {
	for _, t := range texts {
		if _, err := w.Write(t.chunk()); err != nil {
			return err
		}
	}
	return nil
}

// chunk returns the text as iTXt (PNG specification §11.3.3.4): a keyword and UTF-8, not
// compressed, without a language.
func (t Text) chunk() []byte {
	content := append([]byte("iTXt"), t.Keyword...)
	content = append(content, 0, 0, 0, 0, 0)
	content = append(content, t.Text...)
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(content)-4))
	chunk = append(chunk, content...)
	return binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(content))
}
