package zoo

import (
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"

	"easel/internal/engine/graph"
	"easel/internal/file/digest"
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

// Exported is a network in ONNX.
type Exported struct {
	Model *onnx.Model
	// Noise are the inputs beside the picture, if the options ask for them.
	Noise []Noise
	// Multiple is what the sides of pictures are multiples of, and Smallest the least
	// side.
	Multiple, Smallest int
}

// Noise is an input with random numbers, [batch, Channels, height/Shrink,
// width/Shrink]: element (y, x, c) of a picture is number (y·width/Shrink +
// x)·Channels + c of a stream of package graph's random operations.
type Noise struct {
	Input string `json:"input"`
	// Rate is of a dropout mask, whose numbers are 0 and 1/(1 − Rate), and 1
	// everywhere without noise; of 0 the numbers are normal, and 0 without noise.
	Rate     float32 `json:"rate"`
	Stream   uint32  `json:"stream"`
	Channels int     `json:"channels"`
	Shrink   int     `json:"shrink"`
}

// ONNX writes a generator or a classifier, converted by ToONNX.
func ONNX(m *stored.Model, path string, o ExportOptions) error {
	e, err := ToONNX(m, o)
	if err != nil {
		return err
	}
	return onnx.Write(path, e.Model)
}

// ToONNX is a generator or a classifier as a graph of ONNX: input "input" [batch,
// channels, height, width] in [−1, 1], output "output" likewise, or logits. Sides are
// symbolic, multiples of what the metadata says. Without ExportOptions.Noise there is
// none. Norms of the picture become instance norms, which is exact for batches of any
// size.
func ToONNX(m *stored.Model, o ExportOptions) (*Exported, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	w, err := translating(m.Config.Network, o)
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", m.Path, err)
	}
	w.tensor = m.Tensor
	return w.export(m.Path, m.Config, m.Config.Network.Smallest())
}

// StyleONNX writes a network that paints in a style, converted by StyleToONNX.
func StyleONNX(s *stored.Style, path string, o ExportOptions) error {
	e, err := StyleToONNX(s, o)
	if err != nil {
		return err
	}
	return onnx.Write(path, e.Model)
}

// StyleToONNX is ToONNX for a network that paints in a style.
func StyleToONNX(s *stored.Style, o ExportOptions) (*Exported, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	w, err := painting(s.Network, o)
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", s.Path, err)
	}
	w.tensor = s.Tensor
	return w.export(s.Path, s.StyleConfig, s.Network.Smallest())
}

// onnxWriter turns a graph's nodes into ONNX's, one after the other. Pictures there
// are [batch, channels, height, width].
type onnxWriter struct {
	options    ExportOptions
	graph      *graph.Graph
	parameters nn.Parameters
	multiple   int
	side       int // of the graph's pictures
	// tensor reads weights. Without it only their places are found out.
	tensor func(name string) (graph.Shape, []float32, error)
	taps   map[string]pix2pix.Taps // that training never reached: zero, as in translation
	out    onnx.Graph
	names  map[*graph.Node]string
	known  map[string]bool // initialisers
	places []place
	noise  []Noise
	err    error
}

// translating is the writer of a generator or a classifier.
func translating(c pix2pix.Config, o ExportOptions) (*onnxWriter, error) {
	size := c.ImageSize
	if c.BottleneckNorm {
		size *= 2 // at its own size that norm has one element, and is left out of the graph
	}
	network, err := pix2pix.Inference(c, 1, size, size, pix2pix.InferenceOptions{NoNoise: !o.Noise})
	if err != nil {
		return nil, err
	}
	w := &onnxWriter{options: o, graph: network.Graph, parameters: network.Parameters, multiple: c.Multiple(), taps: map[string]pix2pix.Taps{}}
	for _, u := range pix2pix.UntouchedTaps(c) {
		w.taps[u.Parameter] = u
	}
	return w, nil
}

// painting is the writer of a network that paints in a style.
func painting(c feedforward.Config, o ExportOptions) (*onnxWriter, error) {
	switch {
	case c.Any():
		return nil, errors.New("a network for any style reads a style's statistics as well as a picture; it cannot be written as ONNX")
	case c.Learned() > 1:
		return nil, errors.New("a network of several styles reads how much of each is wanted as well as a picture; it cannot be written as ONNX")
	}
	side := c.Smallest()
	network, err := feedforward.Inference(c, 1, side, side, 1)
	if err != nil {
		return nil, err
	}
	return &onnxWriter{options: o, graph: network.Graph, parameters: network.Parameters, multiple: c.Multiple()}, nil
}

// What the metadata of a file says, by its names there.
const (
	onnxConfig = "easel.config"
	onnxNoise  = "easel.noise"
)

// export is the network of the file at source.
func (w *onnxWriter) export(source string, config any, smallest int) (*Exported, error) {
	if err := w.lower(); err != nil {
		return nil, fmt.Errorf("export %s: %w", source, err)
	}
	text, err := json.Marshal(config)
	if err != nil {
		return nil, fmt.Errorf("export %s: configuration: %w", source, err)
	}
	sum, err := digest.File(source)
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", source, err)
	}
	m := &onnx.Model{
		IRVersion: onnxIR, Opset: onnxOpset, Producer: "easel", ProducerVersion: version(), Graph: w.out,
		Metadata: []onnx.Property{
			{Key: onnxConfig, Value: string(text)}, {Key: "easel.sha256", Value: sum},
			{Key: "easel.range", Value: stored.Range}, {Key: "easel.multiple", Value: fmt.Sprint(w.multiple)},
			{Key: "easel.parameters", Value: fmt.Sprint(w.parameters.Count())},
		},
	}
	if len(w.noise) > 0 {
		text, err := json.Marshal(w.noise)
		if err != nil {
			return nil, fmt.Errorf("export %s: noise: %w", source, err)
		}
		m.Metadata = append(m.Metadata, onnx.Property{Key: onnxNoise, Value: string(text)})
	}
	return &Exported{Model: m, Noise: w.noise, Multiple: w.multiple, Smallest: smallest}, nil
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.Main.Version
	}
	return ""
}

// The names of a graph's ends.
const (
	onnxInput  = "input"
	onnxOutput = "output"
)

// lower fills out. The graph has an input a and an output fake.
func (w *onnxWriter) lower() error {
	w.names, w.known = map[*graph.Node]string{}, map[string]bool{}
	g := w.graph
	fake := g.Outputs()[0].Node
	needed, err := graph.Live(g)
	if err != nil {
		return err
	}
	w.out.Name = "easel"
	w.side = fake.Shape()[1]
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
