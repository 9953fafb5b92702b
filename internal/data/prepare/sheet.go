package prepare

import (
	"easel/internal/data/dataset"
	"easel/internal/data/sheet"
	"easel/internal/file/imgio"
)

// The contact sheet.
const (
	sheetHeight  = 128 // of a pair, pixels
	sheetColumns = 4   // pairs
	sheetGap     = 8
)

// miniature is a pair side by side, in RGB, [sheetHeight, 2·width, 3].
func miniature(p dataset.Pair, filterA, filterB imgio.Filter) (*imgio.Picture, error) {
	// Wide pictures become as wide as tall ones are tall: a sheet has columns.
	width := min(max(p.Input.Width*sheetHeight/p.Input.Height, 1), 2*sheetHeight)
	a, err := shown(imgio.Resize(p.Input, width, sheetHeight, shrinking(filterA)))
	if err != nil {
		return nil, err
	}
	b, err := shown(imgio.Resize(p.Target, width, sheetHeight, shrinking(filterB)))
	if err != nil {
		return nil, err
	}
	return imgio.SideBySide(a, b)
}

func shrinking(f imgio.Filter) imgio.Filter {
	if f == imgio.Nearest {
		return f
	}
	return imgio.Area
}

// shown is a picture as RGB; if it has many channels, the first one as grey.
func shown(p *imgio.Picture) (*imgio.Picture, error) {
	p = p.OnWhite()
	if p.Channels != 1 && p.Channels != 3 {
		p = p.Select(0, 1)
	}
	q, err := p.Convert(3)
	if err != nil {
		return nil, err
	}
	q = q.Clone() // Convert returns the picture itself where nothing changes
	q.Depth = 8
	return q, nil
}

// contactSheet arranges pairs in rows, with their names.
func contactSheet(pairs []Shown) (*imgio.Picture, error) {
	var rows [][]*imgio.Picture
	for i, p := range pairs {
		if i%sheetColumns == 0 {
			rows = append(rows, nil)
		}
		rows[len(rows)-1] = append(rows[len(rows)-1], captioned(p.Picture, p.Split+"/"+p.Name))
	}
	return imgio.Grid(rows, sheetGap)
}

// captioned adds a line of text below a picture: as much of the text's end as fits.
func captioned(p *imgio.Picture, text string) *imgio.Picture {
	caption := sheet.End(text, p.Width)
	q := imgio.New(p.Width, p.Height+caption.Height, 3)
	copy(q.Pix[copy(q.Pix, p.Pix):], caption.Pix)
	return q
}
