package conformance

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"easel/internal/engine/reference"
)

// step is how far an element is moved. The error of a central difference is
// step²·f‴/6 and, of the loss's rounding, about |loss|·1e-16/step.
const step = 1e-6

// CheckGradient holds the gradients of a case, on the reference, against
// central differences of its loss in float64, at a few elements of each leaf:
// relative 1e-6 of the leaf's largest gradient.
func CheckGradient(t testing.TB, c Case, seed int) {
	t.Helper()
	d := c.draw(seed, true)
	inputs, params := d.wide()
	values, err := reference.Run(d.Graph, inputs, params)
	must(t, err)
	loss := values.Output("loss")[0]
	differentiable := 0
	dice := rand.New(rand.NewPCG(uint64(seed), 2))
	for _, l := range d.leaves {
		if !l.differentiable {
			continue
		}
		analytic := values.Output(fmt.Sprintf("gradient %d", differentiable))
		differentiable++
		allowed := 1e-6*largest(analytic) + 1e-9*(1+math.Abs(loss))
		for range 4 {
			i := dice.IntN(len(l.value))
			numeric := d.slope(t, inputs, params, l, i)
			if off := math.Abs(numeric - analytic[i]); !(off <= allowed) {
				t.Errorf("%s, seed %d: gradient to %v, element %d: %g, by differences %g (off by %.3g, allowed are %.3g)\n%s",
					c.Name, seed, l.node, i, analytic[i], numeric, off, allowed, d.Graph)
				return
			}
		}
	}
}

// slope is the central difference of the loss to element i of a leaf.
func (d *Draw) slope(t testing.TB, inputs, params map[string][]float64, l leaf, i int) float64 {
	t.Helper()
	var loss [2]float64
	for side, sign := range []float64{1, -1} {
		in, pa := maps.Clone(inputs), maps.Clone(params)
		of := in
		if l.parameter {
			of = pa
		}
		of[l.name] = slices.Clone(of[l.name])
		of[l.name][i] += sign * step
		values, err := reference.Run(d.Graph, in, pa)
		must(t, err)
		loss[side] = values.Output("loss")[0]
	}
	return (loss[0] - loss[1]) / (2 * step)
}

func largest(x []float64) float64 {
	m := 0.0
	for _, v := range x {
		m = max(m, math.Abs(v))
	}
	return m
}
