package eval

import (
	_ "embed" // the page's template
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/file/atomicfile"
	"easel/internal/file/imgio"
	"easel/internal/work/page"
)

//go:embed page.html.tmpl
var pageText string

// Write writes evaluation.json and evaluation.html into a folder, which it makes if needed.
// An Evaluation that was read from a file has no pictures to show.
func (e *Evaluation) Write(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return fmt.Errorf("write evaluation: %w", err)
	}
	if err := e.writeJSON(filepath.Join(dir, JSONFile)); err != nil {
		return err
	}
	c, err := e.content()
	if err != nil {
		return fmt.Errorf("write %s: %w", PageFile, err)
	}
	t, err := page.Parse("evaluation", pageText)
	if err != nil {
		return fmt.Errorf("write %s: %w", PageFile, err)
	}
	return atomicfile.Write(filepath.Join(dir, PageFile), func(w io.Writer) error { return t.Execute(w, c) })
}

// MayWrite returns nil if an evaluation may be written into a folder: it has none yet, or
// with force an earlier one, as its evaluation.json shows. Files of these names that do not
// belong to an evaluation are never overwritten.
func MayWrite(dir string, force bool) error {
	for _, name := range []string{JSONFile, PageFile} {
		path := filepath.Join(dir, name)
		if _, err := os.Lstat(path); err != nil {
			continue
		}
		if _, err := Read(filepath.Join(dir, JSONFile)); err != nil {
			return hint.New(fmt.Errorf("%s is in the way: nothing shows that it belongs to an evaluation", path), "choose another folder with {out}, or move it away")
		}
		if !force {
			return hint.New(fmt.Errorf("%s already has an evaluation", dir), "overwrite it with {force}, or choose another folder with {out}")
		}
	}
	return nil
}

// content is the template's data.
type content struct {
	*Evaluation
	Ranking string // the title of the measure that ranks pictures
	Table   []line
	Charts  []template.HTML
	Matrix  []shownMatrix
	Rows    []shownRow
	Best    []shownModel
}

// Confidence of the intervals, in percent.
func (c content) Confidence() string { return fmt.Sprintf("%.0f", 100*c.Options.Confidence) }

// line is a measure in the table.
type line struct {
	Measure
	Arrow       string
	Targets     cell   // of the targets themselves
	Cells       []cell // by model
	Differences []cell // by model but the first
}

type cell struct {
	Value, Interval string
	Strong          bool // the best of its line, or a significant difference
}

type shownRow struct {
	Name          string
	Input, Target template.URL
	Made          []template.URL
}

type shownModel struct {
	Name        string
	Best, Worst []shownPicture
}

// Pairs are rows with one of the best and one of the worst.
func (m shownModel) Pairs() [][2]shownPicture {
	rows := make([][2]shownPicture, len(m.Best))
	for i := range rows {
		rows[i] = [2]shownPicture{m.Best[i], m.Worst[i]}
	}
	return rows
}

type shownPicture struct {
	Name, Value         string
	Input, Made, Target template.URL
}

// withShortNames returns the evaluation with models named by the ends of their paths, just
// long enough to differ.
func (e *Evaluation) withShortNames() *Evaluation {
	short := *e
	short.Models, short.Differences = slices.Clone(e.Models), slices.Clone(e.Differences)
	names := map[string]string{}
	for parts := 1; len(names) == 0; parts++ {
		taken := map[string]bool{}
		for _, m := range e.Models {
			name := lastOf(m.Name, parts)
			names[m.Name], taken[name] = name, true
		}
		if len(taken) < len(e.Models) && parts < maxNameParts {
			names = map[string]string{}
		}
	}
	for i, m := range short.Models {
		short.Models[i].Name = names[m.Name]
	}
	for i, d := range short.Differences {
		short.Differences[i].Model, short.Differences[i].Than = names[d.Model], names[d.Than]
	}
	return &short
}

// maxNameParts is the most parts of a path in a name.
const maxNameParts = 8

// lastOf returns the last parts of a path. A folder called run is left out: it says
// nothing.
func lastOf(path string, parts int) string {
	names := strings.Split(strings.TrimSuffix(filepath.ToSlash(path), "/run"), "/")
	return strings.Join(names[max(0, len(names)-parts):], "/")
}

