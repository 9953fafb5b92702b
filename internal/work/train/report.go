package train

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"sort"
	"time"

	"easel/internal/file/atomicfile"
	"easel/internal/work/page"
)

//go:embed report.html.tmpl
var reportText string

// The report's parts are bounded, so that it does not grow with the run.
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
	Follow   int // seconds after which the page loads itself again; 0 of a finished run
	Best     *bestRow
	Warnings []string
	Charts   []template.HTML
	Sheets   template.HTML
	Measures []string
	Table    []tableRow
	Settings [][2]string
}

type bestRow struct {
	Step           int
	Measure, Value string
}

type tableRow struct {
	Step   int
	Values []string // one for each of Measures
	Best   bool
}

// measured is a measure of validations, and how it is written.
type measured struct{ name, title, format string }

// measures are the run's, by its task.
func (t *trainer) measures() []measured {
	if t.o.Task == Labels {
		return []measured{{"accuracy", "pixel accuracy", "%.4f"}, {"class_accuracy", "class accuracy", "%.4f"}, {"iou", "class IoU", "%.4f"}}
	}
	return []measured{{"l1", "L1", "%.4f"}, {"psnr", "PSNR", "%.2f"}, {"ssim", "SSIM", "%.4f"}, {"patches", "patch distance", "%.4f"}}
}

// writeReport writes report.html.
func (t *trainer) writeReport() error {
	p, err := t.content()
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	tmpl, err := page.Parse("report", reportText)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return atomicfile.Write(t.folder.report(), func(w io.Writer) error { return tmpl.Execute(w, p) })
}

func (t *trainer) content() (content, error) {
	p := content{
		Run: t.folder.name(), Step: t.done, Steps: t.planned(), Epoch: t.epoch(max(t.done-1, 0)),
		Trained: seconds(t.clock.total()),
	}
	if left := t.secondsLeft(); left > 0 && !t.finished() {
		p.Left = seconds(left)
	}
	if t.state.BestStep > 0 {
		for _, m := range t.measures() {
			if m.name == t.goal.measure {
				p.Best = &bestRow{t.state.BestStep, m.title, fmt.Sprintf(m.format, t.state.Best)}
			}
		}
	}
	p.Warnings = t.history.warnings
	if t.running {
		p.Follow = followSeconds
	}
	for _, e := range thinned(t.history.validations, shownValidations) {
		row := tableRow{Step: e.Step, Best: e.Best}
		for _, m := range t.measures() {
			row.Values = append(row.Values, fmt.Sprintf(m.format, e.Metrics[m.name]))
		}
		p.Table = append(p.Table, row)
	}
	for _, m := range t.measures() {
		p.Measures = append(p.Measures, m.title)
	}
	var err error
	if p.Settings, err = settings(t.o); err != nil {
		return p, err
	}
	if p.Sheets, err = t.sheets(); err != nil {
		return p, err
	}
	p.Charts, err = t.charts()
	return p, err
}

// sheets is a slider over the sample sheets.
func (t *trainer) sheets() (template.HTML, error) {
	var list []page.Slide
	for _, step := range thinned(t.history.samples, shownSheets) {
		list = append(list, page.Slide{Source: sampleName(step), Title: fmt.Sprintf("samples of step %d", step)})
	}
	return page.Slides(list)
}

func seconds(s float64) string { return (time.Duration(s) * time.Second).String() }

func settings(o Options) ([][2]string, error) {
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

// charts are the curves that there are so far.
func (t *trainer) charts() ([]template.HTML, error) {
	var charts []template.HTML
	for _, c := range []struct {
		title  string
		curves map[string]*curve
		names  []string
	}{
		{"Distance to the target (training)", t.history.losses, []string{"l1", "l2"}},
		{"Adversarial losses (training)", t.history.losses, []string{"d", "gan"}},
		{"Cross-entropy of classes (training)", t.history.losses, []string{"cross_entropy"}},
		{"Accuracy and IoU (validation)", t.history.metrics, []string{"accuracy", "class_accuracy", "iou"}},
		{"L1 (validation)", t.history.metrics, []string{"l1"}},
		{"PSNR in dB (validation)", t.history.metrics, []string{"psnr"}},
		{"SSIM (validation)", t.history.metrics, []string{"ssim"}},
		{"Distance of patches (validation)", t.history.metrics, []string{"patches"}},
		{"Features of D (training)", t.history.losses, []string{"features"}},
		{"Perceptual loss (training)", t.history.losses, []string{"perceptual"}},
	} {
		lines := drawable(c.curves, c.names)
		if len(lines) == 0 {
			continue
		}
		html, err := page.Chart{Title: c.title, X: "step", Zero: true, Lines: lines}.HTML()
		if err != nil {
			return nil, err
		}
		charts = append(charts, html)
	}
	return charts, nil
}

// drawable are the curves of the given names that have two points at least.
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
