package graph

import (
	"fmt"
	"slices"
	"strings"
)

// Graph is a list of nodes, each made from earlier ones.
type Graph struct {
	nodes   []*Node
	inputs  map[string]*Node
	params  map[string]*Node
	outputs []Output
}

// Output is a node that the caller wants to read after a run.
type Output struct {
	Name string
	Node *Node
}

// Node is one value in a graph: an operation applied to earlier nodes.
type Node struct {
	graph  *Graph
	id     int
	op     Op
	inputs []*Node
	shape  Shape
}

// Op is an operation with its attributes; the types that implement it are
// those of this package, and executors switch over them.
type Op interface {
	// Name is the operation with its attributes, for people.
	Name() string
	// infer checks the operands' shapes and returns the result's.
	infer(in []Shape) Shape
	// gradient returns, for each operand of n, the gradient of the loss to
	// it, made from dy, the gradient to n; nil where there is none.
	gradient(n, dy *Node) []*Node
}

// New returns an empty graph.
func New() *Graph {
	return &Graph{inputs: map[string]*Node{}, params: map[string]*Node{}}
}

// Nodes returns all nodes in the order of their making.
func (g *Graph) Nodes() []*Node { return slices.Clone(g.nodes) }

// Outputs returns the named outputs in the order of their naming.
func (g *Graph) Outputs() []Output { return slices.Clone(g.outputs) }

// Output names a node whose value can be read after each run. A name stands
// for one node.
func (g *Graph) Output(name string, n *Node) {
	for _, o := range g.outputs {
		if o.Name == name {
			fail("output %q named twice", name)
		}
	}
	if n.graph != g {
		fail("output %q belongs to another graph", name)
	}
	g.outputs = append(g.outputs, Output{name, n})
}

// ID is the node's place in the order of making.
func (n *Node) ID() int { return n.id }

// Op is the node's operation.
func (n *Node) Op() Op { return n.op }

// Inputs are the operands.
func (n *Node) Inputs() []*Node { return n.inputs }

// Shape is the extent of the value.
func (n *Node) Shape() Shape { return n.shape }

// Graph is the graph that the node belongs to.
func (n *Node) Graph() *Graph { return n.graph }

func (n *Node) in(i int) *Node { return n.inputs[i] }

// apply appends op(inputs…) to the graph of the inputs.
func apply(op Op, inputs ...*Node) *Node {
	g := inputs[0].graph
	shapes := make([]Shape, len(inputs))
	for i, in := range inputs {
		if in.graph != g {
			fail("%s: operands of different graphs", op.Name())
		}
		shapes[i] = in.shape
	}
	return g.add(op, op.infer(shapes), inputs)
}

func (g *Graph) add(op Op, shape Shape, inputs []*Node) *Node {
	for _, d := range shape {
		if d < 1 {
			fail("%s: result %v has an empty axis", op.Name(), shape)
		}
	}
	n := &Node{graph: g, id: len(g.nodes), op: op, inputs: slices.Clone(inputs), shape: slices.Clone(shape)}
	g.nodes = append(g.nodes, n)
	return n
}

// String prints one node a line, with shapes, and the outputs at the end.
func (g *Graph) String() string {
	var b strings.Builder
	for _, n := range g.nodes {
		fmt.Fprintf(&b, "%s\n", n)
	}
	for _, o := range g.outputs {
		fmt.Fprintf(&b, "%s = %%%d\n", o.Name, o.Node.id)
	}
	return b.String()
}

// String prints the node as "%7 = convolution 4×4 stride 2 (%3, %6) [1 128 128 64]".
func (n *Node) String() string {
	args := make([]string, len(n.inputs))
	for i, in := range n.inputs {
		args[i] = fmt.Sprintf("%%%d", in.id)
	}
	return fmt.Sprintf("%%%d = %s (%s) %v", n.id, n.op.Name(), strings.Join(args, ", "), n.shape)
}