func (e *Evaluation) content() (content, error) {
	e = e.withShortNames()
	c := content{Evaluation: e, Table: e.table()}
	if m, ok := e.Measure(e.gallery.ranking); ok {
		c.Ranking = m.Title
	}
	var err error
	if c.Charts, err = e.charts(); err != nil {
		return c, err
	}
	if c.Matrix, err = e.matrices(); err != nil {
		return c, err
	}
	if c.Rows, err = e.gallery.shownRows(); err != nil {
		return c, err
	}
	c.Best, err = e.gallery.shownModels(e.Models)
	return c, err
}

// table returns a line for every measure that some model has.
func (e *Evaluation) table() []line {
	var table []line
	for _, m := range e.Measures {
		l := line{Measure: m, Arrow: map[Better]string{Lower: "↓", Higher: "↑"}[m.Better]}
		best, any := e.best(m)
		if !any {
			continue
		}
		if e.Targets != nil {
			v, ok := e.Targets.Values[m.Key]
			l.Targets = shown(v, ok, false)
		}
		for _, model := range e.Models {
			v, ok := model.Values[m.Key]
			c := shown(v, ok, false)
			c.Strong = ok && len(e.Models) > 1 && m.Better != Neither && v.Value == best
			l.Cells = append(l.Cells, c)
		}
		for _, d := range e.Differences {
			v, ok := d.Values[m.Key]
			c := shown(v, ok, true)
			c.Strong = ok && v.Certain()
			l.Differences = append(l.Differences, c)
		}
		table = append(table, l)
	}
	return table
}

// best returns the best value of a measure; ok is false if no model has one.
func (e *Evaluation) best(m Measure) (best float64, ok bool) {
	for _, model := range e.Models {
		v, has := model.Values[m.Key]
		if has && (!ok || m.Better == Lower && v.Value < best || m.Better == Higher && v.Value > best) {
			best, ok = v.Value, true
		}
	}
	return best, ok
}

func shown(v Value, ok, signed bool) cell {
	if !ok {
		return cell{Value: "–"}
	}
	format := "%.4g"
	if signed {
		format = "%+.3g"
	}
	c := cell{Value: fmt.Sprintf(format, v.Value)}
	if v.Low != nil {
		c.Interval = fmt.Sprintf(format+" … "+format, *v.Low, *v.High)
	}
	return c
}

func (g *gallery) shownRows() ([]shownRow, error) {
	var rows []shownRow
	for _, index := range g.indices() {
		r := g.rows[index]
		if r == nil {
			continue
		}
		shown := shownRow{Name: r.name}
		var err error
		if shown.Input, err = visible(r.input); err != nil {
			return nil, err
		}
		if shown.Target, err = visible(r.target); err != nil {
			return nil, err
		}
		for _, made := range r.made {
			url, err := visible(made)
			if err != nil {
				return nil, err
			}
			shown.Made = append(shown.Made, url)
		}
		rows = append(rows, shown)
	}
	return rows, nil
}

func (g *gallery) shownModels(models []Model) ([]shownModel, error) {
	var all []shownModel
	for i := range g.best {
		m := shownModel{Name: models[i].Name}
		var err error
		if m.Best, err = shownPictures(g.best[i]); err != nil {
			return nil, err
		}
		if m.Worst, err = shownPictures(g.worst[i]); err != nil {
			return nil, err
		}
		all = append(all, m)
	}
	return all, nil
}

func shownPictures(list []exhibit) ([]shownPicture, error) {
	out := make([]shownPicture, len(list))
	for i, x := range list {
		out[i].Name, out[i].Value = x.name, fmt.Sprintf("%.3f", x.value)
		for p, url := range map[*imgio.Picture]*template.URL{x.input: &out[i].Input, x.made: &out[i].Made, x.target: &out[i].Target} {
			var err error
			if *url, err = visible(p); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// visible embeds a picture with any number of channels: of two, the first; of more than
// three, the first three.
func visible(p *imgio.Picture) (template.URL, error) {
	switch {
	case p == nil:
		return "", nil
	case p.Channels == 2:
		p = p.Select(0, 1)
	case p.Channels > 3:
		p = p.Select(0, 3)
	}
	return page.Picture(p)
}
