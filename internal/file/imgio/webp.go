package imgio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"io"

	xwebp "golang.org/x/image/webp"

	"easel/internal/file/webp"
)

func isWebP(data []byte) bool {
	return len(data) >= 12 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP"
}

// webpFile holds the chunks of a WebP file (RFC 9649 §2) that matter here.
type webpFile struct {
	metadata
	width, height int      // of the canvas of an animation
	frames        [][]byte // of an animation: the contents of ANMF
}

func parseWebP(data []byte) (f webpFile) {
	walkRIFF(data, func(kind string, content []byte) {
		switch {
		case kind == "ICCP":
			f.profile = content
		case kind == "EXIF":
			f.orientation = exifOrientation(bytes.TrimPrefix(content, []byte(exifPrefix)))
		case kind == "VP8X" && len(content) >= 10:
			f.width, f.height = 1+uint24(content[4:]), 1+uint24(content[7:])
		case kind == "ANMF":
			f.frames = append(f.frames, content)
		}
	})
	return f
}

func uint24(b []byte) int { return int(b[0]) | int(b[1])<<8 | int(b[2])<<16 }

func decodeWebP(data []byte, o ReadOptions) (decoded, error) {
	f := parseWebP(data)
	d := decoded{metadata: f.metadata, frames: len(f.frames), kind: "frame"}
	var err error
	if len(f.frames) == 0 {
		if d.frame, err = o.pick(1, d.kind); err != nil {
			return d, err
		}
		d.picture, err = decodeWebPFrame(data[min(12, len(data)):], o.maxSamples())
		return d, err
	}
	if d.frame, err = o.pick(d.frames, d.kind); err != nil {
		return d, err
	}
	d.picture, err = compose(f.width, f.height, d.frame, o.maxSamples(), func(i int) (frame, error) {
		const header = 16 // offset, size, duration and flags (RFC 9649 §2.7.1.1)
		b := f.frames[i]
		if len(b) < header {
			return frame{}, truncated(io.ErrUnexpectedEOF)
		}
		p, err := decodeWebPFrame(b[header:], o.maxSamples())
		if err != nil {
			return frame{}, err
		}
		out := frame{picture: p, x: 2 * uint24(b), y: 2 * uint24(b[3:]), replace: b[15]&2 != 0}
		if b[15]&1 != 0 {
			out.dispose = disposeClear
		}
		return out, nil
	})
	return d, err
}

// decodeWebPFrame decodes the picture in a list of chunks: a bitstream, perhaps after its
// alpha. x/image/webp wants a file with nothing else, and a header that announces alpha, so
// this builds one.
func decodeWebPFrame(chunks []byte, limit int64) (*Picture, error) {
	kind, bits, alpha, err := webpPicture(chunks)
	if err != nil {
		return nil, err
	}
	w, h := webpSize(kind, bits)
	if err := checkSize(w, h, 4, limit); err != nil {
		return nil, err
	}
	file := []byte("RIFF\x00\x00\x00\x00WEBP")
	if kind == "VP8 " && alpha != nil {
		const hasAlpha = 1 << 4
		w, h := w-1, h-1
		file = appendChunk(file, "VP8X", []byte{hasAlpha, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)})
		file = appendChunk(file, "ALPH", alpha)
	}
	file = appendChunk(file, kind, bits)
	binary.LittleEndian.PutUint32(file[4:], uint32(len(file)-8))
	img, err := xwebp.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("pixels: %w", truncated(err))
	}
	switch m := img.(type) {
	case *image.YCbCr:
		return fromWebP(m), nil
	case *image.NYCbCrA:
		return fromWebP(&m.YCbCr).withAlphaOf(m.A, m.AStride), nil
	case *image.NRGBA: // lossless WebP is always decoded with alpha
		if m.Opaque() {
			return FromImage(m).Select(0, 3), nil
		}
	}
	return FromImage(img), nil
}

// encodeWebP writes the numbers of the file, as PNG does, losslessly.
func encodeWebP(w io.Writer, p *Picture) error {
	p, _ = p.InRange(Range{})
	if p.Channels == 1 {
		var err error
		if p, err = p.Convert(3); err != nil {
			return err
		}
	}
	m := image.NewNRGBA(image.Rect(0, 0, p.Width, p.Height))
	p.store(m.Pix, 4)
	return webp.Encode(w, m)
}

// webpPicture returns the bitstream in a list of chunks, and the alpha that may precede it.
func webpPicture(chunks []byte) (kind string, bits, alpha []byte, err error) {
	walkChunks(chunks, func(k string, content []byte) {
		switch {
		case bits != nil:
		case k == "ALPH":
			alpha = content
		case k == "VP8 " || k == "VP8L":
			kind, bits = k, content
		}
	})
	if bits == nil {
		err = fmt.Errorf("header: the picture is incomplete: %w or damaged", ErrTruncated)
	}
	return kind, bits, alpha, err
}

func measureWebP(data []byte) (Extent, error) {
	if f := parseWebP(data); len(f.frames) > 0 {
		return Extent{f.width, f.height, 4}, nil
	}
	kind, bits, _, err := webpPicture(data[min(12, len(data)):])
	w, h := webpSize(kind, bits)
	return Extent{w, h, 4}, err
}

// webpSize returns the size in the header of a bitstream, which is what a decoder
// allocates; 0×0 if it is truncated. The fields have 14 bits.
func webpSize(kind string, bits []byte) (w, h int) {
	switch {
	case kind == "VP8 " && len(bits) >= 10: // RFC 6386 §9.1
		w = int(binary.LittleEndian.Uint16(bits[6:]) & 0x3fff)
		h = int(binary.LittleEndian.Uint16(bits[8:]) & 0x3fff)
	case kind == "VP8L" && len(bits) >= 5: // RFC 9649 §3.4
		v := binary.LittleEndian.Uint32(bits[1:])
		w, h = int(v&0x3fff)+1, int(v>>14&0x3fff)+1
	}
	return w, h
}

func appendChunk(file []byte, kind string, content []byte) []byte {
	file = binary.LittleEndian.AppendUint32(append(file, kind...), uint32(len(content)))
	file = append(file, content...)
	return append(file, make([]byte, len(content)%2)...)
}

// walkRIFF calls visit for every complete chunk of a RIFF file.
func walkRIFF(data []byte, visit func(kind string, content []byte)) {
	if len(data) > 12 {
		walkChunks(data[12:], visit)
	}
}

func walkChunks(data []byte, visit func(kind string, content []byte)) {
	for i := int64(0); i+8 <= int64(len(data)); {
		n := int64(binary.LittleEndian.Uint32(data[i+4:]))
		if n > int64(len(data))-i-8 {
			return
		}
		visit(string(data[i:i+4]), data[i+8:i+8+n])
		i += 8 + n + n%2 // chunks begin at even offsets
	}
}
