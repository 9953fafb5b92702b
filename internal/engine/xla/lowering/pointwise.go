package lowering

import (
	"errors"

	hlo "github.com/gomlx/go-xla/pkg/stablehlo"
	"github.com/gomlx/go-xla/pkg/types"

	"easel/internal/engine/graph"
)

// pointwise lowers what goes element by element or moves channels about.
func (l *lowering) pointwise(n *graph.Node, in []*hlo.Value) *hlo.Value {
	shape := float32Shape(n.Shape())
	last := len(n.Shape()) - 1
	switch op := n.Op().(type) {
	case graph.Sum:
		return add(in[0], in[1])
	case graph.Product:
		return multiply(in[0], in[1])
	case graph.Scaling:
		return l.scaled(in[0], op.Factor)
	case graph.Power:
		return must(hlo.Power(in[0], l.like(in[0], op.Exponent)))
	case graph.Reshaping:
		return reshape(in[0], n.Shape()...)
	case graph.Bias:
		return add(in[0], l.bias(n, in[1]))
	case graph.ChannelSum:
		return l.channelSum(n, in[0])
	case graph.Broadcast:
		return fill(in[0], shape)
	case graph.Average:
		return l.scaled(l.total(in[0]), 1/float32(in[0].Shape().Size()))
	case graph.Activation:
		return l.activation(op, in[0])
	case graph.ActivationGradient:
		return l.activationGradient(op, in[0], in[1])
	case graph.Concatenation:
		return concatenate(last, in...)
	case graph.ChannelSlice:
		return slice(in[0], last, op.From, op.To)
	case graph.ChannelEmbed:
		return l.pad(in[0], last, op.From, op.Total-op.From-in[0].Shape().Dim(-1))
	}
	panic(failure{errors.New("unknown operation")})
}

// bias repeats b [channels] to be added to a value; a scalar has one channel.
func (l *lowering) bias(n *graph.Node, b *hlo.Value) *hlo.Value {
	if len(n.Shape()) == 0 {
		return reshape(b)
	}
	return channels(b, float32Shape(n.Shape()))
}

func (l *lowering) channelSum(n *graph.Node, x *hlo.Value) *hlo.Value {
	rank := x.Shape().Rank()
	if rank < 2 {
		return reshape(x, n.Shape()...)
	}
	axes := make([]int, rank-1)
	for i := range axes {
		axes[i] = i
	}
	return l.sum(x, axes...)
}

func (b *builder) activation(op graph.Activation, x *hlo.Value) *hlo.Value {
	switch op.Function {
	case graph.ReLUFunction:
		return maximum(x, b.like(x, float32(0)))
	case graph.LeakyReLUFunction:
		return choose(b.positive(x), x, b.scaled(x, op.Slope))
	case graph.TanhFunction:
		return must(hlo.Tanh(x))
	case graph.SigmoidFunction:
		return must(hlo.Logistic(x))
	}
	panic(failure{errors.New("unknown activation")})
}

func (b *builder) positive(x *hlo.Value) *hlo.Value {
	return compare(x, b.like(x, float32(0)), types.CompareGT)
}

// activationGradient takes the derivative from the activation's result y.
func (b *builder) activationGradient(op graph.ActivationGradient, dy, y *hlo.Value) *hlo.Value {
	one := func() *hlo.Value { return b.like(y, float32(1)) }
	switch op.Function {
	case graph.ReLUFunction:
		return choose(b.positive(y), dy, b.like(y, float32(0)))
	case graph.LeakyReLUFunction:
		return choose(b.positive(y), dy, b.scaled(dy, op.Slope))
	case graph.TanhFunction:
		return multiply(dy, subtract(one(), multiply(y, y)))
	case graph.SigmoidFunction:
		return multiply(dy, multiply(y, subtract(one(), y)))
	}
	panic(failure{errors.New("unknown activation")})
}
