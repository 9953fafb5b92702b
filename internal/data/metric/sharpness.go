package metric

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
)

// Luminance returns the luma, [height, width]: of ITU-R BT.601 for 3 channels
// and for the first 3 of 4 (alpha is left out), the mean of the channels for
// any other number.
func Luminance(a []float32, s Shape) []float32 {
	s.check(a)
	weights := [3]float64{0.299, 0.587, 0.114}
	out := make([]float32, s.Height*s.Width)
	for i := range out {
		pixel := a[i*s.Channels:][:s.Channels]
		sum := 0.0
		for c, v := range pixel {
			switch {
			case s.Channels == 3, s.Channels == 4 && c < 3:
				sum += weights[c] * float64(v)
			case s.Channels != 4:
				sum += float64(v) / float64(s.Channels)
			}
		}
		out[i] = float32(sum)
	}
	return out
}

// Spectrum returns the radially averaged power spectrum of the luminance.
// Element k is the mean power at frequencies around k/(2·len) cycles a pixel,
// from 0 to just below the Nyquist frequency; there are min(height, width)/2 of
// them, at least one. The mean is taken off first, and a Hann window keeps the
// jump between opposite edges from looking like detail. White noise of variance
// v has power v in every element.
func Spectrum(a []float32, s Shape) []float64 {
	f := windowed(Luminance(a, s), s)
	transform(f, s)
	bins := max(min(s.Height, s.Width)/2, 1)
	power, count := make([]float64, bins), make([]float64, bins)
	for y := range s.Height {
		fy := frequency(y, s.Height)
		for x := range s.Width {
			bin := int(math.Round(math.Hypot(fy, frequency(x, s.Width)) * 2 * float64(bins)))
			if bin < bins {
				v := f[y*s.Width+x]
				power[bin] += real(v)*real(v) + imag(v)*imag(v)
				count[bin]++
			}
		}
	}
	for i := range power {
		power[i] /= max(count[i], 1)
	}
	return power
}

// frequency returns the frequency of element i of a transform of length n in
// cycles a sample, in 0..1/2 (the sign does not matter here).
func frequency(i, n int) float64 { return float64(min(i, n-i)) / float64(n) }

// windowed takes the mean off, applies a separable Hann window, and scales so
// that the expected power of white noise is its variance.
func windowed(plane []float32, s Shape) []complex128 {
	mean := 0.0
	for _, v := range plane {
		mean += float64(v)
	}
	mean /= float64(len(plane))
	rows, columns := hann(s.Height), hann(s.Width)
	f := make([]complex128, len(plane))
	for y, wy := range rows {
		for x, wx := range columns {
			i := y*s.Width + x
			f[i] = complex((float64(plane[i])-mean)*wy*wx, 0)
		}
	}
	return f
}

// hann returns a Hann window whose squares add up to 1. It is zero at neither
// end, so that pictures of one or two pixels have one too.
func hann(n int) []float64 {
	w := make([]float64, n)
	sum := 0.0
	for i := range w {
		w[i] = math.Pow(math.Sin(math.Pi*(float64(i)+0.5)/float64(n)), 2)
		sum += w[i] * w[i]
	}
	for i := range w {
		w[i] /= math.Sqrt(sum)
	}
	return w
}

// transform replaces f by its two-dimensional Fourier transform.
func transform(f []complex128, s Shape) {
	row := fourier.NewCmplxFFT(s.Width)
	for y := range s.Height {
		r := f[y*s.Width : (y+1)*s.Width]
		row.Coefficients(r, r)
	}
	column := fourier.NewCmplxFFT(s.Height)
	c := make([]complex128, s.Height)
	for x := range s.Width {
		for y := range c {
			c[y] = f[y*s.Width+x]
		}
		column.Coefficients(c, c)
		for y, v := range c {
			f[y*s.Width+x] = v
		}
	}
}

// spectrumFloor is the power below which detail is invisible: a thousandth of
// one level of 8 bits, squared, for samples in 0..1.
const spectrumFloor = 1e-11

// SpectrumDistance returns the distance of two spectra of equal length: the root
// mean square, over all frequencies but the lowest, of the difference of their
// natural logarithms. Powers below 1e-11 count as 1e-11, so the samples
// should be in 0..1 or −1..1.
func SpectrumDistance(p, q []float64) float64 {
	if len(p) != len(q) || len(p) < 2 {
		panic(fmt.Sprintf("metric: spectra of %d and %d frequencies", len(p), len(q)))
	}
	sum := 0.0
	for i := 1; i < len(p); i++ {
		d := math.Log(max(p[i], spectrumFloor)) - math.Log(max(q[i], spectrumFloor))
		sum += d * d
	}
	return math.Sqrt(sum / float64(len(p)-1))
}

// GradientMagnitude returns the mean length of the gradient of the luminance,
// by differences to the pixel on the right and the one below, in samples a
// pixel: the simplest measure of sharpness. A single row or column has none: 0.
func GradientMagnitude(a []float32, s Shape) float64 {
	sum, n := 0.0, 0
	eachGradient(a, s, func(length float64) { sum += length; n++ })
	return sum / float64(max(n, 1))
}

// Histograms of the gradient's length have bins of one level of 8 bits, from 0
// to the longest there is between samples in 0..1, √2.
const (
	GradientBins  = 361
	GradientWidth = 1.0 / 255 // of a bin, in samples a pixel
)

// GradientHistogram returns how often each length of the luminance's gradient
// occurs (see GradientMagnitude): fractions that add up to 1, for lengths from 0
// up in bins of GradientWidth, longer ones in the last. Samples are in 0..1. NaN
// counts nowhere. A single row or column has no gradient: all 0.
func GradientHistogram(a []float32, s Shape) []float64 {
	counts := make([]float64, GradientBins)
	one := 1 / float64(max((s.Height-1)*(s.Width-1), 1))
	eachGradient(a, s, func(length float64) {
		if length == length {
			counts[int(min(length/GradientWidth, GradientBins-1))] += one
		}
	})
	return counts
}

// eachGradient calls f with the gradient's length at every pixel that has
// neighbours on the right and below.
func eachGradient(a []float32, s Shape, f func(length float64)) {
	plane := Luminance(a, s)
	for y := range s.Height - 1 {
		for x := range s.Width - 1 {
			i := y*s.Width + x
			v := float64(plane[i])
			f(math.Hypot(float64(plane[i+1])-v, float64(plane[i+s.Width])-v))
		}
	}
}
