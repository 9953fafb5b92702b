package zoo

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/file/onnx"
	"easel/internal/model/feedforward"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// Exporting to ONNX, PyTorch may take the names from tensors, write equal ones once, and
// fold a batch norm with stored statistics into the convolution before it. What is left
// is the graph: which tensors go into which layer, in the order in which they run.

// nameless are names that PyTorch gives to tensors in files of ONNX.
var nameless = regexp.MustCompile(`^onnx::|^\d+$`)

// onnxLayer is a convolution of a graph and the norm after it, by their tensors.
type onnxLayer struct {
	op, kernel, bias string
	side, stride     int64
	norm             string // its operation, or ""
	scale, shift     string
	mean, variance   string
	epsilon          float32
	ofPicture        bool // the norm's statistics are the picture's
}

// onnxWalk is what a graph is made of.
type onnxWalk struct {
	layers []onnxLayer
	// reads are the tensors that layers read.
	reads map[string]bool
	// ops counts operations, and mirrored the borders that are mirrored.
	ops      map[string]int
	mirrored int
	// skips counts concatenations of an encoder's map and a decoder's: of how many the
	// encoder's comes first, and how many a ReLU follows.
	skips, skipFirst, rectified int

	makers map[string]onnx.Node // of values
	same   map[string]string    // other names of values
}

// walk follows a graph; its nodes stand in an order in which they run.
func walk(g onnx.Graph) *onnxWalk {
	w := &onnxWalk{ops: map[string]int{}, reads: map[string]bool{}, makers: map[string]onnx.Node{}, same: map[string]string{}}
	for _, n := range g.Nodes {
		w.ops[n.Op]++
		w.visit(n)
		for _, out := range n.Outputs {
			w.makers[out] = n
		}
	}
	return w
}

func (w *onnxWalk) visit(n onnx.Node) {
	switch n.Op {
	case "Identity":
		if len(n.Inputs) == 1 && len(n.Outputs) == 1 {
			w.same[n.Outputs[0]] = w.name(n.Inputs[0])
		}
	case "Pad":
		if mode := n.Attribute("mode"); mode != nil && mode.Text == "reflect" {
			w.mirrored++
		}
	case "Conv", "ConvTranspose":
		w.layers = append(w.layers, onnxLayer{
			op: n.Op, kernel: w.tensor(n, 1), bias: w.tensor(n, 2),
			side: firstInt(n, "kernel_shape"), stride: firstInt(n, "strides"),
		})
	case "InstanceNormalization", "BatchNormalization":
		if len(w.layers) > 0 {
			w.norm(n, &w.layers[len(w.layers)-1])
		}
	case "Concat":
		if len(n.Inputs) == 2 {
			w.skip(w.layerBehind(n.Inputs[0]), w.layerBehind(n.Inputs[1]))
		}
	case "Relu":
		if len(n.Inputs) == 1 && w.makers[n.Inputs[0]].Op == "Concat" {
			w.rectified++
		}
	}
}

func (w *onnxWalk) name(value string) string { return cmp.Or(w.same[value], value) }

// tensor is the name of one that a layer reads, or "".
func (w *onnxWalk) tensor(n onnx.Node, i int) string {
	if i >= len(n.Inputs) {
		return ""
	}
	name := w.name(n.Inputs[i])
	w.reads[name] = true
	return name
}

func (w *onnxWalk) norm(n onnx.Node, l *onnxLayer) {
	l.norm, l.scale, l.shift, l.mean, l.variance = n.Op, w.tensor(n, 1), w.tensor(n, 2), w.tensor(n, 3), w.tensor(n, 4)
	l.epsilon = 1e-5 // what ONNX takes where nothing is said
	if e := n.Attribute("epsilon"); e != nil {
		l.epsilon = e.Float
	}
	training := n.Attribute("training_mode")
	l.ofPicture = n.Op == "InstanceNormalization" || training != nil && training.Int == 1
}

func (w *onnxWalk) skip(first, second string) {
	if first != "" && second != "" {
		w.skips++
	}
	if first == "Conv" && second == "ConvTranspose" {
		w.skipFirst++
	}
}

func firstInt(n onnx.Node, attribute string) int64 {
	if a := n.Attribute(attribute); a != nil && len(a.Ints) > 0 {
		return a.Ints[0]
	}
	return 0
}

// layerBehind is the convolution that made a value, with nothing but a norm, dropout and
// activations after it, or "".
func (w *onnxWalk) layerBehind(value string) string {
	for range 8 {
		n := w.makers[value]
		switch n.Op {
		case "Conv", "ConvTranspose":
			return n.Op
		case "LeakyRelu", "Relu", "Dropout", "BatchNormalization", "InstanceNormalization", "Identity":
			if len(n.Inputs) == 0 {
				return ""
			}
			value = n.Inputs[0]
		default:
			return ""
		}
	}
	return ""
}

// walked is the graph of a file of ONNX that another program wrote, or nil.
func (s *source) walked() *onnxWalk {
	if o, ok := s.container.(*ordered); ok {
		return o.walk
	}
	return nil
}

// unread reports whether a tensor of a file of ONNX goes into no layer: sizes and borders
// are tensors there too.
func (s *source) unread(name string) bool {
	w := s.walked()
	return w != nil && !w.reads[s.prefix+name]
}

