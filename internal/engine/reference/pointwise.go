package reference

import (
	"math"

	"easel/internal/engine/graph"
)

// computePointwise is compute for what goes element by element or moves
// channels about.
func computePointwise(op graph.Op, in []tensor, out tensor) bool {
	switch op := op.(type) {
	case graph.Sum:
		each(out, func(i int) float64 { return in[0].data[i] + in[1].data[i] })
	case graph.Product:
		each(out, func(i int) float64 { return in[0].data[i] * in[1].data[i] })
	case graph.Scaling:
		each(out, func(i int) float64 { return float64(op.Factor) * in[0].data[i] })
	case graph.Power:
		each(out, func(i int) float64 { return math.Pow(in[0].data[i], float64(op.Exponent)) })
	case graph.Bias:
		channels := out.shape.Channels()
		each(out, func(i int) float64 { return in[0].data[i] + in[1].data[i%channels] })
	case graph.ChannelSum:
		for i, v := range in[0].data {
			out.data[i%len(out.data)] += v
		}
	case graph.Broadcast:
		each(out, func(int) float64 { return in[0].data[0] })
	case graph.Average:
		for _, v := range in[0].data {
			out.data[0] += v / float64(len(in[0].data))
		}
	case graph.Activation:
		each(out, func(i int) float64 { return activate(op, in[0].data[i]) })
	case graph.ActivationGradient:
		each(out, func(i int) float64 { return in[0].data[i] * slope(op, in[1].data[i]) })
	case graph.Concatenation:
		concat(in, out)
	case graph.ChannelSlice:
		channels := in[0].shape.Channels()
		width := op.To - op.From
		each(out, func(i int) float64 { return in[0].data[i/width*channels+op.From+i%width] })
	case graph.ChannelEmbed:
		channels := in[0].shape.Channels()
		for i, v := range in[0].data {
			out.data[i/channels*op.Total+op.From+i%channels] = v
		}
	default:
		return false
	}
	return true
}

func each(out tensor, f func(i int) float64) {
	for i := range out.data {
		out.data[i] = f(i)
	}
}

func activate(op graph.Activation, x float64) float64 {
	switch op.Function {
	case graph.ReLUFunction:
		return max(x, 0)
	case graph.LeakyReLUFunction:
		if x > 0 {
			return x
		}
		return float64(op.Slope) * x
	case graph.TanhFunction:
		return math.Tanh(x)
	case graph.SigmoidFunction:
		return sigmoid(x)
	}
	panic("reference: unknown activation")
}

// slope is an activation's derivative where its result is y.
func slope(op graph.ActivationGradient, y float64) float64 {
	switch op.Function {
	case graph.ReLUFunction:
		if y > 0 {
			return 1
		}
		return 0
	case graph.LeakyReLUFunction:
		if y > 0 {
			return 1
		}
		return float64(op.Slope)
	case graph.TanhFunction:
		return 1 - y*y
	case graph.SigmoidFunction:
		return y * (1 - y)
	}
	panic("reference: unknown activation")
}

// sigmoid is 1/(1 + e^−x), without an infinity on the way.
func sigmoid(x float64) float64 {
	if x < 0 {
		return math.Exp(x) / (1 + math.Exp(x))
	}
	return 1 / (1 + math.Exp(-x))
}

func concat(in []tensor, out tensor) {
	total, from := out.shape.Channels(), 0
	for _, t := range in {
		channels := t.shape.Channels()
		for i, v := range t.data {
			out.data[i/channels*total+from+i%channels] = v
		}
		from += channels
	}
}
