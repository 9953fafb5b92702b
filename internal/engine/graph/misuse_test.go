package graph_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"easel/internal/engine/graph"
)

// in is an input of a fresh name.
func in(g *graph.Graph, shape ...int) *graph.Node {
	return g.Input(string(rune('a'+len(g.Nodes()))), shape...)
}

func one(g *graph.Graph) *graph.Node { return g.Constant([]float32{1}) }

// TestMisuse has the error of every way to misuse an operation: each names the
// operation, and shapes where shapes are the matter.
func TestMisuse(t *testing.T) {
	t.Parallel()
	nan := float32(math.NaN())
	type G = *graph.Graph
	for _, c := range []struct {
		name  string
		build func(g G)
		want  []string
	}{
		{"input twice", func(g G) { g.Input("x", 1); g.Input("x", 1) }, []string{"input x", "exists"}},
		{"input without elements", func(g G) { g.Input("x", 2, 0) }, []string{"input x", "[2 0]", "empty"}},
		{"parameter of two shapes", func(g G) { g.Parameter("w", 2); g.Parameter("w", 3) }, []string{"parameter w", "[2]", "[3]"}},
		{"constant of another size", func(g G) { g.Constant([]float32{1, 2}, 3) }, []string{"constant", "2 numbers", "[3]"}},
		{"output twice", func(g G) { g.Output("y", one(g)); g.Output("y", one(g)) }, []string{`"y"`, "twice"}},
		{"output of another graph", func(g G) { g.Output("y", one(graph.New())) }, []string{`"y"`, "another graph"}},
		{"operands of two graphs", func(g G) { graph.Add(one(g), one(graph.New())) }, []string{"add", "different graphs"}},
		{"add", func(g G) { graph.Add(in(g, 2), in(g, 3)) }, []string{"add", "[2]", "[3]"}},
		{"sub", func(g G) { graph.Sub(in(g, 2), in(g, 2, 1)) }, []string{"add", "[2]", "[2 1]"}},
		{"mul", func(g G) { graph.Mul(in(g, 2), in(g)) }, []string{"multiply", "[2]", "[]"}},
		{"bias", func(g G) { graph.AddBias(in(g, 1, 2, 2, 3), in(g, 2)) }, []string{"bias", "[2]", "[3]"}},
		{"broadcast", func(g G) { graph.Apply(graph.Broadcast{To: graph.Shape{2}}, in(g, 2)) }, []string{"broadcast", "0 axes", "[2]"}},
		{"leaky slope 0", func(g G) { graph.LeakyReLU(in(g, 2), 0) }, []string{"leaky-relu", "slope 0"}},
		{"leaky slope 1", func(g G) { graph.LeakyReLU(in(g, 2), 1) }, []string{"leaky-relu", "slope 1"}},
		{"leaky slope NaN", func(g G) { graph.LeakyReLU(in(g, 2), nan) }, []string{"leaky-relu", "slope NaN"}},
		{"relu gradient", func(g G) { graph.Apply(graph.ActivationGradient{}, in(g, 2), in(g, 3)) }, []string{"relu-gradient", "[2]", "[3]"}},
		{"concat of nothing", func(G) { graph.Concat() }, []string{"concat", "nothing"}},
		{"concat of scalars", func(g G) { graph.Concat(in(g), in(g)) }, []string{"concat", "scalars"}},
		{"concat of sizes", func(g G) { graph.Concat(in(g, 1, 2, 2, 3), in(g, 1, 2, 3, 3)) }, []string{"concat", "[1 2 2 3]", "[1 2 3 3]"}},
		{"concat of ranks", func(g G) { graph.Concat(in(g, 2, 3), in(g, 3)) }, []string{"concat", "[2 3]", "[3]"}},
		{"slice backwards", func(g G) { graph.Slice(in(g, 2, 5), 3, 2) }, []string{"channels 3:2", "[2 5]"}},
		{"slice beyond", func(g G) { graph.Slice(in(g, 2, 5), 3, 6) }, []string{"channels 3:6", "[2 5]"}},
		{"slice before", func(g G) { graph.Slice(in(g, 2, 5), -1, 2) }, []string{"channels -1:2", "[2 5]"}},
		{"slice of a scalar", func(g G) { graph.Slice(in(g), 0, 1) }, []string{"channels 0:1", "[]"}},
		{"embed", func(g G) { graph.Apply(graph.ChannelEmbed{From: 3, Total: 4}, in(g, 2, 2)) }, []string{"embed-channels 3 of 4", "[2 2]"}},
		{"pad rank", func(g G) { graph.PadPicture(in(g, 2, 2), graph.PadZeros, graph.Pad(1)) }, []string{"zero-pad", "4 axes", "[2 2]"}},
		{"pad negative", func(g G) { graph.PadPicture(in(g, 1, 4, 4, 1), graph.PadZeros, graph.Padding{Left: -1}) }, []string{"zero-pad", "negative"}},
		{"reflect too wide", func(g G) { graph.PadPicture(in(g, 1, 3, 4, 1), graph.PadReflect, graph.Pad(3)) }, []string{"reflect-pad", "[1 3 4 1]"}},
		{"pad mode", func(g G) { graph.PadPicture(in(g, 1, 3, 4, 1), 7, graph.Pad(1)) }, []string{"pad", "no kind 7"}},
		{"conv rank", func(g G) { graph.Conv(in(g, 4, 4, 3), in(g, 3, 3, 3, 1), 1, graph.Pad(1)) }, []string{"convolution 3×3", "[4 4 3]"}},
		{"conv kernel rank", func(g G) { graph.Conv(in(g, 1, 4, 4, 3), in(g, 3, 3), 1, graph.Pad(1)) }, []string{"convolution", "[3 3]"}},
		{"conv channels", func(g G) { graph.Conv(in(g, 1, 4, 4, 3), in(g, 3, 3, 4, 1), 1, graph.Pad(1)) }, []string{"convolution 3×3 stride 1 pad 1", "[1 4 4 3]", "[3 3 4 1]"}},
		{"conv smaller than kernel", func(g G) { graph.Conv(in(g, 1, 2, 4, 3), in(g, 5, 3, 3, 1), 1, graph.Pad(1)) }, []string{"convolution 5×3", "2×4"}},
		{"conv stride", func(g G) { graph.Conv(in(g, 1, 4, 4, 3), in(g, 3, 3, 3, 1), 0, graph.Pad(1)) }, []string{"convolution", "stride below 1"}},
		{"conv padding", func(g G) { graph.Conv(in(g, 1, 4, 4, 3), in(g, 3, 3, 3, 1), 1, graph.Pad(-1)) }, []string{"convolution", "negative padding"}},
		{"transposed rank", func(g G) { graph.ConvTranspose(in(g, 4, 4), in(g, 4, 4, 3, 1), 2, 1) }, []string{"transposed-convolution", "[4 4]"}},
		{"transposed kernel rank", func(g G) { graph.ConvTranspose(in(g, 1, 4, 4, 3), in(g, 4), 2, 1) }, []string{"transposed-convolution", "[4]"}},
		{"transposed channels", func(g G) { graph.ConvTranspose(in(g, 1, 4, 4, 3), in(g, 4, 4, 1, 3), 2, 1) }, []string{"transposed-convolution", "[1 4 4 3]", "[4 4 1 3]"}},
		{"transposed to nothing", func(g G) { graph.ConvTranspose(in(g, 1, 1, 1, 3), in(g, 4, 4, 3, 3), 2, 3) }, []string{"transposed-convolution"}},
		{"transposed stride", func(g G) { graph.ConvTranspose(in(g, 1, 4, 4, 3), in(g, 4, 4, 3, 1), 0, 1) }, []string{"transposed-convolution", "stride below 1"}},
		{"input gradient", func(g G) {
			w := graph.Window{KernelHeight: 3, KernelWidth: 3, Stride: 1, Padding: graph.Pad(1)}
			graph.Apply(graph.ConvolutionInputGradient{Window: w, Height: 5, Width: 5}, in(g, 1, 4, 5, 2), in(g, 3, 3, 1, 2))
		}, []string{"convolution-input-gradient", "[1 4 5 2]", "[3 3 1 2]"}},
		{"kernel gradient", func(g G) {
			w := graph.Window{KernelHeight: 3, KernelWidth: 3, Stride: 1, Padding: graph.Pad(1)}
			graph.Apply(graph.ConvolutionKernelGradient{Window: w}, in(g, 1, 5, 5, 2), in(g, 2, 5, 5, 1))
		}, []string{"convolution-kernel-gradient", "[1 5 5 2]", "[2 5 5 1]"}},
		{"norm rank", func(g G) { graph.Norm(in(g, 4, 4), in(g, 4), in(g, 4), graph.PerBatch, 1e-5) }, []string{"batch-moments", "[4 4]"}},
		{"norm of one element", func(g G) { graph.Norm(in(g, 2, 1, 1, 4), in(g, 4), in(g, 4), graph.PerPicture, 1e-5) }, []string{"instance-moments", "[2 1 1 4]", "no variance"}},
		{"norm scale", func(g G) { graph.Norm(in(g, 2, 2, 2, 4), in(g, 3), in(g, 4), graph.PerBatch, 1e-5) }, []string{"batch-norm", "scale", "[3]", "[4]"}},
		{"norm shift", func(g G) { graph.Norm(in(g, 2, 2, 2, 4), in(g, 4), in(g, 3), graph.PerBatch, 1e-5) }, []string{"batch-norm", "shift", "[3]", "[4]"}},
		{"norm epsilon", func(g G) { graph.Norm(in(g, 2, 2, 2, 4), in(g, 4), in(g, 4), graph.PerBatch, -1) }, []string{"batch-moments ε -1", "negative"}},
		{"norm axes", func(g G) { graph.Norm(in(g, 2, 2, 2, 4), in(g, 4), in(g, 4), 3, 1) }, []string{"norm", "no kind 3"}},
		{"extent", func(g G) { graph.Within(in(g, 1, 2, 2, 4), in(g, 3), 1) }, []string{"extent-cut", "extent", "[3]", "[2]"}},
		{"extent rank", func(g G) { graph.LaidOutWithin(in(g, 2, 4), in(g, 2), 1) }, []string{"extent-layout", "4 axes", "[2 4]"}},
		{"extent shrink", func(g G) { graph.Within(in(g, 1, 2, 2, 4), in(g, 2), 0) }, []string{"extent-cut 1/0", "below 1"}},
		{"extent norm epsilon", func(g G) { graph.NormWithin(in(g, 1, 2, 2, 4), in(g, 4), in(g, 4), in(g, 2), 1, -1) }, []string{"extent-moments", "negative"}},
		{"extent norm gradient", func(g G) {
			x := in(g, 1, 2, 2, 4)
			graph.Gradient(graph.Mean(graph.NormWithin(x, in(g, 4), in(g, 4), in(g, 2), 1, 1)), x)
		}, []string{"extent-moments", "no gradient"}},
		{"pooled moments", func(g G) { graph.Apply(graph.PooledMoments{}, in(g, 2, 3, 4)) }, []string{"pooled-moments", "[2 3 4]", "[2 2 4]"}},
		{"norm moments", func(g G) {
			graph.Apply(graph.Normalization{}, in(g, 2, 2, 2, 4), in(g, 2, 2, 4), in(g, 4), in(g, 4))
		}, []string{"batch-norm", "moments", "[2 2 4]", "[1 2 4]"}},
		{"norm sums", func(g G) {
			graph.Apply(graph.NormalizationSums{}, in(g, 2, 2, 2, 3), in(g, 2, 2, 2, 4), in(g, 1, 2, 4))
		}, []string{"batch-norm-sums", "[2 2 2 3]", "[2 2 2 4]"}},
		{"norm input gradient", func(g G) {
			graph.Apply(graph.NormalizationInputGradient{}, in(g, 2, 2, 2, 4), in(g, 2, 2, 2, 4), in(g, 1, 2, 4), in(g, 2, 2, 4), in(g, 4))
		}, []string{"batch-norm-input-gradient", "[1 2 4]", "[2 2 4]"}},
		{"group sum", func(g G) { graph.Apply(graph.GroupSum{}, in(g, 2, 4)) }, []string{"group-sum 0", "3 axes", "[2 4]"}},
		{"pool rank", func(g G) { graph.MaxPool(in(g, 4, 4), 2, 2) }, []string{"max-pool 2 stride 2", "[4 4]"}},
		{"pool too large", func(g G) { graph.AveragePool(in(g, 1, 4, 2, 1), 3, 1) }, []string{"average-pool 3", "[1 4 2 1]"}},
		{"pool stride", func(g G) { graph.MaxPool(in(g, 1, 4, 4, 1), 2, 0) }, []string{"max-pool 2 stride 0"}},
		{"pool size", func(g G) { graph.MaxPool(in(g, 1, 4, 4, 1), 0, 1) }, []string{"max-pool 0"}},
		{"pool gradient", func(g G) {
			graph.Apply(graph.PoolGradient{Size: 2, Stride: 2}, in(g, 1, 3, 2, 1), in(g, 1, 4, 4, 1))
		}, []string{"max-pool-gradient", "[1 3 2 1]", "[1 2 2 1]"}},
		{"resize rank", func(g G) { graph.Resize(in(g, 4), graph.NearestInterpolation, 2, 2) }, []string{"nearest-resize 2×2", "[4]"}},
		{"resize to nothing", func(g G) { graph.Resize(in(g, 1, 4, 4, 1), graph.BilinearInterpolation, 0, 2) }, []string{"bilinear-resize 0×2", "[1 0 2 1]"}},
		{"resize kind", func(g G) { graph.Resize(in(g, 1, 4, 4, 1), -1, 2, 2) }, []string{"resize", "no kind -1"}},
		{"matmul rank", func(g G) { graph.MatMul(in(g, 2), in(g, 2, 3)) }, []string{"matmul A·B", "2 axes", "[2]"}},
		{"matmul", func(g G) { graph.MatMul(in(g, 2, 4), in(g, 3, 4)) }, []string{"matmul A·B", "[2 4]", "[3 4]"}},
		{"matmul transposed", func(g G) {
			graph.Apply(graph.MatrixProduct{TransposeA: true, TransposeB: true}, in(g, 2, 4), in(g, 2, 3))
		}, []string{"matmul Aᵀ·Bᵀ", "[2 4]", "[2 3]"}},
		{"gram", func(g G) { graph.Gram(in(g, 4, 4)) }, []string{"gram", "4 axes", "[4 4]"}},
		{"gram gradient", func(g G) { graph.Apply(graph.GramGradient{}, in(g, 1, 2, 2), in(g, 1, 4, 4, 3)) }, []string{"gram-gradient", "[1 2 2]", "[1 3 3]"}},
		{"l1", func(g G) { graph.L1(in(g, 2), in(g, 3)) }, []string{"l1", "[2]", "[3]"}},
		{"l2", func(g G) { graph.L2(in(g, 2), in(g)) }, []string{"l2", "[2]", "[]"}},
		{"hinge", func(g G) { graph.Hinge(in(g, 2), 0) }, []string{"hinge to 0", "sign"}},
		{"classes", func(g G) { graph.ClassCrossEntropy(in(g, 1, 2, 2, 5), in(g, 1, 2, 2, 5)) }, []string{"softmax-cross-entropy", "[1 2 2 1]", "[1 2 2 5]"}},
		{"classes of a scalar", func(g G) { graph.ClassCrossEntropy(in(g), in(g)) }, []string{"softmax-cross-entropy", "4 axes", "[]"}},
		{"loss gradient", func(g G) { graph.Apply(graph.LossGradient{}, in(g, 1), in(g, 2), in(g, 2)) }, []string{"l1-gradient", "0 axes", "[1]"}},
		{"mask rate", func(g G) { graph.Mask(in(g, graph.KeySize), 1, 0, 2) }, []string{"dropout-mask 1", "rate"}},
		{"mask rate NaN", func(g G) { graph.Mask(in(g, graph.KeySize), nan, 0, 2) }, []string{"dropout-mask NaN", "rate"}},
		{"mask key", func(g G) { graph.Mask(in(g, 4), 0.5, 0, 2) }, []string{"dropout-mask", "key", "[4]", "[5]"}},
		{"mask of nothing", func(g G) { graph.Mask(in(g, graph.KeySize), 0.5, 0, 0) }, []string{"dropout-mask", "[0]"}},
		{"noise key", func(g G) { graph.Noise(in(g), 0, 2) }, []string{"normal-noise", "key", "[]", "[5]"}},
		{"gradient of a picture", func(g G) { x := in(g, 2); graph.Gradient(x, x) }, []string{"gradient", "[2]"}},
		{"gradient to another graph", func(g G) { graph.Gradient(one(g), one(graph.New())) }, []string{"gradient", "another graph"}},
		{"second derivative of tanh", func(g G) {
			x := in(g)
			graph.Gradient(graph.Gradient(graph.Tanh(x), x)[0], x)
		}, []string{"tanh-gradient", "second derivative"}},
		{"second derivative of a norm", func(g G) {
			x, c := in(g, 1, 2, 2, 1), in(g, 1)
			y := graph.Norm(x, c, c, graph.PerBatch, 0)
			graph.Gradient(graph.Mean(graph.Gradient(graph.Mean(graph.Mul(y, y)), x)[0]), x)
		}, []string{"batch-norm-input-gradient", "no gradient"}},
		{"adam of an input", func(g G) {
			x := in(g, 2)
			graph.Adam(x, x, g.Parameter("m", 2), g.Parameter("v", 2), one(g), one(g), graph.AdamUpdate{})
		}, []string{"adam", "parameter", "input a"}},
		{"adam moment shape", func(g G) {
			p := g.Parameter("p", 2)
			graph.Adam(p, p, g.Parameter("m", 3), g.Parameter("v", 2), one(g), one(g), graph.AdamUpdate{})
		}, []string{"adam", "[2]", "[3]"}},
		{"adam moments the same", func(g G) {
			p, m := g.Parameter("p", 2), g.Parameter("m", 2)
			graph.Adam(p, p, m, m, one(g), one(g), graph.AdamUpdate{})
		}, []string{"adam", "parameter m", "twice"}},
		{"adam rate", func(g G) {
			p := g.Parameter("p", 2)
			graph.Adam(p, p, g.Parameter("m", 2), g.Parameter("v", 2), in(g, 2), one(g), graph.AdamUpdate{})
		}, []string{"adam", "0 axes", "[2]"}},
		{"adam β", func(g G) {
			p := g.Parameter("p", 2)
			graph.Adam(p, p, g.Parameter("m", 2), g.Parameter("v", 2), one(g), one(g), graph.AdamUpdate{Beta1: 1})
		}, []string{"adam β 1 0", "outside"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			g, err := graph.Build(c.build)
			var misuse *graph.Error
			if !errors.As(err, &misuse) || g != nil {
				t.Fatalf("graph %v, error %v, want a graph.Error", g, err)
			}
			for _, part := range append(c.want, "graph: ") {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("error %q does not have %q", err, part)
				}
			}
		})
	}
}

func TestBuildLetsOtherPanicsPass(t *testing.T) {
	t.Parallel()
	defer func() {
		if r := recover(); r != "mine" {
			t.Errorf("recovered %v", r)
		}
	}()
	_, _ = graph.Build(func(*graph.Graph) { panic("mine") })
}
