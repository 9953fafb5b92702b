// Package sheet arranges pictures in rows and columns with names, to be looked at together.
//
// Reduce each picture with Thumbnail as soon as it is there, and give them to Labelled.
package sheet

import (
	"image"
	"image/color"
	"unicode/utf8"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"easel/internal/file/imgio"
)

// Measures in pixels.
const (
	side   = 192 // the longer one of a thumbnail
	gap    = 8
	line   = 16  // the height of a name
	margin = 120 // the most for the names of rows
)

// Thumbnail returns a picture in RGB, whose longer side is at most 192 pixels.
func Thumbnail(p *imgio.Picture) (*imgio.Picture, error) {
	q, err := p.OnWhite().Convert(3)
	if err != nil {
		return nil, err
	}
	if longer := max(q.Width, q.Height); longer > side {
		q = imgio.Resize(q, max(q.Width*side/longer, 1), max(q.Height*side/longer, 1), imgio.Area)
	}
	return q, nil
}

// Labelled returns a sheet of thumbnails in rows, with the names of columns above and those
// of rows on the left. A thumbnail may be nil, which leaves its place empty.
func Labelled(thumbnails [][]*imgio.Picture, rows, columns []string) *imgio.Picture {
	width, height, left := 1, 1, 0
	for _, row := range thumbnails {
		for _, p := range row {
			if p != nil {
				width, height = max(width, p.Width), max(height, p.Height)
			}
		}
	}
	for _, name := range rows {
		left = max(left, min(font.MeasureString(basicfont.Face7x13, name).Ceil(), margin))
	}
	if left > 0 {
		left += gap
	}
	all := imgio.New(gap+left+len(columns)*(width+gap), gap+line+len(rows)*(height+gap), 3)
	for i := range all.Pix {
		all.Pix[i] = 1
	}
	across := func(k int) int { return gap + left + k*(width+gap) }
	down := func(k int) int { return gap + line + k*(height+gap) }
	for k, name := range columns {
		put(all, text(name, width), across(k), gap)
	}
	for r, row := range thumbnails {
		put(all, text(rows[r], max(left-gap, 1)), gap, down(r)+(height-line)/2)
		for k, p := range row {
			if p != nil {
				put(all, p, across(k)+(width-p.Width)/2, down(r)+(height-p.Height)/2)
			}
		}
	}
	return all
}

// put copies p into all, as far as it fits.
func put(all, p *imgio.Picture, left, top int) {
	top = max(top, 0)
	for y := range min(p.Height, all.Height-top) {
		n := min(p.Width, all.Width-left) * p.Channels
		copy(all.Pix[((top+y)*all.Width+left)*all.Channels:][:n], p.Pix[y*p.Width*p.Channels:])
	}
}

// text is a line of text on white: as much of its beginning as fits.
func text(name string, width int) *imgio.Picture {
	for name != "" && !fits(name, width) {
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	return write(name, width)
}

// End is a line of black text on white, [16, width, 3]: as much of its end as fits, such as
// the name of a file without its first folders.
func End(name string, width int) *imgio.Picture {
	for name != "" && !fits(name, width) {
		_, n := utf8.DecodeRuneInString(name)
		name = name[n:]
	}
	return write(name, width)
}

func fits(name string, width int) bool {
	return font.MeasureString(basicfont.Face7x13, name).Ceil() <= width
}

// write is a line of text that fits.
func write(name string, width int) *imgio.Picture {
	canvas := image.NewGray(image.Rect(0, 0, width, line))
	for i := range canvas.Pix {
		canvas.Pix[i] = 255
	}
	face := basicfont.Face7x13
	drawer := font.Drawer{Dst: canvas, Src: image.NewUniform(color.Black), Face: face, Dot: fixed.P(0, face.Ascent+1)}
	drawer.DrawString(name)
	p := imgio.New(width, line, 3)
	for i, v := range canvas.Pix {
		for c := range 3 {
			p.Pix[3*i+c] = float32(v) / 255
		}
	}
	return p
}
