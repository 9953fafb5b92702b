package conformance

import (
	"fmt"

	"easel/internal/engine/graph"
)

// Case is an operation at random shapes.
type Case struct {
	Name string
	// Tolerance is how far a float32 executor may be off, see the package's
	// comment.
	Tolerance float64
	// Seeds is how many shapes to draw; 0 is 8.
	Seeds int
	// Build draws one: leaves and the node to be compared, or differentiated.
	Build func(d *Draw) *graph.Node
}

func (c Case) seeds() int {
	if c.Seeds == 0 {
		return 8
	}
	return c.Seeds
}

const (
	pointwiseTolerance = 1e-5
	productTolerance   = 1e-4
	networkTolerance   = 1e-3
)

// Cases lists every operation, every gradient and networks of them.
func Cases() []Case {
	var all []Case
	for _, group := range [][]Case{
		pointwiseCases(), layoutCases(), convolutionCases(), normCases(),
		sampleCases(), matrixCases(), lossCases(), randomCases(), collectiveCases(), extentCases(), networkCases(),
	} {
		all = append(all, group...)
	}
	return all
}

// Ops are the operations that the suite runs, each as often as it does.
func Ops() []graph.Op {
	var graphs []*graph.Graph
	for _, c := range Cases() {
		for seed := range c.seeds() {
			graphs = append(graphs, c.draw(seed, false).Graph)
		}
	}
	for _, rule := range updateRules() {
		g, _ := tinyTraining(newDraw(rule.name, 0, false), rule, false)
		graphs = append(graphs, g)
	}
	var ops []graph.Op
	for _, g := range graphs {
		for _, n := range g.Nodes() {
			ops = append(ops, n.Op())
		}
	}
	return ops
}

func pointwise(name string, build func(d *Draw) *graph.Node) Case {
	return Case{Name: name, Tolerance: pointwiseTolerance, Build: build}
}

func pointwiseCases() []Case {
	cases := []Case{
		pointwise("add", func(d *Draw) *graph.Node {
			s := d.AnyShape()
			return graph.Add(d.Leaf(s...), d.Leaf(s...))
		}),
		pointwise("subtract", func(d *Draw) *graph.Node {
			s := d.AnyShape()
			return graph.Sub(d.Leaf(s...), d.Leaf(s...))
		}),
		pointwise("multiply", func(d *Draw) *graph.Node {
			s := d.AnyShape()
			return graph.Mul(d.Leaf(s...), d.Leaf(s...))
		}),
		pointwise("square", func(d *Draw) *graph.Node {
			x := d.Leaf(d.AnyShape()...)
			return graph.Mul(x, x)
		}),
		pointwise("twice", func(d *Draw) *graph.Node {
			x := d.Leaf(d.AnyShape()...)
			return graph.Add(x, x)
		}),
		pointwise("scale", func(d *Draw) *graph.Node {
			return graph.Scale(d.Leaf(d.AnyShape()...), float32(d.NormFloat64()))
		}),
		pointwise("power", func(d *Draw) *graph.Node {
			x := d.Leaf(d.AnyShape()...)
			ones := graph.Fill(d.Graph.Constant([]float32{1}), x.Shape()...)
			return graph.Pow(graph.Add(graph.Mul(x, x), ones), []float32{0.5, -0.5, 2, -1}[d.IntN(4)])
		}),
		pointwise("bias", func(d *Draw) *graph.Node {
			x := d.Leaf(d.Picture(1)...)
			return graph.AddBias(x, d.Leaf(x.Shape().Channels()))
		}),
		pointwise("channel-sum", func(d *Draw) *graph.Node {
			x := d.Leaf(d.Picture(1)...)
			b := d.Leaf(x.Shape().Channels())
			return d.Pull(graph.AddBias(x, b), b)
		}),
		pointwise("mean", func(d *Draw) *graph.Node { return graph.Mean(d.Leaf(d.AnyShape()...)) }),
		pointwise("broadcast", func(d *Draw) *graph.Node {
			x := d.Leaf(d.AnyShape()...)
			return d.Pull(graph.Mul(graph.Mean(x), d.Leaf()), x)
		}),
		pointwise("detach", func(d *Draw) *graph.Node {
			x := d.Leaf(d.AnyShape()...)
			return graph.Mul(d.Detach(graph.Mul(x, x)), d.Leaf(x.Shape()...))
		}),
		pointwise("constant", func(d *Draw) *graph.Node {
			x := d.Leaf(d.AnyShape()...)
			return graph.Mul(x, d.Graph.Constant(d.normal(0, x.Shape()), x.Shape()...))
		}),
		pointwise("untouched", func(d *Draw) *graph.Node { // a gradient of zeros
			d.Leaf(d.AnyShape()...)
			return graph.Scale(d.Leaf(3), 2)
		}),
	}
	return append(cases, activationCases()...)
}

