package graph_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/engine/graph"
)

// TestPrinting has a graph of the kind that the package is for, as it prints.
func TestPrinting(t *testing.T) {
	t.Parallel()
	g := graph.New()
	x, key := g.Input("x", 2, 8, 8, 3), g.Input("key", graph.KeySize)
	w, v := g.Parameter("w", 4, 4, 3, 5), g.Parameter("v", 4, 4, 5, 1)
	scale, shift := g.Parameter("scale", 5), g.Parameter("shift", 5)
	h := graph.Norm(graph.Conv(x, w, 2, graph.Pad(1)), scale, shift, graph.PerPicture, 1e-5)
	h = graph.LeakyReLU(graph.Mul(h, graph.Mask(key, 0.5, 3, h.Shape()...)), 0.2)
	y := graph.Conv(graph.ConvTranspose(h, v, 2, 1), g.Parameter("u", 3, 1, 1, 1), 1, graph.Padding{Top: 1, Bottom: 2})
	loss := graph.CrossEntropy(y, 1)
	updated := graph.Adam(w, graph.Gradient(loss, w)[0], g.Parameter("m", 4, 4, 3, 5), g.Parameter("n", 4, 4, 3, 5),
		g.Input("rate"), g.Input("step"), graph.AdamUpdate{Beta1: 0.5, Beta2: 0.999, Epsilon: 1e-8})
	g.Output("loss", loss)
	g.Output("w", updated)
	want := strings.TrimPrefix(`
%0 = input x () [2 8 8 3]
%1 = input key () [5]
%2 = parameter w () [4 4 3 5]
%3 = parameter v () [4 4 5 1]
%4 = parameter scale () [5]
%5 = parameter shift () [5]
%6 = convolution 4×4 stride 2 pad 1 (%0, %2) [2 4 4 5]
%7 = instance-moments ε 1e-05 (%6) [2 2 5]
%8 = instance-norm (%6, %7, %4, %5) [2 4 4 5]
%9 = dropout-mask 0.5 stream 3 (%1) [2 4 4 5]
%10 = multiply (%8, %9) [2 4 4 5]
%11 = leaky-relu 0.2 (%10) [2 4 4 5]
%12 = transposed-convolution 4×4 stride 2 pad 1 (%11, %3) [2 8 8 1]
%13 = parameter u () [3 1 1 1]
%14 = convolution 3×1 stride 1 pad {1 0 2 0} (%12, %13) [2 9 8 1]
%15 = logit-cross-entropy to 1 (%14) []
%16 = constant () []
%17 = logit-cross-entropy to 1-gradient (%16, %14) [2 9 8 1]
%18 = convolution-input-gradient 3×1 stride 1 pad {1 0 2 0} (%17, %13) [2 8 8 1]
%19 = convolution-kernel-gradient 3×1 stride 1 pad {1 0 2 0} (%12, %17) [3 1 1 1]
%20 = convolution-swapped 4×4 stride 2 pad 1 (%18, %3) [2 4 4 5]
%21 = convolution-kernel-gradient-swapped 4×4 stride 2 pad 1 (%18, %11) [4 4 5 1]
%22 = leaky-relu 0.2-gradient (%20, %11) [2 4 4 5]
%23 = multiply (%22, %9) [2 4 4 5]
%24 = multiply (%22, %8) [2 4 4 5]
%25 = instance-norm-sums (%23, %6, %7) [2 2 5]
%26 = instance-norm-input-gradient (%23, %6, %7, %25, %4) [2 4 4 5]
%27 = group-sum 1 (%25) [5]
%28 = group-sum 0 (%25) [5]
%29 = convolution-input-gradient 4×4 stride 2 pad 1 (%26, %2) [2 8 8 3]
%30 = convolution-kernel-gradient 4×4 stride 2 pad 1 (%0, %26) [4 4 3 5]
%31 = parameter m () [4 4 3 5]
%32 = parameter n () [4 4 3 5]
%33 = input rate () []
%34 = input step () []
%35 = adam β 0.5 0.999 ε 1e-08 (%2, %30, %31, %32, %33, %34) [4 4 3 5]
loss = %15
w = %35
`, "\n")
	got := g.String()
	if got != want {
		a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("line %d is\n%s\nwant\n%s", i, a[i], b[i])
			}
		}
		t.Fatalf("got\n%s", got)
	}
}

