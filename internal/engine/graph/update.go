package graph

import (
	"fmt"
	"slices"
)

// AdamUpdate is one step of Adam (Kingma & Ba 2015) in place: operands
// parameter, gradient, first moment, second moment (parameters too), rate
// and step (scalars; the first step is 1). Its value is the parameter's
// new one.
//
//	m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g²
//	p ← p − rate·m/(1−β₁ᵗ) / (√(v/(1−β₂ᵗ)) + ε)
//
// With EpsilonHat the ε stands inside the correction, as in TensorFlow and
// Torch7: p ← p − rate·√(1−β₂ᵗ)/(1−β₁ᵗ)·m / (√v + ε).
type AdamUpdate struct {
	Beta1, Beta2, Epsilon float64
	EpsilonHat            bool
}

// Name implements Op.
func (o AdamUpdate) Name() string {
	hat := map[bool]string{true: "̂"}
	return fmt.Sprintf("adam β %g %g ε%s %g", o.Beta1, o.Beta2, hat[o.EpsilonHat], o.Epsilon)
}

func (o AdamUpdate) infer(in []Shape) Shape {
	if !(o.Beta1 >= 0 && o.Beta1 < 1 && o.Beta2 >= 0 && o.Beta2 < 1 && o.Epsilon >= 0) {
		fail("%s: β outside [0, 1) or ε below 0", o.Name())
	}
	for _, s := range in[1:4] {
		wantSame(o.Name(), in[0], s)
	}
	wantRank(o.Name(), in[4], 0)
	wantRank(o.Name(), in[5], 0)
	return in[0]
}

func (o AdamUpdate) gradient(_, _ *Node) []*Node { return noGradient(o) }

func wantParameters(op Op, nodes ...*Node) {
	for i, n := range nodes {
		if _, ok := n.op.(Parameter); !ok {
			fail("%s: updates a parameter, not %s", op.Name(), n.op.Name())
		}
		if slices.Contains(nodes[:i], n) {
			fail("%s: updates %s twice", op.Name(), n.op.Name())
		}
	}
}

// Adam updates a parameter, its gradient given, and both its moments, and
// returns the parameter's new value.
func Adam(parameter, gradient, moment1, moment2, rate, step *Node, o AdamUpdate) *Node {
	wantParameters(o, parameter, moment1, moment2)
	return apply(o, parameter, gradient, moment1, moment2, rate, step)
}

// BlendUpdate is p ← (1 − rate)·p + rate·x in place: operands parameter, value
// x, rate, a scalar; with rate 1 the parameter is x. It keeps moving averages,
// and what one run leaves to the next. Its value is the parameter's new one.
type BlendUpdate struct{}

// Name implements Op.
func (BlendUpdate) Name() string { return "blend" }

func (o BlendUpdate) infer(in []Shape) Shape {
	wantSame(o.Name(), in[0], in[1])
	wantRank(o.Name(), in[2], 0)
	return in[0]
}

func (o BlendUpdate) gradient(_, _ *Node) []*Node { return noGradient(o) }

// Blend moves a parameter towards a value and returns its new value.
func Blend(parameter, value, rate *Node) *Node {
	wantParameters(BlendUpdate{}, parameter)
	return apply(BlendUpdate{}, parameter, value, rate)
}

// Updated returns the parameters that an operation writes, as positions among
// its operands; none for all but updates.
func Updated(op Op) []int {
	switch op.(type) {
	case AdamUpdate:
		return []int{0, 2, 3}
	case BlendUpdate:
		return []int{0}
	}
	return nil
}
