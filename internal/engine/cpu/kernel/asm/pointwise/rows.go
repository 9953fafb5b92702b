package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// Predicates of VCMPPS.
const (
	equal     = 0x00
	unordered = 0x03
	notEqual  = 0x04
	above     = 0x1E
	atLeast   = 0x1D
)

// whereAbove is a mask of the lanes in which v > 0.
func whereAbove(v, zeros VecVirtual) VecVirtual {
	mask := YMM()
	VCMPPS(Imm(above), zeros, v, mask)
	return mask
}

// choose is yes where the mask is set, else no.
func choose(mask, yes, no VecVirtual) VecVirtual {
	v := YMM()
	VBLENDVPS(mask, yes, no, v)
	return v
}

func affine() {
	for _, variant := range []struct {
		name         string
		scale, shift bool
		doc          string
	}{
		{"affineBothVector", true, true, "is dst = f(scale·x + shift)."},
		{"affineScaleVector", true, false, "is dst = f(scale·x)."},
		{"affineShiftVector", false, true, "is dst = f(x + shift)."},
		{"affineNoneVector", false, false, "is dst = f(x)."},
	} {
		vectorNames := ""
		if variant.scale {
			vectorNames += ", scale *float32"
		}
		if variant.shift {
			vectorNames += ", shift *float32"
		}
		routine(variant.name, "func(dst *float32, dstStride int, x *float32, xStride int"+vectorNames+", slope float32, rows, c int)", variant.doc)
		dst, x := viewOf("dst"), viewOf("x")
		var scale, shift GPVirtual
		if variant.scale {
			scale = pointer("scale")
		}
		if variant.shift {
			shift = pointer("shift")
		}
		slope, zeros := broadcast("slope"), zero()
		rows([]view{dst, x}, 4, func(i Register, d int) {
			y := load(at(x.p, i, d))
			switch {
			case variant.scale && variant.shift:
				s := load(at(scale, i, d))
				VFMADD213PS(at(shift, i, d), s, y)
			case variant.scale:
				VMULPS(at(scale, i, d), y, y)
			case variant.shift:
				VADDPS(at(shift, i, d), y, y)
			}
			low := YMM()
			VMULPS(y, slope, low)
			VMOVUPS(choose(whereAbove(y, zeros), y, low), at(dst.p, i, d))
		})
		finish()
	}
}

// add adds v to the vector in memory.
func add(v VecVirtual, m Mem) {
	VADDPS(m, v, v)
	VMOVUPS(v, m)
}

func channelSums() {
	channelSumsOf("channelSumsPlainVector", "", "adds Σx to sum and Σx² to sumSquares.", false)
	channelSumsOf("channelSumsPivotVector", ", pivot *float32", "adds Σ(x − pivot) to sum and Σ(x − pivot)² to sumSquares.", true)

	routine("channelSumVector", "func(sum, x *float32, xStride, rows, c int)", "adds Σx to sum.")
	sum, x := pointer("sum"), viewOf("x")
	groupedRows([]view{x}, 4, func(p [][]GPVirtual, i Register) {
		total := load(at(p[0][0], i, 0))
		for _, row := range p[0][1:] {
			VADDPS(at(row, i, 0), total, total)
		}
		add(total, at(sum, i, 0))
	})
	finish()
}

func channelSumsOf(name, parameter, doc string, pivoted bool) {
	routine(name, "func(sum, sumSquares, x *float32, xStride int"+parameter+", rows, c int)", doc)
	sum, squares, x := pointer("sum"), pointer("sumSquares"), viewOf("x")
	var pivots GPVirtual
	if pivoted {
		pivots = pointer("pivot")
	}
	groupedRows([]view{x}, 4, func(p [][]GPVirtual, i Register) {
		var pivot VecVirtual
		if pivoted {
			pivot = load(at(pivots, i, 0))
		}
		total, square := YMM(), YMM()
		for k, row := range p[0] {
			v := load(at(row, i, 0))
			if pivoted {
				VSUBPS(pivot, v, v)
			}
			if k == 0 {
				VMOVAPS(v, total)
				VMULPS(v, v, square)
				continue
			}
			VADDPS(v, total, total)
			VFMADD231PS(v, v, square)
		}
		add(total, at(sum, i, 0))
		add(square, at(squares, i, 0))
	})
	finish()
}
