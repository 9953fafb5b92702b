package tiled

import (
	"math"

	"easel/internal/engine/graph"
)

// sight says which pixels a position of a map depends on, along one axis: position p
// depends on those from step·p − before to step·p + after.
type sight struct{ step, before, after float64 }

// through returns the sight of an operation's result whose position p depends on its
// operand's step·p − before to step·p + after.
func (s sight) through(step, before, after float64) sight {
	return sight{s.step * step, s.before + s.step*before, s.after + s.step*after}
}

// reach returns how many pixels around its own an output pixel depends on, apart from
// statistics.
func reach(g *graph.Graph, output *graph.Node) int {
	s := sights(g)[output]
	return int(math.Ceil(max(s.before, s.after, 0)))
}

// sights returns those of all maps of a graph whose only picture is the input a.
func sights(g *graph.Graph) map[*graph.Node]sight {
	all := map[*graph.Node]sight{}
	for _, n := range g.Nodes() {
		if in, ok := n.Op().(graph.Input); ok && in.Label == "a" {
			all[n] = sight{step: 1}
			continue
		}
		var widest sight
		for _, operand := range n.Inputs() {
			if s, ok := all[operand]; ok && len(operand.Shape()) == 4 {
				s = seen(n.Op(), s, operand.Shape(), n.Shape())
				widest = sight{s.step, max(widest.before, s.before), max(widest.after, s.after)}
			}
		}
		if widest.step > 0 && len(n.Shape()) == 4 {
			all[n] = widest
		}
	}
	return all
}

// seen returns the sight of an operation's result.
func seen(op graph.Op, s sight, from, to graph.Shape) sight {
	switch o := op.(type) {
	case graph.Convolution:
		return s.through(float64(o.Stride), float64(o.Padding.Top), float64(o.KernelHeight-1-o.Padding.Top))
	case graph.ConvolutionInputGradient:
		stride := float64(o.Stride)
		return s.through(1/stride, float64(o.KernelHeight-1-o.Padding.Top)/stride, float64(o.Padding.Top)/stride)
	case graph.Border:
		return s.through(1, float64(o.Top), -float64(o.Top))
	case graph.BorderGradient:
		return s.through(1, -float64(o.Top), float64(o.Top))
	case graph.Pool:
		return s.through(float64(o.Stride), 0, float64(o.Size-1))
	case graph.Resampling:
		return s.through(float64(from[1])/float64(to[1]), 1, 1)
	case graph.EnlargedTaps:
		return s.through(0.5, 1.5, 1)
	}
	return s
}
