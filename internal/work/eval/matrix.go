package eval

import (
	"fmt"
	"html/template"
	"slices"

	"easel/internal/data/metric"
	"easel/internal/data/palette"
	"easel/internal/file/imgio"
	"easel/internal/work/page"
)

// Sizes of the picture of a confusion matrix, in pixels.
const (
	matrixCell = 20
	matrixGap  = 1
)

// Picture draws the matrix: a row for each true class and a column for each
// predicted one, both headed by the class's colour. A cell is darker the larger its
// share of the row's pixels; a perfect prediction is a black
// diagonal. Rows of classes that do not occur are white.
func (c *Confusion) Picture() *imgio.Picture {
	n := len(c.Classes)
	side := (n+1)*(matrixCell+matrixGap) + matrixGap
	p := imgio.New(side, side, 3)
	for i := range p.Pix {
		p.Pix[i] = 0.8
	}
	field := func(row, column int, colour [3]float32) {
		left, top := column*(matrixCell+matrixGap)+matrixGap, row*(matrixCell+matrixGap)+matrixGap
		for y := top; y < top+matrixCell; y++ {
			for x := left; x < left+matrixCell; x++ {
				copy(p.Pix[(y*side+x)*3:], colour[:])
			}
		}
	}
	field(0, 0, [3]float32{1, 1, 1})
	for k, class := range c.Classes {
		var own [3]float32
		for i, v := range class.Colour {
			own[i] = float32(v) / 255
		}
		field(k+1, 0, own)
		field(0, k+1, own)
		all := 0.0
		for _, v := range c.Counts[k] {
			all += v
		}
		for j, v := range c.Counts[k] {
			grey := float32(1 - v/max(all, 1))
			field(k+1, j+1, [3]float32{grey, grey, grey})
		}
	}
	return p
}

// shownMatrix is a confusion matrix on the page.
type shownMatrix struct {
	Title   string
	Picture template.URL
	Classes []shownClass
}

type shownClass struct {
	Name, Colour         string
	Share, Accuracy, IoU string // in percent
}

func (c *Confusion) shown(title string) (shownMatrix, error) {
	m := shownMatrix{Title: title}
	var err error
	if m.Picture, err = page.Picture(c.Picture()); err != nil {
		return m, err
	}
	counts := metric.ConfusionOf(len(c.Classes), slices.Concat(c.Counts...))
	for k, class := range c.Classes {
		s := counts.Class(k)
		percent := func(v float64) string { return fmt.Sprintf("%.1f", 100*v) }
		m.Classes = append(m.Classes, shownClass{class.String(), hex(class), percent(s.Share), percent(s.Accuracy), percent(s.IoU)})
	}
	return m, nil
}

func hex(c palette.Class) string {
	return fmt.Sprintf("#%02x%02x%02x", c.Colour[0], c.Colour[1], c.Colour[2])
}

// matrices returns the confusion matrices of all models, and of the targets.
func (e *Evaluation) matrices() ([]shownMatrix, error) {
	models := e.Models
	if e.Targets != nil {
		models = append([]Model{*e.Targets}, models...)
	}
	var all []shownMatrix
	for _, m := range models {
		for _, x := range []struct {
			title string
			*Confusion
		}{{"of " + m.Name, m.Labels}, {"read by the scorer in " + m.Name, m.Scorer}} {
			if x.Confusion == nil {
				continue
			}
			shown, err := x.shown(x.title)
			if err != nil {
				return nil, err
			}
			all = append(all, shown)
		}
	}
	return all, nil
}
