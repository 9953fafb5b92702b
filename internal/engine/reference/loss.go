package reference

import (
	"math"

	"easel/internal/engine/graph"
)

func loss(op graph.Loss, in []tensor, out tensor) {
	x := in[0]
	if op.Function == graph.SoftmaxCrossEntropy {
		classified(x, in[1], func(logits []float64, class, _, count int) {
			out.data[0] -= math.Log(softmax(logits)[class]) / float64(count)
		})
		return
	}
	for i, v := range x.data {
		out.data[0] += penalty(op, v, target(op, in, i)) / float64(len(x.data))
	}
}

func lossGradient(op graph.LossGradient, in []tensor, out tensor) {
	factor, x := in[0].data[0], in[1]
	if op.Function == graph.SoftmaxCrossEntropy {
		classified(x, in[2], func(logits []float64, class, first, count int) {
			for c, p := range softmax(logits) {
				if c == class {
					p--
				}
				out.data[first+c] = factor * p / float64(count)
			}
		})
		return
	}
	for i, v := range x.data {
		d := penaltySlope(op, v, target(graph.Loss(op), in[1:], i))
		out.data[i] = factor * d / float64(len(x.data))
	}
}

// target is what element i is compared with.
func target(op graph.Loss, in []tensor, i int) float64 {
	if len(in) == 2 {
		return in[1].data[i]
	}
	return float64(op.Target)
}

func penalty(op graph.Loss, x, t float64) float64 {
	switch op.Function {
	case graph.AbsoluteError:
		return math.Abs(x - t)
	case graph.SquaredError, graph.LeastSquaresError:
		return (x - t) * (x - t)
	case graph.LogitCrossEntropy:
		return max(x, 0) - x*t + math.Log1p(math.Exp(-math.Abs(x)))
	case graph.HingeError:
		return max(0, 1-t*x)
	}
	panic("reference: unknown loss")
}

func penaltySlope(op graph.LossGradient, x, t float64) float64 {
	switch op.Function {
	case graph.AbsoluteError:
		switch {
		case x > t:
			return 1
		case x < t:
			return -1
		}
		return 0
	case graph.SquaredError, graph.LeastSquaresError:
		return 2 * (x - t)
	case graph.LogitCrossEntropy:
		return sigmoid(x) - t
	case graph.HingeError:
		if 1-t*x > 0 {
			return -t
		}
		return 0
	}
	panic("reference: unknown loss")
}

// classified calls f for each position that has a class, with its logits, the
// place of their first and the number of such positions.
func classified(x, y tensor, f func(logits []float64, class, first, count int)) {
	classes, count := x.shape.Channels(), 0
	known := func(v float64) bool { return v >= 0 && v < float64(classes) }
	for _, v := range y.data {
		if known(v) {
			count++
		}
	}
	for i, v := range y.data {
		if known(v) {
			f(x.data[i*classes:(i+1)*classes], int(v), i*classes, count)
		}
	}
}

func softmax(logits []float64) []float64 {
	largest, sum := math.Inf(-1), 0.0
	for _, v := range logits {
		largest = max(largest, v)
	}
	p := make([]float64, len(logits))
	for i, v := range logits {
		p[i] = math.Exp(v - largest)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}
