package graph

import "fmt"

// LossFunction is what a loss takes the mean of.
type LossFunction int

const (
	// AbsoluteError is |x − y|.
	AbsoluteError LossFunction = iota
	// SquaredError is (x − y)².
	SquaredError
	// LogitCrossEntropy is max(x, 0) − x·t + log(1 + e^−|x|): the stable form
	// of binary cross-entropy on logits with target t.
	LogitCrossEntropy
	// LeastSquaresError is (x − t)² with target t (LSGAN).
	LeastSquaresError
	// HingeError is max(0, 1 − t·x) with t = ±1.
	HingeError
	// SoftmaxCrossEntropy is −log softmax(x)[y] for logits x [batch, height,
	// width, classes] and class numbers y [batch, height, width, 1]; numbers
	// outside [0, classes) are left out of the mean, which is 0 where all are.
	SoftmaxCrossEntropy
)

func (f LossFunction) String() string {
	return [...]string{"l1", "l2", "logit-cross-entropy", "least-squares", "hinge", "softmax-cross-entropy"}[f]
}

// takesTarget reports whether the target is an attribute instead of an operand.
func (f LossFunction) takesTarget() bool {
	return f == LogitCrossEntropy || f == LeastSquaresError || f == HingeError
}

type (
	// Loss is the mean of a loss function over all elements, a scalar:
	// operands x and, unless Target stands for it, y.
	Loss struct {
		Function LossFunction
		Target   float32
	}
	// LossGradient is the gradient to x times a scalar: operands scalar, x and
	// y as in Loss. At the kinks, |0| and max(0, 0), it is 0.
	LossGradient struct {
		Function LossFunction
		Target   float32
	}
)

// Name implements Op.
func (o Loss) Name() string {
	if o.Function.takesTarget() {
		return fmt.Sprintf("%v to %g", o.Function, o.Target)
	}
	return o.Function.String()
}

// Name implements Op.
func (o LossGradient) Name() string { return Loss(o).Name() + "-gradient" }

func (o Loss) infer(in []Shape) Shape {
	switch x := in[0]; {
	case o.Function == SoftmaxCrossEntropy:
		wantRank(o.Name(), x, 4)
		wantSame(o.Name(), withChannels(x, 1), in[1])
	case o.Function == HingeError && o.Target != 1 && o.Target != -1:
		fail("%s: the sign is neither 1 nor -1", o.Name())
	case !o.Function.takesTarget():
		wantSame(o.Name(), x, in[1])
	}
	return Shape{}
}

func (o LossGradient) infer(in []Shape) Shape {
	wantRank(o.Name(), in[0], 0)
	Loss(o).infer(in[1:])
	return in[1]
}

func (o Loss) gradient(n, dy *Node) []*Node {
	operands := append([]*Node{dy}, n.inputs...)
	dx := apply(LossGradient(o), operands...)
	if len(n.inputs) == 1 {
		return []*Node{dx}
	}
	if o.Function == SoftmaxCrossEntropy {
		return []*Node{dx, nil}
	}
	return []*Node{dx, Scale(dx, -1)}
}

func (o LossGradient) gradient(_, _ *Node) []*Node { return noGradient(o) }

// L1 is the mean of |x − y|.
func L1(x, y *Node) *Node { return apply(Loss{Function: AbsoluteError}, x, y) }

// L2 is the mean of (x − y)².
func L2(x, y *Node) *Node { return apply(Loss{Function: SquaredError}, x, y) }

// CrossEntropy is the mean binary cross-entropy of logits x against one
// target, 0 or 1 (or between).
func CrossEntropy(x *Node, target float32) *Node {
	return apply(Loss{LogitCrossEntropy, target}, x)
}

// LeastSquares is the mean of (x − target)² (Mao et al. 2017).
func LeastSquares(x *Node, target float32) *Node { return apply(Loss{LeastSquaresError, target}, x) }

// Hinge is the mean of max(0, 1 − sign·x), sign being 1 or −1.
func Hinge(x *Node, sign float32) *Node { return apply(Loss{HingeError, sign}, x) }

// ClassCrossEntropy is the mean softmax cross-entropy of logits x [batch,
// height, width, classes] against class numbers y [batch, height, width, 1];
// positions with a number outside [0, classes) do not count, and the loss is 0
// where none does.
func ClassCrossEntropy(x, y *Node) *Node { return apply(Loss{Function: SoftmaxCrossEntropy}, x, y) }
