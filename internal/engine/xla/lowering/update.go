package lowering

import (
	hlo "github.com/gomlx/go-xla/pkg/stablehlo"

	"easel/internal/engine/graph"
)

// adam is one step; see graph.AdamUpdate. What does not depend on the element
// is worked out in float64: 1 − β₂ᵗ of the first steps has few digits in
// float32.
func (l *lowering) adam(op graph.AdamUpdate, n *graph.Node, in []*hlo.Value) *hlo.Value {
	p, g, m, v := in[0], in[1], in[2], in[3]
	rate, step := convert(in[4], float64Type), convert(in[5], float64Type)
	one := l.scalar(1.0)
	correction1 := subtract(one, must(hlo.Power(l.scalar(op.Beta1), step)))
	correction2 := must(hlo.Sqrt(subtract(one, must(hlo.Power(l.scalar(op.Beta2), step)))))
	size, root := divide(rate, correction1), divide(one, correction2)
	if op.EpsilonHat {
		size, root = multiply(size, correction2), one
	}
	each := func(x *hlo.Value) *hlo.Value { return fill(convert(x, float32Type), p.Shape()) }
	m = add(l.scaled(m, float32(op.Beta1)), l.scaled(g, float32(1-op.Beta1)))
	v = add(l.scaled(v, float32(op.Beta2)), multiply(l.scaled(g, float32(1-op.Beta2)), g))
	below := add(multiply(must(hlo.Sqrt(v)), each(root)), l.like(v, float32(op.Epsilon)))
	p = subtract(p, divide(multiply(each(size), m), below))
	l.store(n, p, m, v)
	return p
}

func (l *lowering) blend(n *graph.Node, p, x, rate *hlo.Value) *hlo.Value {
	rest := fill(subtract(l.scalar(float32(1)), rate), p.Shape())
	p = add(multiply(rest, p), multiply(fill(rate, p.Shape()), x))
	l.store(n, p)
	return p
}

// store notes the new values of the parameters that a node updates.
func (l *lowering) store(n *graph.Node, values ...*hlo.Value) {
	for k, i := range graph.Updated(n.Op()) {
		l.latest[n.Inputs()[i]] = values[k]
	}
}
