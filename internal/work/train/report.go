package train

import (
	_ "embed"
	"fmt"
	"html/template"
	"image/color"
	"io"
	"slices"
	"sort"
	"time"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"easel/internal/file/atomicfile"
	"easel/internal/work/page"
)

//go:embed report.html.tmpl
var reportText string

// The report's parts are bounded, so that it does not grow with the run.
const (
	shownSheets      = 20
	shownValidations = 20
)

// content is what the template sees.
type content struct {
	Run      string
	Step     int
	Steps    int
	Epoch    int
	Trained  string
	Left     string
	Best     *bestRow
	Charts   []chart
	Sheets   []sheet
	Measures []string
	Table    []tableRow
	Settings [][2]string
}

type bestRow struct {
	Step           int
	Measure, Value string
}

type chart struct {
	Title string
	SVG   template.HTML
}

type sheet struct {
	Step int
	Path string
}

type tableRow struct {
	Step   int
	Values []string // one for each of Measures
	Best   bool
}

// measured is a measure of validations, and how it is written.
type measured struct{ name, title, format string }

// measures are those of the run's task.
func (t *trainer) measures() []measured {
	if t.o.Task == Labels {
		return []measured{{"accuracy", "pixel accuracy", "%.4f"}, {"class_accuracy", "class accuracy", "%.4f"}, {"iou", "class IoU", "%.4f"}}
	}
	return []measured{{"l1", "L1", "%.4f"}, {"psnr", "PSNR", "%.2f"}, {"ssim", "SSIM", "%.4f"}}
}

// writeReport writes report.html.
func (t *trainer) writeReport() error {
	p, err := t.content()
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	tmpl, err := template.New("report").Parse(reportText)
	if err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return atomicfile.Write(t.folder.report(), func(w io.Writer) error { return tmpl.Execute(w, p) })
}

func (t *trainer) content() (content, error) {
	p := content{
		Run: string(t.folder), Step: t.done, Steps: t.planned(), Epoch: t.epoch(max(t.done-1, 0)),
		Trained: seconds(t.clock.total()),
	}
	if left := t.secondsLeft(); left > 0 && !t.finished() {
		p.Left = seconds(left)
	}
	if t.state.BestStep > 0 {
		goal, _ := t.o.goal()
		for _, m := range t.measures() {
			if m.name == goal {
				p.Best = &bestRow{t.state.BestStep, m.title, fmt.Sprintf(m.format, t.state.Best)}
			}
		}
	}
	for _, step := range spread(t.history.samples, shownSheets) {
		p.Sheets = append(p.Sheets, sheet{step, sampleName(step)})
	}
	slices.Reverse(p.Sheets)
	for _, e := range spread(t.history.validations, shownValidations) {
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
	p.Charts, err = t.charts()
	return p, err
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

func (t *trainer) charts() ([]chart, error) {
	var charts []chart
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
	} {
		svg, err := draw(c.curves, c.names)
		if err != nil {
			return nil, err
		}
		if svg != "" {
			charts = append(charts, chart{c.title, svg})
		}
	}
	return charts, nil
}

// draw draws the curves of the given names, as far as they have two points.
func draw(curves map[string]*curve, names []string) (template.HTML, error) {
	colours := []color.RGBA{{0x1f, 0x77, 0xb4, 0xff}, {0xd6, 0x27, 0x28, 0xff}, {0x2c, 0xa0, 0x2c, 0xff}}
	p := plot.New()
	p.X.Label.Text = "step"
	p.X.Min, p.Y.Min = 0, 0
	p.Legend.Top = true
	p.Add(plotter.NewGrid())
	drawn := 0
	for i, name := range names {
		c := curves[name]
		if c == nil || len(c.points) < 2 {
			continue
		}
		xy := make(plotter.XYs, len(c.points))
		for j, at := range c.points {
			xy[j] = plotter.XY{X: at.step, Y: at.value}
		}
		line, err := plotter.NewLine(xy)
		if err != nil {
			return "", fmt.Errorf("chart of %s: %w", name, err)
		}
		line.Color = colours[i%len(colours)]
		p.Add(line)
		p.Legend.Add(name, line)
		drawn++
	}
	if drawn == 0 {
		return "", nil
	}
	return page.SVG(p, 14*vg.Centimeter, 7*vg.Centimeter)
}
