package zoo

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"easel/internal/engine/graph"
	"easel/internal/file/onnx"
)

// node turns one node of a graph into ONNX's. A node that only feeds another
// (parameters, moments, the arithmetic of stored statistics) is written where it is
// read.
func (w *onnxWriter) node(n *graph.Node) error {
	switch op := n.Op().(type) {
	case graph.Input:
		w.names[n] = onnxInput
	case graph.DropoutMask:
		w.random(n, fmt.Sprintf("mask%d", op.Stream), Noise{Rate: op.Rate, Stream: op.Stream})
	case graph.NormalNoise:
		w.random(n, "noise", Noise{Stream: op.Stream})
	case graph.Product:
		w.make(n, "Mul", w.in(n, 0, 1))
	case graph.Parameter, graph.Constant, graph.Moments, graph.Broadcast, graph.Power, graph.Reshaping:
	case graph.Convolution:
		return w.convolution(n, op)
	case graph.ConvolutionInputGradient:
		return w.transposed(n, op)
	case graph.EnlargedTaps:
		return w.enlarged(n)
	case graph.Bias:
		bias, err := w.laid(n.Inputs()[1], channelRows)
		if err != nil {
			return err
		}
		w.make(n, "Add", append(w.in(n, 0), bias))
	case graph.Normalization:
		return w.norm(n)
	case graph.Activation:
		return w.activation(n, op)
	case graph.Concatenation:
		return w.concatenation(n)
	case graph.Border:
		return w.border(n, op)
	case graph.BorderGradient:
		return w.cropped(n, op)
	case graph.ChannelSlice:
		w.sliced(n, []int64{int64(op.From)}, []int64{int64(op.To)}, []int64{1})
	case graph.Pool:
		kind := map[graph.PoolKind]string{graph.MaxPooling: "MaxPool", graph.AveragePooling: "AveragePool"}[op.Kind]
		w.make(n, kind, w.in(n, 0), ints("kernel_shape", op.Size, op.Size), ints("strides", op.Stride, op.Stride))
	case graph.Resampling:
		return w.resized(n, op)
	case graph.Scaling:
		w.make(n, "Mul", append(w.in(n, 0), w.weight(fmt.Sprintf("c%d", n.ID()), []float32{op.Factor}, vector, 1)))
	case graph.Sum:
		return w.sum(n)
	default:
		return errors.New("it cannot be written as ONNX yet")
	}
	return nil
}

// random is an input with random numbers.
func (w *onnxWriter) random(n *graph.Node, name string, noise Noise) {
	noise.Input, noise.Channels, noise.Shrink = name, n.Shape().Channels(), w.side/n.Shape()[1]
	w.names[n] = name
	w.noise = append(w.noise, noise)
	w.out.Inputs = append(w.out.Inputs, onnx.Value{Name: name, Type: onnx.Float32, Dims: []onnx.Dim{
		{Name: "batch"}, {Size: int64(noise.Channels)}, {Name: name + "_height"}, {Name: name + "_width"},
	}})
}

// concatenation is of two maps, or of a map and noise that is switched off: zeros,
// whose size only the map knows.
func (w *onnxWriter) concatenation(n *graph.Node) error {
	if len(n.Shape()) != 4 {
		return nil // of stored statistics
	}
	in := n.Inputs()
	if zeros, ok := in[1].Op().(graph.Constant); ok {
		if slices.ContainsFunc(zeros.Data, func(v float32) bool { return v != 0 }) {
			return errors.New("a constant map")
		}
		out, from := in[1].Shape().Channels(), in[0].Shape().Channels()
		kernel := w.weight(fmt.Sprintf("c%d", in[1].ID()), make([]float32, out*from), outInRows, out, from, 1, 1)
		w.make(in[1], "Conv", append(w.in(n, 0), kernel))
	}
	w.make(n, "Concat", w.in(n, 0, 1), number("axis", 1))
	return nil
}

