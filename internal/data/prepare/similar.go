package prepare

import (
	"math"
	"math/bits"
	"slices"

	"easel/internal/file/imgio"
)

// look is a perceptual hash of a picture, 64 bits: each says whether one of the 64
// lowest frequencies of a 32×32 version of it is above their median. Compression,
// resizing and slight changes of brightness flip a few bits.
type look struct {
	bits  uint64
	plain bool // hardly any contrast: the bits are noise
}

const (
	lookSide    = 32 // pixels that are left of a picture, a side
	lookWaves   = 8  // frequencies kept, a side
	leastSpread = 1.0 / 255
)

// lookOf returns the hash of a picture of any channels.
func lookOf(p *imgio.Picture) look {
	q := p
	if p.Channels > 4 {
		q = p.Select(0, 3)
	}
	grey, err := q.Convert(1)
	if err != nil { // two to four channels convert
		grey = q.Select(0, 1)
	}
	small := imgio.Resize(grey, lookSide, lookSide, imgio.Area)
	waves := cosines(small.Pix)
	mean, square := 0.0, 0.0
	for _, v := range small.Pix {
		mean += float64(v) / float64(len(small.Pix))
		square += float64(v) * float64(v) / float64(len(small.Pix))
	}
	rest := slices.Sorted(slices.Values(waves[1:])) // the mean is no detail
	median := rest[len(rest)/2]
	l := look{plain: math.Sqrt(max(square-mean*mean, 0)) < leastSpread}
	for i, v := range waves {
		if v > median {
			l.bits |= 1 << i
		}
	}
	return l
}

// cosines are the lowest frequencies of the discrete cosine transform (type II).
func cosines(pix []float32) []float64 {
	waves := make([]float64, lookWaves*lookWaves)
	wave := func(k, x int) float64 {
		return math.Cos(math.Pi * float64(k) * (float64(x) + 0.5) / lookSide)
	}
	for v := range lookWaves {
		for u := range lookWaves {
			sum := 0.0
			for y := range lookSide {
				row := 0.0
				for x := range lookSide {
					row += float64(pix[y*lookSide+x]) * wave(u, x)
				}
				sum += row * wave(v, y)
			}
			waves[v*lookWaves+u] = sum
		}
	}
	return waves
}

// distance is the number of bits in which two hashes differ.
func (l look) distance(other look) int { return bits.OnesCount64(l.bits ^ other.bits) }

// alike reports whether the hashes of two pictures differ in at most some bits.
// Pictures without contrast are never alike: their hashes mean nothing.
func (l look) alike(other look, most int) bool {
	return !l.plain && !other.plain && l.distance(other) <= most
}

// similar is alike for one side of two pairs: sides without contrast do not tell
// pairs apart.
func (l look) similar(other look, most int) bool {
	return l.plain && other.plain || l.alike(other, most)
}
