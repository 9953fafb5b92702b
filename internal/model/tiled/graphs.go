package tiled

import (
	"errors"
	"fmt"
	"slices"

	"easel/internal/engine/graph"
)

// forms are the graphs of a window that a run needs.
type forms struct {
	inputs, outputs int // channels of a and fake
	norms           []norm
	// measure has, for each norm, the graph for the window's share of its map, with the
	// statistics of the earlier norms; translate makes the picture with all statistics. If
	// one window is the whole picture, there is only translate.
	measure   []*form
	translate *form
}

// form is a graph whose random values and known statistics are inputs.
type form struct {
	graph *graph.Graph
	draws []draw
	live  map[string]bool // inputs that some output depends on
}

// draw is a random value of the network, passed as an input: the window's part of the whole
// picture's.
type draw struct {
	input  string
	op     graph.Op
	shape  graph.Shape
	shrink int // size of the picture relative to its map
}

// norm is a node that computes statistics.
type norm struct {
	moments  *graph.Node
	channels int
	epsilon  float64
	shrink   int // size of the picture relative to its map
	border   int // width of its map's border on each side
}

// Inputs and outputs of forms, besides those of the network.
const (
	rowsInput, columnsInput    = "own/rows", "own/columns"
	momentsOutput              = "moments"
	sumOutput, squaresOutput   = "sum", "squares"
	momentsInput, randomsInput = "moments/%d", "random/%d"
)

func momentsName(k int) string { return fmt.Sprintf(momentsInput, k) }

// forms makes those of a window's graph g.
func (p *Plan) forms(g *graph.Graph) (*forms, error) {
	fake, err := output(g)
	if err != nil {
		return nil, err
	}
	all, seen := &forms{outputs: fake.Shape().Channels()}, sights(g)
	for _, n := range g.Nodes() {
		switch o := n.Op().(type) {
		case graph.Input:
			if o.Label == "a" {
				all.inputs = n.Shape().Channels()
			}
		case graph.Moments:
			x := n.Inputs()[0].Shape()
			if x[0] != 1 {
				return nil, errors.New("a batch of pictures cannot be cut into tiles")
			}
			shrink := int(seen[n.Inputs()[0]].step)
			border := x[1] - p.rows.window/max(shrink, 1)
			if shrink < 1 || border < 0 || border%2 > 0 || x[2]-p.columns.window/shrink != border {
				return nil, fmt.Errorf("a norm over a map of %d×%d cannot be cut into tiles of %d×%d", x[2], x[1], p.columns.window, p.rows.window)
			}
			all.norms = append(all.norms, norm{n, x.Channels(), float64(o.Epsilon), shrink, border / 2})
		}
	}
	if p.Tiles() == 1 {
		all.norms = nil // the window's own are the picture's
	}
	for k := range all.norms {
		f, err := p.form(g, all.norms[:k], func(to *graph.Graph, copied map[*graph.Node]*graph.Node) { measure(to, copied, all.norms[k]) })
		if err != nil {
			return nil, err
		}
		all.measure = append(all.measure, f)
	}
	all.translate, err = p.form(g, all.norms, func(to *graph.Graph, copied map[*graph.Node]*graph.Node) { to.Output("fake", copied[fake]) })
	return all, err
}

// form returns g with random values and known statistics as inputs, and with other outputs.
func (p *Plan) form(g *graph.Graph, known []norm, outputs func(to *graph.Graph, copied map[*graph.Node]*graph.Node)) (*form, error) {
	f := &form{live: map[string]bool{}}
	var err error
	f.graph, err = graph.Build(func(to *graph.Graph) {
		outputs(to, g.CopyTo(to, func(n *graph.Node, _ []*graph.Node) *graph.Node {
			switch n.Op().(type) {
			case graph.Moments:
				if k := slices.IndexFunc(known, func(o norm) bool { return o.moments == n }); k >= 0 {
					return to.Input(momentsName(k), n.Shape()...)
				}
			case graph.DropoutMask, graph.NormalNoise:
				d := draw{fmt.Sprintf(randomsInput, len(f.draws)), n.Op(), n.Shape(), p.rows.window / n.Shape()[1]}
				f.draws = append(f.draws, d)
				return to.Input(d.input, n.Shape()...)
			}
			return nil
		}))
	})
	if err != nil {
		return nil, err
	}
	alive, err := graph.Live(f.graph)
	for _, n := range f.graph.Nodes() {
		if in, ok := n.Op().(graph.Input); ok && err == nil {
			f.live[in.Label] = alive[n.ID()]
		}
	}
	return f, err
}

// measure adds outputs about a norm's map x [1, height, width, channels]: the window's own
// moments, and the sums of z and z² over the positions that belong to the window alone,
// where z is x normalised by these moments. Values near 0 and 1 lose no digits in the sums.
// The positions are a product of rows and columns, so a sum is two matrix products.
func measure(to *graph.Graph, copied map[*graph.Node]*graph.Node, of norm) {
	moments := copied[of.moments]
	x := copied[of.moments.Inputs()[0]]
	height, width, channels := x.Shape()[1], x.Shape()[2], x.Shape().Channels()
	scale := to.Constant(slices.Repeat([]float32{1}, channels), channels)
	shift := to.Constant(make([]float32, channels), channels)
	z := graph.NormWith(x, scale, shift, graph.Reshape(moments, 1, 2, channels))
	rows, columns := to.Input(rowsInput, 1, height), to.Input(columnsInput, 1, width)
	sum := func(v *graph.Node) *graph.Node {
		down := graph.MatMul(rows, graph.Reshape(v, height, width*channels))
		return graph.MatMul(columns, graph.Reshape(down, width, channels))
	}
	to.Output(momentsOutput, moments)
	to.Output(sumOutput, sum(z))
	to.Output(squaresOutput, sum(graph.Mul(z, z)))
}
