package main

import (
	"math"

	"easel/internal/engine/cpu/kernel/asm/neon"
)

func (w *writer) binaries() {
	for _, o := range []struct {
		name, doc string
		body      func(a, b, one neon.Vec)
	}{
		{"addVector", "is dst = a + b.", func(a, b, _ neon.Vec) { w.FADD(a, a, b) }},
		{"mulVector", "is dst = a·b.", func(a, b, _ neon.Vec) { w.FMUL(a, a, b) }},
		{"maxVector", "is dst = max(a, b).", func(a, b, _ neon.Vec) { w.FMAX(a, a, b) }},
		{"tanhGradientVector", "is dst = a·(1 − b²).", func(a, b, one neon.Vec) {
			f := w.V()
			w.Copy(f, one)
			w.FMLS(f, b, b)
			w.FMUL(a, a, f)
		}},
		{"sigmoidGradientVector", "is dst = a·b·(1 − b).", func(a, b, one neon.Vec) {
			f := w.V()
			w.FSUB(f, one, b)
			w.FMUL(f, f, b)
			w.FMUL(a, a, f)
		}},
	} {
		w.Function(o.name, "(dst *float32, dstStride int, a *float32, aStride int, b *float32, bStride int, rows int, c int)", o.doc, func() {
			dst, a, b, one := w.view("dst"), w.view("a"), w.view("b"), w.number(1)
			w.rows([]*operand{dst, a, b}, func(d int) {
				v := w.Load(a.mem(d))
				o.body(v, w.Load(b.mem(d)), one)
				w.Store(v, dst.mem(d))
			})
		})
	}
}

// number is a constant in all lanes.
func (w *writer) number(v float32) neon.Vec { return w.Constant(math.Float32bits(v)) }

func (w *writer) scalings() {
	const signature = "(dst *float32, dstStride int, a *float32, aStride int, factor float32, rows int, c int)"
	w.Function("scaleVector", signature, "is dst = factor·a.", func() {
		dst, a, factor := w.view("dst"), w.view("a"), w.Broadcast("factor")
		w.rows([]*operand{dst, a}, func(d int) {
			v := w.Load(a.mem(d))
			w.FMUL(v, v, factor)
			w.Store(v, dst.mem(d))
		})
	})
	w.Function("addScaledVector", signature, "is dst += factor·a.", func() {
		dst, a, factor := w.view("dst"), w.view("a"), w.Broadcast("factor")
		w.rows([]*operand{dst, a}, func(d int) {
			v := w.Load(dst.mem(d))
			w.FMLA(v, w.Load(a.mem(d)), factor)
			w.Store(v, dst.mem(d))
		})
	})
}

func (w *writer) updates() {
	w.Function("adamVector", "(p *float32, d *float32, m *float32, v *float32, step *float32, n int)",
		"is one step of Adam; step is an AdamStep's seven numbers.", func() {
			arrays := w.arrays("p", "d", "m", "v")
			p, g, m, v := arrays[0], arrays[1], arrays[2], arrays[3]
			var s [7]neon.Vec
			for k := range s {
				s[k] = w.V()
			}
			w.Scope(func() {
				step := w.Param("step")
				for _, number := range s {
					w.Op("VLD1R.P", neon.Mem(step, 4), "["+number.String()+"]")
				}
			})
			beta1, beta2, rest1, rest2, size, correction, epsilon := s[0], s[1], s[2], s[3], s[4], s[5], s[6]
			w.flat(arrays, 2, func(d int) {
				gradient, moment1, moment2, scratch := w.Load(g.mem(d)), w.Load(m.mem(d)), w.Load(v.mem(d)), w.V()
				w.FMUL(moment1, moment1, beta1)
				w.FMLA(moment1, gradient, rest1)
				w.Store(moment1, m.mem(d))
				w.FMUL(moment2, moment2, beta2)
				w.FMUL(scratch, gradient, rest2)
				w.FMLA(moment2, scratch, gradient)
				w.Store(moment2, v.mem(d))
				w.FSQRT(moment2, moment2)
				w.Copy(scratch, epsilon)
				w.FMLA(scratch, moment2, correction)
				w.FMUL(moment1, moment1, size)
				w.FDIV(moment1, moment1, scratch)
				value := w.Load(p.mem(d))
				w.FSUB(value, value, moment1)
				w.Store(value, p.mem(d))
			})
		})
}

func (w *writer) losses() {
	w.sums("absoluteErrorVector", "is Σ|x − y|.", func(difference, sum neon.Vec) {
		w.FABS(difference, difference)
		w.FADD(sum, sum, difference)
	})
	w.sums("squaredErrorVector", "is Σ(x − y)².", func(difference, sum neon.Vec) {
		w.FMLA(sum, difference, difference)
	})
	w.gradients("absoluteGradientVector", "is dst = factor·sign(x − y).", func(difference, factor neon.Vec) neon.Vec {
		signed, zero, number := w.V(), w.V(), w.V()
		sign := w.Constant(0x80000000)
		w.AND(signed, difference, sign)
		w.EOR(signed, signed, factor)
		w.FCMEQ0(zero, difference)
		w.BIC(signed, signed, zero)
		w.FCMEQ(number, difference, difference)
		return w.Choose(number, signed, difference)
	})
	w.gradients("squaredGradientVector", "is dst = 2·factor·(x − y).", func(difference, factor neon.Vec) neon.Vec {
		w.FADD(difference, difference, difference)
		w.FMUL(difference, difference, factor)
		return difference
	})
}

// sums writes a routine that adds up a function of x − y, in eight vectors.
func (w *writer) sums(name, doc string, body func(difference, sum neon.Vec)) {
	w.Function(name, "(x *float32, y *float32, n int) float32", doc, func() {
		arrays := w.arrays("x", "y")
		var total [8]neon.Vec
		for k := range total {
			total[k] = w.V()
			w.Zero(total[k])
		}
		w.flat(arrays, len(total), func(d int) {
			v := w.Load(arrays[0].mem(d))
			w.FSUB(v, v, w.Load(arrays[1].mem(d)))
			body(v, total[d/width])
		})
		for step := len(total) / 2; step > 0; step /= 2 {
			for k := range step {
				w.FADD(total[k], total[k], total[k+step])
			}
		}
		w.FADDP(total[0], total[0], total[0])
		w.FADDP(total[0], total[0], total[0])
		w.Op("FMOVS", total[0].Quad(), w.Place("ret"))
	})
}

// gradients writes a routine that maps x − y and a factor.
func (w *writer) gradients(name, doc string, body func(difference, factor neon.Vec) neon.Vec) {
	w.Function(name, "(dst *float32, x *float32, y *float32, factor float32, n int)", doc, func() {
		arrays, factor := w.arrays("dst", "x", "y"), w.Broadcast("factor")
		w.flat(arrays, 2, func(d int) {
			v := w.Load(arrays[1].mem(d))
			w.FSUB(v, v, w.Load(arrays[2].mem(d)))
			w.Store(body(v, factor), arrays[0].mem(d))
		})
	})
}
