package pointwise

import (
	"fmt"
	"math"
)

// LossFunction is what a loss sums; the values are in the order of the
// graph's loss functions.
type LossFunction int

const (
	// AbsoluteError is |x − y|.
	AbsoluteError LossFunction = iota
	// SquaredError is (x − y)².
	SquaredError
	// LogitCrossEntropy is max(x, 0) − x·t + log(1 + e^−|x|).
	LogitCrossEntropy
	// LeastSquaresError is (x − t)².
	LeastSquaresError
	// HingeError is max(0, 1 − t·x).
	HingeError
)

// sumChunk is how many elements are summed in float32 lanes before they go
// into the float64 sum: 128 a lane.
const sumChunk = 128 * 4 * lanes

// LossSum is the sum of a loss function over a block, in float64. y is the
// other operand of AbsoluteError and SquaredError, nil for the others, which
// take the target t. Blocks added up in a fixed order give a result that does
// not depend on who computed which.
func (k *Kernels) LossSum(function LossFunction, target float32, x, y []float32) float64 {
	checkLoss("loss sum", function, x, y)
	sum, done := 0.0, 0
	if k.assembly && (function == AbsoluteError || function == SquaredError) {
		for n := len(x) &^ (lanes - 1); done < n; {
			m := min(n-done, sumChunk)
			if function == AbsoluteError {
				sum += float64(absoluteErrorVector(&x[done], &y[done], m))
			} else {
				sum += float64(squaredErrorVector(&x[done], &y[done], m))
			}
			done += m
		}
	}
	return sum + lossSumGo(function, float64(target), x[done:], tail(y, done))
}

func checkLoss(op string, function LossFunction, x, y []float32) {
	switch function {
	case AbsoluteError, SquaredError:
		checkVector(op, "y", y, len(x))
	case LogitCrossEntropy, LeastSquaresError, HingeError:
	default:
		panic(fmt.Sprintf("pointwise: %s: unknown function %d", op, function))
	}
}

func lossSumGo(function LossFunction, t float64, x, y []float32) float64 {
	sum := 0.0
	switch function {
	case AbsoluteError:
		for i, v := range x {
			sum += math.Abs(float64(v) - float64(y[i]))
		}
	case SquaredError:
		for i, v := range x {
			d := float64(v) - float64(y[i])
			sum += d * d
		}
	case LogitCrossEntropy:
		for _, v := range x {
			v := float64(v)
			sum += max(v, 0) - v*t + math.Log1p(math.Exp(-math.Abs(v)))
		}
	case LeastSquaresError:
		for _, v := range x {
			d := float64(v) - t
			sum += d * d
		}
	case HingeError:
		for _, v := range x {
			sum += max(0, 1-t*float64(v))
		}
	}
	return sum
}

// LossGradient is dst = factor·∂loss/∂x, the loss of each element standing
// alone: the mean's 1/n belongs into factor. y and target are as in LossSum.
// In place on x or y allowed.
func (k *Kernels) LossGradient(dst []float32, function LossFunction, target, factor float32, x, y []float32) {
	checkLoss("loss gradient", function, x, y)
	checkVector("loss gradient", "dst", dst, len(x))
	done := 0
	if function == AbsoluteError || function == SquaredError {
		done = k.vectorChannels(len(x))
	}
	if done > 0 {
		if function == AbsoluteError {
			absoluteGradientVector(&dst[0], &x[0], &y[0], factor, done)
		} else {
			squaredGradientVector(&dst[0], &x[0], &y[0], factor, done)
		}
	}
	lossGradientGo(dst[done:], function, target, factor, x[done:], tail(y, done))
}

func lossGradientGo(dst []float32, function LossFunction, t, factor float32, x, y []float32) {
	dst = dst[:len(x)]
	switch function {
	case AbsoluteError:
		for i, v := range x {
			dst[i] = factor * sign(v-y[i])
		}
	case SquaredError:
		for i, v := range x {
			dst[i] = 2 * factor * (v - y[i])
		}
	case LogitCrossEntropy:
		// In float64, because the sigmoid and the target nearly cancel where
		// the discriminator is sure of itself.
		for i, v := range x {
			dst[i] = float32(float64(factor) * (1/(1+math.Exp(-float64(v))) - float64(t)))
		}
	case LeastSquaresError:
		for i, v := range x {
			dst[i] = 2 * factor * (v - t)
		}
	case HingeError:
		for i, v := range x {
			g := -t * factor
			if !(t*v < 1) {
				g = 0
			}
			dst[i] = g
		}
	}
}

// sign is −1, 0 or 1; NaN stays NaN, so that a broken picture shows.
func sign(v float32) float32 {
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return v
}
