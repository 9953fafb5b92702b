package imgio

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image/png"
	"io"
	"slices"
)

const (
	pngSignature = "\x89PNG\r\n\x1a\n"
	pngFrame     = 12 // a chunk has length, type and checksum around its content
)

// walkPNG calls visit for every complete chunk of a PNG file, until visit returns false.
func walkPNG(data []byte, visit func(kind string, content []byte) bool) {
	for i := len(pngSignature); i+pngFrame <= len(data); {
		n := int64(binary.BigEndian.Uint32(data[i:]))
		if n > int64(len(data)-i-pngFrame) || !visit(string(data[i+4:i+8]), data[i+8:i+8+int(n)]) {
			return
		}
		i += pngFrame + int(n)
	}
}

// pngMetadata collects the metadata from the chunks of a PNG file.
func pngMetadata(data []byte) (m metadata) {
	walkPNG(data, func(kind string, content []byte) bool {
		switch kind {
		case "iCCP":
			m.profile = inflateProfile(content)
		case "eXIf":
			m.orientation = exifOrientation(content)
		}
		return true
	})
	return m
}

func measurePNG(data []byte) (Extent, error) {
	e, err := measureStill(png.DecodeConfig)(data)
	if err == nil && len(parseAPNG(data).frames) > 0 {
		e.Channels = 4
	}
	return e, err
}

func decodePNG(data []byte, o ReadOptions) (decoded, error) {
	d := decoded{metadata: pngMetadata(data), kind: "frame"}
	whole, err := still(data, o, png.DecodeConfig, png.Decode)
	if err != nil {
		return decoded{}, err
	}
	a := parseAPNG(data)
	d.frames, d.picture = max(len(a.frames), 1), whole
	if d.frame, err = o.pick(d.frames, d.kind); err != nil || len(a.frames) == 0 {
		return d, err
	}
	if d.frame == 1 && a.first {
		return d, nil
	}
	d.picture, err = compose(whole.Width, whole.Height, d.frame, o.maxSamples(), func(i int) (frame, error) {
		if i == 0 && a.first {
			f := a.frames[0]
			return frame{picture: whole.withoutBands(), dispose: f.dispose, replace: true}, nil
		}
		return a.decode(i, o)
	})
	return d, err
}

// withoutBands returns p in RGB, with its alpha if it has any, as frames need it.
func (p *Picture) withoutBands() *Picture {
	channels := 3
	if p.Alpha {
		channels = 4
	}
	q, err := p.As(Shape{Channels: channels, Alpha: p.Alpha})
	if err != nil {
		return p
	}
	return q
}

// apng is the animation in a PNG file (PNG, third edition, §11.3.6).
type apng struct {
	shared [][2]string // chunks that all frames need: kind and content
	header []byte      // of the file; each frame puts its own size in
	frames []apngFrame
	first  bool // the picture that a PNG reader sees is the first frame
}

type apngFrame struct {
	width, height, x, y uint32
	dispose             disposal
	replace             bool
	data                []byte
}

func parseAPNG(data []byte) (a apng) {
	seen, animated := false, false
	walkPNG(data, func(kind string, content []byte) bool {
		switch {
		case kind == "IHDR":
			a.header = content
		case kind == "acTL":
			animated = true
		case kind == "PLTE" || kind == "tRNS":
			a.shared = append(a.shared, [2]string{kind, string(content)})
		case kind == "IDAT":
			seen = true
			a.first = len(a.frames) > 0
		case kind == "fcTL" && len(content) == 26:
			f := apngFrame{width: binary.BigEndian.Uint32(content[4:]), height: binary.BigEndian.Uint32(content[8:]),
				x: binary.BigEndian.Uint32(content[12:]), y: binary.BigEndian.Uint32(content[16:]), replace: content[25] == 0}
			switch content[24] {
			case 1:
				f.dispose = disposeClear
			case 2:
				f.dispose = disposeRestore
			}
			a.frames = append(a.frames, f)
		case kind == "fdAT" && len(content) > 4 && len(a.frames) > 0 && seen:
			last := &a.frames[len(a.frames)-1]
			last.data = append(last.data, content[4:]...)
		}
		return true
	})
	if !animated || len(a.header) != 13 {
		return apng{}
	}
	return a
}

// decode decodes frame i by wrapping it as a PNG file.
func (a apng) decode(i int, o ReadOptions) (frame, error) {
	f := a.frames[i]
	if f.width > 1<<30 || f.height > 1<<30 || f.x > 1<<30 || f.y > 1<<30 {
		return frame{}, errors.New("it extends beyond the canvas")
	}
	if len(f.data) == 0 {
		return frame{}, truncated(io.ErrUnexpectedEOF)
	}
	header := slices.Clone(a.header)
	binary.BigEndian.PutUint32(header, f.width)
	binary.BigEndian.PutUint32(header[4:], f.height)
	file := appendPNG([]byte(pngSignature), "IHDR", header)
	for _, c := range a.shared {
		file = appendPNG(file, c[0], []byte(c[1]))
	}
	file = appendPNG(appendPNG(file, "IDAT", f.data), "IEND", nil)
	p, err := still(file, o, png.DecodeConfig, png.Decode)
	if err != nil {
		return frame{}, err
	}
	return frame{picture: p.withoutBands(), x: int(f.x), y: int(f.y), replace: f.replace, dispose: f.dispose}, nil
}

func appendPNG(file []byte, kind string, content []byte) []byte {
	file = binary.BigEndian.AppendUint32(file, uint32(len(content)))
	at := len(file)
	file = append(append(file, kind...), content...)
	sum := crc32.ChecksumIEEE(file[at:])
	return binary.BigEndian.AppendUint32(file, sum)
}
