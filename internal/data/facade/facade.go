// Package facade draws pairs of pictures to train on when there are no data:
// the label map of a façade, and a photograph-like rendering of it with its
// materials, light, shadows, dirt and noise.
//
// Call [Generate]. A pair is a pure function of seed, index and size: the same
// arguments give the same numbers (another kind of processor may round the last
// place differently), indices are independent of each other, and the same façade
// at another size is the same façade. Labels are flat areas of
// the colours in [Classes], as in the label maps that people annotate by hand.
//
// The pairs are ambiguous on purpose. The labels fix where things are, but not
// the colour of the wall, the material, the weather, the side of the sun, or
// which window is lit; of those a network can only learn what is usual and what
// goes together. A network that minimises the mean error alone turns them into
// grey blur, which the adversarial loss is meant to prevent.
//
// How it works: a plan (plan.go, storey.go, …) draws random decisions and lays
// out elements, later ones in front of earlier ones. Each has a class, a shape,
// a height above the wall and a painter. The renderer (render.go) samples the
// elements for the labels once a pixel, and for the photograph several times;
// light.go computes from the heights what the sun reaches. Elements are snapped
// to whole pixels, so labels and photograph agree at every edge.
package facade

import (
	"fmt"
	"math/rand/v2"

	"easel/internal/file/imgio"
)

// MinSize is the smallest picture that [Generate] draws, in pixels a side.
const MinSize = 32

// Generate draws pair number index (0 up) of the series that belongs to seed.
// Both pictures are [size, size, 3], RGB in 0..1; every pixel of labels is the
// exact colour of one of [Classes]. It panics if size is below [MinSize] or
// index is negative.
func Generate(seed uint64, index, size int) (labels, photo *imgio.Picture) {
	if size < MinSize || index < 0 {
		panic(fmt.Sprintf("facade: picture %d of size %d", index, size))
	}
	d := dice{rand.New(rand.NewPCG(seed, uint64(index)))}
	s := newScene(d, size)
	return s.labels(), s.photo()
}

// dice draws the decisions of one façade.
type dice struct{ *rand.Rand }

func (d dice) between(low, high float32) float32 { return low + (high-low)*d.Float32() }

func (d dice) chance(p float32) bool { return d.Float32() < p }

func (d dice) from(low, high int) int { return low + d.IntN(high-low+1) }

func (d dice) sign() float32 {
	if d.chance(0.5) {
		return -1
	}
	return 1
}

// pick returns one of the choices, all equally likely.
func pick[T any](d dice, choices ...T) T { return choices[d.IntN(len(choices))] }
