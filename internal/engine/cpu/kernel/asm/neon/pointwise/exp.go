package main

import "easel/internal/engine/cpu/kernel/asm/neon"

// exponential has the constants of expNegative in registers; the coefficients are
// those of package pointwise.
type exponential struct {
	one, bias, least, log2E, ln2Hi, ln2Lo neon.Vec
	polynomial                            [6]neon.Vec
}

func (w *writer) exponential() exponential {
	e := exponential{
		one: w.number(1), bias: w.Constant(127), least: w.number(-87),
		log2E: w.number(1.44269504088896341), ln2Hi: w.number(0.693359375), ln2Lo: w.number(-2.12194440e-4),
	}
	for i, c := range []float32{1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1} {
		e.polynomial[i] = w.number(c)
	}
	return e
}

// horner is the polynomial of x with the coefficients, the highest first. It
// needs two registers, since FMLA adds to the coefficient.
func (w *writer) horner(x neon.Vec, coefficients []neon.Vec) neon.Vec {
	p, next := w.V(), w.V()
	w.Copy(p, coefficients[0])
	for _, c := range coefficients[1:] {
		w.Copy(next, c)
		w.FMLA(next, p, x)
		p, next = next, p
	}
	return p
}

// expNegative is e^x for x ≤ 0, clamped at least; NaN stays NaN. x is
// overwritten.
func (w *writer) expNegative(e exponential, x neon.Vec) neon.Vec {
	n := w.V()
	w.FMAX(x, x, e.least)
	w.FMUL(n, x, e.log2E)
	w.FRINTN(n, n)
	w.FMLS(x, n, e.ln2Hi)
	w.FMLS(x, n, e.ln2Lo)
	p := w.horner(x, e.polynomial[:])
	square := w.V()
	w.FMUL(square, x, x)
	w.FMLA(x, p, square)
	w.FADD(x, x, e.one)
	w.FCVTNS(n, n)
	w.ADD(n, n, e.bias)
	w.SHL23(n, n)
	w.FMUL(x, x, n)
	return x
}

func (w *writer) transcendental() {
	w.Function("tanhVector", "(dst *float32, x *float32, n int)", "is dst = tanh x.", func() {
		arrays, e := w.arrays("dst", "x"), w.exponential()
		var odd []neon.Vec
		for _, c := range []float32{-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1} {
			odd = append(odd, w.number(c))
		}
		up, minusTwo, sign := w.number(0.625), w.number(-2), w.Constant(0x80000000)
		w.flat(arrays, 2, func(d int) {
			v, size, far, mask := w.Load(arrays[1].mem(d)), w.V(), w.V(), w.V()
			w.FABS(size, v)
			w.FCMGE(mask, size, up)
			w.FMUL(size, size, minusTwo)
			w.Scope(func() {
				x, down := w.expNegative(e, size), w.V()
				w.FADD(down, x, e.one)
				w.FADD(x, x, x)
				w.FDIV(x, x, down)
				w.FSUB(far, e.one, x)
				w.AND(down, v, sign)
				w.ORR(far, far, down)
			})
			w.FMUL(size, v, v)
			p := w.horner(size, odd)
			w.FMUL(p, p, size)
			w.FMLA(v, p, v)
			w.Store(w.Choose(mask, far, v), arrays[0].mem(d))
		})
	})
	w.Function("sigmoidVector", "(dst *float32, x *float32, n int)", "is dst = 1/(1 + e^−x).", func() {
		arrays, e, sign := w.arrays("dst", "x"), w.exponential(), w.Constant(0x80000000)
		w.flat(arrays, 2, func(d int) {
			v, mask := w.Load(arrays[1].mem(d)), w.V()
			// The sign of x chooses the numerator.
			w.CMLT0(mask, v)
			w.ORR(v, v, sign)
			x, down := w.expNegative(e, v), w.V()
			w.FADD(down, x, e.one)
			top := w.Choose(mask, x, e.one)
			w.FDIV(top, top, down)
			w.Store(top, arrays[0].mem(d))
		})
	})
}
