package conformance

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"easel/internal/engine/graph"
)

// Draw is what a case is built with: the graph, the dice, and the leaves made
// so far.
type Draw struct {
	Graph *graph.Graph
	*rand.Rand
	// Small asks for shapes of at most a few hundred elements, for finite
	// differences.
	Small  bool
	prefix string
	leaves []leaf
	watch  []*graph.Node
}

// leaf is an operand with its value. Differentiable ones get gradients.
type leaf struct {
	node           *graph.Node
	name           string
	value          []float32
	parameter      bool
	differentiable bool
	exact          bool // a number that rounding would spoil: a class, a key
}

// newDraw has dice that depend on the case and the seed only.
func newDraw(name string, seed int, small bool) *Draw {
	h := fnv.New64a()
	h.Write([]byte(name))
	return &Draw{
		Graph: graph.New(), Rand: rand.New(rand.NewPCG(h.Sum64(), uint64(seed))),
		Small: small, prefix: fmt.Sprintf("%s %d ", name, seed),
	}
}

// add makes an input or, by the toss of a coin, a parameter.
func (d *Draw) add(value []float32, differentiable bool, shape []int) *graph.Node {
	l := leaf{
		name: fmt.Sprintf("%s%d", d.prefix, len(d.leaves)), value: value,
		parameter: d.IntN(2) == 0, differentiable: differentiable,
	}
	if l.parameter {
		l.node = d.Graph.Parameter(l.name, shape...)
	} else {
		l.node = d.Graph.Input(l.name, shape...)
	}
	d.leaves = append(d.leaves, l)
	return l.node
}

// Normal is a leaf with values from N(mean, 1).
func (d *Draw) Normal(mean float64, shape ...int) *graph.Node {
	return d.add(d.normal(mean, shape), true, shape)
}

// Leaf is a leaf with values from N(0, 1).
func (d *Draw) Leaf(shape ...int) *graph.Node { return d.Normal(0, shape...) }

// Fixed is a leaf with values from N(0, 1) whose gradient is not tested.
func (d *Draw) Fixed(shape ...int) *graph.Node { return d.add(d.normal(0, shape), false, shape) }

func (d *Draw) normal(mean float64, shape graph.Shape) []float32 {
	value := make([]float32, shape.Size())
	for i := range value {
		value[i] = float32(mean + d.NormFloat64())
	}
	return value
}

// Distinct is a leaf with values between about −2 and 2 of which no two, in
// any leaf of the case, are nearer than 1e-3, and none nearer to 0 or ±1: for
// operations with kinks.
func (d *Draw) Distinct(shape ...int) *graph.Node {
	size := graph.Shape(shape).Size()
	places := max(size, 400)
	value := make([]float32, size)
	for i, k := range d.Perm(places)[:size] {
		value[i] = float32(k-places/2)*0.01 + 0.002*float32(len(d.leaves)%4) + 0.001
	}
	return d.add(value, true, shape)
}

// Classes is a leaf of class numbers below n, now and then one outside.
func (d *Draw) Classes(n int, shape ...int) *graph.Node {
	value := make([]float32, graph.Shape(shape).Size())
	for i := range value {
		value[i] = float32(d.IntN(n))
		if d.IntN(5) == 0 {
			value[i] = []float32{-1, float32(n), 255}[d.IntN(3)]
		}
	}
	return d.exact(value, shape)
}

func (d *Draw) exact(value []float32, shape []int) *graph.Node {
	n := d.add(value, false, shape)
	d.leaves[len(d.leaves)-1].exact = true
	return n
}

// Key is a leaf for random operations.
func (d *Draw) Key(seed, step uint64) *graph.Node {
	key := graph.Key(seed, step)
	return d.exact(key[:], []int{graph.KeySize})
}

// Between is a number from low to high.
func (d *Draw) Between(low, high int) int { return low + d.IntN(high-low+1) }

// channelCounts are on both sides of every width of vector, tile and special
// case: pictures have 1, 3 or 6 channels, kernels work on 8, 16 or 64 at once.
var channelCounts = []int{1, 3, 6, 8, 17, 64, 65}

// Channels is a number of channels.
func (d *Draw) Channels() int {
	if d.Small {
		return d.Between(1, 3)
	}
	return channelCounts[d.IntN(len(channelCounts))]
}

// Side is a picture's height or width, at least low.
func (d *Draw) Side(low int) int {
	if d.Small {
		return low + d.IntN(3)
	}
	return low + d.IntN(9)
}

// Batch is a number of pictures.
func (d *Draw) Batch() int {
	if d.Small {
		return d.Between(1, 2)
	}
	return d.Between(1, 3)
}

// Picture is a shape of at least low×low pixels.
func (d *Draw) Picture(low int) []int {
	return []int{d.Batch(), d.Side(low), d.Side(low), d.Channels()}
}

// AnyShape is a shape of 0 to 4 axes.
func (d *Draw) AnyShape() []int {
	return d.Picture(1)[4-d.Between(0, 4):]
}

// Coin is true half of the time.
func (d *Draw) Coin() bool { return d.IntN(2) == 0 }

// Pull is the gradient of a random weighting of y to x: the operation's
// gradient as an operation to be tested itself.
func (d *Draw) Pull(y, x *graph.Node) *graph.Node {
	return graph.Gradient(d.weigh(y, true), x)[0]
}

// Watch makes the value of a node on the way an output, or the gradient to it,
// so that an executor has to have it.
func (d *Draw) Watch(n *graph.Node) {
	if d.Coin() {
		d.watch = append(d.watch, n)
	} else {
		d.Graph.Output(fmt.Sprintf("value %d", n.ID()), n)
	}
}

// Detach is graph.Detach, but not where finite differences would see through it.
func (d *Draw) Detach(x *graph.Node) *graph.Node {
	if d.Small {
		return x
	}
	return graph.Detach(x)
}

// weigh is a scalar that depends on every element of y.
func (d *Draw) weigh(y *graph.Node, differentiable bool) *graph.Node {
	return graph.Mean(graph.Mul(y, d.add(d.normal(0, y.Shape()), differentiable, y.Shape())))
}
