// Package linear plans products with small constant matrices as straight-line
// code, for the generators of Winograd's transforms.
//
// [Factor] finds a [Plan] of y = P·x with few operations. [Transform] turns it
// into the steps of Y = P·X·Pᵀ on a number of vector registers, for a generator
// to write as instructions.
package linear

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// Op makes a value: A + C·B, or C·B if A is [None].
type Op struct {
	A, B int
	C    float64
}

// None is in place of a value that an Op doesn't have.
const None = -1

// Adds reports whether an operation is an addition or subtraction.
func (o Op) Adds() bool { return o.A != None && (o.C == 1 || o.C == -1) }

// Plan computes y = P·x. Values are numbered: first the elements of x, then the
// results of Ops in order.
type Plan struct {
	Inputs  int
	Ops     []Op
	Outputs []int // the value of each element of y
}

// graph is P as nodes, each a sum of multiples of other nodes: inputs, then
// outputs, then what they have in common.
type graph struct {
	inputs, outputs int
	sums            [][]float64 // by node the coefficient of each node; nil for an input
}

// most is how many nodes a graph may have.
const most = 64

func newGraph(matrix [][]float64) *graph {
	g := &graph{inputs: len(matrix[0]), outputs: len(matrix)}
	g.sums = make([][]float64, g.inputs)
	for _, row := range matrix {
		g.add()
		copy(g.sums[len(g.sums)-1], row)
	}
	return g
}

// add adds an empty sum and returns its node.
func (g *graph) add() int {
	g.sums = append(g.sums, make([]float64, most))
	return len(g.sums) - 1
}

// operations is how many a sum takes: one less than it has terms if it can
// begin with one as it is.
func operations(sum []float64) (n int) {
	unit := 0
	for _, c := range sum {
		if c != 0 {
			n++
		}
		if c == 1 {
			unit = 1
		}
	}
	return n - unit
}

// cost is how many operations the graph takes.
func (g *graph) cost() (n int) {
	for _, sum := range g.sums[g.inputs:] {
		n += operations(sum)
	}
	return n
}

// uses reports whether a node needs another.
func (g *graph) uses(node, other int) bool {
	if node == other {
		return true
	}
	for i, c := range g.sums[node] {
		if c != 0 && g.uses(i, other) {
			return true
		}
	}
	return false
}

// plan puts the operations in an order in which they can run, each output as
// early as it can be in the given order of outputs.
func (g *graph) plan(order []int) *Plan {
	p := &Plan{Inputs: g.inputs, Outputs: make([]int, g.outputs)}
	values := make([]int, len(g.sums)) // by node
	for i := range values {
		values[i] = None
		if i < g.inputs {
			values[i] = i
		}
	}
	for _, i := range order {
		p.Outputs[i] = g.emit(g.inputs+i, p, values)
	}
	return p
}

// emit makes a node's value, in terms that need no multiplication first: an
// addition may leave both of its operands as they are.
func (g *graph) emit(node int, p *Plan, values []int) int {
	if values[node] != None {
		return values[node]
	}
	sum := None
	for _, i := range terms(g.sums[node]) {
		value, c := g.emit(i, p, values), g.sums[node][i]
		if sum == None && c == 1 {
			sum = value
			continue
		}
		p.Ops = append(p.Ops, Op{sum, value, c})
		sum = p.Inputs + len(p.Ops) - 1
	}
	values[node] = sum
	return sum
}

// terms are the nodes in a sum: those with 1, with −1, and with other
// coefficients. If none has 1, one of the others comes first.
func terms(sum []float64) []int {
	var units, negative, others []int
	for i, c := range sum {
		switch c {
		case 0:
		case 1:
			units = append(units, i)
		case -1:
			negative = append(negative, i)
		default:
			others = append(others, i)
		}
	}
	if units == nil {
		return append(others, negative...)
	}
	return append(append(units, negative...), others...)
}

// Constants are what the operations multiply by, those used most first: products
// by their factor, multiplications with addition by its magnitude.
func (p *Plan) Constants() []float64 {
	count := map[float64]int{}
	for _, op := range p.Ops {
		if c := op.constant(); c != 0 {
			count[c]++
		}
	}
	return slices.SortedFunc(maps.Keys(count), func(a, b float64) int {
		return cmp.Or(count[b]-count[a], cmp.Compare(a, b))
	})
}

// constant is the constant of an operation, 0 for an addition.
func (o Op) constant() float64 {
	switch {
	case o.A == None:
		return o.C
	case o.Adds():
		return 0
	}
	return math.Abs(o.C)
}
