package imgio

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
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
	return encodeTexts(w, f, p, pngFast(), texts)
}

// encodeTexts is Encode with an effort and texts for PNG.
func encodeTexts(w io.Writer, f Format, p *Picture, e pngEffort, texts []Text) error {
	if f != PNG {
		return Encode(w, f, p)
	}
	if err := encodePNG(w, p, e, texts); err != nil {
		return fmt.Errorf("encode %s: %w", f, err)
	}
	return nil
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
