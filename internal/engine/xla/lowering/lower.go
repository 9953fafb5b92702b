package lowering

import (
	"fmt"

	hlo "github.com/gomlx/go-xla/pkg/stablehlo"
	"github.com/gomlx/go-xla/pkg/types/shapes"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
)

// Options of a lowering. The zero value is the default.
type Options struct {
	// Precision is how products multiply.
	Precision device.Precision
	// Devices is how many run the module in step; 0 is one.
	Devices int
}

func (o Options) devices() int { return max(o.Devices, 1) }

// Kind says what an argument or result is.
type Kind int

const (
	// Input is an argument: a value given anew for each run.
	Input Kind = iota
	// Parameter is an argument that stays, or the result that takes its place.
	Parameter
	// Output is a result to be read.
	Output
	// DeviceNumber is an argument: which of several devices runs the module, from
	// 0, as an unsigned 32-bit integer.
	DeviceNumber
)

// Value is an argument or a result.
type Value struct {
	Kind  Kind
	Name  string
	Shape graph.Shape
	// Updated marks a parameter among the arguments that is also among the
	// results: its memory is given away.
	Updated bool
}

// Module is a lowered graph.
type Module struct {
	// Text is StableHLO; its entry is the function main.
	Text []byte
	// Arguments and Results are those of main: first the device's number where
	// there are several, then the inputs, then the parameters; first the outputs, then the updated parameters, all in the
	// order in which the graph has them.
	Arguments, Results []Value
}

// Lower lowers a graph. It fails where a parameter's old value is read after
// its update, and on operations that it does not know.
func Lower(g *graph.Graph, o Options) (m *Module, err error) {
	alive, err := graph.Live(g)
	if err != nil {
		return nil, fmt.Errorf("xla: %w", err)
	}
	l := &lowering{
		builder: newBuilder(o), graph: g, alive: alive,
		values: make([]*hlo.Value, len(g.Nodes())), module: &Module{}, latest: map[*graph.Node]*hlo.Value{},
	}
	at := ""
	defer func() {
		if r := recover(); r != nil {
			f, ok := r.(failure)
			if !ok {
				panic(r)
			}
			m, err = nil, fmt.Errorf("xla: lower %s: %w", at, f.error)
		}
	}()
	l.arguments()
	for _, n := range g.Nodes() {
		if at = n.String(); alive[n.ID()] && l.values[n.ID()] == nil {
			l.values[n.ID()] = l.lower(n)
		}
	}
	at = "the results"
	l.results()
	return l.module, nil
}

// lowering is a graph on its way.
type lowering struct {
	*builder
	graph  *graph.Graph
	alive  []bool
	values []*hlo.Value // by node
	module *Module
	latest map[*graph.Node]*hlo.Value // new values of updated parameters
}

// arguments declares main's arguments.
func (l *lowering) arguments() {
	updated := map[*graph.Node]int{} // places among the results
	results := len(l.graph.Outputs())
	for _, n := range l.graph.Nodes() {
		for _, i := range graph.Updated(n.Op()) {
			updated[n.Inputs()[i]] = results
			results++
		}
	}
	if l.devices > 1 {
		l.device = must(l.fn.Input(shapes.Make(uint32Type)))
		l.module.Arguments = append(l.module.Arguments, Value{Kind: DeviceNumber})
	}
	for _, n := range l.graph.Nodes() {
		if op, ok := n.Op().(graph.Input); ok && l.alive[n.ID()] {
			l.argument(n, Value{Kind: Input, Name: op.Label, Shape: n.Shape()}, nil)
		}
	}
	for _, n := range l.graph.Nodes() {
		op, ok := n.Op().(graph.Parameter)
		if !ok || !l.alive[n.ID()] {
			continue
		}
		place, isUpdated := updated[n]
		var attributes map[string]any
		if isUpdated {
			attributes = map[string]any{"tf.aliasing_output": int32(place)}
		}
		l.argument(n, Value{Kind: Parameter, Name: op.Label, Shape: n.Shape(), Updated: isUpdated}, attributes)
	}
}

func (l *lowering) argument(n *graph.Node, v Value, attributes map[string]any) {
	l.values[n.ID()] = must(l.fn.InputWithAttributes(float32Shape(n.Shape()), attributes))
	l.module.Arguments = append(l.module.Arguments, v)
}

