package eval

import (
	"fmt"
	"html/template"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"easel/internal/data/metric"
	"easel/internal/work/page"
)

// Sizes of a chart on the page.
const (
	chartWidth  = 12 * vg.Centimeter
	chartHeight = 7 * vg.Centimeter
)

// colours of lines: the truth's is black, the models' follow.
func lineColours() []color.Color {
	return []color.Color{
		color.RGBA{0x1f, 0x77, 0xb4, 0xff}, color.RGBA{0xd6, 0x27, 0x28, 0xff}, color.RGBA{0x2c, 0xa0, 0x2c, 0xff},
		color.RGBA{0xff, 0x7f, 0x0e, 0xff}, color.RGBA{0x94, 0x67, 0xbd, 0xff}, color.RGBA{0x8c, 0x56, 0x4b, 0xff},
	}
}

// charts are the log-probability curves of colours and the histogram of SSIM.
func (e *Evaluation) charts() ([]chart, error) {
	var charts []chart
	if e.Models[0].Histograms != nil {
		for c, name := range []string{"L", "a", "b"} {
			svg, err := e.colourChart(c, name)
			if err != nil {
				return nil, err
			}
			charts = append(charts, chart{"log probability of " + name, svg})
		}
	}
	svg, err := e.scoreChart()
	if err != nil {
		return nil, err
	}
	return append(charts, chart{"SSIM of the pictures", svg}), nil
}

// colourChart draws Figure 7 of Isola et al. 2017 for one channel of CIELAB.
func (e *Evaluation) colourChart(c int, name string) (template.HTML, error) {
	p := newPlot(name, "log₁₀ probability")
	if err := addLine(p, "truth", color.Black, logProbability(*e.Models[0].TargetHistograms, c)); err != nil {
		return "", err
	}
	for i, m := range e.Models {
		if err := addLine(p, m.Name, lineColours()[i%len(lineColours())], logProbability(*m.Histograms, c)); err != nil {
			return "", err
		}
	}
	return page.SVG(p, chartWidth, chartHeight)
}

// logProbability is a curve over the bins that are not empty.
func logProbability(h Histograms, c int) plotter.XYs {
	var xy plotter.XYs
	for bin, v := range h[c] {
		if v > 0 {
			xy = append(xy, plotter.XY{X: metric.LabBinCentre(c, bin), Y: math.Log10(v)})
		}
	}
	return xy
}

// scoreBins is the number of bins that SSIM's range is cut into.
const scoreBins = 20

// scoreChart draws how many pictures have which SSIM.
func (e *Evaluation) scoreChart() (template.HTML, error) {
	p := newPlot("SSIM", "pictures")
	low, high := math.Inf(1), math.Inf(-1)
	for _, m := range e.Models {
		for _, picture := range m.Pictures {
			v := picture.Values[SSIM]
			low, high = min(low, v), max(high, v)
		}
	}
	width := max(high-low, 1e-6) / scoreBins
	for i, m := range e.Models {
		counts := make(plotter.XYs, scoreBins)
		for b := range counts {
			counts[b].X = low + (float64(b)+0.5)*width
		}
		for _, picture := range m.Pictures {
			counts[min(int((picture.Values[SSIM]-low)/width), scoreBins-1)].Y++
		}
		if err := addLine(p, m.Name, lineColours()[i%len(lineColours())], counts); err != nil {
			return "", err
		}
	}
	p.Y.Min = 0
	return page.SVG(p, chartWidth, chartHeight)
}

func newPlot(x, y string) *plot.Plot {
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = x, y
	p.Legend.Top = true
	p.Legend.Padding = vg.Points(2)
	p.Add(plotter.NewGrid())
	return p
}

func addLine(p *plot.Plot, name string, c color.Color, xy plotter.XYs) error {
	if len(xy) == 0 {
		return nil
	}
	line, err := plotter.NewLine(xy)
	if err != nil {
		return fmt.Errorf("draw %s: %w", name, err)
	}
	line.Color = c
	p.Add(line)
	p.Legend.Add(name, line)
	return nil
}
