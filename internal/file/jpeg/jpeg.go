// Package jpeg decodes JPEG files (ITU-T T.81) and gives the pixels that libjpeg
// gives, which is what nearly every viewer and every Python program shows.
//
// ReadHeader looks at a file without decoding it. Decode returns an Image: planes
// as they are stored, of which chroma is mostly smaller. Image.EachRow brings them to
// one size and to grey or RGB, row by row. FromYCbCr does so for a decoded picture of
// the standard library.
//
// It reads baseline, extended and progressive Huffman files of 8 bits with one, three
// or four components, of any sampling factors, in any order of scans. Arithmetic
// coding, 12 bits and lossless JPEG are refused by name.
//
// The standard library's decoder takes none but the common sampling factors, and
// returns chroma that its caller has to enlarge.
package jpeg

import (
	"errors"
	"fmt"
	"io"
)

// Header is what a file says of its picture before the pixels.
type Header struct {
	Width, Height int
	Components    int // 1, 3 or 4; four are inks
}

// Channels is how many EachRow gives: 1 for grey, 3 for RGB.
func (h Header) Channels() int {
	if h.Components == 1 {
		return 1
	}
	return 3
}

// Space is what the planes of an Image stand for.
type Space int

// The spaces of JPEG files. Inks are stored as Adobe's programs do: 255 is no ink.
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

// Plane is the samples of one component. Its sampling factors over the largest of all
// planes say how much smaller than the picture it is.
type Plane struct {
	Pix          []uint8
	Stride       int
	Across, Down int
}

// ReadHeader returns what a file claims, having read up to there only. A file that
// ends before is io.ErrUnexpectedEOF.
func ReadHeader(data []byte) (Header, error) {
	d := decoder{data: data, adobe: noAdobe}
	if err := d.run(true); err != nil {
		return Header{}, err
	}
	return Header{d.width, d.height, len(d.components)}, nil
}

// Decode returns the picture in a file. A file that ends before its picture does is
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
	restart       int // MCUs between restart markers; 0 is none
	jfif          bool
	adobe         int // the transform of Adobe's marker
}

type component struct {
	id, h, v, table int
	wide, high      int // blocks of 8×8 that hold the picture
	across, down    int // blocks in store: whole MCUs
	begun           bool
	quant           *[64]uint16 // of the first scan, in the order of rows
	plane           []uint8
	coefficients    []int16 // of progressive files
}

// space is libjpeg's guess at what the components are.
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
			return fmt.Errorf("component %d has the sampling factors %d×%d, which go from 1 to 4", i+1, c.h, c.v)
		}
		if c.table > 3 {
			return fmt.Errorf("component %d has the quantisation table %d of 0 to 3", i+1, c.table)
		}
		for _, other := range d.components {
			if other.id == c.id {
				return fmt.Errorf("two components have the number %d", c.id)
			}
		}
		d.components = append(d.components, c)
		d.hMax, d.vMax = max(d.hMax, c.h), max(d.vMax, c.v)
	}
	return nil
}

// measure says how many blocks a component has.
func (d *decoder) measure(c *component) {
	c.wide, c.high = up(d.width*c.h, 8*d.hMax), up(d.height*c.v, 8*d.vMax)
	c.across, c.down = c.h*up(d.width, 8*d.hMax), c.v*up(d.height, 8*d.vMax)
}

// up is a/b, rounded up.
func up(a, b int) int { return (a + b - 1) / b }
