package lowering

import (
	"errors"
	"math"

	hlo "github.com/gomlx/go-xla/pkg/stablehlo"
	"github.com/gomlx/go-xla/pkg/types"

	"easel/internal/engine/graph"
)

func (b *builder) loss(op graph.Loss, in []*hlo.Value) *hlo.Value {
	if op.Function == graph.SoftmaxCrossEntropy {
		c := b.classified(in[0], in[1])
		return negate(divide(b.total(multiply(c.chosen, c.logarithms)), c.count))
	}
	x := in[0]
	return b.scaled(b.total(b.penalty(op, x, b.target(op, in))), 1/float32(x.Shape().Size()))
}

// target is what x is compared with, of its shape.
func (b *builder) target(op graph.Loss, in []*hlo.Value) *hlo.Value {
	if len(in) == 2 {
		return in[1]
	}
	return b.like(in[0], op.Target)
}

func (b *builder) penalty(op graph.Loss, x, t *hlo.Value) *hlo.Value {
	zero := func() *hlo.Value { return b.like(x, float32(0)) }
	switch op.Function {
	case graph.AbsoluteError:
		return must(hlo.Abs(subtract(x, t)))
	case graph.SquaredError, graph.LeastSquaresError:
		d := subtract(x, t)
		return multiply(d, d)
	case graph.LogitCrossEntropy:
		small := must(hlo.LogPlusOne(must(hlo.Exponential(negate(must(hlo.Abs(x)))))))
		return add(subtract(maximum(x, zero()), multiply(x, t)), small)
	case graph.HingeError:
		return maximum(subtract(b.like(x, float32(1)), multiply(t, x)), zero())
	}
	panic(failure{errors.New("unknown loss")})
}

func (b *builder) lossGradient(op graph.LossGradient, in []*hlo.Value) *hlo.Value {
	factor, x := in[0], in[1]
	if op.Function == graph.SoftmaxCrossEntropy {
		c := b.classified(x, in[2])
		probabilities := multiply(must(hlo.Exponential(c.logarithms)), c.known)
		return multiply(subtract(probabilities, c.chosen), fill(divide(factor, c.count), x.Shape()))
	}
	each := b.scaled(factor, 1/float32(x.Shape().Size()))
	return multiply(b.slope(op, x, b.target(graph.Loss(op), in[1:])), fill(each, x.Shape()))
}

// slope is a penalty's derivative; at the kinks it is 0.
func (b *builder) slope(op graph.LossGradient, x, t *hlo.Value) *hlo.Value {
	switch op.Function {
	case graph.AbsoluteError:
		return must(hlo.Sign(subtract(x, t)))
	case graph.SquaredError, graph.LeastSquaresError:
		return b.scaled(subtract(x, t), 2)
	case graph.LogitCrossEntropy:
		return subtract(must(hlo.Logistic(x)), t)
	case graph.HingeError:
		wrong := b.positive(subtract(b.like(x, float32(1)), multiply(t, x)))
		return choose(wrong, negate(t), b.like(x, float32(0)))
	}
	panic(failure{errors.New("unknown loss")})
}

// classes are logits beside the class numbers that they should show.
type classes struct {
	logarithms *hlo.Value // of softmax
	known      *hlo.Value // 1 at positions that have a class, 0 elsewhere
	chosen     *hlo.Value // 1 at the class itself
	count      *hlo.Value // positions that have a class, 1 where there are none
}

// classified compares logits [batch, height, width, classes] with class
// numbers [batch, height, width, 1].
func (b *builder) classified(x, y *hlo.Value) classes {
	s := x.Shape()
	d := s.Dimensions
	y = reshape(y, d[:3]...)
	wide := func(v *hlo.Value) *hlo.Value { return broadcast(v, s, 0, 1, 2) }
	known := convert(must(hlo.And(
		compare(y, b.like(y, float32(0)), types.CompareGE),
		compare(y, b.like(y, float32(d[3])), types.CompareLT))), float32Type)
	at := compare(b.iota(float32Type, 3, d...), wide(must(hlo.Floor(y))), types.CompareEQ)
	largest := must(hlo.Reduce(x, b.scalar(float32(math.Inf(-1))), b.closure("maximum", float32Type, hlo.Maximum), 3))
	less := subtract(x, wide(largest))
	sums := b.sum(must(hlo.Exponential(less)), 3)
	return classes{
		logarithms: subtract(less, wide(must(hlo.Log(sums)))),
		known:      wide(known),
		chosen:     multiply(convert(at, float32Type), wide(known)),
		count:      maximum(b.total(known), b.scalar(float32(1))),
	}
}
