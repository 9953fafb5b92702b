package conformance

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/file/safetensors"
)

// stored has PyTorch's values; testdata/reference.py describes the file.
//
//go:embed testdata/operations.safetensors
var stored []byte

// attributes are those of all stored cases' operations.
type attributes struct {
	Op         string
	Stride     int
	Size       int
	Padding    json.RawMessage
	Over, Kind string
	Mode       string
	Epsilon    float64
	Slope      float32
	Height     int
	Width      int
	Target     float32

	Rate, Beta1, Beta2 float64
	EpsilonHat         bool `json:"epsilon_hat"`
}

func (s suite) pytorch(t *testing.T) {
	r, err := safetensors.NewReader("operations.safetensors", bytes.NewReader(stored), int64(len(stored)))
	must(t, err)
	var about struct{ Cases map[string]attributes }
	must(t, json.Unmarshal([]byte(r.Metadata()["reference"]), &about))
	for _, name := range slices.Sorted(maps.Keys(about.Cases)) {
		t.Run(name, func(t *testing.T) {
			c := storedCase{name, about.Cases[name], r}
			if c.Op == "adam" {
				c.checkUpdate(t, s.open(t), s.loosen)
			} else {
				c.check(t, s.open(t), s.loosen)
			}
		})
	}
}

type storedCase struct {
	name string
	attributes
	reader *safetensors.Reader
}

func (c storedCase) tensor(t *testing.T, name string) ([]int, []float32) {
	t.Helper()
	shape, value, err := c.reader.Tensor(c.name + "/" + name)
	must(t, err)
	return shape, value
}

// operandNames are what an operation may have as operands; those with a
// gradient in the file are differentiated.
var operandNames = []string{"x", "a", "w", "b", "scale", "shift", "t", "labels"}

// check builds the operation, weighs its result with dy and compares result
// and gradients.
func (c storedCase) check(t *testing.T, dev device.Device, loosen float64) {
	g := graph.New()
	operands := map[string]*graph.Node{}
	var of []*graph.Node
	var gradients []string
	for _, name := range operandNames {
		if _, ok := c.reader.Shape(c.name + "/" + name); !ok {
			continue
		}
		shape, _ := c.tensor(t, name)
		operands[name] = g.Input(name, shape...)
		if _, ok := c.reader.Shape(c.name + "/d" + name); ok {
			of, gradients = append(of, operands[name]), append(gradients, "d"+name)
		}
	}
	y := c.build(t, operands)
	g.Output("y", y)
	dy := g.Input("dy", y.Shape()...)
	weighed := graph.Scale(graph.Mean(graph.Mul(y, dy)), float32(y.Shape().Size()))
	for i, gradient := range graph.Gradient(weighed, of...) {
		g.Output(gradients[i], gradient)
	}
	p, err := dev.Compile(g)
	must(t, err)
	for _, name := range append(slices.Collect(maps.Keys(operands)), "dy") {
		_, value := c.tensor(t, name)
		copy(p.Input(name), value)
	}
	must(t, p.Run())
	for _, o := range g.Outputs() {
		c.compare(t, o.Name, o.Node.Shape(), p.Output(o.Name), loosen*productTolerance)
	}
}

func (c storedCase) compare(t *testing.T, name string, shape graph.Shape, got []float32, tolerance float64) {
	t.Helper()
	wantShape, value := c.tensor(t, name)
	if !shape.Equal(wantShape) {
		t.Errorf("%s is %v, PyTorch's is %v", name, shape, graph.Shape(wantShape))
		return
	}
	if err := closeTo(got, widen(value), tolerance, 1e-7); err != nil {
		t.Errorf("%s: %v", name, err)
	}
}

