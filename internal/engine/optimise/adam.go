package optimise

import (
	"fmt"
	"math"
	"slices"
)

// AdamOptions say how Adam works.
type AdamOptions struct {
	// Rate is the length of a step in the units of x.
	Rate float64
	// Beta1 and Beta2 are the decays of the moments, Epsilon what keeps the
	// quotient finite, outside of the root.
	Beta1, Beta2, Epsilon float64
	// Low and High are where x is clamped to after each step; no clamping if
	// they are equal. L-BFGS may not clamp, since its pairs would be wrong.
	Low, High float64
	// Average is the decay of the average of the points that Best returns,
	// with its bias corrected; 0 makes Best the last point.
	Average float64
}

// Adam is the method of Kingma and Ba (2015), algorithm 1, on host memory.
type Adam struct {
	o      AdamOptions
	t      float64
	m, v   []float32
	sum    []float32 // average of the points, or the last one evaluated
	weight float64   // what the average's weights add up to
	best   []float32
}

// NewAdam makes a method that knows nothing yet. It panics on options out of
// range.
func NewAdam(o AdamOptions) *Adam {
	if !(o.Rate > 0 && o.Beta1 >= 0 && o.Beta1 < 1 && o.Beta2 >= 0 && o.Beta2 < 1 && o.Epsilon >= 0 &&
		o.Low <= o.High && o.Average >= 0 && o.Average < 1) {
		panic(fmt.Sprintf("optimise: Adam with options out of range %+v", o))
	}
	return &Adam{o: o}
}

// Best implements Method: the average of the points.
func (a *Adam) Best() []float32 {
	if a.weight == 0 {
		return nil
	}
	a.best = append(a.best[:0], a.sum...)
	alone.scale(1/a.weight, a.best)
	return a.best
}

// Bytes implements Method: two moments, the average and the best point.
func (a *Adam) Bytes(n int) int64 { return int64(n) * 4 * 4 }

// Step implements Method. If the value or the gradient is not a number, it resets its
// moments and goes back to the average.
func (a *Adam) Step(x []float32, f float64, g []float32) Status {
	if a.m == nil {
		a.m, a.v = make([]float32, len(x)), make([]float32, len(x))
	}
	if !finite(f) || !finite(alone.dot(g, g)) {
		clear(a.m)
		best := a.Best()
		if best == nil {
			return Converged
		}
		copy(x, best)
		return Retreated
	}
	a.t++
	b1, b2 := a.o.Beta1, a.o.Beta2
	rate := a.o.Rate / (1 - math.Pow(b1, a.t))
	correction := 1 / (1 - math.Pow(b2, a.t))
	clamp := a.o.Low < a.o.High
	for i := range x {
		gi := float64(g[i])
		m := b1*float64(a.m[i]) + (1-b1)*gi
		v := b2*float64(a.v[i]) + (1-b2)*gi*gi
		a.m[i], a.v[i] = float32(m), float32(v)
		next := float64(x[i]) - rate*m/(math.Sqrt(v*correction)+a.o.Epsilon)
		if clamp {
			next = min(max(next, a.o.Low), a.o.High)
		}
		x[i] = float32(next)
	}
	a.average(x)
	return Moved
}

// average adds x to the average of the points.
func (a *Adam) average(x []float32) {
	if a.sum == nil {
		a.sum = make([]float32, len(x))
	}
	d := a.o.Average
	a.weight = d*a.weight + 1 - d
	alone.scale(d, a.sum)
	alone.axpy(1-d, x, a.sum)
}

// Resize implements Method: the first moment is a gradient, the second one the
// square of one, and may not be negative. The average begins anew.
func (a *Adam) Resize(_, gradient func([]float32) []float32) {
	if a.m == nil {
		return
	}
	a.m = gradient(a.m)
	for i, v := range a.v { // a root first, so that the map's factor counts squared
		a.v[i] = float32(math.Sqrt(float64(v)))
	}
	a.v = gradient(a.v)
	for i, v := range a.v {
		a.v[i] = v * v
	}
	a.sum, a.best, a.weight = nil, nil, 0
}

// State implements Method.
func (a *Adam) State() State {
	s := State{
		Numbers: map[string]float64{"step": a.t, "weight": a.weight},
		Vectors: map[string][]float32{},
	}
	for name, v := range map[string][]float32{"m": a.m, "v": a.v, "sum": a.sum} {
		if v != nil {
			s.Vectors[name] = v
		}
	}
	return s
}

// Restore implements Method.
func (a *Adam) Restore(s State) error {
	r := Adam{
		o: a.o, t: s.Numbers["step"], weight: s.Numbers["weight"],
		m: s.Vectors["m"], v: s.Vectors["v"], sum: s.Vectors["sum"],
	}
	lengths := []int{len(r.m), len(r.v), len(r.sum)}
	if r.sum == nil {
		lengths = lengths[:2]
	}
	if slices.Min(lengths) != slices.Max(lengths) {
		return fmt.Errorf("optimise: the state's vectors differ in length")
	}
	*a = r
	return nil
}
