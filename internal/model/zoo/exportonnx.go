package zoo

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"easel/internal/engine/graph"
	"easel/internal/file/onnx"
	"easel/internal/model/feedforward"
	"easel/internal/model/nn"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// The version of ONNX that is written: opset 17 has everything that the networks
// need, and IR 8 belongs to it.
const (
	onnxIR    = 8
	onnxOpset = 17
)

// ONNX writes a generator or a classifier as a graph of ONNX: input "input" [batch,
// channels, height, width] in [−1, 1], output "output" likewise, or logits. Sides are
// symbolic, multiples of what the metadata says. There is no noise. Norms of the
// picture become instance norms, which is exact for batches of any size.
func ONNX(m *stored.Model, path string, o ExportOptions) error {
	c := m.Config.Network
	size := c.ImageSize
	if c.BottleneckNorm {
		size *= 2 // at its own size that norm has one element, and is left out of the graph
	}
	network, err := pix2pix.Inference(c, 1, size, size, pix2pix.InferenceOptions{NoNoise: true})
	if err != nil {
		return fmt.Errorf("export %s: %w", m.Path, err)
	}
	w := &onnxWriter{half: o.Half, tensor: func(name string) ([]float32, error) {
		_, data, err := m.Tensor(name)
		return data, err
	}, taps: map[string]pix2pix.Taps{}}
	for _, u := range pix2pix.UntouchedTaps(c) {
		w.taps[u.Parameter] = u
	}
	return w.write(path, m.Path, m.Config, network.Graph, network.Parameters, c.Multiple())
}

// StyleONNX is ONNX for a network that paints in a style.
func StyleONNX(s *stored.Style, path string, o ExportOptions) error {
	if s.Network.Any() {
		return fmt.Errorf("export %s: a network for any style reads a style's statistics as well as a picture; it cannot be written as ONNX", s.Path)
	}
	side := s.Network.Smallest()
	network, err := feedforward.Inference(s.Network, 1, side, side, 1)
	if err != nil {
		return fmt.Errorf("export %s: %w", s.Path, err)
	}
	w := &onnxWriter{half: o.Half, tensor: func(name string) ([]float32, error) {
		_, data, err := s.Tensor(name)
		return data, err
	}}
	return w.write(path, s.Path, s.StyleConfig, network.Graph, network.Parameters, s.Network.Multiple())
}

// onnxWriter turns a graph's nodes into ONNX's, one after the other. Pictures there
// are [batch, channels, height, width].
type onnxWriter struct {
	half   bool
	tensor func(name string) ([]float32, error)
	taps   map[string]pix2pix.Taps // that training never reached: zero, as translation has them
	out    onnx.Graph
	names  map[*graph.Node]string
	known  map[string]bool // initialisers
	err    error
}

// write writes a network of the file at source.
func (w *onnxWriter) write(path, source string, config any, g *graph.Graph, parameters nn.Parameters, multiple int) error {
	w.names, w.known = map[*graph.Node]string{}, map[string]bool{}
	if err := w.lower(g); err != nil {
		return fmt.Errorf("export %s: %w", source, err)
	}
	text, err := json.Marshal(config)
	if err != nil {
		return fmt.Errorf("export %s: configuration: %w", source, err)
	}
	sum, err := fileSum(source)
	if err != nil {
		return fmt.Errorf("export %s: %w", source, err)
	}
	m := &onnx.Model{
		IRVersion: onnxIR, Opset: onnxOpset, Producer: "easel", ProducerVersion: version(), Graph: w.out,
		Metadata: []onnx.Property{
			{Key: "easel.config", Value: string(text)}, {Key: "easel.sha256", Value: sum},
			{Key: "easel.range", Value: stored.Range}, {Key: "easel.multiple", Value: fmt.Sprint(multiple)},
			{Key: "easel.parameters", Value: fmt.Sprint(parameters.Count())},
		},
	}
	return onnx.Write(path, m)
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return ""
}

// fileSum is the SHA-256 of a file.
func fileSum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// The names of a graph's ends.
const (
	onnxInput  = "input"
	onnxOutput = "output"
)

