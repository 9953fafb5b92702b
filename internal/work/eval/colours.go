package eval

import (
	"context"
	"fmt"

	"easel/internal/data/metric"
	"easel/internal/file/imgio"
)

// colourJudge compares the histograms of CIELAB, white D65, over the set (Isola
// et al. 2017 §4.2.1, Figure 7). Only pictures of three channels have colours.
type colourJudge struct{}

// Histograms are fractions of the pixels by L, a and b.
type Histograms [3][]float64

func (colourJudge) measures() []Measure {
	text := "overlap of the histograms of CIELAB's %s (D65, 100 bins) of outputs and targets over the set; 1 is equal"
	return []Measure{
		{HistogramL, "colours L", Higher, fmt.Sprintf(text, "L")},
		{HistogramA, "colours a", Higher, fmt.Sprintf(text, "a")},
		{HistogramB, "colours b", Higher, fmt.Sprintf(text, "b")},
	}
}

// summands are three histograms of the output, three of the target, and 1 to count the
// picture.
func (colourJudge) summands(_ context.Context, s *sample) ([]float64, error) {
	out := make([]float64, 0, 6*metric.LabBins+1)
	lab := make([]float32, len(s.made.Pix))
	for _, p := range []*imgio.Picture{s.made, s.target} {
		imgio.ToLab(lab, p)
		for c := range 3 {
			out = append(out, metric.LabHistogram(lab, c)...)
		}
	}
	return append(out, 1), nil
}

func (j colourJudge) value(sums []float64) []float64 {
	made, target := j.histograms(sums)
	out := make([]float64, 3)
	for c := range out {
		out[c] = metric.Intersection(made[c], target[c])
	}
	return out
}

func (colourJudge) histograms(sums []float64) (made, target Histograms) {
	mean := means(sums)
	for c := range 3 {
		made[c] = mean[c*metric.LabBins:][:metric.LabBins]
		target[c] = mean[(3+c)*metric.LabBins:][:metric.LabBins]
	}
	return made, target
}

func (j colourJudge) exhibit(sums []float64, m *Model) {
	made, target := j.histograms(sums)
	m.Histograms, m.TargetHistograms = &made, &target
}
