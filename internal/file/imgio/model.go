package imgio

import (
	"fmt"
	"math"
)

// ToModel writes p into dst, [height, width, channels], in the range −1..1 of
// a network whose last layer is tanh: 2p−1, so v/127.5−1 of an 8-bit sample v.
func ToModel(dst []float32, p *Picture) {
	if len(dst) != len(p.Pix) {
		panic(fmt.Sprintf("imgio: %d numbers for a picture of %d×%d×%d", len(dst), p.Width, p.Height, p.Channels))
	}
	for i, v := range p.Pix {
		dst[i] = 2*v - 1
	}
}

// FromModel makes a picture from the output of a network, src [h, w, c] in −1..1. Values
// out of range are clamped and NaN becomes 0 (black); callers who care about NaN check
// before. Depth is 8, 16 or 32. Rounding to it is left to Write, so that resizing or
// measuring the picture first loses nothing.
func FromModel(src []float32, w, h, c, depth int) *Picture {
	if len(src) != w*h*c {
		panic(fmt.Sprintf("imgio: %d numbers for a picture of %d×%d×%d", len(src), w, h, c))
	}
	p := New(w, h, c)
	p.Depth = depth
	for i, v := range src {
		p.Pix[i] = clamp((v + 1) / 2)
	}
	return p
}

// clamp limits v to 0..1; NaN becomes 0.
func clamp(v float32) float32 {
	if v > 0 { // false for NaN
		return min(v, 1)
	}
	return 0
}

// quantise returns the integer sample for v, rounded half up and clamped to 0..limit. It
// computes in float64, so that no float32 rounding changes a 16-bit sample.
func quantise(v float32, limit float64) uint16 {
	return uint16(math.Floor(float64(clamp(v))*limit + 0.5))
}

// Quantise returns p as it will be once written and read again: what a measure should see
// when it judges the file.
func Quantise(p *Picture) *Picture {
	q := p.Clone()
	if p.Depth == 32 {
		return q
	}
	r := p.Range.or(p.Depth)
	alpha := p.Alpha
	for i, v := range q.Pix {
		if alpha && i%p.Channels == p.Channels-1 {
			limit := typeLimit(p.Depth)
			q.Pix[i] = float32(float64(quantise(v, limit)) / limit)
		} else {
			q.Pix[i], _ = r.fraction(p.stored(v))
		}
	}
	return q
}