// results returns outputs and new values, and writes the module. A graph
// without either returns a zero, since a function has to return something.
func (l *lowering) results() {
	var values []*hlo.Value
	for _, o := range l.graph.Outputs() {
		values = append(values, l.values[o.Node.ID()])
		l.module.Results = append(l.module.Results, Value{Kind: Output, Name: o.Name, Shape: o.Node.Shape()})
	}
	for _, n := range l.graph.Nodes() {
		for _, i := range graph.Updated(n.Op()) {
			p := n.Inputs()[i]
			values = append(values, l.latest[p])
			l.module.Results = append(l.module.Results,
				Value{Kind: Parameter, Name: p.Op().(graph.Parameter).Label, Shape: p.Shape()})
		}
	}
	if len(values) == 0 {
		values = append(values, l.scalar(float32(0)))
	}
	check(l.fn.Return(values...))
	text, err := l.program.Build()
	check(err)
	l.module.Text = append(text, '\n')
}

// of is the value of a node that has been lowered.
func (l *lowering) of(n *graph.Node) *hlo.Value { return l.values[n.ID()] }

func float32Shape(s graph.Shape) shapes.Shape { return shapes.Make(float32Type, s...) }

// lower returns a node's value.
func (l *lowering) lower(n *graph.Node) *hlo.Value {
	in := make([]*hlo.Value, len(n.Inputs()))
	for i, operand := range n.Inputs() {
		in[i] = l.of(operand)
	}
	switch op := n.Op().(type) {
	case graph.Constant:
		return must(l.fn.ConstantFromFlatAndDimensions(op.Data, n.Shape()...))
	case graph.StopGradient:
		return in[0]
	case graph.AllReduce:
		return l.deviceMean(in[0])
	case graph.PooledMoments:
		return l.pooledMoments(in[0])
	case graph.Convolution:
		return l.convolution(op, in[0], in[1])
	case graph.ConvolutionInputGradient:
		return l.convolutionInputGradient(op, in[0], in[1])
	case graph.ConvolutionKernelGradient:
		return l.convolutionKernelGradient(op, in[0], in[1])
	case graph.Moments:
		return l.moments(op, in[0])
	case graph.Normalization:
		return l.normalization(op, in[0], in[1], in[2], in[3])
	case graph.NormalizationSums:
		return l.normalizationSums(op, in[0], in[1], in[2])
	case graph.NormalizationInputGradient:
		return l.normalizationInputGradient(op, in[0], in[1], in[2], in[3], in[4])
	case graph.GroupSum:
		return l.groupSum(op, in[0])
	case graph.ExtentCut:
		return l.extentCut(op, in[0], in[1])
	case graph.ExtentMoments:
		return l.extentMoments(op, in[0], in[1])
	case graph.ExtentLayout:
		return l.extentLayout(op, in[0], in[1])
	case graph.Border:
		return l.border(op, in[0])
	case graph.BorderGradient:
		return l.borderGradient(op, in[0])
	case graph.Pool:
		return l.pool(op, in[0])
	case graph.PoolGradient:
		return l.poolGradient(op, in[0], in[1])
	case graph.Resampling:
		return l.resampling(op, in[0])
	case graph.ResamplingGradient:
		return l.resamplingGradient(op, in[0])
	case graph.Augmentation:
		return l.augmentation(op, in[0], in[1])
	case graph.AugmentationGradient:
		return l.augmentationGradient(op, in[0], in[1])
	case graph.EnlargedTaps:
		return l.enlargedTaps(op, in)
	case graph.EnlargedTapsGradient:
		return l.enlargedTapsGradient(in[0])
	case graph.MatrixProduct:
		return l.matrixProduct(op, in[0], in[1])
	case graph.GramMatrix:
		return l.gram(in[0])
	case graph.GramGradient:
		return l.gramGradient(in[0], in[1])
	case graph.Loss:
		return l.loss(op, in)
	case graph.LossGradient:
		return l.lossGradient(op, in)
	case graph.DropoutMask:
		return l.dropoutMask(op, in[0])
	case graph.NormalNoise:
		return l.normalNoise(op, in[0])
	case graph.BlendUpdate:
		return l.blend(n, in[0], in[1], in[2])
	case graph.AdamUpdate:
		return l.adam(op, n, in)
	}
	return l.pointwise(n, in)
}
