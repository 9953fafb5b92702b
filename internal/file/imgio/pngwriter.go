package imgio

import (
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/zlib"
)

// pngWriter writes the compressed pixels in chunks, as zlib produces them.
type pngWriter struct {
	w           io.Writer
	zlib        *zlib.Writer
	packed      []byte
	pixel       int      // in bytes
	filters     []byte   // to try
	line, above []byte   // unfiltered
	filtered    [][]byte // each begins with its filter type
}

// pngEffort is how hard a writer tries to make a file small.
type pngEffort struct {
	level   int    // zlib's
	filters []byte // to try for each line
}

// pngSmall, with the filters left, above and Paeth, is for files to keep, and pngFast for
// interactive use. Level 7 makes files as small as image/png does, in half the time; the
// default level makes them up to 28 % larger. The filtered samples of photographs hardly
// repeat, so not searching for repetitions takes a fifth of the time and makes no larger
// files, except of flat drawings.
func pngSmall() pngEffort { return pngEffort{7, []byte{1, 2, 4}} }
func pngFast() pngEffort  { return pngEffort{zlib.HuffmanOnly, []byte{1}} }

// pngChunk is the least content of a chunk of pixels, except the last.
const pngChunk = 1 << 18

// encodePNG writes a whole file.
func encodePNG(w io.Writer, p *Picture, e pngEffort, texts []Text) error {
	s, err := newPNGWriter(w, p, e)
	if err == nil {
		err = writeTexts(w, texts) // after the header
	}
	if err == nil {
		err = s.write(p)
	}
	if err == nil {
		err = s.finish()
	}
	return err
}

// newPNGWriter writes the header of a file with the picture's pixels.
func newPNGWriter(w io.Writer, p *Picture, e pngEffort) (*pngWriter, error) {
	if err := PNG.Holds(p); err != nil {
		return nil, err
	}
	depth, colour := byte(8), map[int]byte{1: pngGrey, 3: pngRGB, 4: pngRGBA}[p.Channels]
	if p.Depth > 8 {
		depth = 16
	}
	header := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(p.Width)), uint32(p.Height))
	header = append(header, depth, colour, 0, 0, 0)
	s := &pngWriter{w: w, pixel: p.Channels * int(depth) / 8, filters: e.filters}
	var err error
	if s.zlib, err = zlib.NewWriterLevel(s, e.level); err != nil {
		return nil, err
	}
	s.above = make([]byte, p.Width*s.pixel)
	for range e.filters {
		s.filtered = append(s.filtered, make([]byte, 1+len(s.above)))
	}
	_, err = w.Write(appendPNG([]byte(pngSignature), "IHDR", header))
	return s, err
}

// Write takes the compressed output of zlib.
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

// filter applies the filter whose differences have the least sum, as the standard advises
// (§12.7).
func (s *pngWriter) filter() (best []byte) {
	least := -1
	for i, kind := range s.filters {
		f := s.filtered[i]
		f[0] = kind
		sum := s.differences(f[1:], kind)
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

// differences writes the line under a filter, and returns the sum of their sizes.
func (s *pngWriter) differences(dst []byte, kind byte) (sum int) {
	line, above, n := s.line, s.above[:len(s.line)], s.pixel
	dst = dst[:len(line)]
	switch kind {
	case 1:
		copy(dst, line[:n])
		for x := n; x < len(line); x++ {
			dst[x] = line[x] - line[x-n]
		}
	case 2:
		for x, v := range line {
			dst[x] = v - above[x]
		}
	case 4:
		for x := range n {
			dst[x] = line[x] - above[x] // Paeth of nothing, above and nothing
		}
		for x := n; x < len(line); x++ {
			dst[x] = line[x] - paeth(line[x-n], above[x], above[x-n])
		}
	}
	for _, v := range dst {
		sum += max(int(int8(v)), -int(int8(v)))
	}
	return sum
}