func activationCases() []Case {
	var cases []Case
	leaky := func(x *graph.Node) *graph.Node { return graph.LeakyReLU(x, 0.2) }
	for _, a := range []struct {
		name string
		f    func(*graph.Node) *graph.Node
	}{{"relu", graph.ReLU}, {"leaky-relu", leaky}, {"tanh", graph.Tanh}, {"sigmoid", graph.Sigmoid}} {
		name, f := a.name, a.f
		cases = append(cases, pointwise(name, func(d *Draw) *graph.Node { return f(d.Distinct(d.AnyShape()...)) }))
		// One past every width of vector, with a tail of every length.
		lengths := pointwise(name+" lengths", func(d *Draw) *graph.Node { return f(d.Distinct(d.Between(1, 70))) })
		lengths.Seeds = 30
		cases = append(cases, lengths)
		if name == "tanh" || name == "sigmoid" {
			continue // their second derivative is refused
		}
		cases = append(cases, pointwise(name+" gradient", func(d *Draw) *graph.Node {
			x := d.Distinct(d.AnyShape()...)
			return d.Pull(f(x), x)
		}))
	}
	return cases
}

func layoutCases() []Case {
	cases := []Case{
		pointwise("concat", func(d *Draw) *graph.Node {
			s := d.Picture(1)
			parts := make([]*graph.Node, d.Between(1, 4))
			for i := range parts {
				s[3] = d.Channels()
				parts[i] = d.Leaf(s...)
			}
			return graph.Concat(parts...)
		}),
		pointwise("concat with itself", func(d *Draw) *graph.Node {
			x := d.Leaf(d.Picture(1)...)
			return graph.Concat(x, graph.Scale(x, 2), x)
		}),
		pointwise("reshape", func(d *Draw) *graph.Node {
			x := d.Leaf(d.Picture(1)...)
			s := x.Shape()
			return graph.Reshape(graph.Concat(x, graph.Scale(x, 2)), s[0]*s[3]*2, s[1]*s[2])
		}),
		pointwise("reshape a slice into a concatenation", func(d *Draw) *graph.Node {
			x := d.Leaf(d.Picture(1)...)
			y := slice(d, x)
			return graph.Concat(x, graph.Reshape(graph.Reshape(y, y.Shape().Size()), y.Shape()...))
		}),
		pointwise("crop", func(d *Draw) *graph.Node {
			return graph.CropPicture(d.Leaf(d.Picture(4)...), graph.Padding{Top: d.IntN(2), Left: d.IntN(2), Bottom: d.IntN(2), Right: d.IntN(2)})
		}),
		pointwise("sum over positions", func(d *Draw) *graph.Node { return graph.ChannelSums(d.Leaf(d.Picture(1)...)) }),
		pointwise("slice", func(d *Draw) *graph.Node { return slice(d, d.Leaf(d.Picture(1)...)) }),
		pointwise("slice gradient", func(d *Draw) *graph.Node {
			x := d.Leaf(d.Picture(1)...)
			return d.Pull(slice(d, x), x)
		}),
	}
	for _, mode := range []graph.PadMode{graph.PadZeros, graph.PadReflect, graph.PadReplicate} {
		pad := func(d *Draw, x *graph.Node) *graph.Node {
			return graph.PadPicture(x, mode, graph.Padding{Top: d.IntN(4), Left: d.IntN(4), Bottom: d.IntN(4), Right: d.IntN(4)})
		}
		name := fmt.Sprintf("%v pad", mode)
		cases = append(cases, pointwise(name, func(d *Draw) *graph.Node {
			return pad(d, d.Leaf(d.Picture(4)...))
		}), pointwise(name+" gradient", func(d *Draw) *graph.Node {
			x := d.Leaf(d.Picture(4)...)
			return d.Pull(pad(d, x), x)
		}))
	}
	return cases
}

func slice(d *Draw, x *graph.Node) *graph.Node {
	from := d.IntN(x.Shape().Channels())
	return graph.Slice(x, from, d.Between(from+1, x.Shape().Channels()))
}
