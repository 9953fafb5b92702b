// Package inspection writes what a look at a folder of pairs has found: the findings as
// JSON, the contact sheet as a picture, and both as a page.
//
//	found, err := prepare.Inspect(ctx, dir, options, files)
//	err = inspection.Write(out, dir, found)
//
// The page needs no other file. It begins with what matters most: whether training can
// begin, and what is in its way.
package inspection

import (
	_ "embed"
	"html/template"
	"io"
	"path/filepath"
	"slices"

	"easel/internal/data/dataset"
	"easel/internal/data/prepare"
	"easel/internal/file/atomicfile"
	"easel/internal/work/page"
)

// PageFile is the name of the page.
const PageFile = "inspection.html"

// Files returns the names of all files that Write writes.
func Files() []string { return []string{prepare.SheetFile, prepare.InspectionFile, PageFile} }

//go:embed page.html.tmpl
var pageText string

// Write writes the findings about the pairs of a folder, data, into the folder out, which
// is made if necessary.
func Write(out, data string, r *prepare.Inspection) error {
	if err := r.Write(out); err != nil {
		return err
	}
	t, err := page.Parse("inspection", pageText)
	if err != nil {
		return err
	}
	shown, err := splits(r)
	if err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(out, PageFile), func(w io.Writer) error {
		return t.Execute(w, content{Inspection: r, Name: filepath.Base(filepath.Clean(data)), Splits: shown, Hints: hints(r.Problems)})
	})
}

// content is what the template shows.
type content struct {
	*prepare.Inspection
	Name   string
	Splits []split
	Hints  []string
}

// Trained returns how many pairs there are to train on.
func (c content) Trained() int { return c.Pairs["train"] }

// Sides returns the facts of both sides, with their names.
func (c content) Sides() []side {
	return []side{{"A", c.A, c.Labels == "a" || c.Labels == "both"}, {"B", c.B, c.Labels == "b" || c.Labels == "both"}}
}

type side struct {
	Name string
	prepare.SideFacts
	Labels bool
}

// In puts counts into words.
func (side) In(list []prepare.Count) string { return prepare.Enumerate(list) }

// split has the pairs of one split that are shown.
type split struct {
	Name  string
	Of    int
	Pairs []pair
}

// Title names the split as people do.
func (s split) Title() string {
	switch dataset.Split(s.Name) {
	case dataset.Train:
		return "Training pairs"
	case dataset.Val:
		return "Validation pairs"
	}
	return "Test pairs"
}

type pair struct {
	Name    string
	Picture template.URL
}

// splits returns the shown pairs, with those to train on first.
func splits(r *prepare.Inspection) ([]split, error) {
	var all []split
	for _, v := range r.Shown {
		if len(all) == 0 || all[len(all)-1].Name != v.Split {
			all = append(all, split{Name: v.Split, Of: r.Pairs[v.Split]})
		}
		source, err := page.Picture(v.Picture)
		if err != nil {
			return nil, err
		}
		last := &all[len(all)-1]
		last.Pairs = append(last.Pairs, pair{v.Name, source})
	}
	return all, nil
}

// hints returns the advice on all problems, each once.
func hints(problems []prepare.Problem) (list []string) {
	for _, p := range problems {
		if p.Hint != "" && !slices.Contains(list, p.Hint) {
			list = append(list, p.Hint)
		}
	}
	return list
}