// lower fills out. The graph has an input a and an output fake.
func (w *onnxWriter) lower(g *graph.Graph) error {
	fake := g.Outputs()[0].Node
	needed, err := graph.Live(g)
	if err != nil {
		return err
	}
	w.out.Name = "easel"
	for _, n := range g.Nodes() {
		if !needed[n.ID()] {
			continue
		}
		if err := w.node(n); err != nil {
			return fmt.Errorf("%s: %w", n.Op().Name(), err)
		}
		if in, ok := n.Op().(graph.Input); ok && in.Label == "a" {
			w.out.Inputs = append(w.out.Inputs, picture(onnxInput, n))
		}
	}
	w.add("Identity", onnxOutput, []string{w.names[fake]})
	w.out.Outputs = append(w.out.Outputs, picture(onnxOutput, fake))
	return w.err
}

func picture(name string, n *graph.Node) onnx.Value {
	return onnx.Value{Name: name, Type: onnx.Float32, Dims: []onnx.Dim{
		{Name: "batch"}, {Size: int64(n.Shape().Channels())}, {Name: "height"}, {Name: "width"},
	}}
}

// add appends a node that makes a value of the given name.
func (w *onnxWriter) add(op, out string, in []string, attributes ...onnx.Attribute) {
	w.out.Nodes = append(w.out.Nodes, onnx.Node{Name: out, Op: op, Inputs: in, Outputs: []string{out}, Attributes: attributes})
}

// make is add for a node of the graph.
func (w *onnxWriter) make(n *graph.Node, op string, in []string, attributes ...onnx.Attribute) {
	w.names[n] = valueName(n)
	w.add(op, w.names[n], in, attributes...)
}

func valueName(n *graph.Node) string { return fmt.Sprintf("v%d", n.ID()) }

// in are the names of some of a node's operands.
func (w *onnxWriter) in(n *graph.Node, which ...int) []string {
	names := make([]string, len(which))
	for i, k := range which {
		names[i] = w.names[n.Inputs()[k]]
	}
	return names
}

func ints(name string, values ...int) onnx.Attribute {
	a := onnx.Attribute{Name: name, Type: onnx.IntsAttribute}
	for _, v := range values {
		a.Ints = append(a.Ints, int64(v))
	}
	return a
}

// numbers returns a constant's or a parameter's values.
func (w *onnxWriter) numbers(n *graph.Node) (string, []float32, error) {
	switch op := n.Op().(type) {
	case graph.Constant:
		return fmt.Sprintf("c%d", n.ID()), op.Data, nil
	case graph.Parameter:
		data, err := w.tensor(op.Label)
		if u, ok := w.taps[op.Label]; ok && err == nil {
			u.Zero(data)
		}
		return op.Label, data, err
	}
	return "", nil, errors.New("it is not known before the network runs")
}

// weight adds numbers under a name, as they are or as float16, and returns the name
// under which nodes read them.
func (w *onnxWriter) weight(name string, data []float32, shape ...int) string {
	if w.known[name] {
		return name
	}
	w.known[name] = true
	if !w.half {
		w.out.Initializers = append(w.out.Initializers, onnx.FloatTensor(name, data, shape...))
		return name
	}
	w.out.Initializers = append(w.out.Initializers, onnx.HalfTensor(name+"/half", data, shape...))
	w.add("Cast", name, []string{name + "/half"}, onnx.Attribute{Name: "to", Type: onnx.IntAttribute, Int: int64(onnx.Float32)})
	return name
}

// vector is a node's values, one a channel.
func (w *onnxWriter) vector(n *graph.Node, suffix string, shape ...int) (string, error) {
	name, data, err := w.numbers(n)
	if err != nil {
		return "", err
	}
	if len(shape) == 0 {
		shape = []int{len(data)}
	}
	return w.weight(name+suffix, data, shape...), nil
}

// kernel is a convolution's, in the layout of ONNX.
func (w *onnxWriter) kernel(n *graph.Node, l layout) (string, error) {
	name, data, err := w.numbers(n)
	if err != nil {
		return "", err
	}
	p := place{layout: l}
	return w.weight(name, p.toTheirs(data, n.Shape()), p.shape(n.Shape())...), nil
}
