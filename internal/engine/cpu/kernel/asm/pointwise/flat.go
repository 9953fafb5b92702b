package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

func binaries() {
	for _, o := range []struct {
		name, doc string
		body      func(a VecVirtual, b Mem) VecVirtual
	}{
		{"addVector", "is dst = a + b.", func(a VecVirtual, b Mem) VecVirtual { VADDPS(b, a, a); return a }},
		{"mulVector", "is dst = a·b.", func(a VecVirtual, b Mem) VecVirtual { VMULPS(b, a, a); return a }},
		{"maxVector", "is dst = max(a, b).", func(a VecVirtual, b Mem) VecVirtual { VMAXPS(b, a, a); return a }},
		{"tanhGradientVector", "is dst = a·(1 − b²).", func(a VecVirtual, b Mem) VecVirtual {
			y, f := load(b), load(constant("one"))
			VFNMADD231PS(y, y, f)
			VMULPS(f, a, a)
			return a
		}},
		{"sigmoidGradientVector", "is dst = a·b·(1 − b).", func(a VecVirtual, b Mem) VecVirtual {
			y, f := load(b), load(constant("one"))
			VSUBPS(y, f, f)
			VMULPS(y, f, f)
			VMULPS(f, a, a)
			return a
		}},
	} {
		routine(o.name, "func(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride, rows, c int)", o.doc)
		dst, a, b := viewOf("dst"), viewOf("a"), viewOf("b")
		rows([]view{dst, a, b}, 4, func(i Register, d int) {
			VMOVUPS(o.body(load(at(a.p, i, d)), at(b.p, i, d)), at(dst.p, i, d))
		})
		finish()
	}
}

func scalings() {
	const signature = "func(dst *float32, dstStride int, a *float32, aStride int, factor float32, rows, c int)"
	routine("scaleVector", signature, "is dst = factor·a.")
	dst, a, factor := viewOf("dst"), viewOf("a"), broadcast("factor")
	rows([]view{dst, a}, 4, func(i Register, d int) {
		v := YMM()
		VMULPS(at(a.p, i, d), factor, v)
		VMOVUPS(v, at(dst.p, i, d))
	})
	finish()

	routine("addScaledVector", signature, "is dst += factor·a.")
	dst, a, factor = viewOf("dst"), viewOf("a"), broadcast("factor")
	rows([]view{dst, a}, 4, func(i Register, d int) {
		v := load(at(dst.p, i, d))
		VFMADD231PS(at(a.p, i, d), factor, v)
		VMOVUPS(v, at(dst.p, i, d))
	})
	finish()
}

// flat repeats body for the vectors of parameter n.
func flat(unroll int, body func(i Register, d int)) {
	n, i := bytes("n"), GP64()
	vectors("elements", i, n, unroll, func(d int) { body(i, d) })
}

func updates() {
	routine("adamVector", "func(p, d, m, v, step *float32, n int)",
		"is one step of Adam; step is an AdamStep's seven numbers.")
	p, g, m, v, step := pointer("p"), pointer("d"), pointer("m"), pointer("v"), pointer("step")
	var s [7]VecVirtual
	for k := range s {
		s[k] = YMM()
		VBROADCASTSS(Mem{Base: step, Disp: 4 * k}, s[k])
	}
	beta1, beta2, rest1, rest2, size, correction, epsilon := s[0], s[1], s[2], s[3], s[4], s[5], s[6]
	flat(2, func(i Register, d int) {
		gradient, moment1, moment2, scratch := load(at(g, i, d)), YMM(), YMM(), YMM()
		VMULPS(at(m, i, d), beta1, moment1)
		VFMADD231PS(gradient, rest1, moment1)
		VMOVUPS(moment1, at(m, i, d))
		VMULPS(at(v, i, d), beta2, moment2)
		VMULPS(gradient, rest2, scratch)
		VFMADD231PS(gradient, scratch, moment2)
		VMOVUPS(moment2, at(v, i, d))
		VSQRTPS(moment2, moment2)
		VFMADD213PS(epsilon, correction, moment2)
		VMULPS(size, moment1, moment1)
		VDIVPS(moment2, moment1, moment1)
		VMOVUPS(at(p, i, d), scratch)
		VSUBPS(moment1, scratch, scratch)
		VMOVUPS(scratch, at(p, i, d))
	})
	finish()
}

func losses() {
	sums("absoluteErrorVector", "is Σ|x − y|.", func(difference, sum VecVirtual) {
		VANDPS(constant("magnitude"), difference, difference)
		VADDPS(difference, sum, sum)
	})
	sums("squaredErrorVector", "is Σ(x − y)².", func(difference, sum VecVirtual) {
		VFMADD231PS(difference, difference, sum)
	})
	gradients("absoluteGradientVector", "is dst = factor·sign(x − y).", func(difference, factor VecVirtual) VecVirtual {
		signed, differ, broken := YMM(), YMM(), YMM()
		VANDPS(constant("sign"), difference, signed)
		VXORPS(factor, signed, signed)
		zeros := zero()
		VCMPPS(Imm(notEqual), zeros, difference, differ)
		VANDPS(differ, signed, signed)
		VCMPPS(Imm(unordered), difference, difference, broken)
		return choose(broken, difference, signed)
	})
	gradients("squaredGradientVector", "is dst = 2·factor·(x − y).", func(difference, factor VecVirtual) VecVirtual {
		VADDPS(difference, difference, difference)
		VMULPS(factor, difference, difference)
		return difference
	})
}

// sums writes a routine that adds up a function of x − y.
func sums(name, doc string, body func(difference, sum VecVirtual)) {
	routine(name, "func(x, y *float32, n int) float32", doc)
	x, y := pointer("x"), pointer("y")
	var lanes [4]VecVirtual
	for k := range lanes {
		lanes[k] = zero()
	}
	flat(len(lanes), func(i Register, d int) {
		v := load(at(x, i, d))
		VSUBPS(at(y, i, d), v, v)
		body(v, lanes[d/width])
	})
	VADDPS(lanes[1], lanes[0], lanes[0])
	VADDPS(lanes[3], lanes[2], lanes[2])
	VADDPS(lanes[2], lanes[0], lanes[0])
	upper := XMM()
	VEXTRACTF128(Imm(1), lanes[0], upper)
	total := lanes[0].AsX()
	VADDPS(upper, total, total)
	VHADDPS(total, total, total)
	VHADDPS(total, total, total)
	Store(total, ReturnIndex(0))
	finish()
}

// gradients writes a routine that maps x − y and a factor.
func gradients(name, doc string, body func(difference, factor VecVirtual) VecVirtual) {
	routine(name, "func(dst, x, y *float32, factor float32, n int)", doc)
	dst, x, y, factor := pointer("dst"), pointer("x"), pointer("y"), broadcast("factor")
	flat(1, func(i Register, d int) {
		v := load(at(x, i, d))
		VSUBPS(at(y, i, d), v, v)
		VMOVUPS(body(v, factor), at(dst, i, d))
	})
	finish()
}
