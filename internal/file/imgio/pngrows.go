package imgio

import (
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Colour types of PNG, third edition, §11.2.1.
const (
	pngGrey      = 0
	pngRGB       = 2
	pngPalette   = 3
	pngGreyAlpha = 4
	pngRGBA      = 6
)

// openPNGRows opens a PNG file that is neither interlaced nor animated.
func openPNGRows(content stored, o ReadOptions) (rowSource, decoded, error) {
	r := &pngRows{}
	d, err := r.scan(content)
	if err != nil {
		return nil, d, err
	}
	if err := r.kind(); err != nil {
		return nil, d, err
	}
	if err := checkSize(r.width, 1, r.channels, o.maxSamples()); err != nil {
		return nil, d, err
	}
	if _, err := o.pick(1, "frame"); err != nil {
		return nil, d, err
	}
	r.pixels, err = zlib.NewReader(&r.data)
	if err != nil {
		return nil, d, fmt.Errorf("pixels: %w", truncated(err))
	}
	r.line, r.above = make([]byte, r.lineBytes()), make([]byte, r.lineBytes())
	return r, d, nil
}

// pngRows reads a PNG file row by row.
type pngRows struct {
	width, height     int
	depth, colour     int
	stored, channels  int // samples per pixel in the file and in the picture
	palette           [256][4]float32
	transparent       []uint16 // the transparent colour of grey and RGB
	hasTransparent    bool
	translucent       bool // the palette has alpha
	interlaced        bool
	data              spans
	pixels            io.ReadCloser
	line, above       []byte // filtered rows, unfiltered
	done, paletteSize int
}

// scan reads all chunks except pixels, whose positions it records.
func (r *pngRows) scan(content stored) (d decoded, err error) {
	d.frames = 1
	r.data.content = content
	for at := uint64(len(pngSignature)); ; {
		head, err := content.at(at, 8)
		if err != nil {
			break // if pixels are missing, reading them fails
		}
		n := uint64(binary.BigEndian.Uint32(head))
		switch name := string(head[4:]); name {
		case "IDAT":
			r.data.parts = append(r.data.parts, [2]uint64{at + 8, n})
		case "acTL":
			return d, errWhole
		case "IHDR", "PLTE", "tRNS", "iCCP", "eXIf":
			chunk, err := content.at(at+8, n)
			if err != nil {
				return d, fmt.Errorf("chunk %s: %w", name, truncated(err))
			}
			if err := r.chunk(name, chunk, &d); err != nil {
				return d, fmt.Errorf("chunk %s: %w", name, err)
			}
		}
		at += pngFrame + n
	}
	switch {
	case r.width == 0 || r.height == 0:
		return d, errors.New("the header is missing")
	case r.interlaced:
		return d, errWhole
	case len(r.data.parts) == 0:
		return d, fmt.Errorf("pixels: %w", truncated(io.ErrUnexpectedEOF))
	}
	return d, nil
}

func (r *pngRows) chunk(name string, c []byte, d *decoded) error {
	switch name {
	case "IHDR":
		if len(c) != 13 || c[10] != 0 || c[11] != 0 || c[12] > 1 {
			return errors.New("unknown kind of header")
		}
		width, height := binary.BigEndian.Uint32(c), binary.BigEndian.Uint32(c[4:])
		if width > 1<<30 || height > 1<<30 {
			return ErrTooLarge
		}
		r.width, r.height, r.depth, r.colour, r.interlaced = int(width), int(height), int(c[8]), int(c[9]), c[12] == 1
	case "PLTE":
		r.paletteSize = min(len(c)/3, len(r.palette))
		for i := range r.palette {
			r.palette[i][3] = 1 // as in Go's decoder, colours beyond the palette are opaque black
		}
		for i := range r.paletteSize {
			for k := range 3 {
				r.palette[i][k] = float32(c[3*i+k]) / 255
			}
		}
	case "tRNS":
		r.hasTransparent = true
		if r.colour == pngPalette {
			for i, alpha := range c[:min(len(c), r.paletteSize)] {
				r.palette[i][3] = float32(alpha) / 255
				r.translucent = r.translucent || alpha != 255
			}
			return nil
		}
		for ; len(c) >= 2; c = c[2:] {
			r.transparent = append(r.transparent, binary.BigEndian.Uint16(c))
		}
	case "iCCP":
		d.profile = inflateProfile(c)
	case "eXIf":
		d.orientation = exifOrientation(c)
	}
	return nil
}

// kind checks the combination of colour type and depth, and sets the number of channels.
func (r *pngRows) kind() error {
	r.stored = map[int]int{pngGrey: 1, pngRGB: 3, pngPalette: 1, pngGreyAlpha: 2, pngRGBA: 4}[r.colour]
	low := r.depth == 1 || r.depth == 2 || r.depth == 4
	switch {
	case r.stored == 0, r.depth != 8 && r.depth != 16 && !low, low && r.stored > 1, r.depth == 16 && r.colour == pngPalette:
		return fmt.Errorf("header: colour type %d cannot have %d bits", r.colour, r.depth)
	case r.colour == pngPalette && r.paletteSize == 0:
		return errors.New("header: the palette is missing")
	case r.hasTransparent && r.colour != pngPalette && len(r.transparent) != r.stored:
		if r.colour == pngGrey || r.colour == pngRGB {
			return errors.New("header: the transparent colour has the wrong number of samples")
		}
		r.hasTransparent = false
	}
	switch {
	case r.colour == pngGreyAlpha || r.colour == pngRGBA || r.colour != pngPalette && r.hasTransparent || r.translucent:
		r.channels = 4 // as in Go's decoder
	case r.colour == pngGrey:
		r.channels = 1
	default:
		r.channels = 3
	}
	return nil
}

func (r *pngRows) lineBytes() int { return 1 + (r.width*r.stored*r.depth+7)/8 }

func (r *pngRows) size() Extent { return Extent{r.width, r.height, r.channels} }

func (r *pngRows) next(rows int) (*Picture, float64, error) {
	p := New(r.width, rows, r.channels)
	p.Alpha = r.channels == 4
	if r.depth == 16 {
		p.Depth = 16
	}
	for y := range rows {
		r.line, r.above = r.above, r.line
		if _, err := io.ReadFull(r.pixels, r.line); err != nil {
			return nil, 0, err
		}
		if err := unfilter(r.line[0], r.line[1:], r.above[1:], max(1, r.stored*r.depth/8)); err != nil {
			return nil, 0, err
		}
		r.place(p.row(y), r.line[1:])
		r.done++
	}
	if r.done == r.height { // the checksum follows the last row
		if _, err := io.ReadFull(r.pixels, make([]byte, 1)); err != io.EOF && err != nil {
			return nil, 0, err
		}
	}
	return p, 0, nil
}

// unfilter undoes a row's filter (§9.2); each is the number of bytes per pixel.
func unfilter(kind byte, line, above []byte, each int) error {
	switch kind {
	case 0:
	case 1:
		for i := each; i < len(line); i++ {
			line[i] += line[i-each]
		}
	case 2:
		for i := range line {
			line[i] += above[i]
		}
	case 3:
		for i := range line {
			left := 0
			if i >= each {
				left = int(line[i-each])
			}
			line[i] += byte((left + int(above[i])) / 2)
		}
	case 4:
		for i := range line {
			if i < each {
				line[i] += above[i]
			} else {
				line[i] += paeth(line[i-each], above[i], above[i-each])
			}
		}
	default:
		return fmt.Errorf("a row has the unknown filter %d", kind)
	}
	return nil
}

// paeth returns the neighbour that is nearest to left + up − corner.
func paeth(left, up, corner byte) byte {
	l, u := int(up)-int(corner), int(left)-int(corner) // distances
	c := l + u
	l, u, c = max(l, -l), max(u, -u), max(c, -c)
	switch {
	case l <= u && l <= c:
		return left
	case u <= c:
		return up
	}
	return corner
}

// place converts the samples of a row to pixels.
func (r *pngRows) place(dst []float32, line []byte) {
	limit := float32(int(1)<<r.depth - 1)
	sample := func(k int) int {
		switch r.depth {
		case 8:
			return int(line[k])
		case 16:
			return int(binary.BigEndian.Uint16(line[2*k:]))
		}
		bit := k * r.depth
		return int(line[bit/8]) >> (8 - r.depth - bit%8) & (1<<r.depth - 1)
	}
	for x := range r.width {
		pixel := dst[x*r.channels:][:r.channels]
		if r.colour == pngPalette {
			copy(pixel, r.palette[sample(x)][:])
			continue
		}
		hidden := r.hasTransparent
		for c := range r.stored {
			v := sample(x*r.stored + c)
			hidden = hidden && v == int(r.transparent[c])
			pixel[c] = float32(v) / limit
		}
		if r.channels < 4 {
			continue
		}
		switch r.colour {
		case pngGreyAlpha:
			pixel[3], pixel[1], pixel[2] = pixel[1], pixel[0], pixel[0]
		case pngGrey:
			pixel[1], pixel[2] = pixel[0], pixel[0]
		}
		if r.hasTransparent {
			pixel[3] = 1
			if hidden {
				pixel[3] = 0
			}
		}
	}
}

// spans reads parts of a file one after the other.
type spans struct {
	content stored
	parts   [][2]uint64 // offset and length
	r       io.Reader
}

func (s *spans) Read(p []byte) (int, error) {
	for {
		if s.r == nil {
			if len(s.parts) == 0 {
				return 0, io.EOF
			}
			var err error
			if s.r, err = s.content.section(s.parts[0][0], s.parts[0][1]); err != nil {
				return 0, err
			}
			s.parts = s.parts[1:]
		}
		n, err := s.r.Read(p)
		if err == io.EOF {
			s.r = nil
			if n == 0 {
				continue
			}
			err = nil
		}
		return n, err
	}
}
