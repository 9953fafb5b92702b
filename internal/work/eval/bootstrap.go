package eval

import (
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// bootstrap draws with replacement from n pictures that arrive one by one (Efron 1979). In
// each sample, the count of a picture is binomial given the counts of those before it, so
// together the counts are multinomial, as if all had been drawn at once. They depend on the
// seed alone, so every model gets the same samples, and differences are paired.
//
// gonum has the distribution but no bootstrap, and a bootstrap over a list of results would
// not fit: confusion matrices and histograms are summed picture by picture and not kept.
type bootstrap struct {
	random  rand.Source
	n, next int   // pictures, and how many have arrived
	left    []int // draws left of each sample
	weights []int
}

func newBootstrap(seed uint64, samples, n int) *bootstrap {
	b := &bootstrap{random: rand.NewPCG(seed, uint64(n)), n: n, left: make([]int, samples), weights: make([]int, samples)}
	for i := range b.left {
		b.left[i] = n
	}
	return b
}

// draw returns how often the next picture is in each sample. The slice is valid until the
// next call.
func (b *bootstrap) draw() []int {
	p := 1 / float64(b.n-b.next)
	b.next++
	for i, left := range b.left {
		w := left
		if p < 1 {
			w = int(distuv.Binomial{N: float64(left), P: p, Src: b.random}.Rand())
		}
		b.weights[i] = w
		b.left[i] -= w
	}
	return b.weights
}

// interval returns the bounds of the middle part of the values, interpolated between order
// statistics. Values that are not finite come from samples that cannot be measured and are
// left out; ok is false if none are left.
func interval(values []float64, confidence float64) (low, high float64, ok bool) {
	var finite []float64
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			finite = append(finite, v)
		}
	}
	if len(finite) == 0 {
		return 0, 0, false
	}
	slices.Sort(finite)
	return quantile(finite, (1-confidence)/2), quantile(finite, (1+confidence)/2), true
}

// quantile returns a quantile of sorted values, interpolated linearly.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}
