package dataset

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"easel/internal/file/imgio"
)

// Jitter is the paper's augmentation (§3.3 and appendix): resize to LoadSize ×
// LoadSize, cut ImageSize × ImageSize out at a random place, mirror half of the
// time; the same for both sides of a pair.
type Jitter struct {
	LoadSize  int // pixels; equal to ImageSize for none
	ImageSize int // pixels
	Mirror    bool
}

func (j Jitter) validate() error {
	switch {
	case j.ImageSize < 1:
		return fmt.Errorf("an image size of %d pixels", j.ImageSize)
	case j.LoadSize < j.ImageSize:
		return fmt.Errorf("the load size %d is smaller than the image size %d, which is cut out of it", j.LoadSize, j.ImageSize)
	}
	return nil
}

// still is j for validation: the whole picture, resized.
func (j Jitter) still() Jitter { return Jitter{LoadSize: j.ImageSize, ImageSize: j.ImageSize} }

// placement is what is drawn for one sample: the crop's corner, 0 to
// LoadSize−ImageSize inclusive in each direction, and whether it is mirrored.
type placement struct {
	x, y   int
	mirror bool
}

// draw returns the placement for pair index of a split in an epoch.
func (j Jitter) draw(seed uint64, epoch, index int) placement {
	r := random("jitter", seed, epoch, index)
	p := placement{x: r.IntN(j.LoadSize - j.ImageSize + 1), y: r.IntN(j.LoadSize - j.ImageSize + 1)}
	p.mirror = r.IntN(2) == 1 && j.Mirror
	return p
}

// cut writes the size × size pixels at a placement of p into dst, in −1..1.
func (at placement) cut(dst []float32, p *imgio.Picture, size int) {
	n := size * p.Channels
	for y := range size {
		row := imgio.Picture{Width: size, Height: 1, Channels: p.Channels, Depth: p.Depth,
			Pix: p.Pix[((at.y+y)*p.Width+at.x)*p.Channels:][:n]}
		out := dst[y*n:][:n]
		imgio.ToModel(out, &row)
		if at.mirror {
			mirrorRow(out, p.Channels)
		}
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
