package main

import (
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

func pools() {
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
}
