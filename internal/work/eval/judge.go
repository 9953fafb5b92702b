package eval

import (
	"context"

	"easel/internal/file/imgio"
)

// sample is a pair and a model's output for its input, all of one size.
type sample struct {
	index               int // in the split
	name                string
	input, target, made *imgio.Picture
	// again makes another output with the noise of draw k, which counts from 1.
	again func(ctx context.Context, k int) (*imgio.Picture, error)
}

// judge is a group of measures that are functions of sums over pictures.
type judge interface {
	// measures describes the values that value returns, in this order.
	measures() []Measure
	// summands returns a picture's additions to the sums, always of the same length.
	summands(ctx context.Context, s *sample) ([]float64, error)
	// value computes the measures from sums over one picture or a set. Sums are all zero
	// only if there is no picture.
	value(sums []float64) []float64
}

// exhibitor is a judge whose results for a model are more than numbers.
type exhibitor interface {
	exhibit(sums []float64, m *Model)
}

// tally holds one judge's sums over the pictures of a model, and over its bootstrap
// samples.
type tally struct {
	judge
	sums      []float64
	resampled [][]float64
}

// add adds a picture's summands, weights[b] times to bootstrap sample b, and returns the
// picture's own values.
func (t *tally) add(part []float64, weights []int) []float64 {
	if t.sums == nil {
		t.sums = make([]float64, len(part))
		t.resampled = make([][]float64, len(weights))
		for b := range t.resampled {
			t.resampled[b] = make([]float64, len(part))
		}
	}
	addTo(t.sums, part, 1)
	for b, w := range weights {
		if w > 0 {
			addTo(t.resampled[b], part, float64(w))
		}
	}
	return t.value(part)
}

// tallies returns empty sums for a model.
func tallies(judges []judge) []*tally {
	tallies := make([]*tally, len(judges))
	for i, j := range judges {
		tallies[i] = &tally{judge: j}
	}
	return tallies
}

func addTo(sums, part []float64, weight float64) {
	for i, v := range part {
		if v != 0 {
			sums[i] += weight * v
		}
	}
}
