package main

import (
	"fmt"

	"easel/internal/engine/cpu/kernel/asm/neon"
)

// termParameters are those of one or two terms.
func termParameters(count int) string {
	s := "d *float32, dStride int, dSlope float32"
	if count == 2 {
		s += ", e *float32, eStride int, eSlope float32"
	}
	return s
}

// terms are the operands of one or two terms.
type terms struct {
	views  []*operand
	slopes []neon.Vec
}

func (w *writer) terms(count int) terms {
	t := terms{}
	for _, name := range []string{"d", "e"}[:count] {
		t.views = append(t.views, w.view(name))
		t.slopes = append(t.slopes, w.Broadcast(name+"Slope"))
	}
	return t
}

// gradient is Σ d·(1 where pre > 0, else slope) in a row.
func (w *writer) gradient(t terms, pre neon.Vec, row, d int) neon.Vec {
	high, low, mask := w.Load(neon.Mem(t.views[0].at[row], d)), w.V(), w.V()
	w.FMUL(low, high, t.slopes[0])
	if len(t.views) == 2 {
		second := w.Load(neon.Mem(t.views[1].at[row], d))
		w.FMLA(low, second, t.slopes[1])
		w.FADD(high, high, second)
	}
	w.FCMGT0(mask, pre)
	return w.Choose(mask, high, low)
}

func (w *writer) normSums() {
	for count := 1; count <= 2; count++ {
		w.Function(fmt.Sprintf("normSums%dVector", count),
			"(sumG *float32, sumGX *float32, "+termParameters(count)+", x *float32, xStride int, mean *float32, a *float32, b *float32, rows int, c int)",
			"adds Σg to sumG and Σg·(x − mean) to sumGX.", func() {
				sumG, sumGX, t, x := w.channels("sumG"), w.channels("sumGX"), w.terms(count), w.view("x")
				mean, a, b := w.channels("mean"), w.channels("a"), w.channels("b")
				w.groupedRows(append([]*operand{sumG, sumGX, x, mean, a, b}, t.views...), 2, func(d int) {
					scale, shift, center := w.Load(a.mem(d)), w.Load(b.mem(d)), w.Load(mean.mem(d))
					total, product := w.V(), w.V()
					for r := range x.at {
						v, pre := w.Load(neon.Mem(x.at[r], d)), w.V()
						w.Copy(pre, shift)
						w.FMLA(pre, v, scale)
						g := w.gradient(t, pre, r, d)
						w.FSUB(v, v, center)
						if r == 0 {
							w.Copy(total, g)
							w.FMUL(product, g, v)
							continue
						}
						w.FMLA(product, g, v)
						w.FADD(total, total, g)
					}
					w.addTo(total, sumG.mem(d))
					w.addTo(product, sumGX.mem(d))
				})
			})
	}
}

func (w *writer) normApply() {
	for count := 1; count <= 2; count++ {
		w.Function(fmt.Sprintf("normApply%dVector", count),
			"(dx *float32, dxStride int, "+termParameters(count)+", x *float32, xStride int, a *float32, b *float32, gScale *float32, xScale *float32, offset *float32, rows int, c int)",
			"is dx = gScale·g + xScale·x + offset.", func() {
				dx, t, x := w.view("dx"), w.terms(count), w.view("x")
				a, b := w.channels("a"), w.channels("b")
				gScale, xScale, offset := w.channels("gScale"), w.channels("xScale"), w.channels("offset")
				w.rows(append([]*operand{dx, x, a, b, gScale, xScale, offset}, t.views...), func(d int) {
					v, pre := w.Load(x.mem(d)), w.Load(b.mem(d))
					w.FMLA(pre, v, w.Load(a.mem(d)))
					g := w.gradient(t, pre, 0, d)
					sum := w.Load(offset.mem(d))
					w.FMLA(sum, v, w.Load(xScale.mem(d)))
					w.FMLA(sum, g, w.Load(gScale.mem(d)))
					w.Store(sum, dx.mem(d))
				})
			})
	}
}

func (w *writer) activationBackward() {
	for count := 1; count <= 2; count++ {
		w.Function(fmt.Sprintf("activationBackward%dVector", count),
			"(dst *float32, dstStride int, "+termParameters(count)+", y *float32, yStride int, rows int, c int)",
			"is dst = Σ d·(1 where y > 0, else slope).", func() {
				dst, t, y := w.view("dst"), w.terms(count), w.view("y")
				w.rows(append([]*operand{dst, y}, t.views...), func(d int) {
					w.Store(w.gradient(t, w.Load(y.mem(d)), 0, d), dst.mem(d))
				})
			})
	}
}
