package imgio

import (
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/zlib"
)

// pngWriter writes chunks of pixels as they come.
type pngWriter struct {
	w           io.Writer
	zlib        *zlib.Writer
	packed      []byte
	pixel       int      // bytes of one
	line, above []byte   // as they are
	filtered    [][]byte // with the filter's kind in front
}

// pngChunk is how much a chunk of pixels holds at least, but for the last.
const pngChunk = 1 << 18

func newPNGWriter(w io.Writer, p *Picture) (*pngWriter, error) {
	one := *p
	one.Width, one.Height, one.Pix = 1, 1, make([]float32, p.Channels)
	if _, err := pngImage(&one); err != nil {
		return nil, err
	}
	depth, colour := byte(8), map[int]byte{1: pngGrey, 3: pngRGB, 4: pngRGBA}[p.Channels]
	if p.Depth > 8 {
		depth = 16
	}
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(p.Width)), uint32(p.Height))
	header = append(header, depth, colour, 0, 0, 0)
	s := &pngWriter{w: w, pixel: p.Channels * int(depth) / 8}
	s.zlib = zlib.NewWriter(s)
	s.above = make([]byte, p.Width*s.pixel)
	for range pngFilters {
		s.filtered = append(s.filtered, make([]byte, 1+len(s.above)))
	}
	_, err := w.Write(appendPNG([]byte(pngSignature), "IHDR", header))
	return s, err
}

// Write takes what zlib has packed.
func (s *pngWriter) Write(packed []byte) (int, error) {
	s.packed = append(s.packed, packed...)
	if len(s.packed) < pngChunk {
		return len(packed), nil
	}
	return len(packed), s.chunk()
}

func (s *pngWriter) chunk() error {
	_, err := s.w.Write(appendPNG(nil, "IDAT", s.packed))
	s.packed = s.packed[:0]
	return err
}

func (s *pngWriter) write(p *Picture) error {
	p, _ = p.InRange(Range{})
	whole := typeLimit(p.Depth)
	for y := range p.Height {
		s.line = s.line[:0]
		for _, v := range p.row(y) {
			q := quantise(v, whole)
			if p.Depth > 8 {
				s.line = append(s.line, byte(q>>8))
			}
			s.line = append(s.line, byte(q))
		}
		if _, err := s.zlib.Write(s.filter()); err != nil {
			return err
		}
		s.line, s.above = s.above, s.line
	}
	return nil
}

// pngFilters are those that are tried: left, above, and Paeth's.
var pngFilters = [...]byte{1, 2, 4}

// filter is the line under the filter whose differences are least in sum, as the
// standard advises (§12.7).
func (s *pngWriter) filter() (best []byte) {
	least := -1
	for i, kind := range pngFilters {
		f := s.filtered[i]
		f[0] = kind
		sum := 0
		for x, v := range s.line {
			var left, corner byte
			if x >= s.pixel {
				left, corner = s.line[x-s.pixel], s.above[x-s.pixel]
			}
			switch kind {
			case 1:
				v -= left
			case 2:
				v -= s.above[x]
			case 4:
				v -= paeth(left, s.above[x], corner)
			}
			f[1+x] = v
			sum += max(int(int8(v)), -int(int8(v)))
		}
		if least < 0 || sum < least {
			least, best = sum, f
		}
	}
	return best
}

func (s *pngWriter) finish() error {
	if err := s.zlib.Close(); err != nil {
		return err
	}
	if err := s.chunk(); err != nil {
		return err
	}
	_, err := s.w.Write(appendPNG(nil, "IEND", nil))
	return err
}
