package figure

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"easel/internal/file/imgio"
)

// labelled is a picture with the text below it; a nil picture is a gap.
type labelled struct {
	label   string
	picture *imgio.Picture
}

const (
	gap       = 8  // between cells, in pixels
	fontSize  = 15 // of labels, in pixels
	labelRoom = 24 // below a picture
	// leastCell keeps labels readable where pictures are small.
	leastCell = 150
)

// sheetOf is the grid: cells of one size, pictures scaled to fit, labels below.
func sheetOf(rows [][]labelled) (*imgio.Picture, error) {
	face, err := openFace()
	if err != nil {
		return nil, err
	}
	defer func() { _ = face.Close() }()
	width, height, columns := cellSize(rows)
	sheet := image.NewRGBA(image.Rect(0, 0, gap+columns*(width+gap), gap+len(rows)*(height+labelRoom+gap)))
	draw.Draw(sheet, sheet.Bounds(), image.White, image.Point{}, draw.Src)
	for y, row := range rows {
		for x, c := range row {
			at := image.Pt(gap+x*(width+gap), gap+y*(height+labelRoom+gap))
			if err := c.draw(sheet, face, at, width, height); err != nil {
				return nil, err
			}
		}
	}
	return imgio.FromImage(sheet), nil
}

func openFace() (font.Face, error) {
	parsed, err := opentype.Parse(goregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("labels: %w", err)
	}
	return opentype.NewFace(parsed, &opentype.FaceOptions{Size: fontSize, DPI: 72, Hinting: font.HintingFull})
}

// cellSize is the size of the largest result (results are the pictures at the
// ends of the rows), and the number of columns.
func cellSize(rows [][]labelled) (width, height, columns int) {
	for _, row := range rows {
		columns = max(columns, len(row))
		if p := row[len(row)-1].picture; p != nil {
			width, height = max(width, p.Width), max(height, p.Height)
		}
	}
	return max(width, leastCell), max(height, leastCell/2), columns
}

// draw puts the picture into a cell, centred, and its label below.
func (c labelled) draw(sheet draw.Image, face font.Face, at image.Point, width, height int) error {
	if c.picture == nil {
		return nil
	}
	factor := min(float64(width)/float64(c.picture.Width), float64(height)/float64(c.picture.Height))
	w, h := max(1, int(float64(c.picture.Width)*factor)), max(1, int(float64(c.picture.Height)*factor))
	rgb, err := c.picture.Convert(3)
	if err != nil {
		return err
	}
	img, err := imgio.ToImage(imgio.Resize(rgb, w, h, imgio.Lanczos))
	if err != nil {
		return err
	}
	corner := at.Add(image.Pt((width-w)/2, (height-h)/2))
	draw.Draw(sheet, image.Rectangle{Min: corner, Max: corner.Add(image.Pt(w, h))}, img, image.Point{}, draw.Src)
	d := font.Drawer{Dst: sheet, Src: image.NewUniform(color.Black), Face: face}
	d.Dot = fixed.P(at.X, at.Y+height+fontSize+2)
	d.Dot.X += (fixed.I(width) - d.MeasureString(c.label)) / 2
	d.DrawString(c.label)
	return nil
}
