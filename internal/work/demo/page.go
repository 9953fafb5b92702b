package demo

import (
	_ "embed" // the page's template
	"fmt"
	"html/template"
	"io"
	"path/filepath"

	"easel/internal/file/atomicfile"
	"easel/internal/file/imgio"
	"easel/internal/work/page"
)

//go:embed page.html.tmpl
var pageText string

// The sheet has two pairs per row; the page shows some pairs with every method.
const (
	sheetPairs = 8
	sheetGap   = 4
	pageRows   = 6
)

// show writes the sheet and the page.
func (s *session) show(r *Result) error {
	sheet, err := s.sheet()
	if err != nil {
		return err
	}
	if err := imgio.Write(r.Picture, sheet); err != nil {
		return err
	}
	content := content{Result: *r, Options: s.Options, Columns: []string{"input", Trained, "target", Untrained, Mean, Colours}}
	if content.Model, err = filepath.Rel(s.Out, s.trained); err != nil {
		content.Model = s.trained
	}
	content.Model = filepath.ToSlash(content.Model)
	if content.Sheet, err = page.Picture(sheet); err != nil {
		return err
	}
	for _, h := range s.held[:min(len(s.held), pageRows)] {
		var row []template.URL
		for _, p := range []*imgio.Picture{h.labels, h.made[Trained], h.photo, h.made[Untrained], h.made[Mean], h.made[Colours]} {
			picture, err := page.Picture(p)
			if err != nil {
				return err
			}
			row = append(row, picture)
		}
		content.Rows = append(content.Rows, row)
	}
	t, err := page.Parse("demo", pageText)
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	return atomicfile.Write(r.Page, func(w io.Writer) error { return t.Execute(w, content) })
}

// content is the template's data.
type content struct {
	Result
	Options Options
	Model   string // relative to the page
	Sheet   template.URL
	Columns []string
	Rows    [][]template.URL
}

// MoreSteps is a length that the demo's run could be resumed to.
func (p content) MoreSteps() int { return 5 * p.Steps }

// sheet shows input, output and target of held-out pairs, two pairs per row.
func (s *session) sheet() (*imgio.Picture, error) {
	var rows [][]*imgio.Picture
	for i, h := range s.held[:min(len(s.held), sheetPairs)] {
		cells := []*imgio.Picture{h.labels, h.made[Trained], h.photo}
		if i%2 == 0 {
			rows = append(rows, cells)
			continue
		}
		last := &rows[len(rows)-1]
		*last = append(append(*last, nil), cells...) // an empty column, for the gap
	}
	return imgio.Grid(rows, sheetGap)
}