func (w *onnxWriter) convolution(n *graph.Node, op graph.Convolution) error {
	if op.Swapped {
		return errors.New("a kernel of another layout")
	}
	if w.enlargedLater(n) {
		return nil
	}
	kernel, err := w.laid(n.Inputs()[1], outInRows)
	if err != nil {
		return err
	}
	p := op.Padding
	w.make(n, "Conv", append(w.in(n, 0), kernel), ints("kernel_shape", op.KernelHeight, op.KernelWidth),
		ints("strides", op.Stride, op.Stride), ints("pads", p.Top, p.Left, p.Bottom, p.Right))
	return nil
}

func (w *onnxWriter) transposed(n *graph.Node, op graph.ConvolutionInputGradient) error {
	if !op.Swapped {
		return errors.New("a kernel of another layout")
	}
	kernel, err := w.laid(n.Inputs()[1], inOutRows)
	if err != nil {
		return err
	}
	p, x := op.Padding, n.Inputs()[0].Shape()
	extra := func(out, in, kernel, before, after int) int {
		return out - ((in-1)*op.Stride + kernel - before - after)
	}
	w.make(n, "ConvTranspose", append(w.in(n, 0), kernel), ints("kernel_shape", op.KernelHeight, op.KernelWidth),
		ints("strides", op.Stride, op.Stride), ints("pads", p.Top, p.Left, p.Bottom, p.Right),
		ints("output_padding", extra(op.Height, x[1], op.KernelHeight, p.Top, p.Bottom), extra(op.Width, x[2], op.KernelWidth, p.Left, p.Right)))
	return nil
}

// enlargedLater reports whether a convolution is the first half of an enlargement.
func (w *onnxWriter) enlargedLater(n *graph.Node) bool {
	for _, other := range n.Graph().Nodes()[n.ID():] {
		if _, ok := other.Op().(graph.EnlargedTaps); ok && other.Inputs()[0] == n {
			return true
		}
	}
	return false
}

// enlarged is an enlargement, bilinear, and a convolution of 3×3: the graph has it
// as a product on the small picture and a sum.
func (w *onnxWriter) enlarged(n *graph.Node) error {
	product := n.Inputs()[0]
	if _, ok := product.Op().(graph.Convolution); !ok || len(n.Inputs()) != 1 {
		return errors.New("an enlargement of something other than a product")
	}
	kernel, err := w.laid(product.Inputs()[1], enlargedRows)
	if err != nil {
		return err
	}
	large := w.names[product.Inputs()[0]] + "/enlarged"
	w.resize(large, w.names[product.Inputs()[0]], "linear", "half_pixel", 2, 2)
	w.make(n, "Conv", []string{large, kernel}, ints("kernel_shape", enlargedSide, enlargedSide), ints("pads", 1, 1, 1, 1))
	return nil
}

func (w *onnxWriter) resized(n *graph.Node, op graph.Resampling) error {
	x := n.Inputs()[0].Shape()
	if op.Kind != graph.NearestInterpolation || op.Height%x[1] != 0 || op.Width%x[2] != 0 {
		return errors.New("a resize other than a repetition of pixels")
	}
	w.names[n] = valueName(n)
	w.resize(w.names[n], w.names[n.Inputs()[0]], "nearest", "asymmetric", op.Height/x[1], op.Width/x[2])
	return nil
}

func (w *onnxWriter) resize(out, in, mode, coordinates string, rows, columns int) {
	scales := onnx.FloatTensor(out+"/scales", []float32{1, 1, float32(rows), float32(columns)}, 4)
	w.out.Initializers = append(w.out.Initializers, scales)
	attributes := []onnx.Attribute{text("mode", mode), text("coordinate_transformation_mode", coordinates)}
	if mode == "nearest" {
		attributes = append(attributes, text("nearest_mode", "floor"))
	}
	w.add("Resize", out, []string{in, "", scales.Name}, attributes...)
}

func number(name string, value int) onnx.Attribute {
	return onnx.Attribute{Name: name, Type: onnx.IntAttribute, Int: int64(value)}
}

func text(name, value string) onnx.Attribute {
	return onnx.Attribute{Name: name, Type: onnx.TextAttribute, Text: value}
}

