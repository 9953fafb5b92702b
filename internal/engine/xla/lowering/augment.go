package lowering

import (
	hlo "github.com/gomlx/go-xla/pkg/stablehlo"
	"github.com/gomlx/go-xla/pkg/types"

	"easel/internal/engine/graph"
)

// augment is how pictures of a shape are augmented.
type augment struct {
	*builder
	how     *hlo.Value // [batch, 7]
	d       []int      // of the pictures
	colours int
}

// number is one of the numbers for each picture, repeated over a shape whose
// first axis is the batch.
func (a augment) number(i int, of *hlo.Value) *hlo.Value {
	n := reshape(slice(a.how, 1, i, i+1), a.d[0])
	return broadcast(convert(n, of.Shape().DType), of.Shape(), 0)
}

// shift is the matrix [batch, after, before] of an axis of size n that is moved
// by number i.
func (a augment) shift(n, i int) *hlo.Value {
	after, before := a.iota(int32Type, 1, a.d[0], n, n), a.iota(int32Type, 2, a.d[0], n, n)
	return convert(compare(subtract(after, a.number(i, after)), before, types.CompareEQ), float32Type)
}

// moved is x moved, or back: contracted with the shifts' axes 2 or 1.
func (a augment) moved(x *hlo.Value, axis int) *hlo.Value {
	exact := types.DotGeneralPrecisionHighest
	along := func(x *hlo.Value, over int, shift *hlo.Value) *hlo.Value {
		return must(hlo.DotGeneral(x, []int{over}, []int{0}, shift, []int{axis}, []int{0}).Precision(exact, exact).Done())
	}
	y := along(x, 1, a.shift(a.d[1], 3))      // b w c h
	y = along(y, 1, a.shift(a.d[2], 4))       // b c h w
	return must(hlo.Transpose(y, 0, 2, 3, 1)) // b h w c
}

// uncut is x with zeros in the square.
func (a augment) uncut(x *hlo.Value) *hlo.Value {
	within := func(axis, number int) *hlo.Value {
		i := a.iota(int32Type, axis, a.d...)
		from := a.number(number, i)
		to := add(from, a.like(i, int32(a.d[axis]/2)))
		return must(hlo.And(compare(i, from, types.CompareGE), compare(i, to, types.CompareLT)))
	}
	return choose(must(hlo.And(within(1, 5), within(2, 6))), a.like(x, float32(0)), x)
}

// means are of each pixel's colours and of each picture's.
func (a augment) means(x *hlo.Value) (pixel, picture *hlo.Value) {
	n := a.d[3] - a.colours
	sums := a.sum(x, 3)
	pixel = a.scaled(broadcast(sums, x.Shape(), 0, 1, 2), 1/float32(n))
	picture = a.scaled(broadcast(a.sum(sums, 1, 2), x.Shape(), 0), 1/float32(n*a.d[1]*a.d[2]))
	return pixel, picture
}

// coloured applies f to the colours of x, with the numbers 0 to 2.
func (a augment) coloured(x *hlo.Value, f func(x, brightness, saturation, contrast *hlo.Value) *hlo.Value) *hlo.Value {
	if a.colours == a.d[3] {
		return x
	}
	y := slice(x, 3, a.colours, a.d[3])
	y = f(y, a.number(0, y), a.number(1, y), a.number(2, y))
	if a.colours == 0 {
		return y
	}
	return concatenate(3, slice(x, 3, 0, a.colours), y)
}

func (b *builder) augmentation(op graph.Augmentation, x, how *hlo.Value) *hlo.Value {
	a := augment{b, how, x.Shape().Dimensions, op.Colours}
	x = a.coloured(x, func(x, brightness, saturation, contrast *hlo.Value) *hlo.Value {
		pixel, picture := a.means(x)
		x = add(multiply(subtract(x, pixel), saturation), pixel)
		x = add(multiply(subtract(x, picture), contrast), picture)
		if op.Linear {
			return x
		}
		return add(x, brightness)
	})
	return a.uncut(a.moved(x, 2))
}

func (b *builder) augmentationGradient(op graph.AugmentationGradient, dy, how *hlo.Value) *hlo.Value {
	a := augment{b, how, dy.Shape().Dimensions, op.Colours}
	x := a.moved(a.uncut(dy), 1)
	return a.coloured(x, func(x, _, saturation, contrast *hlo.Value) *hlo.Value {
		one := a.like(x, float32(1))
		pixel, picture := a.means(x)
		rest := multiply(subtract(one, contrast), picture)
		x, pixel = add(multiply(contrast, x), rest), add(multiply(contrast, pixel), rest)
		return add(multiply(saturation, x), multiply(subtract(one, saturation), pixel))
	})
}
