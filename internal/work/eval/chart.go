package eval

import (
	"html/template"
	"math"

	"easel/internal/data/metric"
	"easel/internal/work/page"
)

// charts are the log-probability curves of colours and the histogram of SSIM.
func (e *Evaluation) charts() ([]template.HTML, error) {
	list := []page.Chart{e.scoreChart()}
	if e.Models[0].Histograms != nil {
		for c, name := range []string{"L", "a", "b"} {
			list = append(list, e.colourChart(c, name))
		}
	}
	var charts []template.HTML
	for _, c := range list {
		html, err := c.HTML()
		if err != nil {
			return nil, err
		}
		charts = append(charts, html)
	}
	return charts, nil
}

// colourChart is Figure 7 of Isola et al. 2017 for one channel of CIELAB.
func (e *Evaluation) colourChart(c int, name string) page.Chart {
	chart := page.Chart{Title: "log₁₀ probability of " + name, X: name}
	chart.Lines = append(chart.Lines, logProbability("truth", *e.Models[0].TargetHistograms, c))
	for _, m := range e.Models {
		chart.Lines = append(chart.Lines, logProbability(m.Name, *m.Histograms, c))
	}
	return chart
}

// logProbability is a curve over the bins that are not empty.
func logProbability(name string, h Histograms, c int) page.Line {
	line := page.Line{Name: name}
	for bin, v := range h[c] {
		if v > 0 {
			line.X, line.Y = append(line.X, metric.LabBinCentre(c, bin)), append(line.Y, math.Log10(v))
		}
	}
	return line
}

// scoreBins is the number of bins that SSIM's range is cut into.
const scoreBins = 20

// scoreChart says how many pictures have which SSIM.
func (e *Evaluation) scoreChart() page.Chart {
	low, high := math.Inf(1), math.Inf(-1)
	for _, m := range e.Models {
		for _, picture := range m.Pictures {
			v := picture.Values[SSIM]
			low, high = min(low, v), max(high, v)
		}
	}
	width := max(high-low, 1e-6) / scoreBins
	chart := page.Chart{Title: "SSIM of the pictures", X: "SSIM", Zero: true}
	for _, m := range e.Models {
		line := page.Line{Name: m.Name, X: make([]float64, scoreBins), Y: make([]float64, scoreBins)}
		for b := range line.X {
			line.X[b] = low + (float64(b)+0.5)*width
		}
		for _, picture := range m.Pictures {
			line.Y[min(int((picture.Values[SSIM]-low)/width), scoreBins-1)]++
		}
		chart.Lines = append(chart.Lines, line)
	}
	return chart
}
