package graph

import (
	"fmt"
	"slices"
)

// KeySize is the length of a key, the operand of random operations.
const KeySize = 5

// Key packs a seed and a step for the key input of random operations, as
// integers below 2²⁴ that float32 holds exactly: three for the seed, two for
// the step (48 bits of it).
func Key(seed, step uint64) [KeySize]float32 {
	const mask = 1<<24 - 1
	return [KeySize]float32{
		float32(seed & mask), float32(seed >> 24 & mask), float32(seed >> 48),
		float32(step & mask), float32(step >> 24 & mask),
	}
}

// UnpackKey is the inverse of Key.
func UnpackKey(key []float32) (seed, step uint64) {
	seed = uint64(key[0]) | uint64(key[1])<<24 | uint64(key[2])<<48
	return seed, uint64(key[3]) | uint64(key[4])<<24
}

// Random numbers come from a counter, so they need no state and are the same
// on every device and for every number of threads: words 4j … 4j+3 of a value
// are Philox4x32-10 (Salmon et al. 2011) with the key (seed low, seed high)
// and the counter (j, Stream, step low, step high). Element i of a mask is
// kept if word i < (1 − Rate)·2³², in float64. Elements 2i and 2i + 1 of a
// normal value are Box and Muller's pair √(−2 ln u)·cos 2πv and
// √(−2 ln u)·sin 2πv, where 2³²·u is one more than word 2i (u is never 0) and
// 2³²·v is the word after it. Where several devices run the graph, device d
// has elements d·size … (d+1)·size − 1 of such a value: its part of what one
// device would draw for the whole batch.
type (
	// DropoutMask is 1/(1 − Rate) with probability 1 − Rate, else 0: operand
	// key.
	DropoutMask struct {
		Rate   float32
		Stream uint32
		To     Shape
	}
	// NormalNoise is N(0, 1): operand key.
	NormalNoise struct {
		Stream uint32
		To     Shape
	}
)

// Name implements Op.
func (o DropoutMask) Name() string { return fmt.Sprintf("dropout-mask %g stream %d", o.Rate, o.Stream) }

// Name implements Op.
func (o NormalNoise) Name() string { return fmt.Sprintf("normal-noise stream %d", o.Stream) }

func (o DropoutMask) infer(in []Shape) Shape {
	wantShape(o.Name(), "key", in[0], KeySize)
	if !(o.Rate >= 0 && o.Rate < 1) {
		fail("%s: rate outside [0, 1)", o.Name())
	}
	return o.To
}

func (o NormalNoise) infer(in []Shape) Shape {
	wantShape(o.Name(), "key", in[0], KeySize)
	return o.To
}

func (o DropoutMask) gradient(_, _ *Node) []*Node { return []*Node{nil} }
func (o NormalNoise) gradient(_, _ *Node) []*Node { return []*Node{nil} }

// Mask is a dropout mask for a value of the given shape; multiply by it. The
// stream tells the masks of one step apart.
func Mask(key *Node, rate float32, stream uint32, shape ...int) *Node {
	return apply(DropoutMask{rate, stream, slices.Clone(shape)}, key)
}

// Noise is Gaussian noise with mean 0 and variance 1.
func Noise(key *Node, stream uint32, shape ...int) *Node {
	return apply(NormalNoise{stream, slices.Clone(shape)}, key)
}
