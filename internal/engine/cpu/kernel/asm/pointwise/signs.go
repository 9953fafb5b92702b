package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// signs are the kept signs of rectified values, a byte for a vector, and the
// gradient that they gate. lanes is 1<<lane in each lane.
func signs(lanes Mem) {
	routine("signsVector", "func(signs, x *float32, n int)", "keeps which x are above zero, for multiples of eight.")
	kept, x, zeros := pointer("signs"), pointer("x"), zero()
	flat(1, func(i Register, d int) {
		bits := GP32()
		VMOVMSKPS(whereAbove(load(at(x, i, d)), zeros), bits)
		MOVB(bits.As8(), Mem{Base: kept})
		INCQ(kept)
	})
	finish()

	routine("signGateVector", "func(dst, d, signs *float32, slope float32, n int)",
		"is dst = d where the sign is kept, slope·d elsewhere, for multiples of eight.")
	dst, gradient, kept := pointer("dst"), pointer("d"), pointer("signs")
	slope, bit := broadcast("slope"), load(lanes)
	flat(1, func(i Register, d int) {
		mask, small := YMM(), YMM()
		VPBROADCASTB(Mem{Base: kept}, mask)
		INCQ(kept)
		VPAND(mask, bit, mask)
		VPCMPEQD(mask, bit, mask)
		v := load(at(gradient, i, d))
		VMULPS(v, slope, small)
		VMOVUPS(choose(mask, v, small), at(dst, i, d))
	})
	finish()
}
