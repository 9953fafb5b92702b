package pix2pix

import (
	"fmt"

	"easel/internal/engine/graph"
)

// Taps are the taps of one kernel [4, 4, in, out] that some data met.
type Taps struct {
	// Parameter is the kernel's name.
	Parameter string
	Shape     graph.Shape
	// Rows and Columns tell which met data; a tap did if both did.
	Rows, Columns [kernelSize]bool
}

// UntouchedTaps lists the generator's kernels with taps that training at the
// configured size never touches, because at every position they stand on
// padding: at the innermost layers, where a 2×2 map meets a 4×4 kernel. Their
// gradient is zero, so they keep their initial values; on larger pictures they
// would add noise to the result, unless [Taps.Zero] clears them.
func UntouchedTaps(c Config) []Taps {
	if c.Generator == ResNet {
		return nil // mirrored borders, and maps that are larger than kernels
	}
	n := c.Levels()
	var untouched []Taps
	add := func(layer string, large, in, out int) {
		met := touched(large)
		if met != [kernelSize]bool{true, true, true, true} {
			shape := graph.Shape{kernelSize, kernelSize, in, out}
			untouched = append(untouched, Taps{"generator/" + layer + "/kernel", shape, met, met})
		}
	}
	for k := 1; k <= n; k++ {
		in := c.InputChannels + c.NoiseChannels
		if k > 1 {
			in = channels(c.Width, k-1)
		}
		add(fmt.Sprintf("encoder%d", k), c.ImageSize>>(k-1), in, channels(c.Width, k))
	}
	for j := 1; j <= n && c.Upsample == Transposed; j++ { // an enlarged map has a pixel for every tap
		in := channels(c.Width, n-j+1)
		if j > 1 && c.Generator == UNet {
			in *= 2
		}
		out := c.OutputChannels
		if j < n {
			out = channels(c.Width, n-j)
		}
		add(fmt.Sprintf("decoder%d", j), 1<<j, in, out)
	}
	return untouched
}

// touched are the rows of a stride-2 kernel with padding 1 that meet data,
// between a map of the given size and one of half that: row r of the kernel at
// position i meets row 2i + r − 1 of the larger map, in either direction.
func touched(large int) (met [kernelSize]bool) {
	for i := range large / 2 {
		for r := range met {
			row := 2*i + r - 1
			met[r] = met[r] || row >= 0 && row < large
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
				at := (r*kernelSize + c) * tap
				clear(kernel[at : at+tap])
			}
		}
	}
}
