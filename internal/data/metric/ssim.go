package metric

import (
	"fmt"
	"math"
)

// Constants of Wang, Bovik, Sheikh and Simoncelli 2004 §III-B: they keep the
// quotients finite where a picture is flat.
const (
	ssimK1 = 0.01
	ssimK2 = 0.03
)

// SSIM returns the structural similarity of a and b as scikit-image computes it
// by default: uniform windows of 7×7, sample covariance (n−1), only windows that
// lie inside the picture, the mean over channels. Equal pictures have 1.
// A picture that is smaller than the window is an error.
func SSIM(a, b []float32, s Shape, dataRange float64) (float64, error) {
	const side = 7
	window := make([]float64, side)
	for i := range window {
		window[i] = 1.0 / side
	}
	const n = side * side
	return ssim(a, b, s, dataRange, window, float64(n)/(n-1))
}

// gaussianSide is the side of the window of Wang et al. 2004, in pixels.
const gaussianSide = 11

// gaussianWindow is one side of their window, with σ = 1.5 pixels and sum 1.
func gaussianWindow() []float64 {
	const sigma = 1.5
	window := make([]float64, gaussianSide)
	sum := 0.0
	for i := range window {
		x := float64(i-gaussianSide/2) / sigma
		window[i] = math.Exp(-x * x / 2)
		sum += window[i]
	}
	for i := range window {
		window[i] /= sum
	}
	return window
}

// ssim is the mean over channels; covariances are multiplied by correction.
func ssim(a, b []float32, s Shape, dataRange float64, window []float64, correction float64) (float64, error) {
	s.check(a, b)
	if s.Width < len(window) || s.Height < len(window) {
		return 0, fmt.Errorf("ssim: a picture of %d×%d is smaller than the window of %d×%d",
			s.Width, s.Height, len(window), len(window))
	}
	sum := 0.0
	for c := range s.Channels {
		whole, _ := ssimChannel(a, b, s, c, dataRange, window, correction)
		sum += whole
	}
	return sum / float64(s.Channels), nil
}

// moments are what SSIM needs of a pair: E[a], E[b], E[a²], E[b²], E[ab].
const moments = 5

// ssimChannel returns the mean similarity of channel c, and the mean of its
// factor for contrast and structure alone. It walks down the picture with the
// last len(window) rows of the products, averaged along the rows, in a ring.
func ssimChannel(a, b []float32, s Shape, c int, dataRange float64, window []float64, correction float64) (whole, contrast float64) {
	c1, c2 := ssimK1*dataRange*ssimK1*dataRange, ssimK2*dataRange*ssimK2*dataRange
	columns := s.Width - len(window) + 1
	ring := make([][]float64, len(window))
	for i := range ring {
		ring[i] = make([]float64, moments*columns)
	}
	products := make([]float64, moments*s.Width)
	means := make([]float64, moments*columns)
	for y := range s.Height {
		rowProducts(products, a, b, s, y, c)
		averageRow(ring[y%len(ring)], products, window)
		if y < len(window)-1 {
			continue
		}
		clear(means)
		for k, weight := range window {
			for i, v := range ring[(y+1+k)%len(ring)] {
				means[i] += weight * v
			}
		}
		for m := means; len(m) > 0; m = m[moments:] {
			varA, varB, cov := correction*(m[2]-m[0]*m[0]), correction*(m[3]-m[1]*m[1]), correction*(m[4]-m[0]*m[1])
			whole += similarity(m[0], m[1], varA, varB, cov, c1, c2)
			contrast += (2*cov + c2) / (varA + varB + c2)
		}
	}
	windows := float64(columns * (s.Height - len(window) + 1))
	return whole / windows, contrast / windows
}

// similarity is equation 13 of the paper for one window.
func similarity(meanA, meanB, varA, varB, cov, c1, c2 float64) float64 {
	return (2*meanA*meanB + c1) * (2*cov + c2) /
		((meanA*meanA + meanB*meanB + c1) * (varA + varB + c2))
}

func rowProducts(dst []float64, a, b []float32, s Shape, y, c int) {
	for x := range s.Width {
		i := (y*s.Width+x)*s.Channels + c
		u, v := float64(a[i]), float64(b[i])
		copy(dst[x*moments:], []float64{u, v, u * u, v * v, u * v})
	}
}

func averageRow(dst, products, window []float64) {
	clear(dst)
	for k, weight := range window {
		for i := range dst {
			dst[i] += weight * products[k*moments+i]
		}
	}
}
