package lowering

import (
	hlo "github.com/gomlx/go-xla/pkg/stablehlo"
	"github.com/gomlx/go-xla/pkg/types/shapes"

	"easel/internal/engine/graph"
)

// statistics sums x [batch, height, width, channels] over what one group has:
// [groups, channels].
func (b *builder) statistics(over graph.Statistics, x *hlo.Value) *hlo.Value {
	if over == graph.PerPicture {
		return b.sum(x, 1, 2)
	}
	return reshape(b.sum(x, 0, 1, 2), 1, x.Shape().Dim(-1))
}

// groupSize is how many elements of a channel one group has.
func groupSize(over graph.Statistics, x *hlo.Value) float32 {
	d := x.Shape().Dimensions
	if over == graph.PerPicture {
		return float32(d[1] * d[2])
	}
	return float32(d[0] * d[1] * d[2])
}

// perGroup repeats x [groups, channels] at the positions of each group.
func perGroup(over graph.Statistics, x *hlo.Value, shape shapes.Shape) *hlo.Value {
	if over == graph.PerPicture {
		return broadcast(x, shape, 0, 3)
	}
	return broadcast(reshape(x, shape.Dim(-1)), shape, 3)
}

// pair is [groups, 2, channels] of two values [groups, channels].
func pair(first, second *hlo.Value) *hlo.Value {
	d := first.Shape().Dimensions
	return concatenate(1, reshape(first, d[0], 1, d[1]), reshape(second, d[0], 1, d[1]))
}

// row is row i of [groups, 2, channels]: [groups, channels].
func row(x *hlo.Value, i int) *hlo.Value {
	d := x.Shape().Dimensions
	return reshape(slice(x, 1, i, i+1), d[0], d[2])
}

// moments takes the variance of what the mean leaves: the difference of two
// large sums would lose it.
func (b *builder) moments(op graph.Moments, x *hlo.Value) *hlo.Value {
	one := 1 / groupSize(op.Over, x)
	mean := b.scaled(b.statistics(op.Over, x), one)
	rest := subtract(x, perGroup(op.Over, mean, x.Shape()))
	variance := b.scaled(b.statistics(op.Over, multiply(rest, rest)), one)
	return pair(mean, must(hlo.Rsqrt(add(variance, b.like(variance, op.Epsilon)))))
}

// normalized is x̂.
func normalized(over graph.Statistics, x, moments *hlo.Value) *hlo.Value {
	s := x.Shape()
	return multiply(subtract(x, perGroup(over, row(moments, 0), s)), perGroup(over, row(moments, 1), s))
}

func (b *builder) normalization(op graph.Normalization, x, moments, scale, shift *hlo.Value) *hlo.Value {
	s := x.Shape()
	return add(multiply(normalized(op.Over, x, moments), channels(scale, s)), channels(shift, s))
}

func (b *builder) normalizationSums(op graph.NormalizationSums, dy, x, moments *hlo.Value) *hlo.Value {
	return pair(b.statistics(op.Over, dy),
		b.statistics(op.Over, multiply(dy, normalized(op.Over, x, moments))))
}

func (b *builder) normalizationInputGradient(op graph.NormalizationInputGradient, dy, x, moments, sums, scale *hlo.Value) *hlo.Value {
	s, one := x.Shape(), 1/groupSize(op.Over, x)
	means := b.scaled(sums, one)
	rest := subtract(dy, perGroup(op.Over, row(means, 0), s))
	rest = subtract(rest, multiply(normalized(op.Over, x, moments), perGroup(op.Over, row(means, 1), s)))
	return multiply(rest, multiply(channels(scale, s), perGroup(op.Over, row(moments, 1), s)))
}

func (b *builder) groupSum(op graph.GroupSum, x *hlo.Value) *hlo.Value {
	return b.sum(row(x, op.Row), 0)
}
