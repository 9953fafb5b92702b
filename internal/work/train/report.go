package train

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"slices"
	"sort"
	"time"

	"easel/internal/file/atomicfile"
	"easel/internal/work/page"
)

//go:embed report.html.tmpl
var reportText string

// The report's parts are bounded, so that its size does not grow with the run.
const (
	shownSheets      = 60
	shownValidations = 20
)

// followSeconds is how often the report of a running training reloads itself.
const followSeconds = 20

// content is the template's data.
type content struct {
	Run      string
	Step     int
	Steps    int
	Epoch    int
	Trained  string
	Left     string
	Follow   int // seconds between reloads of the page; 0 for a finished run
	Best     *bestRow
	Warnings []string
	Charts   []template.HTML
	Samples  string
	Sheets   template.HTML
	Measures []string
	Table    []tableRow
	About    string
	Settings [][2]string
}

type bestRow struct {
	Step           int
	Measure, Value string
}

type tableRow struct {
	Step   int
	Values []string // one per entry of Measures
	Best   bool
}

// measured is a measure of validations, and its format.
type measured struct{ name, title, format string }

// shown describes what the report shows for one kind of run.
type shown struct {
	measures []measured
	charts   []chart
	samples  string // describes the sheets of samples
	about    string // describes the measures
}

// chart is a diagram of losses or of validation measures.
type chart struct {
	title     string
	validated bool
	names     []string
}

// writeReport writes report.html.
func (l *loop) writeReport() error {
	p, err := l.content()
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	tmpl, err := page.Parse("report", reportText)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return atomicfile.Write(l.folder.report(), func(w io.Writer) error { return tmpl.Execute(w, p) })
}

func (l *loop) content() (content, error) {
	shown := l.subject.shown()
	p := content{
		About: shown.about, Samples: shown.samples,
		Run: l.folder.name(), Step: l.done, Steps: l.planned(), Epoch: l.epoch(max(l.done-1, 0)),
		Trained: seconds(l.clock.total()),
	}
	if left := l.secondsLeft(); left > 0 && !l.finished() {
		p.Left = seconds(left)
	}
	if l.state.BestStep > 0 {
		for _, m := range shown.measures {
			if m.name == l.goal.measure {
				p.Best = &bestRow{l.state.BestStep, m.title, fmt.Sprintf(m.format, l.state.Best)}
			}
		}
	}
	p.Warnings = l.history.warnings
	if l.running {
		p.Follow = followSeconds
	}
	for _, e := range thinned(l.history.validations, shownValidations) {
		row := tableRow{Step: e.Step, Best: e.Best}
		for _, m := range shown.measures {
			row.Values = append(row.Values, fmt.Sprintf(m.format, e.Metrics[m.name]))
		}
		p.Table = append(p.Table, row)
	}
	for _, m := range shown.measures {
		p.Measures = append(p.Measures, m.title)
	}
	var err error
	if p.Settings, err = settings(l.subject.options()); err != nil {
		return p, err
	}
	if p.Sheets, err = l.sheets(); err != nil {
		return p, err
	}
	p.Charts, err = l.charts(shown.charts)
	return p, err
}

// sheets returns a slider over the sheets of samples.
func (l *loop) sheets() (template.HTML, error) {
	var list []page.Slide
	for _, step := range thinned(l.history.samples, shownSheets) {
		list = append(list, page.Slide{Source: sampleName(step), Title: fmt.Sprintf("samples of step %d", step)})
	}
	return page.Slides(list)
}

func seconds(s float64) string { return (time.Duration(s) * time.Second).String() }

func settings(o any) ([][2]string, error) {
	flat, err := flatten(o)
	if err != nil {
		return nil, err
	}
	var rows [][2]string
	for key, value := range flat {
		rows = append(rows, [2]string{key, value})
	}
	sort.Slice(rows, func(i, j int) bool { return rows[i][0] < rows[j][0] })
	return rows, nil
}

// charts returns the curves that exist so far.
func (l *loop) charts(list []chart) ([]template.HTML, error) {
	var charts []template.HTML
	for _, c := range list {
		curves := l.history.losses
		if c.validated {
			curves = l.history.metrics
		}
		lines := drawable(curves, c.names)
		if len(lines) == 0 {
			continue
		}
		html, err := page.Chart{Title: c.title, X: "step", Zero: !slices.Contains(c.names, "psnr"), Lines: lines}.HTML()
		if err != nil {
			return nil, err
		}
		charts = append(charts, html)
	}
	return charts, nil
}

// drawable returns the curves of the given names that have at least two points.
func drawable(curves map[string]*curve, names []string) []page.Line {
	var lines []page.Line
	for _, name := range names {
		c := curves[name]
		if c == nil || len(c.points) < 2 {
			continue
		}
		line := page.Line{Name: name}
		for _, at := range c.points {
			line.X, line.Y = append(line.X, at.step), append(line.Y, at.value)
		}
		lines = append(lines, line)
	}
	return lines
}
