// Package edge draws the outlines of what a photograph shows: thin lines where
// colour changes, few of them inside textures.
//
// Call [Detect] with [DefaultOptions]. It stands in for the edge maps that the
// paper learns from (edges→shoes, edges→handbags: a trained detector, HED,
// followed by non-maximum suppression, a threshold, thinning and the removal of
// small pieces). Here the detector is classical and needs no weights:
//
//  1. colour gradients in CIELAB at several scales, as Di Zenzo joins channels,
//     by derivatives of Gaussians ("A note on the gradient of a multi-image",
//     1986);
//  2. the scales' geometric mean: an outline is there at every scale, texture
//     and noise are gone at the coarse ones;
//  3. surround suppression (Grigorescu, Petkov, Westenberg, "Contour detection
//     based on nonclassical receptive field inhibition", 2003): a pixel among
//     many other edges is texture, and loses what its surroundings have;
//  4. non-maximum suppression across the edge, two thresholds with hysteresis
//     (Canny 1986), thinning to lines one pixel wide (Guo & Hall 1989), and removal
//     of short pieces.
//
// Everything is a pure function of the picture and the options.
//
// Libraries: OpenCV's detectors (gocv) need cgo. Those in pure Go, such as bild's, are
// single filters (Sobel, Laplace): they have no thresholds with hysteresis, no
// thinning and no suppression of textures; without those a network learns noise.
package edge

import (
	"math"

	"easel/internal/base/option"
	"easel/internal/file/imgio"
)

// Options of the detector.
type Options struct {
	// Scale is the standard deviation of the finest Gaussian, in pixels; the
	// others are two and four times as large. Larger sees less detail.
	Scale float64 `json:"scale"`
	// High is the contrast at which an edge begins and Low the one down to which
	// it continues, both after suppression, in CIELAB units across a sharp edge
	// (0..100 is black to white).
	High float64 `json:"high"`
	Low  float64 `json:"low"`
	// Suppression is the fraction of the mean strength around a pixel that is
	// subtracted from its own: 0 is none.
	Suppression float64 `json:"suppression"`
	// MinLength is the smallest number of pixels of a piece that is kept.
	MinLength int `json:"min_length"`
}

// DefaultOptions returns options for photographs of a few hundred pixels a side.
func DefaultOptions() Options {
	return Options{Scale: 1, High: 8, Low: 3, Suppression: 1, MinLength: 12}
}

// Declared are the options with their limits, in the order of help.
func (o *Options) Declared() option.List {
	return option.Of(o, option.Group("Outlines",
		option.Number(&o.Scale, "scale", "smallest detail, in pixels", option.From(0.3, 20)),
		option.Number(&o.High, "high", "contrast at which a line starts (100 is black to white)", option.AboveTo(0, 1000)),
		option.Number(&o.Low, "low", "contrast down to which it continues", option.Above(0)).
			Must("above 0 and at most high", func() bool { return o.Low > 0 && o.Low <= o.High }),
		option.Number(&o.Suppression, "suppression", "how much textures are suppressed (0: not)", option.From(0, 10)),
		option.Int(&o.MinLength, "min-length", "shortest line, in pixels", 1, math.MaxInt),
	))
}

// Validate reports the first invalid option.
func (o Options) Validate() error {
	return o.Declared().Check()
}

// Detect returns the edges of an RGB picture, [height, width]: true on a line.
// It panics unless the picture has three channels and the options are valid.
func Detect(p *imgio.Picture, o Options) []bool {
	if err := o.Validate(); err != nil {
		panic("edge: " + err.Error())
	}
	lab := planes(p)
	f := combined(lab, p.Width, p.Height, o.Scale)
	f.suppressSurround(o.Suppression, surround*o.Scale)
	lines := hysteresis(f.maxima(), p.Width, float32(o.High), float32(o.Low))
	thin(lines, p.Width)
	removeShort(lines, p.Width, o.MinLength)
	return lines
}

// planes returns L, a and b, each [height, width].
func planes(p *imgio.Picture) [3][]float32 {
	n := p.Width * p.Height
	lab := make([]float32, 3*n)
	imgio.ToLab(lab, p)
	var out [3][]float32
	for c := range out {
		out[c] = make([]float32, n)
		for i := range n {
			out[c][i] = lab[3*i+c]
		}
	}
	return out
}

// field is the strength of edges and the direction across them, [height, width].
type field struct {
	width, height int
	strength      []float32
	dx, dy        []float32 // unit vector across the edge
}

// combined is the geometric mean of the strengths at the three scales, with the
// direction at the middle one, which is less noisy than at the finest.
func combined(lab [3][]float32, width, height int, scale float64) *field {
	fine := gradient(lab, width, height, scale)
	middle := gradient(lab, width, height, 2*scale)
	coarse := gradient(lab, width, height, 4*scale)
	for i, m := range middle.strength {
		product := float64(fine.strength[i]) * float64(m) * float64(coarse.strength[i])
		middle.strength[i] = float32(math.Cbrt(product))
	}
	return middle
}

// gradient is the joint gradient of three channels at one scale. Its strength is
// that of a step: the height of a sharp straight edge, whatever the scale.
func gradient(lab [3][]float32, width, height int, sigma float64) *field {
	n := width * height
	f := &field{width, height, make([]float32, n), make([]float32, n), make([]float32, n)}
	smooth, slope := gaussian(sigma)
	xx, xy, yy := make([]float32, n), make([]float32, n), make([]float32, n)
	for _, plane := range lab {
		gx := columns(rows(plane, width, slope), width, smooth)
		gy := columns(rows(plane, width, smooth), width, slope)
		for i := range gx {
			xx[i] += gx[i] * gx[i]
			xy[i] += gx[i] * gy[i]
			yy[i] += gy[i] * gy[i]
		}
	}
	for i := range n {
		f.strength[i], f.dx[i], f.dy[i] = eigen(float64(xx[i]), float64(xy[i]), float64(yy[i]))
	}
	return f
}

// eigen returns the root of the larger eigenvalue of a symmetric matrix, and its
// direction.
func eigen(xx, xy, yy float64) (root, dx, dy float32) {
	half := math.Hypot((xx-yy)/2, xy)
	angle := math.Atan2(2*xy, xx-yy) / 2
	sin, cos := math.Sincos(angle)
	return float32(math.Sqrt((xx+yy)/2 + half)), float32(cos), float32(sin)
}

// surround is the standard deviation, in units of Scale, of the inner Gaussian
// of the ring from which suppression comes; the outer one's is four times that,
// as in the paper.
const surround = 2.0

// suppressSurround subtracts the mean strength of a ring around each pixel.
// The ring is the outer Gaussian minus the inner one, scaled so that it is 0 in
// the middle; the paper clips the difference at 0 instead, which is not separable.
func (f *field) suppressSurround(amount, inner float64) {
	if amount == 0 {
		return
	}
	near, far := f.blurred(inner), f.blurred(4*inner)
	for i, s := range f.strength {
		ring := (16*far[i] - near[i]) / 15 // 16 is (4/1)², the ratio of the heights
		f.strength[i] = max(s-float32(amount)*ring, 0)
	}
}

func (f *field) blurred(sigma float64) []float32 {
	smooth, _ := gaussian(sigma)
	return columns(rows(f.strength, f.width, smooth), f.width, smooth)
}
