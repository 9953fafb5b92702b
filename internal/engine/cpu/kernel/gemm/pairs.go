package gemm

import (
	"math"
	"runtime"
)

// Products of pairs of bfloat16 numbers in Go, with the bits that instructions have. There
// are two families: amd64's VCVTNE2PS2BF16 and VDPBF16PS (Intel's manual), which all
// processors but arm64 follow here, too, and arm64's BFCVTN and BFDOT (Arm ARM, BFDotAdd
// with FPCR.EBF = 0).
const arm = runtime.GOARCH == "arm64"

// pair is an element of two terms, the first one in the low half.
func pair(first, second float32) float32 {
	return math.Float32frombits(round(second)<<16 | round(first))
}

func round(x float32) uint32 { return nearest(x, arm) }

// nearest rounds to the nearest bfloat16, ties to even. Denormal numbers, which products
// take for zero, are rounded or become zero.
func nearest(x float32, denormal bool) uint32 {
	bits := math.Float32bits(x)
	switch magnitude := bits & 0x7fffffff; {
	case magnitude < 1<<23 && !denormal:
		return bits >> 31 << 15
	case magnitude > 0x7f800000:
		return bits>>16 | 1<<6 // a number that is none stays that
	}
	return (bits + 0x7fff + bits>>16&1) >> 16
}

// addPairs adds the products of pairs to sums.
func addPairs(sum, b *[16]float32, a float32) {
	if arm {
		addPairsToOdd(sum, b, a)
	} else {
		addPairsToNearest(sum, b, a)
	}
}

// addPairsToNearest is amd64's way: it adds the products of the second terms, then those
// of the first ones. A product is exact; a sum that is denormal becomes zero.
func addPairsToNearest(sum, b *[16]float32, a float32) {
	first, second := terms(a)
	for j := range sum {
		b0, b1 := terms(b[j])
		sum[j] = flush(flush(flush(sum[j])+second*b1) + first*b0)
	}
}

// addPairsToOdd is arm64's way: it adds up both products, then adds them to the sum, and
// rounds to odd each time.
func addPairsToOdd(sum, b *[16]float32, a float32) {
	first, second := terms(a)
	for j := range sum {
		b0, b1 := terms(b[j])
		sum[j] = addToOdd(sum[j], addToOdd(first*b0, second*b1))
	}
}

// addToOdd is a + b, rounded to odd: where it is not exact, to that of both neighbours
// whose last bit is set, which needs no carry. Denormal operands and sums become zero.
func addToOdd(a, b float32) float32 {
	x, y := float64(flush(a)), float64(flush(b))
	sum := x + y
	switch {
	case math.IsNaN(sum):
		return math.Float32frombits(0x7fc00000)
	case math.Abs(sum) >= 0x1p128:
		return float32(math.Copysign(math.Inf(1), sum))
	case math.Abs(sum) < 0x1p-126:
		return float32(math.Copysign(0, sum))
	}
	bits := math.Float64bits(sum)
	part := sum - x
	missing := (x - (sum - part)) + (y - part) // the sum's error, exact (Knuth, TAOCP 2, §4.2.2)
	if missing != 0 && bits&1 == 0 {
		if math.Signbit(missing) != math.Signbit(sum) {
			bits--
		} else {
			bits++
		}
	}
	const dropped = 52 - 23
	kept := bits >> dropped
	if kept<<dropped != bits {
		kept |= 1
	}
	return float32(math.Float64frombits(kept << dropped))
}

func terms(element float32) (first, second float32) {
	bits := math.Float32bits(element)
	return flush(math.Float32frombits(bits << 16)), flush(math.Float32frombits(bits >> 16 << 16))
}

// flush makes denormal numbers zeros.
func flush(x float32) float32 {
	bits := math.Float32bits(x)
	if bits&0x7fffffff < 1<<23 {
		return math.Float32frombits(bits >> 31 << 31)
	}
	return x
}
