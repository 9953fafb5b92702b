package lowering

import (
	hlo "github.com/gomlx/go-xla/pkg/stablehlo"
	"github.com/gomlx/go-xla/pkg/types"
	"github.com/gomlx/go-xla/pkg/types/shapes"

	"easel/internal/engine/graph"
)

// extent is the part of pictures of a shape that is their own: see
// graph.ExtentCut.
type extent struct {
	*builder
	rows, columns *hlo.Value // int32 scalars
	shape         shapes.Shape
}

// extentOf is graph.ExtentOf.
func (b *builder) extentOf(value *hlo.Value, shrink int, of *hlo.Value) extent {
	side := func(i int) *hlo.Value {
		length := convert(reshape(slice(value, 0, i, i+1)), int32Type)
		length = divide(length, b.scalar(int32(shrink)))
		whole := b.scalar(int32(of.Shape().Dim(i + 1)))
		return maximum(minimum(length, whole), b.scalar(int32(0)))
	}
	return extent{b, side(0), side(1), of.Shape()}
}

// places counts along an axis of the pictures.
func (e extent) places(axis int) *hlo.Value { return e.iota(int32Type, axis, e.shape.Dimensions...) }

// kept is x inside and 0 outside.
func (e extent) kept(x *hlo.Value) *hlo.Value {
	below := func(axis int, limit *hlo.Value) *hlo.Value {
		i := e.places(axis)
		return compare(i, fill(limit, i.Shape()), types.CompareLT)
	}
	return choose(must(hlo.And(below(1, e.rows), below(2, e.columns))), x, e.like(x, float32(0)))
}

func (b *builder) extentCut(op graph.ExtentCut, x, size *hlo.Value) *hlo.Value {
	return b.extentOf(size, op.Shrink, x).kept(x)
}

func (b *builder) extentMoments(op graph.ExtentMoments, x, size *hlo.Value) *hlo.Value {
	e := b.extentOf(size, op.Shrink, x)
	count := convert(maximum(multiply(e.rows, e.columns), b.scalar(int32(1))), float32Type)
	mean := func(x *hlo.Value) *hlo.Value {
		sum := b.statistics(graph.PerPicture, x)
		return divide(sum, fill(count, sum.Shape()))
	}
	center := mean(e.kept(x))
	rest := e.kept(subtract(x, perGroup(graph.PerPicture, center, x.Shape())))
	variance := mean(multiply(rest, rest))
	return pair(center, must(hlo.Rsqrt(add(variance, b.like(variance, op.Epsilon)))))
}

// extentLayout gathers, for each pixel, that of its number among those inside.
func (b *builder) extentLayout(op graph.ExtentLayout, x, size *hlo.Value) *hlo.Value {
	e := b.extentOf(size, op.Shrink, x)
	d := x.Shape().Dimensions
	count := func(axis int) *hlo.Value { return b.iota(int32Type, axis, d[0], d[1], d[2]) }
	times := func(x, factor *hlo.Value) *hlo.Value { return multiply(x, fill(factor, x.Shape())) }
	number := add(times(add(times(count(0), e.rows), count(1)), e.columns), count(2))
	last := d[0]*d[1]*d[2] - 1 // pixels outside count on beyond the end
	number = minimum(number, b.like(number, int32(last)))
	pixels := reshape(x, d[0]*d[1]*d[2], d[3])
	return e.kept(must(hlo.Gather(pixels, number, 3, []int{3}, []int{0}, nil, nil, []int{0}, []int{1, d[3]}, false)))
}
