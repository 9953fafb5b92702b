package main

import "easel/internal/engine/cpu/kernel/asm/neon"

// rectify is y where y > 0, else slope·y.
func (w *writer) rectify(y, slope neon.Vec) neon.Vec {
	low, mask := w.V(), w.V()
	w.FMUL(low, y, slope)
	w.FCMGT0(mask, y)
	return w.Choose(mask, y, low)
}

func (w *writer) affine() {
	for _, variant := range []struct {
		name, vectors, doc string
		scale, shift       bool
	}{
		{"affineBothVector", ", scale *float32, shift *float32", "is dst = f(scale·x + shift).", true, true},
		{"affineScaleVector", ", scale *float32", "is dst = f(scale·x).", true, false},
		{"affineShiftVector", ", shift *float32", "is dst = f(x + shift).", false, true},
		{"affineNoneVector", "", "is dst = f(x).", false, false},
	} {
		w.Function(variant.name, "(dst *float32, dstStride int, x *float32, xStride int"+variant.vectors+", slope float32, rows, c int)", variant.doc, func() {
			dst, x, scale, shift := w.view("dst"), w.view("x"), w.channels("scale"), w.channels("shift")
			slope := w.Broadcast("slope")
			operands := []*operand{dst, x}
			if variant.scale {
				operands = append(operands, scale)
			}
			if variant.shift {
				operands = append(operands, shift)
			}
			w.rows(operands, func(d int) {
				y := w.Load(x.mem(d))
				switch {
				case variant.scale && variant.shift:
					sum := w.Load(shift.mem(d))
					w.FMLA(sum, y, w.Load(scale.mem(d)))
					y = sum
				case variant.scale:
					w.FMUL(y, y, w.Load(scale.mem(d)))
				case variant.shift:
					w.FADD(y, y, w.Load(shift.mem(d)))
				}
				w.Store(w.rectify(y, slope), dst.mem(d))
			})
		})
	}
}

func (w *writer) channelSums() {
	w.channelSumsOf("channelSumsPlainVector", "", "adds Σx to sum and Σx² to sumSquares.", false)
	w.channelSumsOf("channelSumsPivotVector", ", pivot *float32", "adds Σ(x − pivot) to sum and Σ(x − pivot)² to sumSquares.", true)
	w.Function("channelSumVector", "(sum *float32, x *float32, xStride int, rows int, c int)", "adds Σx to sum.", func() {
		sum, x := w.channels("sum"), w.view("x")
		w.groupedRows([]*operand{sum, x}, 4, func(d int) {
			total := w.Load(neon.Mem(x.at[0], d))
			for _, row := range x.at[1:] {
				w.FADD(total, total, w.Load(neon.Mem(row, d)))
			}
			w.addTo(total, sum.mem(d))
		})
	})
}

func (w *writer) channelSumsOf(name, parameter, doc string, pivoted bool) {
	w.Function(name, "(sum *float32, sumSquares *float32, x *float32, xStride int"+parameter+", rows int, c int)", doc, func() {
		sum, squares, x, pivots := w.channels("sum"), w.channels("sumSquares"), w.view("x"), w.channels("pivot")
		operands := []*operand{sum, squares, x}
		if pivoted {
			operands = append(operands, pivots)
		}
		w.groupedRows(operands, 4, func(d int) {
			var pivot neon.Vec
			if pivoted {
				pivot = w.Load(pivots.mem(d))
			}
			total, square := w.V(), w.V()
			for k, row := range x.at {
				v := w.Load(neon.Mem(row, d))
				if pivoted {
					w.FSUB(v, v, pivot)
				}
				if k == 0 {
					w.Copy(total, v)
					w.FMUL(square, v, v)
					continue
				}
				w.FADD(total, total, v)
				w.FMLA(square, v, v)
			}
			w.addTo(total, sum.mem(d))
			w.addTo(square, squares.mem(d))
		})
	})
}
