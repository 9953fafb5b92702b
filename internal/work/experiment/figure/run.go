package figure

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"easel/internal/file/atomicfile"
	"easel/internal/file/imgio"
	"easel/internal/file/lock"
	"easel/internal/work/stylize"
)

// Options are a figure's inputs and settings.
type Options struct {
	Content string
	Styles  []string
	// Out is the folder for everything.
	Out string
	// Base holds the options that all cells share, apart from the pictures.
	Base stylize.Options
}

// Cell is one picture of a figure.
type Cell struct {
	Label string
	// Path is a picture that is shown as it is; Options are a run, nil if
	// neither.
	Path    string
	Options *stylize.Options
}

// shown is a cell with one of the user's pictures.
func shown(label, path string) Cell { return Cell{Label: label, Path: path} }

// run is a cell with a run of the content in the first style.
func (o Options) run(label string) Cell {
	q := o.Base
	q.Content = o.Content
	q.Styles = []stylize.Style{{Path: o.Styles[0], Weight: 1}}
	q.Out = ""
	q.Objective.Content = slices.Clone(q.Objective.Content)
	q.Objective.Style = slices.Clone(q.Objective.Style)
	return Cell{Label: label, Options: &q}
}

// Result holds a figure's numbers.
type Result struct {
	Figure string `json:"figure"`
	Source string `json:"source"`
	// Sheet is the labelled grid.
	Sheet string   `json:"sheet"`
	Cells []Number `json:"cells"`
}

// Number is one cell's.
type Number struct {
	Row     int              `json:"row"`
	Column  int              `json:"column"`
	Label   string           `json:"label"`
	Picture string           `json:"picture"`
	Result  *stylize.Result  `json:"result,omitempty"`
	Options *stylize.Options `json:"options,omitempty"`
}

// Event is a run's event in a figure.
type Event struct {
	Cell  int    `json:"cell"` // the first being 1
	Cells int    `json:"cells"`
	Label string `json:"label"`
	stylize.Event
}

// Run makes a figure: OUT/NAME.png, OUT/NAME.json and the runs' pictures in
// OUT/NAME. The options of all runs are checked before the first one.
func Run(ctx context.Context, f Figure, o Options, notify func(Event)) (Result, error) {
	if err := f.check(o); err != nil {
		return Result{}, fmt.Errorf("%s: %w", f.Name, err)
	}
	folder := filepath.Join(o.Out, f.Name)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return Result{}, fmt.Errorf("%s: %w", f.Name, err)
	}
	owned, err := lock.Folder(folder)
	if err != nil {
		return Result{}, fmt.Errorf("%s: %w", f.Name, err)
	}
	defer owned.Release()
	r := runner{figure: f, folder: folder, notify: notify, result: Result{Figure: f.Name, Source: f.Source, Sheet: filepath.Join(o.Out, f.Name+".png")}}
	if err := r.cells(ctx, f.cells(o)); err != nil {
		return Result{}, fmt.Errorf("%s: %w", f.Name, err)
	}
	err = atomicfile.Write(filepath.Join(o.Out, f.Name+".json"), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r.result)
	})
	return r.result, err
}

func (f Figure) check(o Options) error {
	switch {
	case f.content && o.Content == "":
		return fmt.Errorf("it needs a content picture")
	case len(o.Styles) < f.styles:
		return fmt.Errorf("it needs a style picture")
	case len(o.Styles) > f.styles && !f.many:
		return fmt.Errorf("it uses one style picture, not %d", len(o.Styles))
	}
	for _, row := range f.cells(o) {
		for _, c := range row {
			if c.Options == nil {
				continue
			}
			if err := c.Options.Validate(); err != nil {
				return fmt.Errorf("%s: %w", c.Label, err)
			}
		}
	}
	return nil
}

type runner struct {
	figure Figure
	folder string
	notify func(Event)
	result Result
}

func (r *runner) cells(ctx context.Context, rows [][]Cell) error {
	runs := 0
	for _, row := range rows {
		for _, c := range row {
			if c.Options != nil {
				runs++
			}
		}
	}
	done := 0
	pictures := make([][]labelled, len(rows))
	for y, row := range rows {
		for x, c := range row {
			if c.Options != nil {
				done++
			}
			p, n, err := r.cell(ctx, c, fmt.Sprintf("%d-%d.png", y+1, x+1), done, runs)
			if err != nil {
				return fmt.Errorf("%s: %w", c.Label, err)
			}
			n.Row, n.Column, n.Label = y+1, x+1, c.Label
			r.result.Cells = append(r.result.Cells, n)
			pictures[y] = append(pictures[y], labelled{c.Label, p})
		}
	}
	sheet, err := sheetOf(pictures)
	if err != nil {
		return err
	}
	return imgio.Write(r.result.Sheet, sheet)
}

// cell makes one cell's picture; nil for an empty one.
func (r *runner) cell(ctx context.Context, c Cell, name string, done, runs int) (*imgio.Picture, Number, error) {
	switch {
	case c.Options != nil:
		path := filepath.Join(r.folder, name)
		p, result, err := stylize.Run(ctx, *c.Options, func(i stylize.Event) {
			if r.notify != nil {
				r.notify(Event{Cell: done, Cells: runs, Label: c.Label, Event: i})
			}
		})
		if err == nil {
			err = imgio.Write(path, p)
		}
		return p, Number{Picture: path, Result: &result, Options: c.Options}, err
	case c.Path != "":
		p, _, err := imgio.Read(c.Path, imgio.ReadOptions{})
		if err == nil {
			p, err = p.Convert(3)
		}
		return p, Number{Picture: c.Path}, err
	}
	return nil, Number{}, nil
}