// TestShapes has the shape rules that are arithmetic.
func TestShapes(t *testing.T) {
	t.Parallel()
	g := graph.New()
	x := g.Input("x", 2, 7, 10, 3)
	w := func(h, w, in, out int) *graph.Node { return in4(g, h, w, in, out) }
	for _, c := range []struct {
		got  *graph.Node
		want graph.Shape
	}{
		{graph.Conv(x, w(4, 4, 3, 5), 2, graph.Pad(1)), graph.Shape{2, 3, 5, 5}},
		{graph.Conv(x, w(7, 1, 3, 5), 1, graph.Pad(0)), graph.Shape{2, 1, 10, 5}},
		{graph.Conv(x, w(3, 3, 3, 5), 3, graph.Padding{Top: 1, Right: 2}), graph.Shape{2, 2, 4, 5}},
		{graph.ConvTranspose(x, w(4, 4, 3, 5), 2, 1), graph.Shape{2, 14, 20, 5}},
		{graph.ConvTranspose(x, w(3, 2, 3, 5), 3, 0), graph.Shape{2, 21, 29, 5}},
		{graph.MaxPool(x, 2, 2), graph.Shape{2, 3, 5, 3}},
		{graph.AveragePool(x, 3, 1), graph.Shape{2, 5, 8, 3}},
		{graph.Resize(x, graph.BilinearInterpolation, 5, 6), graph.Shape{2, 5, 6, 3}},
		{graph.PadPicture(x, graph.PadReflect, graph.Padding{Top: 1, Left: 2, Bottom: 3, Right: 4}), graph.Shape{2, 11, 16, 3}},
		{graph.Concat(x, x, graph.Slice(x, 1, 2)), graph.Shape{2, 7, 10, 7}},
		{graph.Gram(x), graph.Shape{2, 3, 3}},
		{graph.Norm(x, in4(g, 3), in4(g, 3), graph.PerBatch, 1e-5), graph.Shape{2, 7, 10, 3}},
		{graph.L1(x, x), graph.Shape{}},
		{graph.Mean(x), graph.Shape{}},
	} {
		if !c.got.Shape().Equal(c.want) {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
}

func in4(g *graph.Graph, shape ...int) *graph.Node {
	return g.Constant(make([]float32, graph.Shape(shape).Size()), shape...)
}

func TestShapeCounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		shape                     graph.Shape
		size, channels, positions int
	}{{graph.Shape{}, 1, 1, 1}, {graph.Shape{5}, 5, 5, 1}, {graph.Shape{2, 3, 4, 5}, 120, 5, 24}} {
		if c.shape.Size() != c.size || c.shape.Channels() != c.channels || c.shape.Positions() != c.positions {
			t.Errorf("%v has size %d, channels %d, positions %d", c.shape, c.shape.Size(), c.shape.Channels(), c.shape.Positions())
		}
	}
}

func TestKeyKeepsSeedAndStep(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seed, step := rapid.Uint64().Draw(t, "seed"), rapid.Uint64Max(1<<48-1).Draw(t, "step")
		key := graph.Key(seed, step)
		if s, p := graph.UnpackKey(key[:]); s != seed || p != step {
			t.Fatalf("%x %x became %x %x", seed, step, s, p)
		}
	})
}

// TestNodesOwnTheirAttributes changes slices after they were handed over.
func TestNodesOwnTheirAttributes(t *testing.T) {
	t.Parallel()
	g := graph.New()
	data, shape := []float32{1, 2}, []int{2}
	parts := []*graph.Node{g.Constant(data, shape...), g.Input("x", shape...)}
	joined := graph.Concat(parts...)
	mask := graph.Mask(g.Input("key", graph.KeySize), 0.5, 0, shape...)
	data[0], shape[0], parts[0] = 9, 9, parts[1]
	if got := g.Nodes()[0].Op().(graph.Constant).Data[0]; got != 1 {
		t.Errorf("the constant became %g", got)
	}
	if joined.Inputs()[0] != g.Nodes()[0] || !joined.Shape().Equal(graph.Shape{4}) {
		t.Errorf("the concatenation became %v", joined)
	}
	if !mask.Shape().Equal(graph.Shape{2}) || !mask.Op().(graph.DropoutMask).To.Equal(graph.Shape{2}) {
		t.Errorf("the mask became %v", mask)
	}
	g.Nodes()[0] = nil
	if g.Nodes()[0] == nil {
		t.Error("Nodes hands out the graph's own list")
	}
}

func TestParametersAreShared(t *testing.T) {
	t.Parallel()
	g := graph.New()
	if first, again := g.Parameter("w", 2, 3), g.Parameter("w", 2, 3); first != again {
		t.Error("one name, two parameters")
	}
	g.Input("w", 1) // inputs have names of their own
}

func TestUpdated(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		op   graph.Op
		want []int
	}{
		{graph.AdamUpdate{}, []int{0, 2, 3}},
		{graph.Sum{}, nil},
	} {
		if got := graph.Updated(c.op); !slices.Equal(got, c.want) {
			t.Errorf("%s updates %v, want %v", c.op.Name(), got, c.want)
		}
	}
}
