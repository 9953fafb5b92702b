package main

import (
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// constants are vectors in read-only memory: the coefficients are those of
// package pointwise.
var constants = []struct {
	name string
	bits uint32
}{
	{"one", math.Float32bits(1)},
	{"minusTwo", math.Float32bits(-2)},
	{"magnitude", 0x7fffffff},
	{"sign", 0x80000000},
	{"bias", 127},
	{"expMin", math.Float32bits(-87)},
	{"log2E", math.Float32bits(1.44269504088896341)},
	{"ln2Hi", math.Float32bits(0.693359375)},
	{"ln2Lo", math.Float32bits(-2.12194440e-4)},
	{"exp0", math.Float32bits(1.9875691500e-4)},
	{"exp1", math.Float32bits(1.3981999507e-3)},
	{"exp2", math.Float32bits(8.3334519073e-3)},
	{"exp3", math.Float32bits(4.1665795894e-2)},
	{"exp4", math.Float32bits(1.6666665459e-1)},
	{"exp5", math.Float32bits(5.0000001201e-1)},
	{"tanh0", math.Float32bits(-5.70498872745e-3)},
	{"tanh1", math.Float32bits(2.06390887954e-2)},
	{"tanh2", math.Float32bits(-5.37397155531e-2)},
	{"tanh3", math.Float32bits(1.33314422036e-1)},
	{"tanh4", math.Float32bits(-3.33332819422e-1)},
	{"tanhUp", math.Float32bits(0.625)},
}

// table is the symbol that holds the constants.
var table Mem

// constant is the address of one of them; the first use writes them all.
func constant(name string) Mem {
	if table.Symbol.Name == "" {
		table = GLOBL("constants", RODATA|NOPTR)
		for k, c := range constants {
			for lane := 0; lane < width/4; lane++ {
				DATA(k*width+4*lane, U32(c.bits))
			}
		}
	}
	for k, c := range constants {
		if c.name == name {
			return table.Offset(k * width)
		}
	}
	panic("no constant " + name)
}

// expNegative is e^x for x ≤ 0, clamped at expMin. NaN stays NaN: VMAXPS gives
// its second operand then.
func expNegative(x VecVirtual) VecVirtual {
	clamped, n, p, square := load(constant("expMin")), YMM(), load(constant("exp0")), YMM()
	VMAXPS(x, clamped, clamped)
	VMULPS(constant("log2E"), clamped, n)
	VROUNDPS(Imm(0), n, n)
	VFNMADD231PS(constant("ln2Hi"), n, clamped)
	VFNMADD231PS(constant("ln2Lo"), n, clamped)
	for _, c := range []string{"exp1", "exp2", "exp3", "exp4", "exp5"} {
		VFMADD213PS(constant(c), clamped, p)
	}
	VMULPS(clamped, clamped, square)
	VFMADD213PS(clamped, square, p)
	VADDPS(constant("one"), p, p)
	VCVTPS2DQ(n, n)
	VPADDD(constant("bias"), n, n)
	VPSLLD(Imm(23), n, n)
	VMULPS(n, p, p)
	return p
}

func transcendental() {
	routine("tanhVector", "func(dst, x *float32, n int)", "is dst = tanh x.")
	dst, x := pointer("dst"), pointer("x")
	flat(1, func(i Register, d int) {
		v, size, twice, sign := load(at(x, i, d)), YMM(), YMM(), YMM()
		VANDPS(constant("magnitude"), v, size)
		VANDPS(constant("sign"), v, sign)
		VMULPS(constant("minusTwo"), size, twice)
		e, down, far := expNegative(twice), YMM(), load(constant("one"))
		VADDPS(far, e, down)
		VADDPS(e, e, e)
		VDIVPS(down, e, e)
		VSUBPS(e, far, far)
		VORPS(sign, far, far)
		square, p := YMM(), load(constant("tanh0"))
		VMULPS(v, v, square)
		for _, c := range []string{"tanh1", "tanh2", "tanh3", "tanh4"} {
			VFMADD213PS(constant(c), square, p)
		}
		VMULPS(square, p, p)
		VFMADD213PS(v, v, p)
		mask := YMM()
		VCMPPS(Imm(atLeast), constant("tanhUp"), size, mask)
		VMOVUPS(choose(mask, far, p), at(dst, i, d))
	})
	finish()

	routine("sigmoidVector", "func(dst, x *float32, n int)", "is dst = 1/(1 + e^−x).")
	dst, x = pointer("dst"), pointer("x")
	flat(1, func(i Register, d int) {
		v, negative := load(at(x, i, d)), YMM()
		VORPS(constant("sign"), v, negative)
		e, down, one := expNegative(negative), YMM(), load(constant("one"))
		VADDPS(one, e, down)
		// The sign bit of x itself chooses the numerator.
		top := choose(v, e, one)
		VDIVPS(down, top, top)
		VMOVUPS(top, at(dst, i, d))
	})
	finish()
}