// build makes the operation's node.
func (c storedCase) build(t *testing.T, in map[string]*graph.Node) *graph.Node {
	t.Helper()
	x := in["x"]
	switch c.Op {
	case "conv", "conv-transpose":
		return c.convolution(t, x, in["w"], in["b"])
	case "norm":
		over := map[string]graph.Statistics{"batch": graph.PerBatch, "instance": graph.PerPicture}[c.Over]
		return graph.Norm(x, in["scale"], in["shift"], over, float32(c.Epsilon))
	case "relu":
		return graph.ReLU(x)
	case "leaky-relu":
		return graph.LeakyReLU(x, c.Slope)
	case "tanh":
		return graph.Tanh(x)
	case "sigmoid":
		return graph.Sigmoid(x)
	case "max-pool":
		return graph.MaxPool(x, c.Size, c.Stride)
	case "average-pool":
		return graph.AveragePool(x, c.Size, c.Stride)
	case "resize":
		kind := map[string]graph.Interpolation{"nearest": graph.NearestInterpolation, "bilinear": graph.BilinearInterpolation}[c.Kind]
		return graph.Resize(x, kind, c.Height, c.Width)
	case "pad":
		mode := map[string]graph.PadMode{"reflect": graph.PadReflect, "replicate": graph.PadReplicate}[c.Mode]
		return graph.PadPicture(x, mode, c.sides(t))
	case "gram":
		return graph.Gram(x)
	case "matmul":
		return graph.MatMul(in["a"], in["b"])
	case "l1":
		return graph.L1(x, in["t"])
	case "l2":
		return graph.L2(x, in["t"])
	case "cross-entropy":
		return graph.CrossEntropy(x, c.Target)
	case "least-squares":
		return graph.LeastSquares(x, c.Target)
	case "hinge":
		return graph.Hinge(x, c.Target)
	case "class-cross-entropy":
		return graph.ClassCrossEntropy(x, in["labels"])
	}
	t.Fatalf("unknown operation %q", c.Op)
	return nil
}

func (c storedCase) convolution(t *testing.T, x, w, b *graph.Node) *graph.Node {
	t.Helper()
	var y *graph.Node
	if c.Op == "conv" {
		y = graph.Conv(x, w, c.Stride, c.sides(t))
	} else {
		var padding int
		must(t, json.Unmarshal(c.Padding, &padding))
		y = graph.ConvTranspose(x, w, c.Stride, padding)
	}
	if b != nil {
		y = graph.AddBias(y, b)
	}
	return y
}

func (c storedCase) sides(t *testing.T) graph.Padding {
	t.Helper()
	var p [4]int
	must(t, json.Unmarshal(c.Padding, &p))
	return graph.Padding{Top: p[0], Left: p[1], Bottom: p[2], Right: p[3]}
}

// checkUpdate repeats the steps of an optimiser and compares what it keeps
// after each.
func (c storedCase) checkUpdate(t *testing.T, dev device.Device, loosen float64) {
	shape, value := c.tensor(t, "p")
	_, gradients := c.tensor(t, "g")
	g := graph.New()
	p, gradient := g.Parameter("p1", shape...), g.Input("g", shape...)
	rate, step := g.Constant([]float32{float32(c.Rate)}), g.Input("step")
	graph.Adam(p, gradient, g.Parameter("m1", shape...), g.Parameter("v1", shape...), rate, step, graph.AdamUpdate{
		Beta1: c.Beta1, Beta2: c.Beta2, Epsilon: c.Epsilon, EpsilonHat: c.EpsilonHat,
	})
	must(t, dev.SetParameter("p1", shape, value))
	program, err := dev.Compile(g)
	must(t, err)
	for i := range len(gradients) / len(value) {
		copy(program.Input("g"), gradients[i*len(value):])
		program.Input("step")[0] = float32(i + 1)
		must(t, program.Run())
		for _, name := range []string{"p1", "m1", "v1"} {
			_, got, err := dev.Parameter(name)
			must(t, err)
			_, want := c.tensor(t, name)
			wide := widen(want[i*len(value) : (i+1)*len(value)])
			if err := closeTo(got, wide, loosen*2e-7, 0); err != nil {
				t.Errorf("%s after step %d: %v", name, i+1, err)
			}
		}
	}
}

func widen(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}
