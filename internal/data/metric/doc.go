// Package metric has the measures that compare pictures: pure functions from
// samples to numbers.
//
// L1, L2 and PSNR look at samples one by one; SSIM at small windows; the
// histograms of Lab at colours regardless of place (Isola et al. 2017 §4.4,
// Figure 7); Spectrum and GradientMagnitude at sharpness regardless of colour;
// Confusion at labels. A blurred average wins the first kind and loses the
// last ones, which is the paper's reason to train with a discriminator: report
// both.
//
// # Conventions
//
// Samples are [height, width, channels] unless said otherwise, in any range:
// measures that depend on it take it as dataRange, the distance between the
// smallest and the largest possible value (1 for a Picture, 2 for a network's
// −1..1, 255 for bytes). Sums are float64. Functions panic, with a
// text that begins with "metric:", if a slice's length does not fit the shape. NaN
// in gives NaN out, never a good score.
package metric

import "fmt"

// Shape is the shape of samples [Height, Width, Channels].
type Shape struct{ Height, Width, Channels int }

// check panics unless all slices have the shape.
func (s Shape) check(all ...[]float32) {
	if s.Height < 1 || s.Width < 1 || s.Channels < 1 {
		panic(fmt.Sprintf("metric: shape %d×%d×%d", s.Height, s.Width, s.Channels))
	}
	for _, a := range all {
		if len(a) != s.Height*s.Width*s.Channels {
			panic(fmt.Sprintf("metric: %d samples for the shape %d×%d×%d", len(a), s.Height, s.Width, s.Channels))
		}
	}
}
