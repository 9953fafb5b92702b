package zoo

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/file/torch7"
	"easel/internal/model/feedforward"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// Johnson's own program (fast-neural-style, Torch 7) keeps a table with the options
// of the training and the network. Pictures are BGR there, without VGG's mean colour.
// The picture is mirrored at its edge once, at the start, the residual blocks have no
// border, and the network ends in 150·tanh. The networks of the paper have batch norms
// with stored statistics, all others instance norms.

// vggMean is the mean colour that VGG's inputs are without, RGB from 0 to 255.
var vggMean = feedforward.Colour{123.68, 116.779, 103.939}

// torch7Style is what Johnson's program built of its modules.
type torch7Style struct {
	layers []torch7Layer
	blocks int
	start  int // mirrored border at the start, in pixels
	shaved bool
	tanh   float64
}

// torch7Layer is a convolution and the norm after it.
type torch7Layer struct {
	module
	conv, norm *torch7.Object
	transposed bool
}

// johnsonTorch7 recognises the network by its modules.
func johnsonTorch7(s *source, o ImportOptions) (*network, error) {
	net, ok := s.container.(*torch7Net)
	if !ok || !slices.ContainsFunc(net.modules, func(m *torch7.Object) bool { return m.Class == "nn.TotalVariation" }) {
		return nil, nil
	}
	t, err := torch7StyleOf(net.modules)
	if err == nil {
		err = t.check(net.options)
	}
	if err != nil {
		return nil, fmt.Errorf("a style of Johnson's Torch 7 program, but %w", err)
	}
	first := t.layers[0]
	c := feedforward.Config{
		Kind: feedforward.Johnson, Width: s.dim(first.module.conv+".weight", 0), Blocks: t.blocks,
		Border: feedforward.Zeros, Strided: true, InputMean: vggMean, OutputMean: vggMean, Tanh: t.tanh,
	}
	if t.shaved {
		c.Border = feedforward.MirroredOnce
	}
	if e := first.norm.Fields().Number("eps"); e != 1e-5 {
		c.NormEpsilon = e
	}
	n := &network{idle: func(name string) bool {
		return strings.HasSuffix(name, ".bias") || strings.HasSuffix(name, ".running_mean") || strings.HasSuffix(name, ".running_var")
	}}
	c.StoredStatistics = classOf(first.norm) == "SpatialBatchNormalization" && o.NormStatistics != pix2pix.PictureStatistics
	n.places = torch7StylePlaces(t, c.StoredStatistics)
	n.name = fmt.Sprintf("a style of Johnson's Torch 7 program: width %d, %d blocks", c.Width, c.Blocks)
	n.style = &stored.StyleConfig{Network: c, Origin: "fast-neural-style"}
	if c.StoredStatistics {
		n.notes = append(n.notes, "norms: on stored statistics, as the program runs its batch norms; norm_statistics \"picture\" takes the picture's")
	}
	n.notes = append(n.notes, "the program smooths its pictures with a median of 3×3 pixels afterwards; easel does not")
	return n, nil
}

// torch7StyleOf reads the modules in the order in which they run.
func torch7StyleOf(modules []*torch7.Object) (*torch7Style, error) {
	t := &torch7Style{}
	for i, m := range modules {
		f := m.Fields()
		switch class := classOf(m); class {
		case "SpatialReflectionPadding":
			if i > 0 {
				return nil, errors.New("it mirrors borders within the network")
			}
			t.start = int(f.Number("pad_l"))
		case "SpatialConvolution", "SpatialConvolutionMM", "SpatialFullConvolution":
			t.layers = append(t.layers, torch7Layer{module: module{conv: moduleName(i, m)}, conv: m, transposed: class == "SpatialFullConvolution"})
		case "InstanceNormalization", "SpatialBatchNormalization":
			if len(t.layers) == 0 {
				return nil, errors.New("it begins with a norm")
			}
			last := &t.layers[len(t.layers)-1]
			last.norm, last.module.norm = m, moduleName(i, m)
		case "ShaveImage":
			t.shaved = true
		case "CAddTable":
			t.blocks++
		case "MulConstant":
			t.tanh = f.Number("constant_scalar")
		case "ReLU", "Identity", "Tanh", "TotalVariation":
		default:
			return nil, fmt.Errorf("it has a %s", m.Class)
		}
	}
	return t, nil
}

// check reports a network that is built otherwise than the program's usual one.
func (t *torch7Style) check(options *torch7.Table) error {
	layers := johnsonLayers(t.blocks)
	if t.blocks == 0 || len(t.layers) != len(layers) {
		return fmt.Errorf("it has %d convolutions and %d residual blocks", len(t.layers), t.blocks)
	}
	if way, _ := options.Get("preprocessing").(string); way != "" && way != "vgg" {
		return fmt.Errorf("it was trained with -preprocessing %s; known is vgg", way)
	}
	if t.shaved && t.start != t.blocks*8 || !t.shaved && t.start != 0 {
		return hint.New(fmt.Errorf("it mirrors %d pixels at the start, not the %d that its blocks use up", t.start, t.blocks*8), "only -padding_type reflect-start and zero are known")
	}
	for i, l := range t.layers {
		kind := layers[i].own
		up, down, last := strings.HasPrefix(kind, "up"), kind == "conv2" || kind == "conv3", kind == "picture"
		stride, padding := 1.0, (l.conv.Fields().Number("kW")-1)/2
		if up || down {
			stride = 2
		}
		if t.shaved && strings.HasPrefix(kind, "block") {
			padding = 0
		}
		f := l.conv.Fields()
		if l.transposed != up || (l.norm == nil) != last || f.Number("dW") != stride || f.Number("padW") != padding {
			return fmt.Errorf("its layer %d is not that of -arch c9s1-…,d…,d…,R…,u…,u…,c9s1-3", i+1)
		}
	}
	return nil
}

// torch7StylePlaces are its tensors. Kernels of 3×3 that halve or double a map are
// easel's of 4×4 with zeros at the end.
func torch7StylePlaces(t *torch7Style, statistics bool) []place {
	var places []place
	for i, l := range johnsonLayers(t.blocks) {
		own, m := "style/"+l.own, t.layers[i]
		kernel := place{own: own + "/kernel", theirs: m.module.conv + ".weight", layout: outInRows, reverseIn: i == 0, reverseOut: l.norm == ""}
		if m.transposed {
			kernel.layout = inOutRows
		}
		if m.conv.Fields().Number("dW") == 2 {
			kernel.side = 3
		}
		places = append(places, kernel)
		if l.norm == "" {
			places = append(places, place{own: own + "/bias", theirs: m.module.conv + ".bias", reverseOut: true})
			continue
		}
		norm := m.module.norm
		places = append(places, place{own: own + "/norm/scale", theirs: norm + ".weight"}, place{own: own + "/norm/shift", theirs: norm + ".bias"})
		if statistics {
			places = append(places,
				place{own: own + "/norm/mean", theirs: norm + ".running_mean", less: m.module.conv + ".bias"},
				place{own: own + "/norm/variance", theirs: norm + ".running_var"})
		}
	}
	return places
}
