package lowering

import (
	hlo "github.com/gomlx/go-xla/pkg/stablehlo"
	"github.com/gomlx/go-xla/pkg/types"

	"easel/internal/engine/graph"
)

// As in resampling, what belongs to a pixel is a product with a matrix along
// each axis, here over the taps along that axis too.

func (b *builder) enlargedTaps(op graph.EnlargedTaps, in []*hlo.Value) *hlo.Value {
	d := in[0].Shape().Dimensions
	t := reshape(in[0], d[0], d[1], d[2], 3, 3, d[3]/9)
	rows, columns := b.scalar(int32(d[1])), b.scalar(int32(d[2]))
	if op.Shrink > 0 {
		e := b.extentOf(in[1], op.Shrink, in[0])
		rows, columns = e.rows, e.columns
	}
	y := exactProduct(t, []int{1, 3}, b.tapWeights(d[1], rows), 2, 0)   // b w c out h
	y = exactProduct(y, []int{1, 2}, b.tapWeights(d[2], columns), 2, 0) // b out h w
	return must(hlo.Transpose(y, 0, 2, 3, 1))
}

func (b *builder) enlargedTapsGradient(dy *hlo.Value) *hlo.Value {
	d := dy.Shape().Dimensions
	height, width := d[1]/2, d[2]/2
	t := exactProduct(dy, []int{1}, b.tapWeights(height, b.scalar(int32(height))), 1) // b w out r h
	t = exactProduct(t, []int{1}, b.tapWeights(width, b.scalar(int32(width))), 1)     // b out r h c w
	return reshape(must(hlo.Transpose(t, 0, 3, 5, 2, 4, 1)), d[0], height, width, 9*d[3])
}

// exactProduct contracts axes of x with axes of y, and loses no digits.
func exactProduct(x *hlo.Value, overX []int, y *hlo.Value, overY ...int) *hlo.Value {
	exact := types.DotGeneralPrecisionHighest
	return must(hlo.DotGeneral(x, overX, nil, y, overY, nil).Precision(exact, exact).Done())
}

// tapWeights is the matrix [3, 2·size, size] of what tap r at place p of an
// axis enlarged from count to 2·count reads: place u = p + r − 1, if there is
// one, stands at (2u − 1)/4, held inside, and weighs i by max(0, 1 − |distance|).
func (b *builder) tapWeights(size int, count *hlo.Value) *hlo.Value {
	along := func(axis int) *hlo.Value { return b.iota(int32Type, axis, 3, 2*size, size) }
	r, p, i := along(0), along(1), along(2)
	times := func(x *hlo.Value, n int32) *hlo.Value { return multiply(x, b.like(x, n)) }
	minus := func(x *hlo.Value, n int32) *hlo.Value { return subtract(x, b.like(x, n)) }
	fill := func(x *hlo.Value) *hlo.Value { return fill(x, p.Shape()) }
	u := minus(add(p, r), 1)
	last := fill(times(subtract(count, b.scalar(int32(1))), 4))
	at := maximum(minimum(minus(times(u, 2), 1), last), b.like(u, int32(0)))
	near := maximum(subtract(b.like(u, int32(4)), must(hlo.Abs(subtract(at, times(i, 4))))), b.like(u, int32(0)))
	end := fill(times(count, 2))
	there := must(hlo.And(compare(u, b.like(u, int32(0)), types.CompareGE), compare(maximum(u, p), end, types.CompareLT)))
	return b.scaled(convert(choose(there, near, b.like(u, int32(0))), float32Type), 0.25)
}
