package graph

import "slices"

// Input is a value given anew for each run.
type Input struct{ Label string }

// Parameter is a value that stays from run to run, under a name that other
// graphs may share: weights, and an optimiser's moments.
type Parameter struct{ Label string }

// Constant is a value known when the graph is made.
type Constant struct{ Data []float32 }

// StopGradient passes its operand on and no gradient back.
type StopGradient struct{}

// Name implements Op.
func (o Input) Name() string { return "input " + o.Label }

// Name implements Op.
func (o Parameter) Name() string { return "parameter " + o.Label }

// Name implements Op.
func (o Constant) Name() string { return "constant" }

// Name implements Op.
func (o StopGradient) Name() string { return "stop-gradient" }

func (o Input) infer([]Shape) Shape           { return nil }
func (o Parameter) infer([]Shape) Shape       { return nil }
func (o Constant) infer([]Shape) Shape        { return nil }
func (o StopGradient) infer(in []Shape) Shape { return in[0] }

func (o Input) gradient(_, _ *Node) []*Node        { return nil }
func (o Parameter) gradient(_, _ *Node) []*Node    { return nil }
func (o Constant) gradient(_, _ *Node) []*Node     { return nil }
func (o StopGradient) gradient(_, _ *Node) []*Node { return []*Node{nil} }

// Input adds a value of the given shape that is set before each run; a name
// stands for one input.
func (g *Graph) Input(name string, shape ...int) *Node {
	return g.leaf(g.inputs, Input{name}, name, shape)
}

// Parameter adds a value that stays from run to run. A name belongs to one
// parameter: a second call with the same name must have the same shape, and returns
// the same node.
func (g *Graph) Parameter(name string, shape ...int) *Node {
	if n := g.params[name]; n != nil {
		wantShape("parameter "+name, "shape", n.shape, shape...)
		return n
	}
	return g.leaf(g.params, Parameter{name}, name, shape)
}

func (g *Graph) leaf(known map[string]*Node, op Op, name string, shape Shape) *Node {
	if known[name] != nil {
		fail("%s exists already", op.Name())
	}
	n := g.add(op, shape, nil)
	known[name] = n
	return n
}

// Constant adds a value known now: a copy of data, of the given shape.
func (g *Graph) Constant(data []float32, shape ...int) *Node {
	if Shape(shape).Size() != len(data) {
		fail("constant of %d numbers cannot be %v", len(data), Shape(shape))
	}
	return g.add(Constant{slices.Clone(data)}, shape, nil)
}

// Detach returns x as far as values go, and a wall as far as gradients go.
func Detach(x *Node) *Node { return apply(StopGradient{}, x) }
