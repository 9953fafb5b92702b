package graph_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"easel/internal/engine/conformance"
	"easel/internal/engine/graph"
	"easel/internal/engine/reference"
)

// values runs a graph on inputs and returns what its outputs are.
func values(t *testing.T, g *graph.Graph, inputs map[string][]float64) func(name string) []float64 {
	t.Helper()
	v, err := reference.Run(g, inputs, map[string][]float64{})
	if err != nil {
		t.Fatal(err)
	}
	return v.Output
}

func wantValue(t *testing.T, what string, got []float64, want ...float64) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

func TestStopGradientIsAWall(t *testing.T) {
	t.Parallel()
	g := graph.New()
	x := g.Input("x")
	wall := graph.Detach(graph.Mul(x, x))
	loss := graph.Mul(wall, x)
	d := graph.Gradient(loss, x, wall)
	g.Output("y", loss)
	g.Output("dx", d[0])
	g.Output("dwall", d[1])
	v := values(t, g, map[string][]float64{"x": {3}})
	wantValue(t, "y", v("y"), 27)
	wantValue(t, "dx", v("dx"), 9) // not 27
	wantValue(t, "the gradient to the wall itself", v("dwall"), 3)
}

func TestUnreachedGradientsAreZeros(t *testing.T) {
	t.Parallel()
	g := graph.New()
	x, apart, behind := g.Input("x", 2), g.Parameter("apart", 2, 2), g.Parameter("behind", 2)
	loss := graph.Mean(graph.Mul(x, graph.Detach(behind)))
	later := graph.Scale(loss, 2) // made after the loss
	d := graph.Gradient(loss, apart, behind, later, loss)
	for i, name := range []string{"apart", "behind", "later", "loss"} {
		g.Output(name, d[i])
	}
	v := values(t, g, map[string][]float64{"x": {3, 4}})
	wantValue(t, "apart", v("apart"), 0, 0, 0, 0)
	wantValue(t, "behind", v("behind"), 0, 0)
	wantValue(t, "later", v("later"), 0)
	wantValue(t, "the loss's gradient to itself", v("loss"), 1)
}

// TestFanOut wants the gradients of a value's users added, last user first.
func TestFanOut(t *testing.T) {
	t.Parallel()
	g := graph.New()
	x := g.Input("x")
	a, b, c := graph.Scale(x, 2), graph.Scale(x, 3), graph.Mul(x, x)
	d := graph.Gradient(graph.Add(graph.Add(a, b), c), x)[0]
	g.Output("d", d)
	wantValue(t, "d", values(t, g, map[string][]float64{"x": {5}})("d"), 15)
	if d.Op() != (graph.Sum{}) || d.Inputs()[1].Op() != (graph.Scaling{Factor: 2}) {
		t.Errorf("the first user is not added last:\n%s", g)
	}
	if second := d.Inputs()[0]; second.Op() != (graph.Sum{}) || second.Inputs()[1].Op() != (graph.Scaling{Factor: 3}) {
		t.Errorf("the second user is not added before it:\n%s", g)
	}
}

// TestGradientAtANode asks for gradients at nodes on the way: they count the
// paths through one another, and need nothing of what lies before them.
func TestGradientAtANode(t *testing.T) {
	t.Parallel()
	g := graph.New()
	x := g.Input("x")
	y := graph.Mul(x, x)
	z := graph.Mul(y, y)
	d := graph.Gradient(z, y, x)
	g.Output("dy", d[0])
	g.Output("dx", d[1])
	v := values(t, g, map[string][]float64{"x": {2}})
	wantValue(t, "dy", v("dy"), 8)
	wantValue(t, "dx", v("dx"), 32)
}

// TestGradientToAnUpdatedParameter is a generator's step after the
// discriminator's: the loss depends on the new value, the gradient ends there.
func TestGradientToAnUpdatedParameter(t *testing.T) {
	t.Parallel()
	g := graph.New()
	w, x := g.Parameter("w"), g.Input("x")
	one := g.Constant([]float32{1})
	updated := graph.Adam(w, g.Constant([]float32{-2}), g.Parameter("m"), g.Parameter("v"), g.Constant([]float32{2}), one, graph.AdamUpdate{})
	loss := graph.Mul(updated, x)
	d := graph.Gradient(loss, x, updated)
	g.Output("new", updated)
	g.Output("dx", d[0])
	g.Output("dw", d[1])
	v := values(t, g, map[string][]float64{"x": {5}})
	wantValue(t, "the update's value", v("new"), 2)
	wantValue(t, "dx", v("dx"), 2)
	wantValue(t, "dw", v("dw"), 5)
}

// TestGradientsOfHiddenOperations differentiates what the package's functions
// and the gradients of their gradients do not reach.
func TestGradientsOfHiddenOperations(t *testing.T) {
	t.Parallel()
	for _, c := range []conformance.Case{
		{Name: "matmul with both transposed", Build: func(d *conformance.Draw) *graph.Node {
			m, k, n := d.Between(1, 4), d.Between(1, 4), d.Between(1, 4)
			return graph.Apply(graph.MatrixProduct{TransposeA: true, TransposeB: true}, d.Leaf(k, m), d.Leaf(n, k))
		}},
		{Name: "channel sum of a vector", Build: func(d *conformance.Draw) *graph.Node {
			return graph.Apply(graph.ChannelSum{}, d.Leaf(d.Between(1, 4)))
		}},
		{Name: "broadcast to a picture", Build: func(d *conformance.Draw) *graph.Node {
			return graph.Apply(graph.Broadcast{To: d.Picture(1)}, d.Leaf())
		}},
	} {
		for seed := range 20 {
			conformance.CheckGradient(t, c, seed)
		}
	}
}

// TestGradientIsRepeatable wants the same graph from the same construction.
func TestGradientIsRepeatable(t *testing.T) {
	t.Parallel()
	build := func() string {
		g := graph.New()
		dice := rand.New(rand.NewPCG(1, 2))
		nodes := []*graph.Node{g.Parameter("a"), g.Parameter("b"), g.Parameter("c")}
		for range 30 {
			x, y := nodes[dice.IntN(len(nodes))], nodes[dice.IntN(len(nodes))]
			nodes = append(nodes, graph.Add(graph.Mul(x, y), x))
		}
		graph.Gradient(nodes[len(nodes)-1], nodes[:3]...)
		return g.String()
	}
	first := build()
	for range 5 {
		if build() != first {
			t.Fatal("the graph differs")
		}
	}
}
