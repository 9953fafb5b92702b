package zoo

import (
	"errors"
	"fmt"
	"math"

	"easel/internal/engine/graph"
	"easel/internal/file/onnx"
)

// numbers returns a constant's or a parameter's values, none where only places are
// found out.
func (w *onnxWriter) numbers(n *graph.Node) (string, []float32, error) {
	switch op := n.Op().(type) {
	case graph.Constant:
		return fmt.Sprintf("c%d", n.ID()), op.Data, nil
	case graph.Parameter:
		if w.tensor == nil {
			return op.Label, nil, nil
		}
		_, data, err := w.tensor(op.Label)
		if u, ok := w.taps[op.Label]; ok && err == nil {
			u.Zero(data)
		}
		return op.Label, data, err
	}
	return "", nil, errors.New("it is not known before the network runs")
}

// laid adds a node's values in a layout of ONNX, and returns the name under which
// nodes read them.
func (w *onnxWriter) laid(n *graph.Node, l layout) (string, error) {
	name, data, err := w.numbers(n)
	if err != nil {
		return "", err
	}
	p := place{own: name, theirs: name, layout: l}
	w.places = append(w.places, p)
	if data == nil {
		return name, nil
	}
	return w.weight(name, p.toTheirs(data, n.Shape()), l, p.shape(n.Shape())...), nil
}

// weight adds numbers under a name, as they are, as float16, or kernels in 8 bits.
func (w *onnxWriter) weight(name string, data []float32, l layout, shape ...int) string {
	if w.known[name] {
		return name
	}
	w.known[name] = true
	kernel := len(shape) == 4
	switch {
	case w.options.Half:
		w.err = errors.Join(w.err, fitsHalf(name, data))
		w.out.Initializers = append(w.out.Initializers, onnx.HalfTensor(name+"/half", data, shape...))
		w.add("Cast", name, []string{name + "/half"}, number("to", int(onnx.Float32)))
	case w.options.Int8 && kernel:
		axis := 0
		if l == inOutRows {
			axis = 1
		}
		values, scales := quantised(data, shape, axis)
		w.out.Initializers = append(w.out.Initializers,
			onnx.ByteTensor(name+"/int8", values, shape...), onnx.FloatTensor(name+"/scale", scales, len(scales)))
		w.add("DequantizeLinear", name, []string{name + "/int8", name + "/scale"}, number("axis", axis))
	default:
		w.out.Initializers = append(w.out.Initializers, onnx.FloatTensor(name, data, shape...))
	}
	return name
}

// quantised rounds a kernel to whole multiples, −127 to 127, of a scale for each
// output channel, which stand along an axis: the largest weight of a channel is 127.
func quantised(data []float32, shape []int, axis int) (values []int8, scales []float32) {
	inner := 1
	for _, d := range shape[axis+1:] {
		inner *= d
	}
	channel := func(i int) int { return i / inner % shape[axis] }
	scales = make([]float32, shape[axis])
	for i, v := range data {
		scales[channel(i)] = max(scales[channel(i)], float32(math.Abs(float64(v))))
	}
	for c, largest := range scales {
		if scales[c] = largest / math.MaxInt8; scales[c] == 0 {
			scales[c] = 1
		}
	}
	values = make([]int8, len(data))
	for i, v := range data {
		values[i] = int8(math.RoundToEven(float64(v) / float64(scales[channel(i)])))
	}
	return values, scales
}
