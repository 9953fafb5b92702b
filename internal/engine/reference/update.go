package reference

import (
	"math"

	"easel/internal/engine/graph"
)

// update computes an update's node and puts the new values of all
// parameters that it writes into params.
func update(n *graph.Node, v Values, params map[string][]float64) []float64 {
	in := make([][]float64, len(n.Inputs()))
	for i, operand := range n.Inputs() {
		in[i] = v.Of(operand)
	}
	var written [][]float64
	switch op := n.Op().(type) {
	case graph.AdamUpdate:
		written = adam(op, in[0], in[1], in[2], in[3], in[4][0], in[5][0])
	case graph.BlendUpdate:
		written = [][]float64{blend(in[0], in[1], in[2][0])}
	}
	for k, i := range graph.Updated(n.Op()) {
		params[n.Inputs()[i].Op().(graph.Parameter).Label] = written[k]
	}
	return written[0]
}

func adam(op graph.AdamUpdate, p, g, m, s []float64, rate, step float64) [][]float64 {
	p1, m1, s1 := make([]float64, len(p)), make([]float64, len(p)), make([]float64, len(p))
	correction1, correction2 := 1-math.Pow(op.Beta1, step), 1-math.Pow(op.Beta2, step)
	for i := range p {
		m1[i] = op.Beta1*m[i] + (1-op.Beta1)*g[i]
		s1[i] = op.Beta2*s[i] + (1-op.Beta2)*g[i]*g[i]
		if op.EpsilonHat {
			p1[i] = p[i] - rate*math.Sqrt(correction2)/correction1*m1[i]/(math.Sqrt(s1[i])+op.Epsilon)
		} else {
			p1[i] = p[i] - rate*m1[i]/correction1/(math.Sqrt(s1[i]/correction2)+op.Epsilon)
		}
	}
	return [][]float64{p1, m1, s1}
}

func blend(p, x []float64, rate float64) []float64 {
	out := make([]float64, len(p))
	for i := range p {
		out[i] = (1-rate)*p[i] + rate*x[i]
	}
	return out
}
