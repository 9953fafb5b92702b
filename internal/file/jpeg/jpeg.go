// Package jpeg decodes JPEG files (ITU-T T.81) to the same pixels as libjpeg, which nearly
// every viewer and Python program uses.
//
// ReadHeader looks at a file without decoding it. Decode returns an Image: planes as they
// are stored, with chroma usually smaller. Image.EachRow scales them to one size and
// converts them to grey or RGB, row by row. FromYCbCr takes a picture that the standard
// library decoded.
//
// It reads baseline, extended and progressive Huffman files of 8 bits with one, three or
// four components, any sampling factors and any order of scans. Arithmetic coding, 12 bits
// and lossless JPEG are refused by name.
//
// The standard library's decoder supports only the common sampling factors, and leaves the
// upsampling of chroma to its caller.
package jpeg

import (
	"errors"
	"fmt"
	"io"
)

// Header describes a picture, as its file claims before the pixels.
type Header struct {
	Width, Height int
	Components    int // 1, 3 or 4; four are CMYK
}

// Channels is how many channels EachRow returns: 1 for grey, 3 for RGB.
func (h Header) Channels() int {
	if h.Components == 1 {
		return 1
	}
	return 3
}

// Space is the colour space of an Image.
type Space int

// The colour spaces of JPEG files. Inks are inverted as in Adobe's programs: 255 is no ink.
const (
	Grey Space = iota
	YCbCr
	RGB
	CMYK
	YCCK
)

// Image is a decoded picture in planes.
type Image struct {
	Width, Height int
	Space         Space
	Planes        []Plane
}

// Plane holds the samples of one component. Its size relative to the picture is its
// sampling factors divided by the largest of all planes.
type Plane struct {
	Pix          []uint8
	Stride       int
	Across, Down int
}

// ReadHeader reads the header and nothing beyond it. If the file ends before, the error is
// io.ErrUnexpectedEOF.
func ReadHeader(data []byte) (Header, error) {
	d := decoder{data: data, adobe: noAdobe}
	if err := d.run(true); err != nil {
		return Header{}, err
	}
	return Header{d.width, d.height, len(d.components)}, nil
}

// Decode returns the picture in a file. If the file ends too early, the error is
// io.ErrUnexpectedEOF.
func Decode(data []byte) (*Image, error) {
	d := decoder{data: data, adobe: noAdobe}
	if err := d.run(false); err != nil {
		return nil, err
	}
	m := &Image{Width: d.width, Height: d.height, Space: d.space()}
	for i := range d.components {
		c := &d.components[i]
		if !c.begun {
			return nil, fmt.Errorf("component %d has no data", i+1)
		}
		if d.progressive {
			d.transform(c)
		}
		m.Planes = append(m.Planes, Plane{c.plane, 8 * c.across, c.h, c.v})
	}
	return m, nil
}

// noAdobe is the transform of a file without Adobe's marker.
const noAdobe = -1

type decoder struct {
	data          []byte
	pos           int
	width, height int
	progressive   bool
	components    []component
	hMax, vMax    int
	quant         [4]*[64]uint16
	dc, ac        [4]*huffman
	restart       int // MCUs between restart markers; 0 means no markers
	jfif          bool
	adobe         int // the transform of Adobe's marker
}

type component struct {
	id, h, v, table int
	wide, high      int // size of the picture in blocks of 8×8
	across, down    int // size in memory in blocks: whole MCUs
	begun           bool
	quant           *[64]uint16 // as at the first scan, in row order
	plane           []uint8
	coefficients    []int16 // only of progressive files
}

// space guesses the colour space as libjpeg does.
func (d *decoder) space() Space {
	c := d.components
	switch {
	case len(c) == 1:
		return Grey
	case len(c) == 4 && d.adobe > 0:
		return YCCK
	case len(c) == 4:
		return CMYK
	case d.jfif:
		return YCbCr
	case d.adobe == 0:
		return RGB
	case d.adobe == noAdobe && c[0].id == 'R' && c[1].id == 'G' && c[2].id == 'B':
		return RGB
	}
	return YCbCr
}

// frame reads a frame header (T.81 B.2.2).
func (d *decoder) frame(b []byte, marker byte) error {
	if d.components != nil {
		return errors.New("there are two frame headers")
	}
	if len(b) < 6 {
		return io.ErrUnexpectedEOF
	}
	if b[0] != 8 {
		return fmt.Errorf("samples of %d bits are not supported, only of 8", b[0])
	}
	n := int(b[5])
	d.height, d.width = int(b[1])<<8|int(b[2]), int(b[3])<<8|int(b[4])
	switch {
	case d.height == 0 || d.width == 0:
		return fmt.Errorf("a picture of %d×%d pixels", d.width, d.height)
	case n != 1 && n != 3 && n != 4:
		return fmt.Errorf("%d components are not supported, only 1, 3 and 4", n)
	case len(b) != 6+3*n:
		return errors.New("the frame header has the wrong length")
	}
	d.progressive = marker == startProgressive
	for i := range n {
		e := b[6+3*i:]
		c := component{id: int(e[0]), h: int(e[1] >> 4), v: int(e[1] & 15), table: int(e[2])}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 {
			return fmt.Errorf("component %d has the sampling factors %d×%d, expected 1 to 4", i+1, c.h, c.v)
		}
		if c.table > 3 {
			return fmt.Errorf("component %d has the quantisation table %d, expected 0 to 3", i+1, c.table)
		}
		for _, other := range d.components {
			if other.id == c.id {
				return fmt.Errorf("two components have the identifier %d", c.id)
			}
		}
		d.components = append(d.components, c)
		d.hMax, d.vMax = max(d.hMax, c.h), max(d.vMax, c.v)
	}
	return nil
}

// measure sets how many blocks a component has.
func (d *decoder) measure(c *component) {
	c.wide, c.high = up(d.width*c.h, 8*d.hMax), up(d.height*c.v, 8*d.vMax)
	c.across, c.down = c.h*up(d.width, 8*d.hMax), c.v*up(d.height, 8*d.vMax)
}

// up returns a/b, rounded up.
func up(a, b int) int { return (a + b - 1) / b }
