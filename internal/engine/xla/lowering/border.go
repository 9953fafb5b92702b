package lowering

import (
	hlo "github.com/gomlx/go-xla/pkg/stablehlo"

	"easel/internal/engine/graph"
)

// border adds rows, then columns.
func (b *builder) border(op graph.Border, x *hlo.Value) *hlo.Value {
	x = b.extend(op.Mode, x, 1, op.Top, op.Bottom)
	return b.extend(op.Mode, x, 2, op.Left, op.Right)
}

// extend adds a border before and after x along one axis.
func (b *builder) extend(mode graph.PadMode, x *hlo.Value, axis, before, after int) *hlo.Value {
	if mode == graph.PadZeros {
		return b.pad(x, axis, before, after)
	}
	size := x.Shape().Dimensions[axis]
	parts := []*hlo.Value{x}
	if before > 0 {
		parts = append([]*hlo.Value{copied(mode, x, axis, 0, before)}, parts...)
	}
	if after > 0 {
		parts = append(parts, copied(mode, x, axis, size-1, after))
	}
	if len(parts) == 1 {
		return x
	}
	return concatenate(axis, parts...)
}

// copied is a border of count rows at an edge, which is row 0 or the last.
func copied(mode graph.PadMode, x *hlo.Value, axis, edge, count int) *hlo.Value {
	if mode == graph.PadReplicate {
		shape := x.Shape().Clone()
		shape.Dimensions[axis] = count
		return broadcast(slice(x, axis, edge, edge+1), shape, 0, 1, 2, 3)
	}
	from, to := mirrored(edge, count)
	return must(hlo.Reverse(slice(x, axis, from, to), axis))
}

// mirrored are the rows that a reflected border of count rows copies.
func mirrored(edge, count int) (from, to int) {
	if edge == 0 {
		return 1, count + 1
	}
	return edge - count, edge
}

// borderGradient adds each border's gradient to what it was copied from:
// columns first.
func (b *builder) borderGradient(op graph.BorderGradient, dy *hlo.Value) *hlo.Value {
	dy = b.fold(op.Mode, dy, 2, op.Left, op.Right)
	return b.fold(op.Mode, dy, 1, op.Top, op.Bottom)
}

// fold is the adjoint of extend.
func (b *builder) fold(mode graph.PadMode, dy *hlo.Value, axis, before, after int) *hlo.Value {
	size := dy.Shape().Dimensions[axis] - before - after
	x := slice(dy, axis, before, before+size)
	if mode == graph.PadZeros {
		return x
	}
	back := func(border *hlo.Value, edge, count int) {
		from, to := mirrored(edge, count)
		if mode == graph.PadReplicate {
			shape := border.Shape().Clone()
			shape.Dimensions[axis] = 1
			border = reshape(b.sum(border, axis), shape.Dimensions...)
			from, to = edge, edge+1
		} else {
			border = must(hlo.Reverse(border, axis))
		}
		x = add(x, b.pad(border, axis, from, size-to))
	}
	if before > 0 {
		back(slice(dy, axis, 0, before), 0, before)
	}
	if after > 0 {
		back(slice(dy, axis, before+size, before+size+after), size-1, after)
	}
	return x
}
