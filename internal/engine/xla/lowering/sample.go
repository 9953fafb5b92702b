package lowering

import (
	"math"

	hlo "github.com/gomlx/go-xla/pkg/stablehlo"
	"github.com/gomlx/go-xla/pkg/types"

	"easel/internal/engine/graph"
)

// windowed are size×size windows of a picture, stride apart.
func windowed(size, stride int) (dimensions, strides []int) {
	return []int{1, size, size, 1}, []int{1, stride, stride, 1}
}

func (b *builder) pool(op graph.Pool, x *hlo.Value) *hlo.Value {
	size, strides := windowed(op.Size, op.Stride)
	if op.Kind == graph.MaxPooling {
		lowest := b.scalar(float32(math.Inf(-1)))
		larger := b.closure("maximum", float32Type, hlo.Maximum)
		return must(hlo.ReduceWindow(x, lowest, larger, size, strides, nil, nil, nil))
	}
	sums := must(hlo.ReduceWindow(x, b.zero(float32Type), b.addition(float32Type), size, strides, nil, nil, nil))
	return b.scaled(sums, 1/float32(op.Size*op.Size))
}

// poolGradient gives a maximum's gradient to the first of equal elements: the
// element in hand stays selected while it is not less than the next.
func (b *builder) poolGradient(op graph.PoolGradient, dy, x *hlo.Value) *hlo.Value {
	size, strides := windowed(op.Size, op.Stride)
	if op.Kind == graph.MaxPooling {
		stays := b.closure("not less", float32Type, func(x, y *hlo.Value) (*hlo.Value, error) {
			return hlo.Compare(x, y, types.CompareGE, types.CompareFloat)
		})
		return must(hlo.SelectAndScatter(x, dy, b.zero(float32Type), stays, b.addition(float32Type), size, strides, nil))
	}
	// Each element of x is in the windows that begin at most size − 1 before it.
	between := make([]int, 4)
	low, high := make([]int, 4), make([]int, 4)
	for axis := 1; axis <= 2; axis++ {
		between[axis] = op.Stride - 1
		low[axis] = op.Size - 1
		high[axis] = x.Shape().Dimensions[axis] - ((dy.Shape().Dimensions[axis]-1)*op.Stride + 1)
	}
	apart := must(hlo.Pad(dy, b.zero(float32Type), low, high, between))
	_, dense := windowed(op.Size, 1)
	sums := must(hlo.ReduceWindow(apart, b.zero(float32Type), b.addition(float32Type), size, dense, nil, nil, nil))
	return b.scaled(sums, 1/float32(op.Size*op.Size))
}

// Resampling is a product with a matrix along each axis, as JAX does it too: it
// is its own adjoint transposed, and its sums have a fixed order, where adding
// up gathered elements would not.

func (b *builder) resampling(op graph.Resampling, x *hlo.Value) *hlo.Value {
	d := x.Shape().Dimensions
	return b.resized(x, b.weights(op.Kind, d[1], op.Height), b.weights(op.Kind, d[2], op.Width), 1)
}

func (b *builder) resamplingGradient(op graph.ResamplingGradient, dy *hlo.Value) *hlo.Value {
	d := dy.Shape().Dimensions
	return b.resized(dy, b.weights(op.Kind, op.Height, d[1]), b.weights(op.Kind, op.Width, d[2]), 0)
}

// resized contracts rows and columns of a picture with an axis of a matrix
// each.
func (b *builder) resized(x, rows, columns *hlo.Value, axis int) *hlo.Value {
	exact := types.DotGeneralPrecisionHighest                                                          // a resampled picture should not lose digits
	y := must(hlo.DotGeneral(x, []int{1}, nil, rows, []int{axis}, nil).Precision(exact, exact).Done()) // b w c h
	y = must(hlo.DotGeneral(y, []int{1}, nil, columns, []int{axis}, nil).Precision(exact, exact).Done())
	return must(hlo.Transpose(y, 0, 2, 3, 1)) // of b c h w
}

// weights is the matrix [size, old] of what each new row reads, from integers:
// row i stands at n/(2·size) with n = (2i + 1)·old − size, held inside the
// picture, and weighs row j by max(0, 1 − |distance|).
func (b *builder) weights(kind graph.Interpolation, old, size int) *hlo.Value {
	i, j := b.iota(int32Type, 0, size, old), b.iota(int32Type, 1, size, old)
	if kind == graph.NearestInterpolation {
		at := divide(multiply(i, b.like(i, int32(old))), b.like(i, int32(size)))
		return convert(compare(at, j, types.CompareEQ), float32Type)
	}
	n := add(multiply(i, b.like(i, int32(2*old))), b.like(i, int32(old-size)))
	n = maximum(minimum(n, b.like(i, int32(2*size*(old-1)))), b.like(i, int32(0)))
	distance := must(hlo.Abs(subtract(n, multiply(j, b.like(j, int32(2*size))))))
	near := maximum(subtract(b.like(i, int32(2*size)), distance), b.like(i, int32(0)))
	return b.scaled(convert(near, float32Type), 1/float32(2*size))
}
