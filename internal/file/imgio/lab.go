package imgio

import (
	"fmt"
	"math"
)

// The matrix of sRGB's primaries and white D65 (IEC 61966-2-1), from linear RGB
// to XYZ with every row divided by that row's white, so that white is (1, 1, 1).
var toXYZ = [3][3]float64{
	{0.4124564 / whiteX, 0.3575761 / whiteX, 0.1804375 / whiteX},
	{0.2126729, 0.7151522, 0.0721750},
	{0.0193339 / whiteZ, 0.1191920 / whiteZ, 0.9503041 / whiteZ},
}

const (
	whiteX = 0.4124564 + 0.3575761 + 0.1804375
	whiteZ = 0.0193339 + 0.1191920 + 0.9503041
)

var fromXYZ = inverse(toXYZ)

// ToLab writes the CIELAB values of an RGB picture into dst, [height, width, 3]:
// L in 0..100, a and b around 0 (within about ±110 for sRGB), white D65.
func ToLab(dst []float32, p *Picture) {
	if p.Channels != 3 || len(dst) != len(p.Pix) {
		panic(fmt.Sprintf("imgio: Lab of %d×%d×%d into %d numbers", p.Width, p.Height, p.Channels, len(dst)))
	}
	for i := 0; i < len(dst); i += 3 {
		linear := [3]float64{}
		for c := range linear {
			linear[c] = toLinear(float64(p.Pix[i+c]))
		}
		f := multiply(&toXYZ, linear)
		for c := range f {
			f[c] = labCurve(f[c])
		}
		dst[i] = float32(116*f[1] - 16)
		dst[i+1] = float32(500 * (f[0] - f[1]))
		dst[i+2] = float32(200 * (f[1] - f[2]))
	}
}

// FromLab makes an RGB picture from CIELAB values src, [h, w, 3]. Colours outside of sRGB
// are clamped; NaN becomes 0.
func FromLab(src []float32, w, h int) *Picture {
	p := New(w, h, 3)
	if len(src) != len(p.Pix) {
		panic(fmt.Sprintf("imgio: %d Lab values for %d×%d", len(src), w, h))
	}
	for i := 0; i < len(src); i += 3 {
		fy := (float64(src[i]) + 16) / 116
		xyz := [3]float64{fy + float64(src[i+1])/500, fy, fy - float64(src[i+2])/200}
		for c := range xyz {
			xyz[c] = labCurveInverse(xyz[c])
		}
		for c, v := range multiply(&fromXYZ, xyz) {
			p.Pix[i+c] = clamp(float32(fromLinear(v)))
		}
	}
	return p
}

// The curve of CIELAB is a cube root with a straight piece near black
// (CIE 15:2004 §8.2.1.1); labKnee is where they meet.
const labKnee = 6.0 / 29

func labCurve(t float64) float64 {
	if t > labKnee*labKnee*labKnee {
		return math.Cbrt(t)
	}
	return t/(3*labKnee*labKnee) + 4.0/29
}

func labCurveInverse(f float64) float64 {
	if f > labKnee {
		return f * f * f
	}
	return 3 * labKnee * labKnee * (f - 4.0/29)
}

// toLinear and fromLinear are the transfer curve of sRGB and its inverse.
func toLinear(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

func fromLinear(v float64) float64 {
	if v <= 0.04045/12.92 {
		return v * 12.92
	}
	return 1.055*math.Pow(v, 1/2.4) - 0.055
}

func multiply(m *[3][3]float64, v [3]float64) (out [3]float64) {
	for i, row := range m {
		out[i] = row[0]*v[0] + row[1]*v[1] + row[2]*v[2]
	}
	return out
}

// inverse returns the inverse of m by cofactors.
func inverse(m [3][3]float64) (out [3][3]float64) {
	det := 0.0
	for i := range 3 {
		for j := range 3 {
			a, b := (j+1)%3, (j+2)%3
			c, d := (i+1)%3, (i+2)%3
			out[i][j] = m[a][c]*m[b][d] - m[a][d]*m[b][c]
		}
	}
	for i := range 3 {
		det += m[0][i] * out[i][0]
	}
	for i := range 3 {
		for j := range 3 {
			out[i][j] /= det
		}
	}
	return out
}
