package pix2pix

import (
	"cmp"
	"fmt"
	"slices"

	"easel/internal/engine/graph"
)

// Taps are the taps of one kernel [height, width, in, out] that some data reached.
type Taps struct {
	// Parameter is the kernel's name.
	Parameter string
	Shape     graph.Shape
	// Rows and Columns say which met data; a tap did if both its row and its column did.
	Rows, Columns []bool
}

// UntouchedTaps lists the generator's kernels with taps that training at the configured
// size never uses, because they only ever meet padding: at the innermost layers, where a
// 4×4 kernel meets a 2×2 map. Their gradient is zero, so they keep their initial values; on
// larger pictures they would add noise, unless [Taps.Zero] clears them.
func UntouchedTaps(c Config) []Taps {
	if c.Generator == ResNet {
		return nil // mirrored borders, and maps that are larger than kernels
	}
	n := c.Levels()
	var untouched []Taps
	add := func(layer string, met []bool, in, out int) {
		if slices.Contains(met, false) {
			shape := graph.Shape{len(met), len(met), in, out}
			untouched = append(untouched, Taps{"generator/" + layer + "/kernel", shape, met, met})
		}
	}
	for k := 1; k <= n; k++ {
		in := c.InputChannels + c.NoiseChannels
		if k > 1 {
			in = channels(c.Width, k-1)
		}
		add(fmt.Sprintf("encoder%d", k), touched(c.ImageSize>>(k-1), kernelSize, 2), in, channels(c.Width, k))
	}
	for j := 1; j <= n; j++ {
		kind := c.Upsample
		if j == n {
			kind = cmp.Or(c.PictureUpsample, c.Upsample)
		}
		met := touched(1<<j, kernelSize, 2)
		switch kind {
		case Resize:
			continue // an enlarged map has a pixel for every tap
		case Nearest:
			met = touched(1<<j, repeatedKernel, 1)
		}
		in := channels(c.Width, n-j+1)
		if j > 1 && c.Generator == UNet {
			in *= 2
		}
		out := c.OutputChannels
		if j < n {
			out = channels(c.Width, n-j)
		}
		add(fmt.Sprintf("decoder%d", j), met, in, out)
	}
	return untouched
}

// touched returns which rows of a kernel meet data in a map of the given size. The kernel's
// result is smaller by stride, or its operand if it is transposed: at position i, row r
// meets row stride·i + r − padding of the map.
func touched(size, kernel, stride int) []bool {
	met := make([]bool, kernel)
	for i := range size / stride {
		for r := range met {
			row := stride*i + r - (kernel-1)/2
			met[r] = met[r] || row >= 0 && row < size
		}
	}
	return met
}

// Count is the number of weights at untouched taps.
func (t Taps) Count() int {
	count := 0
	for r := range t.Rows {
		for c := range t.Columns {
			if !t.Rows[r] || !t.Columns[c] {
				count += t.Shape[2] * t.Shape[3]
			}
		}
	}
	return count
}

// Zero clears the untouched taps of a kernel's values, of length Shape.Size().
func (t Taps) Zero(kernel []float32) {
	tap := t.Shape[2] * t.Shape[3]
	for r := range t.Rows {
		for c := range t.Columns {
			if !t.Rows[r] || !t.Columns[c] {
				at := (r*len(t.Columns) + c) * tap
				clear(kernel[at : at+tap])
			}
		}
	}
}
