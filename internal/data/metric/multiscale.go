package metric

import (
	"fmt"
	"math"
)

// multiScaleWeights returns the exponents of Wang, Simoncelli and Bovik 2003
// §IV, from full size to a sixteenth.
func multiScaleWeights() []float64 { return []float64{0.0448, 0.2856, 0.3001, 0.2363, 0.1333} }

// MultiScaleSSIM returns the multi-scale structural similarity of a and b (Wang,
// Simoncelli and Bovik 2003, equation 7): contrast and structure at every scale
// and luminance at the coarsest, each the mean over Gaussian windows,
// raised to the scale's weight and multiplied; the mean over channels. From scale
// to scale 2×2 pixels are averaged, an odd last row or column left out. A factor
// below 0 counts as 0. Equal pictures have 1.
//
// The paper's five scales need 176 pixels a side. A smaller picture gets as many
// scales as fit, with weights that add up to 1 again; scales says how
// many, and only values of equal scales are comparable. A picture below 11×11 is an
// error.
func MultiScaleSSIM(a, b []float32, s Shape, dataRange float64) (value float64, scales int, err error) {
	s.check(a, b)
	scales = Scales(s)
	if scales == 0 {
		return 0, 0, fmt.Errorf("ms-ssim: a picture of %d×%d is smaller than the window of %d×%d",
			s.Width, s.Height, gaussianSide, gaussianSide)
	}
	products := make([]float64, s.Channels)
	for c := range products {
		products[c] = 1
	}
	for scale, weight := range normalised(multiScaleWeights()[:scales]) {
		if scale > 0 {
			a, b, s = halved(a, s), halved(b, s), Shape{s.Height / 2, s.Width / 2, s.Channels}
		}
		for c := range products {
			whole, contrast := ssimChannel(a, b, s, c, dataRange, gaussianWindow(), 1)
			if scale == scales-1 {
				contrast = whole
			}
			products[c] *= math.Pow(max(contrast, 0), weight)
		}
	}
	for _, p := range products {
		value += p / float64(s.Channels)
	}
	return value, scales, nil
}

// Scales returns how many scales of MultiScaleSSIM fit a picture.
func Scales(s Shape) int {
	n := 0
	for side := min(s.Height, s.Width); side >= gaussianSide && n < len(multiScaleWeights()); side /= 2 {
		n++
	}
	return n
}

// normalised divides values by their sum.
func normalised(values []float64) []float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = v / sum
	}
	return out
}

// halved averages blocks of 2×2 pixels.
func halved(a []float32, s Shape) []float32 {
	rows, columns, row := s.Height/2, s.Width/2, s.Width*s.Channels
	out := make([]float32, rows*columns*s.Channels)
	for y := range rows {
		for x := range columns {
			for c := range s.Channels {
				i := 2*y*row + 2*x*s.Channels + c
				out[(y*columns+x)*s.Channels+c] = (a[i] + a[i+s.Channels] + a[i+row] + a[i+row+s.Channels]) / 4
			}
		}
	}
	return out
}
