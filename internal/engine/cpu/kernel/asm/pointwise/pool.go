package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// pixels repeats body for the vectors of each of the pixels of parameter
// width. one are pointers that move by a pixel, two by two.
func pixels(distance GPVirtual, one, two []GPVirtual, body func(i Register)) {
	n, end, i := pointer("width"), bytes("vector"), GP64()
	Label("pixel")
	vectors("channels", i, end, 1, func(int) { body(i) })
	for _, p := range one {
		ADDQ(distance, p)
	}
	for _, p := range two {
		LEAQ(Mem{Base: p, Index: distance, Scale: 2}, p)
	}
	DECQ(n)
	JNZ(LabelRef("pixel"))
}

// right is the address of the pixel next to p.
func right(p, distance GPVirtual) GPVirtual {
	q := GP64()
	LEAQ(Mem{Base: p, Index: distance, Scale: 1}, q)
	return q
}

func pools(lanes Mem) {
	routine("maxPool2Vector", "func(dst, upper, lower *float32, width, c, vector int)",
		"is the largest of 2×2 pixels, for channels below vector.")
	dst, upper, lower, distance := pointer("dst"), pointer("upper"), pointer("lower"), bytes("c")
	window := []GPVirtual{upper, right(upper, distance), lower, right(lower, distance)}
	pixels(distance, []GPVirtual{dst}, window, func(i Register) {
		v := load(at(window[0], i, 0))
		for _, p := range window[1:] {
			VMAXPS(at(p, i, 0), v, v)
		}
		VMOVUPS(v, at(dst, i, 0))
	})
	finish()

	routine("maxPool2GradientVector", "func(upperD, lowerD, d, upper, lower *float32, width, c, vector int)",
		"gives d to the first largest of 2×2 pixels, for channels below vector.")
	distance = bytes("c")
	upperD, lowerD, d := pointer("upperD"), pointer("lowerD"), pointer("d")
	upper, lower = pointer("upper"), pointer("lower")
	window = []GPVirtual{upper, right(upper, distance), lower, right(lower, distance)}
	result := []GPVirtual{upperD, right(upperD, distance), lowerD, right(lowerD, distance)}
	pixels(distance, []GPVirtual{d}, append(append([]GPVirtual{}, window...), result...), func(i Register) {
		top, rest := load(at(window[0], i, 0)), load(at(d, i, 0))
		for _, p := range window[1:] {
			VMAXPS(at(p, i, 0), top, top)
		}
		for k, p := range window[:3] {
			mask, share := YMM(), YMM()
			VCMPPS(Imm(equal), at(p, i, 0), top, mask)
			VANDPS(rest, mask, share)
			VANDNPS(rest, mask, rest)
			VMOVUPS(share, at(result[k], i, 0))
		}
		VMOVUPS(rest, at(result[3], i, 0))
	})
	finish()
	indexedPools(lanes)
}

// bitOfLane is 1<<lane, shifted, in each lane.
func bitOfLane(shift int) Mem {
	m := GLOBL(fmt.Sprintf("bitOfLane%d", shift), RODATA|NOPTR)
	for i := range 8 {
		DATA(4*i, U32(1<<(i+shift)))
	}
	return m
}

func indexedPools(lanes Mem) {
	routine("maxPool2IndexedVector", "func(dst, index, upper, lower *float32, width, c, vector int)",
		"is the largest of 2×2 pixels and where it is, for channels below vector.")
	dst, index, upper, lower, distance := pointer("dst"), pointer("index"), pointer("upper"), pointer("lower"), bytes("c")
	window := []GPVirtual{upper, right(upper, distance), lower, right(lower, distance)}
	zeros := zero()
	pixels(distance, []GPVirtual{dst}, window, func(i Register) {
		// Later pixels win only if they are larger.
		largest := func(a, b VecVirtual) (top, second VecVirtual) {
			top, second = YMM(), YMM()
			VCMPPS(Imm(above), a, b, second)
			VMAXPS(a, b, top)
			return top, second
		}
		upperTop, upperRight := largest(load(at(window[0], i, 0)), load(at(window[1], i, 0)))
		lowerTop, lowerRight := largest(load(at(window[2], i, 0)), load(at(window[3], i, 0)))
		top, below := largest(upperTop, lowerTop)
		VMOVUPS(top, at(dst, i, 0))
		word, part := GP32(), GP32()
		VMOVMSKPS(choose(below, lowerRight, upperRight), word)
		for k, mask := range []VecVirtual{below, whereAbove(top, zeros)} {
			VMOVMSKPS(mask, part)
			SHLL(U8(uint8(8*(k+1))), part)
			ORL(part, word)
		}
		MOVL(word, Mem{Base: index})
		ADDQ(Imm(4), index)
	})
	finish()

	routine("maxPool2ScatterVector", "func(upperD, lowerD, d, index *float32, always int32, width, c, vector int)",
		"gives d to where the index says, for channels below vector; where the largest is not above zero only if always is -1.")
	distance = bytes("c")
	upperD, lowerD, d := pointer("upperD"), pointer("lowerD"), pointer("d")
	index = pointer("index")
	result := []GPVirtual{upperD, right(upperD, distance), lowerD, right(lowerD, distance)}
	always, low := YMM(), XMM()
	VMOVD(Load(Param("always"), GP32()), low)
	VPBROADCASTD(low, always)
	bits := []VecVirtual{load(lanes), load(bitOfLane(8)), load(bitOfLane(16))}
	pixels(distance, []GPVirtual{d}, result, func(i Register) {
		word := YMM()
		VPBROADCASTD(Mem{Base: index}, word)
		ADDQ(Imm(4), index)
		masks := make([]VecVirtual, 3)
		for k := range masks {
			masks[k] = YMM()
			VPAND(word, bits[k], masks[k])
			VPCMPEQD(masks[k], bits[k], masks[k])
		}
		VPOR(always, masks[2], masks[2])
		rest, low, share := YMM(), YMM(), YMM()
		VANDPS(at(d, i, 0), masks[2], rest)
		VANDPS(rest, masks[1], low)
		VANDNPS(rest, masks[1], rest)
		for k, half := range []VecVirtual{rest, low} {
			VANDNPS(half, masks[0], share)
			VMOVUPS(share, at(result[2*k], i, 0))
			VANDPS(half, masks[0], share)
			VMOVUPS(share, at(result[2*k+1], i, 0))
		}
	})
	finish()
}
