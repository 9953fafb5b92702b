package graph

import (
	"fmt"
	"slices"
)

// The pointwise operations. Binary ones take two values of one shape: nothing
// is broadcast silently.
type (
	// Sum is a + b.
	Sum struct{}
	// Product is a·b, element by element.
	Product struct{}
	// Scaling is Factor·x.
	Scaling struct{ Factor float32 }
	// Power is x^Exponent, for x above 0.
	Power struct{ Exponent float32 }
	// Bias is x + b, with b [channels].
	Bias struct{}
	// ChannelSum is Σ x over all axes but the last: the gradient to a bias.
	ChannelSum struct{}
	// Broadcast fills a shape with a scalar: the gradient of a sum.
	Broadcast struct{ To Shape }
	// Average is the mean of all elements: a scalar.
	Average struct{}
)

// Name implements Op.
func (Sum) Name() string { return "add" }

// Name implements Op.
func (Product) Name() string { return "multiply" }

// Name implements Op.
func (o Scaling) Name() string { return fmt.Sprintf("scale %g", o.Factor) }

// Name implements Op.
func (o Power) Name() string { return fmt.Sprintf("power %g", o.Exponent) }

// Name implements Op.
func (Bias) Name() string { return "bias" }

// Name implements Op.
func (ChannelSum) Name() string { return "channel-sum" }

// Name implements Op.
func (o Broadcast) Name() string { return "broadcast" }

// Name implements Op.
func (Average) Name() string { return "mean" }

func (o Sum) infer(in []Shape) Shape     { wantSame(o.Name(), in[0], in[1]); return in[0] }
func (o Product) infer(in []Shape) Shape { wantSame(o.Name(), in[0], in[1]); return in[0] }
func (o Scaling) infer(in []Shape) Shape { return in[0] }
func (o Power) infer(in []Shape) Shape   { return in[0] }
func (o Bias) infer(in []Shape) Shape {
	wantShape(o.Name(), "bias", in[1], in[0].Channels())
	return in[0]
}
func (o ChannelSum) infer(in []Shape) Shape { return Shape{in[0].Channels()} }
func (o Broadcast) infer(in []Shape) Shape  { wantRank(o.Name(), in[0], 0); return o.To }
func (o Average) infer([]Shape) Shape       { return Shape{} }

func (o Sum) gradient(_, dy *Node) []*Node { return []*Node{dy, dy} }
func (o Product) gradient(n, dy *Node) []*Node {
	return []*Node{Mul(dy, n.in(1)), Mul(dy, n.in(0))}
}
func (o Scaling) gradient(_, dy *Node) []*Node { return []*Node{Scale(dy, o.Factor)} }
func (o Power) gradient(n, dy *Node) []*Node {
	return []*Node{Mul(dy, Scale(Pow(n.in(0), o.Exponent-1), o.Exponent))}
}
func (o Bias) gradient(_, dy *Node) []*Node { return []*Node{dy, apply(ChannelSum{}, dy)} }
func (o ChannelSum) gradient(n, dy *Node) []*Node {
	zero := apply(Broadcast{n.in(0).shape}, n.graph.Constant([]float32{0}))
	return []*Node{AddBias(zero, dy)}
}
func (o Broadcast) gradient(_, dy *Node) []*Node {
	return []*Node{Scale(Mean(dy), float32(dy.shape.Size()))}
}
func (o Average) gradient(n, dy *Node) []*Node {
	x := n.in(0)
	return []*Node{apply(Broadcast{x.shape}, Scale(dy, 1/float32(x.shape.Size())))}
}

// Add is a + b.
func Add(a, b *Node) *Node { return apply(Sum{}, a, b) }

// Sub is a − b.
func Sub(a, b *Node) *Node { return Add(a, Scale(b, -1)) }

// Mul is a·b, element by element.
func Mul(a, b *Node) *Node { return apply(Product{}, a, b) }

// Scale is factor·x.
func Scale(x *Node, factor float32) *Node { return apply(Scaling{factor}, x) }

// Pow is x^exponent for x above 0.
func Pow(x *Node, exponent float32) *Node { return apply(Power{exponent}, x) }

// Fill is the scalar x at every place of a shape.
func Fill(x *Node, shape ...int) *Node { return apply(Broadcast{slices.Clone(Shape(shape))}, x) }

// AddBias adds b [channels] to every position of x.
func AddBias(x, b *Node) *Node { return apply(Bias{}, x, b) }

// ChannelSums is Σ x over all axes but the last: [channels].
func ChannelSums(x *Node) *Node { return apply(ChannelSum{}, x) }

// Mean is the mean of all elements of x, a scalar.
func Mean(x *Node) *Node { return apply(Average{}, x) }

// Nonlinearity is the function of an activation.
type Nonlinearity int

// The activations of both papers.
const (
	ReLUFunction Nonlinearity = iota
	LeakyReLUFunction
	TanhFunction
	SigmoidFunction
)

func (f Nonlinearity) String() string {
	return [...]string{"relu", "leaky-relu", "tanh", "sigmoid"}[f]
}

type (
	// Activation is f(x). Slope is the leaky ReLU's for x ≤ 0, above 0 and
	// below 1; ReLU's is 0.
	Activation struct {
		Function Nonlinearity
		Slope    float32
	}
	// ActivationGradient is ȳ·f′, with f′ from the activation's result y (all
	// four functions have that form, so the argument need not be kept):
	// operands ȳ, y.
	ActivationGradient struct {
		Function Nonlinearity
		Slope    float32
	}
)

// Name implements Op.
func (o Activation) Name() string {
	if o.Function == LeakyReLUFunction {
		return fmt.Sprintf("%v %g", o.Function, o.Slope)
	}
	return o.Function.String()
}

// Name implements Op.
func (o ActivationGradient) Name() string { return Activation(o).Name() + "-gradient" }

func (o Activation) infer(in []Shape) Shape {
	if o.Function == LeakyReLUFunction && !(o.Slope > 0 && o.Slope < 1) {
		fail("%s: slope %g is not between 0 and 1", o.Name(), o.Slope)
	}
	return in[0]
}
func (o ActivationGradient) infer(in []Shape) Shape {
	wantSame(o.Name(), in[0], in[1])
	return in[0]
}
func (o Activation) gradient(n, dy *Node) []*Node {
	return []*Node{apply(ActivationGradient(o), dy, n)}
}
func (o ActivationGradient) gradient(n, d *Node) []*Node {
	if o.Function == TanhFunction || o.Function == SigmoidFunction {
		fail("%s: has no second derivative here", o.Name())
	}
	return []*Node{apply(o, d, n.in(1)), nil}
}

// ReLU is max(x, 0).
func ReLU(x *Node) *Node { return apply(Activation{Function: ReLUFunction}, x) }

// LeakyReLU is x where x > 0, else slope·x.
func LeakyReLU(x *Node, slope float32) *Node {
	return apply(Activation{LeakyReLUFunction, slope}, x)
}

// Tanh is the hyperbolic tangent of x.
func Tanh(x *Node) *Node { return apply(Activation{Function: TanhFunction}, x) }

// Sigmoid is 1/(1 + e^−x).
func Sigmoid(x *Node) *Node { return apply(Activation{Function: SigmoidFunction}, x) }
