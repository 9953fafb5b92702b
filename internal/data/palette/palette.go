// Package palette maps the colours of label pictures to classes.
//
// A [Palette] comes from a file ([Read]), or is found from label pictures
// themselves ([Survey]), even with JPEG noise. [Palette.Positions] then returns the
// class of every pixel by the nearest colour, and [Palette.Paint] draws classes.
//
// # The file
//
// A text file, one class a line: its index in index maps, its colour and, if you
// like, its name.
//
//	# index  red green blue  name
//	0        0   0   222     background
//	1        #0030ff         wall
//
// Empty lines and lines that begin with # are skipped. A file that begins with
// "GIMP Palette" is a palette of GIMP: its lines have no index, classes are
// numbered from 0.
//
// # Index and position
//
// An index is what index maps hold; indices may have gaps (0, 7, 255). A position
// is the place in [Palette.Classes], 0 up without gaps, which is what a network
// or a confusion matrix counts with.
package palette

import (
	"fmt"

	"easel/internal/file/imgio"
)

// Class is one kind of area.
type Class struct {
	Index  int      `json:"index"`          // in index maps, 0..MaxIndex
	Colour [3]uint8 `json:"colour"`         // 8-bit RGB in label pictures
	Name   string   `json:"name,omitempty"` // may be empty
}

// String returns the name, or the colour as #rrggbb if there is no name.
func (c Class) String() string {
	if c.Name != "" {
		return c.Name
	}
	return fmt.Sprintf("#%02x%02x%02x", c.Colour[0], c.Colour[1], c.Colour[2])
}

// MaxIndex is the largest index, which a 16-bit index map can hold.
const MaxIndex = 65535

// Palette is classes of different colours and indices.
type Palette struct{ Classes []Class }

// Positions returns the position of the class of every pixel, row by row: that
// of the nearest colour in RGB, the first of several. Pictures with
// alpha are laid on white; those whose bands are not colours are an error.
func (p *Palette) Positions(pic *imgio.Picture) ([]int, error) {
	rgb, err := pic.Convert(3)
	if err != nil {
		return nil, err
	}
	positions := make([]int, rgb.Width*rgb.Height)
	var last [3]uint8
	known := -1 // the position of last: neighbours mostly have the same colour
	for i := range positions {
		c := colourOf(rgb.Pix[3*i:])
		if known < 0 || c != last {
			known, last = p.Nearest(c), c
		}
		positions[i] = known
	}
	return positions, nil
}

// Nearest returns the position of the class whose colour is nearest, the first
// of several.
func (p *Palette) Nearest(c [3]uint8) int {
	best, least := 0, -1
	for i := range p.Classes {
		if d := distance(c, p.Classes[i].Colour); least < 0 || d < least {
			best, least = i, d
		}
	}
	return best
}

// Position returns the position of the class of an index, or −1.
func (p *Palette) Position(index int) int {
	for i, c := range p.Classes {
		if c.Index == index {
			return i
		}
	}
	return -1
}

// Paint returns the label picture, [height, width, 3], of positions, of which
// there are width·height.
func (p *Palette) Paint(positions []int, width, height int) *imgio.Picture {
	if len(positions) != width*height {
		panic(fmt.Sprintf("palette: %d positions for %d×%d pixels", len(positions), width, height))
	}
	pic := imgio.New(width, height, 3)
	for i, k := range positions {
		for c, v := range p.Classes[k].Colour {
			pic.Pix[3*i+c] = float32(v) / 255
		}
	}
	return pic
}

// distance is the square of the distance in RGB.
func distance(a, b [3]uint8) int {
	sum := 0
	for c := range a {
		d := int(a[c]) - int(b[c])
		sum += d * d
	}
	return sum
}

// colourOf rounds the first three samples to eight bits.
func colourOf(pixel []float32) (c [3]uint8) {
	for i := range c {
		c[i] = uint8(min(max(pixel[i], 0), 1)*255 + 0.5)
	}
	return c
}
