package eval

import (
	"context"
	"fmt"

	"easel/internal/data/metric"
	"easel/internal/data/palette"
)

// labelJudge judges outputs that are label pictures: by the measures of the paper's Tables
// 5 and 6 (photo→labels), and by invented objects, which are not in the truth.
type labelJudge struct {
	labels  *palette.Labels
	minimum int // pixels of an invented object
}

// Confusion counts the pixels of each class by predicted class, over the set.
type Confusion struct {
	Classes []palette.Class `json:"classes"`
	// Counts are [true, predicted].
	Counts [][]float64 `json:"counts"`
}

func (j *labelJudge) measures() []Measure {
	n := len(j.labels.Classes)
	return []Measure{
		{PixelAccuracy, "pixel accuracy", Higher, fmt.Sprintf("right pixels among all, by the nearest colour of %d", n)},
		{ClassAccuracy, "class accuracy", Higher, "right pixels among a class's, mean over classes; one confusion matrix over the set"},
		{ClassIoU, "class IoU", Higher, "intersection over union, mean over classes; one confusion matrix over the set"},
		{Invented, "invented objects", Lower, fmt.Sprintf("connected areas of a class, of %d pixels or more, where the truth has none of it; mean number in a picture", j.minimum)},
		{InventedArea, "invented area", Lower, "their part of a picture, in percent"},
	}
}

// summands are the confusion matrix, the invented objects and their pixels, and the numbers
// of pixels and of pictures.
func (j *labelJudge) summands(_ context.Context, s *sample) ([]float64, error) {
	truth, err := j.labels.Truth(s.target)
	if err != nil {
		return nil, err
	}
	predicted, err := j.labels.Nearest(s.made)
	if err != nil {
		return nil, err
	}
	c := metric.NewConfusion(len(j.labels.Classes))
	c.Add(truth, predicted)
	count, area := metric.Invented(truth, predicted, s.target.Width, j.minimum)
	return append(c.Counts(), float64(count), float64(area), float64(len(truth)), 1), nil
}

func (j *labelJudge) value(sums []float64) []float64 {
	counts, rest := j.split(sums)
	return append(scores(len(j.labels.Classes), counts), rest[0]/rest[3], 100*rest[1]/rest[2])
}

func (j *labelJudge) split(sums []float64) (counts, rest []float64) {
	n := len(j.labels.Classes)
	return sums[:n*n], sums[n*n:]
}

func (j *labelJudge) exhibit(sums []float64, m *Model) {
	counts, _ := j.split(sums)
	m.Labels = newConfusion(j.labels.Classes, counts)
}

// scores computes the three measures of Isola et al. 2017, Tables 1 to 6.
func scores(classes int, counts []float64) []float64 {
	s := metric.ConfusionOf(classes, counts).Scores()
	return []float64{s.PixelAccuracy, s.ClassAccuracy, s.ClassIoU}
}

func newConfusion(classes []palette.Class, counts []float64) *Confusion {
	n := len(classes)
	c := &Confusion{Classes: classes}
	for k := range n {
		c.Counts = append(c.Counts, append([]float64(nil), counts[k*n:][:n]...))
	}
	return c
}
