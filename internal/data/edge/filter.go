package edge

import "math"

// gaussian returns the weights of a Gaussian, which add up to 1, and of its
// derivative, scaled so that a sharp step of height 1 has the response 1.
// Index 0 is the middle; a derivative's other half has the opposite sign.
func gaussian(sigma float64) (smooth, slope []float32) {
	n := int(math.Ceil(3 * sigma))
	smooth, slope = make([]float32, n+1), make([]float32, n+1)
	sum, rise := 0.0, 0.0
	g := func(i int) float64 { return math.Exp(-float64(i*i) / (2 * sigma * sigma)) }
	for i := range n + 1 {
		w := g(i)
		if sum += w; i > 0 {
			sum += w
			rise += float64(i) * w
		}
	}
	for i := range n + 1 {
		smooth[i] = float32(g(i) / sum)
		slope[i] = float32(float64(i) * g(i) / rise)
	}
	return smooth, slope
}

// odd tells derivatives from means: their weight in the middle is 0.
func odd(weights []float32) bool { return weights[0] == 0 }

// rows filters along rows. Pictures are mirrored at the border.
func rows(src []float32, width int, weights []float32) []float32 {
	dst, sign := make([]float32, len(src)), sign(weights)
	for from := 0; from < len(src); from += width {
		in, out := src[from:][:width], dst[from:][:width]
		for x := range out {
			sum := weights[0] * in[x]
			for k := 1; k < len(weights); k++ {
				sum += weights[k] * (in[mirror(x+k, width)] + sign*in[mirror(x-k, width)])
			}
			out[x] = sum
		}
	}
	return dst
}

// columns filters along columns, row by row so that memory is read in order.
func columns(src []float32, width int, weights []float32) []float32 {
	dst, sign, height := make([]float32, len(src)), sign(weights), len(src)/width
	for y := range height {
		out := dst[y*width:][:width]
		for x, v := range src[y*width:][:width] {
			out[x] = weights[0] * v
		}
		for k := 1; k < len(weights); k++ {
			below, above := src[mirror(y+k, height)*width:][:width], src[mirror(y-k, height)*width:][:width]
			for x := range out {
				out[x] += weights[k] * (below[x] + sign*above[x])
			}
		}
	}
	return dst
}

func sign(weights []float32) float32 {
	if odd(weights) {
		return -1
	}
	return 1
}

// mirror brings i into 0..n−1; −1 becomes 0, and n becomes n−1.
func mirror(i, n int) int {
	for i < 0 || i >= n {
		if i < 0 {
			i = -1 - i
		} else {
			i = 2*n - 1 - i
		}
	}
	return i
}
