// Package random makes the graph's random values from a counter, without
// state: Philox4x32-10 of Salmon, Moraes, Dror and Shaw, "Parallel random
// numbers: as easy as 1, 2, 3" (SC 2011).
//
// A Source names a value by seed, step and stream; its methods fill any part
// of the value, and an element is the same whatever part it is filled in, on
// any number of goroutines.
package random

import "math/bits"

// The multipliers and Weyl increments of Philox4x32 (the paper's section 3.3).
const (
	multiplier0 = 0xD2511F53
	multiplier1 = 0xCD9E8D57
	weyl0       = 0x9E3779B9
	weyl1       = 0xBB67AE85
	rounds      = 10
)

// Philox is the block of four random words for a counter under a key.
func Philox(counter [4]uint32, key [2]uint32) [4]uint32 {
	c0, c1, c2, c3 := counter[0], counter[1], counter[2], counter[3]
	k0, k1 := key[0], key[1]
	for range rounds {
		hi0, lo0 := bits.Mul32(multiplier0, c0)
		hi1, lo1 := bits.Mul32(multiplier1, c2)
		c0, c1, c2, c3 = hi1^c1^k0, lo1, hi0^c3^k1, lo0
		k0, k1 = k0+weyl0, k1+weyl1
	}
	return [4]uint32{c0, c1, c2, c3}
}

// Source names one random value.
type Source struct {
	// Seed and Step are those of the graph's key.
	Seed, Step uint64
	// Stream tells the random values of one step apart.
	Stream uint32
}

// block is words 4j … 4j+3 of the value.
func (s Source) block(j int) [4]uint32 {
	return Philox([4]uint32{uint32(j), s.Stream, uint32(s.Step), uint32(s.Step >> 32)},
		[2]uint32{uint32(s.Seed), uint32(s.Seed >> 32)})
}