// onnxStyle recognises a network of PyTorch's fast_neural_style whose tensors have lost
// their names: by the number of its layers, borders and enlargements.
func onnxStyle(s *source, _ ImportOptions) (*network, error) {
	w, layers := s.walked(), johnsonLayers(johnsonBlocks)
	if w == nil || s.has("conv1.conv2d.weight") || len(w.layers) != len(layers) || w.mirrored != len(layers) ||
		w.ops["Conv"] != len(layers) || w.ops["Resize"]+w.ops["Upsample"] != 2 || w.ops["Tanh"] > 0 || w.ops["InstanceNormalization"] != len(layers)-1 {
		return nil, nil
	}
	c := feedforward.Config{Kind: feedforward.Johnson, Width: s.dim(w.layers[0].kernel, 0), Blocks: johnsonBlocks}
	n := &network{
		name:  fmt.Sprintf("Johnson's network for one style: width %d", c.Width),
		style: &stored.StyleConfig{Network: c, Origin: "fast_neural_style"},
		idle:  w.idle,
	}
	for i, l := range layers {
		own, at := "style/"+l.own, w.layers[i]
		n.places = append(n.places, place{own: own + "/kernel", theirs: at.kernel, layout: outInRows})
		if l.norm == "" {
			n.places = append(n.places, place{own: own + "/bias", theirs: at.bias})
			continue
		}
		n.places = append(n.places, place{own: own + "/norm/scale", theirs: at.scale}, place{own: own + "/norm/shift", theirs: at.shift})
	}
	return n, nil
}

// idle says which tensors do nothing: those that no layer reads, biases before norms of
// the picture, and statistics that are not used.
func (w *onnxWalk) idle(name string) bool {
	for _, l := range w.layers {
		if l.kernel == name || l.norm == "" && l.bias == name || l.scale == name || l.shift == name {
			return false
		}
	}
	return true
}

// onnxUNet recognises a U-Net whose tensors have lost their names. Norms run as the file
// has them: exported in training mode on the picture, otherwise on stored statistics.
func onnxUNet(s *source, o ImportOptions) (*network, error) {
	w := s.walked()
	if w == nil {
		return nil, nil
	}
	levels := len(w.layers) / 2
	if levels < portFewest || levels > 12 || w.ops["Conv"] != levels || w.ops["ConvTranspose"] != levels || w.skips != levels-1 || w.ops["Tanh"] != 1 {
		return nil, nil
	}
	if w.skipFirst%w.skips != 0 || w.rectified != w.skips {
		return nil, fmt.Errorf("a U-Net of %d levels, but its skips differ from those of every known program", levels)
	}
	first, last := w.layers[0], w.layers[2*levels-1]
	c := portConfig(1<<levels, s.dim(first.kernel, 1), s.dim(last.kernel, 1), s.dim(first.kernel, 0))
	c.EdgeBiases, c.Dropout = first.bias+w.layers[levels-1].bias != "", pix2pix.DropoutOff
	c.Norm = pix2pix.NormBatch
	given := slices.ContainsFunc(w.layers, func(l onnxLayer) bool { return l.norm != "" && !l.ofPicture })
	if given {
		c.NormStatistics = pix2pix.StoredStatistics
	}
	n := &network{name: fmt.Sprintf("a U-Net in ONNX: %d levels, width %d", levels, c.Width), idle: w.idle}
	switch {
	case given && o.NormStatistics == pix2pix.PictureStatistics:
		return nil, hint.New(fmt.Errorf("%s, exported with stored statistics, which are part of the weights", n.name),
			"import what it was exported from, or export it in training mode")
	case !given && o.NormStatistics == pix2pix.StoredStatistics:
		return nil, errNoStored
	}
	for i, l := range w.layers {
		k, transposed := i+1, i >= levels
		own := fmt.Sprintf("generator/encoder%d", k)
		if transposed {
			k -= levels
			own = fmt.Sprintf("generator/decoder%d", k)
		}
		edge := i == 0 || i == levels-1 || i == 2*levels-1
		if l.side != 4 || l.stride != 2 || transposed != (l.op == "ConvTranspose") || edge && l.norm != "" || l.norm != "" && math.Abs(float64(l.epsilon)-1e-5) > 1e-7 {
			return nil, fmt.Errorf("%s, but its layer %d is not that of a known program", n.name, i+1)
		}
		n.places = append(n.places, l.places(own, transposed, edge, given, w.skipFirst > 0 && transposed && k > 1)...)
	}
	if o.Dropout != "" {
		c.Dropout = o.Dropout
	}
	n.notes = append(n.notes, "dropout: off, as in every file of ONNX")
	if given {
		n.notes = append(n.notes, "norms: on stored statistics, because the file has them so; the program that trained it shows pictures with those of the picture")
	}
	return n, n.describe(s, c, o)
}

// places are a layer's. A norm that was folded into its convolution is one that does
// nothing but add the convolution's bias.
func (l onnxLayer) places(own string, transposed, edge, given, skipFirst bool) []place {
	kernel := place{own: own + "/kernel", theirs: l.kernel, layout: outInRows, skipFirst: skipFirst}
	if transposed {
		kernel.layout = inOutRows
	}
	scale, shift := place{own: own + "/norm/scale", theirs: l.scale}, place{own: own + "/norm/shift", theirs: l.shift}
	mean, variance := place{own: own + "/norm/mean", theirs: l.mean, less: l.bias}, place{own: own + "/norm/variance", theirs: l.variance}
	switch {
	case edge:
		return []place{kernel, {own: own + "/bias", theirs: l.bias}}
	case l.norm == "":
		scale.value, shift.theirs, mean, variance.value = 1, l.bias, place{own: mean.own}, 1-1e-5
	}
	if !given {
		return []place{kernel, scale, shift}
	}
	return []place{kernel, scale, shift, mean, variance}
}
