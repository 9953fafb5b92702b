package style

import (
	"math"

	"easel/internal/model/vgg"
)

// Mask holds the weights of a picture's pixels at every stride of the network.
type Mask map[[2]int]weights

// weights are those of a layer's positions: their square roots, which multiply features,
// and their sum.
type weights struct {
	roots []float32
	total float64
}

// newMask averages mask [height, width] over the pixels of each position, both for maps
// that drop an odd last row and for those that keep it.
func newMask(mask []float32, height, width int) Mask {
	m := Mask{}
	for _, ceil := range []bool{false, true} {
		current, h, w := mask, height, width
		for h > 0 && w > 0 {
			if _, ok := m[[2]int{h, w}]; !ok {
				m[[2]int{h, w}] = weightsOf(current)
			}
			if h == 1 && w == 1 {
				break
			}
			current, h, w = halved(current, h, w, ceil)
		}
	}
	return m
}

func weightsOf(mask []float32) weights {
	w := weights{roots: make([]float32, len(mask))}
	for i, v := range mask {
		w.roots[i] = float32(math.Sqrt(float64(v)))
		w.total += float64(v)
	}
	return w
}

// halved averages each 2×2 pixels, or fewer at the edge if ceil keeps them.
func halved(mask []float32, height, width int, ceil bool) ([]float32, int, int) {
	h, w := height/2, width/2
	if ceil {
		h, w = (height+1)/2, (width+1)/2
	}
	out := make([]float32, h*w)
	for y := range h {
		for x := range w {
			sum, count := 0.0, 0
			for v := 2 * y; v < min(2*y+2, height); v++ {
				for u := 2 * x; u < min(2*x+2, width); u++ {
					sum += float64(mask[v*width+u])
					count++
				}
			}
			out[y*w+x] = float32(sum / float64(count))
		}
	}
	return out, h, w
}

// at returns the weights at a layer of a picture of height×width.
func (m Mask) at(c vgg.Config, l vgg.Layer, height, width int) weights {
	return m[[2]int{c.Size(l, height), c.Size(l, width)}]
}
