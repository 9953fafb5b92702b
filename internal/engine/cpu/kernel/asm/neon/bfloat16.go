package neon

import "fmt"

// The words of FEAT_BF16's instructions (Arm ARM, C7.2), without registers.
const (
	bfdotElement = 0x4f40f000
	bfcvtn       = 0x0ea16800
	bfcvtn2      = 0x4ea16800
)

// BFDOTLane adds to each of four float32 numbers the products of a pair of bfloat16
// numbers of n with the pair m.
func (a *Assembler) BFDOTLane(d, n Vec, m Lane) {
	high, low := uint32(m.I)>>1, uint32(m.I)&1
	a.encoded(bfdotElement|high<<11|low<<21|uint32(m.V)<<16|uint32(n)<<5|uint32(d),
		fmt.Sprintf("bfdot v%d.4s, v%d.8h, v%d.2h[%d]", int(d), int(n), int(m.V), m.I))
}

// Round rounds eight float32 numbers to bfloat16.
func (a *Assembler) Round(d, low, high Vec) {
	a.encoded(bfcvtn|uint32(low)<<5|uint32(d), fmt.Sprintf("bfcvtn v%d.4h, v%d.4s", int(d), int(low)))
	a.encoded(bfcvtn2|uint32(high)<<5|uint32(d), fmt.Sprintf("bfcvtn2 v%d.8h, v%d.4s", int(d), int(high)))
}

// Interleave puts eight bfloat16 numbers of n beside those of m, as pairs: the lower four
// into low, the upper four into high.
func (a *Assembler) Interleave(low, high, n, m Vec) {
	for i, d := range []Vec{low, high} {
		a.Op(fmt.Sprintf("VZIP%d", i+1), fmt.Sprintf("V%d.H8", int(m)), fmt.Sprintf("V%d.H8", int(n)), fmt.Sprintf("V%d.H8", int(d)))
	}
}
