package dataset

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"

	"easel/internal/file/imgio"
)

// Jitter is the augmentation of training pairs. The paper's (§3.3 and appendix)
// resizes to LoadSize × LoadSize, crops ImageSize × ImageSize at a random place and
// mirrors half of the time. For few pairs there is more. All of it is the same for
// both sides of a pair, except Recolour.
type Jitter struct {
	LoadSize  int // pixels; equal to ImageSize for none
	ImageSize int // pixels
	Mirror    bool

	// Rotate is the largest angle, in degrees and in both directions, by which the
	// crop is turned about its middle.
	Rotate float64
	// Zoom is how much larger or smaller the crop shows its pictures: their scale
	// is between 1/(1+Zoom) and 1+Zoom, as often below 1 as above.
	Zoom float64
	// Recolour is how much brightness, contrast and saturation of the input vary,
	// from 0 to 1. It suits inputs that are photographs, with targets that do not
	// show the input's colours.
	Recolour float64
}

func (j Jitter) validate() error {
	switch {
	case j.ImageSize < 1:
		return fmt.Errorf("an image size of %d pixels", j.ImageSize)
	case j.LoadSize < j.ImageSize:
		return fmt.Errorf("the load size %d is smaller than the image size %d, which is cut out of it", j.LoadSize, j.ImageSize)
	case !(j.Rotate >= 0 && j.Rotate <= 180 && j.Zoom >= 0 && j.Zoom <= 1 && j.Recolour >= 0 && j.Recolour <= 1): // NaN as well
		return fmt.Errorf("a rotation by %v degrees, a zoom of %v and colours that vary by %v: the rotation is at most 180, the others are at most 1", j.Rotate, j.Zoom, j.Recolour)
	}
	return nil
}

// still is j for validation: the whole picture, resized.
func (j Jitter) still() Jitter { return Jitter{LoadSize: j.ImageSize, ImageSize: j.ImageSize} }

// placement is what is drawn for one sample.
type placement struct {
	x, y   int // the crop's corner, anywhere that a crop of ImageSize × ImageSize fits
	mirror bool
	angle  float64 // radians
	scale  float64 // natural logarithm of the enlargement
	colour recolouring
}

// draw returns the placement for pair index of a split in an epoch, in pictures of the
// size of p.
func (j Jitter) draw(p *imgio.Picture, seed uint64, epoch, index int) placement {
	r := random("jitter", seed, epoch, index)
	at := placement{x: r.IntN(p.Width - j.ImageSize + 1), y: r.IntN(p.Height - j.ImageSize + 1)}
	at.mirror = r.IntN(2) == 1 && j.Mirror
	// Drawn after what the paper has, so that its pictures do not depend on these.
	between := func(limit float64) float64 { return limit * (2*r.Float64() - 1) }
	at.angle = between(j.Rotate * math.Pi / 180)
	at.scale = between(math.Log1p(j.Zoom))
	at.colour = recolouring{between(j.Recolour), between(j.Recolour), between(j.Recolour)}
	return at
}

// middle is the placement of validation: all of a pair, and the middle of a single
// picture.
func middle(p *imgio.Picture, size int) placement {
	return placement{x: (p.Width - size) / 2, y: (p.Height - size) / 2}
}

// cut writes the size × size pixels at a placement of p into dst, in −1..1. Where
// the placement turns or enlarges, colours are mixed bilinearly, or not at all if
// they are names (see [Labels]).
func (at placement) cut(dst []float32, p *imgio.Picture, size int, names bool) {
	if at.angle != 0 || at.scale != 0 {
		at.warp(dst, p, size, names)
	} else {
		at.crop(dst, p, size)
	}
	if at.mirror {
		n := size * p.Channels
		for y := range size {
			mirrorRow(dst[y*n:][:n], p.Channels)
		}
	}
}

// crop writes the pixels as they are.
func (at placement) crop(dst []float32, p *imgio.Picture, size int) {
	n := size * p.Channels
	for y := range size {
		row := imgio.Picture{Width: size, Height: 1, Channels: p.Channels, Depth: p.Depth,
			Pix: p.Pix[((at.y+y)*p.Width+at.x)*p.Channels:][:n]}
		imgio.ToModel(dst[y*n:][:n], &row)
	}
}

// mirrorRow reverses the pixels of a row in place.
func mirrorRow(row []float32, channels int) {
	for i, j := 0, len(row)-channels; i < j; i, j = i+channels, j-channels {
		for c := range channels {
			row[i+c], row[j+c] = row[j+c], row[i+c]
		}
	}
}

// Order returns the permutation of 0..n−1 that an epoch goes through: the same
// for the same seed, epoch and n, and without replacement.
func Order(n int, seed uint64, epoch int) []int {
	return random("order", seed, epoch, 0).Perm(n)
}

// random returns a generator whose numbers depend on its arguments only. The
// key of ChaCha8 has room for all of them, so no two streams are related.
func random(purpose string, seed uint64, epoch, index int) *rand.Rand {
	var key [32]byte
	copy(key[:8], purpose)
	binary.LittleEndian.PutUint64(key[8:], seed)
	binary.LittleEndian.PutUint64(key[16:], uint64(epoch))
	binary.LittleEndian.PutUint64(key[24:], uint64(index))
	return rand.New(rand.NewChaCha8(key))
}