func (w *onnxWriter) border(n *graph.Node, op graph.Border) error {
	mode, ok := map[graph.PadMode]string{graph.PadZeros: "constant", graph.PadReflect: "reflect", graph.PadReplicate: "edge"}[op.Mode]
	if !ok {
		return errors.New("a border of an unknown kind")
	}
	p := op.Padding
	w.names[n] = valueName(n)
	pads := onnx.IntTensor(w.names[n]+"/pads", 0, 0, int64(p.Top), int64(p.Left), 0, 0, int64(p.Bottom), int64(p.Right))
	w.out.Initializers = append(w.out.Initializers, pads)
	w.add("Pad", w.names[n], append(w.in(n, 0), pads.Name), text("mode", mode))
	return nil
}

// cropped is a picture without its border: the gradient of one of zeros.
func (w *onnxWriter) cropped(n *graph.Node, op graph.BorderGradient) error {
	p := op.Padding
	if op.Mode != graph.PadZeros {
		return errors.New("a border's gradient")
	}
	end := func(border int) int64 {
		if border == 0 {
			return math.MaxInt64 // to the last
		}
		return int64(-border)
	}
	w.sliced(n, []int64{int64(p.Top), int64(p.Left)}, []int64{end(p.Bottom), end(p.Right)}, []int64{2, 3})
	return nil
}

// sliced is a part of a picture along axes.
func (w *onnxWriter) sliced(n *graph.Node, starts, ends, axes []int64) {
	w.names[n] = valueName(n)
	in := w.in(n, 0)
	for _, v := range []onnx.Tensor{
		onnx.IntTensor(w.names[n]+"/starts", starts...), onnx.IntTensor(w.names[n]+"/ends", ends...), onnx.IntTensor(w.names[n]+"/axes", axes...),
	} {
		w.out.Initializers = append(w.out.Initializers, v)
		in = append(in, v.Name)
	}
	w.add("Slice", w.names[n], in)
}

func (w *onnxWriter) activation(n *graph.Node, op graph.Activation) error {
	switch op.Function {
	case graph.ReLUFunction:
		w.make(n, "Relu", w.in(n, 0))
	case graph.LeakyReLUFunction:
		w.make(n, "LeakyRelu", w.in(n, 0), onnx.Attribute{Name: "alpha", Type: onnx.FloatAttribute, Float: op.Slope})
	case graph.TanhFunction:
		w.make(n, "Tanh", w.in(n, 0))
	case graph.SigmoidFunction:
		w.make(n, "Sigmoid", w.in(n, 0))
	default:
		return errors.New("an activation that ONNX has under another name")
	}
	return nil
}

// norm is an instance norm, or a batch norm with given statistics.
func (w *onnxWriter) norm(n *graph.Node) error {
	var err error
	vector := func(n *graph.Node) string {
		name, failed := w.laid(n, vector)
		err = errors.Join(err, failed)
		return name
	}
	moments := n.Inputs()[1]
	scale, shift := vector(n.Inputs()[2]), vector(n.Inputs()[3])
	epsilon := func(v float32) onnx.Attribute {
		return onnx.Attribute{Name: "epsilon", Type: onnx.FloatAttribute, Float: v}
	}
	switch op := moments.Op().(type) {
	case graph.Moments:
		w.make(n, "InstanceNormalization", append(w.in(n, 0), scale, shift), epsilon(op.Epsilon))
	case graph.Reshaping: // of graph.NormGiven: [mean, (variance + ε)^−½]
		both := moments.Inputs()[0].Inputs()
		sum := both[1].Inputs()[0].Inputs()
		_, value, failed := w.numbers(sum[1].Inputs()[0])
		if failed != nil {
			return failed
		}
		w.make(n, "BatchNormalization", append(w.in(n, 0), scale, shift, vector(both[0]), vector(sum[0])), epsilon(value[0]))
	default:
		return errors.New("statistics of another kind")
	}
	return err
}

// sum adds two pictures, or a constant to one; a sum in stored statistics is written
// with their norm.
func (w *onnxWriter) sum(n *graph.Node) error {
	if len(n.Shape()) != 4 {
		return nil
	}
	second := n.Inputs()[1]
	if _, ok := second.Op().(graph.Broadcast); !ok {
		w.make(n, "Add", w.in(n, 0, 1))
		return nil
	}
	name, data, err := w.numbers(second.Inputs()[0])
	if err != nil {
		return err
	}
	w.make(n, "Add", append(w.in(n, 0), w.weight(name, data, vector, 1)))
	return nil
}
