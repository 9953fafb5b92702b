package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
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
	views  []view
	slopes []VecVirtual
}

func loadTerms(count int) terms {
	t := terms{}
	for _, name := range []string{"d", "e"}[:count] {
		t.views = append(t.views, viewOf(name))
		t.slopes = append(t.slopes, broadcast(name+"Slope"))
	}
	return t
}

// gradient is Σ d·(1 where the mask is set, else slope) at the addresses.
func (t terms) gradient(mask VecVirtual, addresses []Mem) VecVirtual {
	high, low := load(addresses[0]), YMM()
	VMULPS(high, t.slopes[0], low)
	if len(addresses) == 2 {
		second := load(addresses[1])
		VFMADD231PS(second, t.slopes[1], low)
		VADDPS(second, high, high)
	}
	return choose(mask, high, low)
}

func normSums() {
	for count := 1; count <= 2; count++ {
		routine(fmt.Sprintf("normSums%dVector", count),
			"func(sumG, sumGX *float32, "+termParameters(count)+", x *float32, xStride int, mean, a, b *float32, rows, c int)",
			"adds Σg to sumG and Σg·(x − mean) to sumGX.")
		sumG, sumGX, t, x := pointer("sumG"), pointer("sumGX"), loadTerms(count), viewOf("x")
		mean, a, b, zeros := pointer("mean"), pointer("a"), pointer("b"), zero()
		groupedRows(append([]view{x}, t.views...), 2, func(p [][]GPVirtual, i Register) {
			scale, shift, center := load(at(a, i, 0)), load(at(b, i, 0)), load(at(mean, i, 0))
			var total, product VecVirtual
			for r := range p[0] {
				v, pre := load(at(p[0][r], i, 0)), YMM()
				VMOVAPS(shift, pre)
				VFMADD231PS(v, scale, pre)
				addresses := []Mem{at(p[1][r], i, 0)}
				if count == 2 {
					addresses = append(addresses, at(p[2][r], i, 0))
				}
				g := t.gradient(whereAbove(pre, zeros), addresses)
				VSUBPS(center, v, v)
				if r == 0 {
					total, product = g, v
					VMULPS(g, v, product)
					continue
				}
				VFMADD231PS(g, v, product)
				VADDPS(g, total, total)
			}
			add(total, at(sumG, i, 0))
			add(product, at(sumGX, i, 0))
		})
		finish()
	}
}

func normApply() {
	for count := 1; count <= 2; count++ {
		routine(fmt.Sprintf("normApply%dVector", count),
			"func(dx *float32, dxStride int, "+termParameters(count)+", x *float32, xStride int, a, b, A, B, C *float32, rows, c int)",
			"is dx = A·g + B·x + C.")
		dx, t, x := viewOf("dx"), loadTerms(count), viewOf("x")
		a, b, gScale, xScale, offset := pointer("a"), pointer("b"), pointer("A"), pointer("B"), pointer("C")
		zeros := zero()
		rows(append([]view{dx, x}, t.views...), 1, func(i Register, d int) {
			v, pre := load(at(x.p, i, d)), load(at(a, i, d))
			VFMADD213PS(at(b, i, d), v, pre)
			addresses := []Mem{}
			for _, term := range t.views {
				addresses = append(addresses, at(term.p, i, d))
			}
			g := t.gradient(whereAbove(pre, zeros), addresses)
			VMOVUPS(at(xScale, i, d), pre)
			VFMADD213PS(at(offset, i, d), pre, v)
			VFMADD132PS(at(gScale, i, d), v, g)
			VMOVUPS(g, at(dx.p, i, d))
		})
		finish()
	}
}

func activationBackward() {
	for count := 1; count <= 2; count++ {
		routine(fmt.Sprintf("activationBackward%dVector", count),
			"func(dst *float32, dstStride int, "+termParameters(count)+", y *float32, yStride int, rows, c int)",
			"is dst = Σ d·(1 where y > 0, else slope).")
		dst, t, y, zeros := viewOf("dst"), loadTerms(count), viewOf("y"), zero()
		rows(append([]view{dst, y}, t.views...), 2, func(i Register, d int) {
			addresses := []Mem{}
			for _, term := range t.views {
				addresses = append(addresses, at(term.p, i, d))
			}
			mask := whereAbove(load(at(y.p, i, d)), zeros)
			VMOVUPS(t.gradient(mask, addresses), at(dst.p, i, d))
		})
		finish()
	}
}
