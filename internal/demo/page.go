package demo

import (
	"bytes"
	_ "embed" // the page's template
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"path/filepath"

	"easel/internal/atomicfile"
	"easel/internal/imgio"
)

//go:embed page.html.tmpl
var pageText string

// The sheet has rows of two pairs, the page some rows with every method.
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
	page := page{Result: *r, Options: s.Options, Columns: []string{"input", Trained, "target", Untrained, Mean, Colours}}
	if page.Model, err = filepath.Rel(s.Out, s.trained); err != nil {
		page.Model = s.trained
	}
	page.Model = filepath.ToSlash(page.Model)
	if page.Sheet, err = embed(sheet); err != nil {
		return err
	}
	for _, h := range s.held[:min(len(s.held), pageRows)] {
		var row []template.URL
		for _, p := range []*imgio.Picture{h.labels, h.made[Trained], h.photo, h.made[Untrained], h.made[Mean], h.made[Colours]} {
			picture, err := embed(p)
			if err != nil {
				return err
			}
			row = append(row, picture)
		}
		page.Rows = append(page.Rows, row)
	}
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		return fmt.Errorf("page: %w", err)
	}
	return atomicfile.Write(r.Page, func(w io.Writer) error { return t.Execute(w, page) })
}

// page is what the template shows.
type page struct {
	Result
	Options Options
	Model   string // relative to the page
	Sheet   template.URL
	Columns []string
	Rows    [][]template.URL
}

// MoreSteps is a length that the demo's run could be resumed to.
func (p page) MoreSteps() int { return 5 * p.Steps }

// sheet is input, output and target of held-out pairs, two pairs a row.
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

// embed is a picture as a PNG inside the page.
func embed(p *imgio.Picture) (template.URL, error) {
	var b bytes.Buffer
	if err := imgio.Encode(&b, imgio.PNG, p); err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())), nil
}
