package vgg

import (
	"fmt"
	"slices"
	"strings"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// Weights are the network's weights in the form of this package: for pictures in RGB from 0
// to 1. Make them with FromOIHW or Random.
type Weights struct {
	// Width is the number of channels in block 1: see Config.Width.
	Width int
	// Rank is that of a small network: see Config.Rank.
	Rank int
	// Mean is the colour to subtract from the picture, RGB in 0 to 1.
	Mean [3]float32
	// Filters of conv1_1, conv1_2 …, in the order of the network. The
	// deepest layers may be missing.
	Filters []Filter
}

// Filter is the weights of one convolution.
type Filter struct {
	Layer  string    // conv1_1
	Kernel []float32 // [3, 3, in, out]
	Bias   []float32 // [out]
	// Down and Up are around the kernel [3, 3, r, r] of a small network: [in, r], [r, out].
	Down, Up []float32
}

// Channels returns the number of channels that the convolution outputs.
func (f Filter) Channels() int { return len(f.Bias) }

// Validate reports a layer that is out of order or of the wrong size.
func (w *Weights) Validate() error {
	names := layers[len(layers)-1].Convolutions()
	if len(w.Filters) == 0 || len(w.Filters) > len(names) {
		return fmt.Errorf("VGG-19 has 1 to %d layers of weights, not %d", len(names), len(w.Filters))
	}
	for i, f := range w.Filters {
		if f.Layer != names[i] {
			return fmt.Errorf("found layer %s of the weights where %s belongs", f.Layer, names[i])
		}
		kernel, down, up, out := Shapes(f.Layer, w.Width, w.Rank)
		if len(f.Kernel) != kernel.Size() || len(f.Bias) != out {
			return fmt.Errorf("%s has %d weights and %d biases, a kernel of %v needs %d and %d",
				f.Layer, len(f.Kernel), len(f.Bias), kernel, kernel.Size(), out)
		}
		if len(f.Down) != size(down) || len(f.Up) != size(up) {
			return fmt.Errorf("%s has factors of %d and %d weights, in a network of rank %d they have %d and %d",
				f.Layer, len(f.Down), len(f.Up), w.Rank, size(down), size(up))
		}
	}
	return nil
}

// KernelShape returns the shape [3, 3, in, out] of a convolution's kernel in a network of
// the given width, and its number of biases. The layer must be one of those that
// Layer.Convolutions returns.
func KernelShape(layer string, width int) (graph.Shape, int) {
	l, err := Find(layer)
	if err != nil || l.kind != convolution {
		fail("%q is not a convolution", layer)
	}
	in, out := 3, l.Channels*width
	for _, m := range layers[:l.index] {
		in = m.Channels * width
	}
	return graph.Shape{3, 3, in, out}, out
}

// Shapes returns the shape of a convolution's kernel in a network of the given width and
// rank, those of its factors [1, 1, in, r] and [1, 1, r, out], which are nil where the
// convolution is whole, and its number of biases.
func Shapes(layer string, width, rank int) (kernel, down, up graph.Shape, out int) {
	kernel, out = KernelShape(layer, width)
	l, _ := Find(layer) // KernelShape has found it
	r := l.rank(rank)
	if r == 0 {
		return kernel, nil, nil, out
	}
	return graph.Shape{3, 3, r, r}, graph.Shape{1, 1, kernel[2], r}, graph.Shape{1, 1, r, out}, out
}

// size is the number of elements of a shape, 0 for none.
func size(s graph.Shape) int {
	if s == nil {
		return 0
	}
	return s.Size()
}

// Store stores the values of a network's parameters, as a scope of Features lists them, on
// a device. The parameters may be below any path.
func (w *Weights) Store(d device.Device, ps nn.Parameters) error {
	for _, p := range ps {
		value, err := w.value(p)
		if err != nil {
			return err
		}
		if err := d.SetParameter(p.Name, p.Shape, value); err != nil {
			return fmt.Errorf("store VGG-19 weights: %w", err)
		}
	}
	return nil
}

// value returns the value of the parameter …/layer/what.
func (w *Weights) value(p nn.Parameter) ([]float32, error) {
	layer, what := lastTwo(p.Name)
	if layer == "input" {
		return []float32{-w.Mean[0], -w.Mean[1], -w.Mean[2]}, nil
	}
	i := slices.IndexFunc(w.Filters, func(f Filter) bool { return f.Layer == layer })
	if i < 0 {
		return nil, fmt.Errorf("the weights have no layer %q: they have %d of 16", layer, len(w.Filters))
	}
	f := w.Filters[i]
	value := map[string][]float32{"kernel": f.Kernel, "bias": f.Bias, "down": f.Down, "up": f.Up}[what]
	if len(value) != p.Shape.Size() {
		return nil, fmt.Errorf("%s has shape %v in the network, but the weights have %d values (width %d)", p.Name, p.Shape, len(value), w.Width)
	}
	return value, nil
}

// lastTwo returns the end of a path: "conv1_1", "kernel" for "vgg/conv1_1/kernel".
func lastTwo(path string) (layer, what string) {
	parts := strings.Split(path, "/")
	if len(parts) < 2 {
		return "", path
	}
	return parts[len(parts)-2], parts[len(parts)-1]
}
