package graph

import "fmt"

// PoolKind is what a pool keeps of its window.
type PoolKind int

const (
	// MaxPooling keeps the largest element; of equal ones the first in
	// reading order gets the gradient.
	MaxPooling PoolKind = iota
	// AveragePooling keeps the mean.
	AveragePooling
)

func (k PoolKind) String() string { return [...]string{"max", "average"}[k] }

type (
	// Pool takes Size×Size windows, Stride apart, without padding; rows and
	// columns that fill no window are left out (PyTorch's floor mode).
	Pool struct {
		Kind         PoolKind
		Size, Stride int
	}
	// PoolGradient is the gradient of Pool: operands ȳ, x.
	PoolGradient Pool
)

// Name implements Op.
func (o Pool) Name() string { return o.name("") }

// Name implements Op.
func (o PoolGradient) Name() string { return Pool(o).name("-gradient") }

func (o Pool) name(what string) string {
	return fmt.Sprintf("%v-pool%s %d stride %d", o.Kind, what, o.Size, o.Stride)
}

func (o Pool) infer(in []Shape) Shape {
	x := in[0]
	wantRank(o.Name(), x, 4)
	if o.Size < 1 || o.Stride < 1 || x[1] < o.Size || x[2] < o.Size {
		fail("%s: does not fit %v", o.Name(), x)
	}
	return Shape{x[0], (x[1]-o.Size)/o.Stride + 1, (x[2]-o.Size)/o.Stride + 1, x[3]}
}

func (o PoolGradient) infer(in []Shape) Shape {
	wantSame(o.Name(), in[0], Pool(o).infer(in[1:]))
	return in[1]
}

func (o Pool) gradient(n, dy *Node) []*Node {
	return []*Node{apply(PoolGradient(o), dy, n.in(0))}
}

func (o PoolGradient) gradient(_, _ *Node) []*Node { return noGradient(o) }

// MaxPool takes the largest of each size×size window of x
// [batch, height, width, channels].
func MaxPool(x *Node, size, stride int) *Node { return apply(Pool{MaxPooling, size, stride}, x) }

// AveragePool takes the mean of each size×size window of x
// [batch, height, width, channels].
func AveragePool(x *Node, size, stride int) *Node {
	return apply(Pool{AveragePooling, size, stride}, x)
}

// Interpolation is how a resampled picture reads between pixels.
type Interpolation int

const (
	// NearestInterpolation takes pixel ⌊i·old/new⌋.
	NearestInterpolation Interpolation = iota
	// BilinearInterpolation weighs the neighbours of (i + ½)·old/new − ½,
	// clamped to the picture (PyTorch's align_corners=False, no antialiasing).
	BilinearInterpolation
)

func (i Interpolation) String() string { return [...]string{"nearest", "bilinear"}[i] }

type (
	// Resampling resizes pictures.
	Resampling struct {
		Kind          Interpolation
		Height, Width int
	}
	// ResamplingGradient is the adjoint of Resampling; Height and Width are
	// those of the picture that was resized.
	ResamplingGradient Resampling
)

// Name implements Op.
func (o Resampling) Name() string { return o.name("") }

// Name implements Op.
func (o ResamplingGradient) Name() string { return Resampling(o).name("-gradient") }

func (o Resampling) name(what string) string {
	return fmt.Sprintf("%v-resize%s %d×%d", o.Kind, what, o.Height, o.Width)
}

func (o Resampling) infer(in []Shape) Shape {
	wantOneOf("resize", int(o.Kind), int(BilinearInterpolation))
	wantRank(o.Name(), in[0], 4)
	return Shape{in[0][0], o.Height, o.Width, in[0][3]}
}

func (o ResamplingGradient) infer(in []Shape) Shape { return Resampling(o).infer(in) }

func (o Resampling) gradient(n, dy *Node) []*Node {
	x := n.in(0).shape
	return []*Node{apply(ResamplingGradient{o.Kind, x[1], x[2]}, dy)}
}

func (o ResamplingGradient) gradient(n, dx *Node) []*Node {
	y := n.in(0).shape
	return []*Node{apply(Resampling{o.Kind, y[1], y[2]}, dx)}
}

// Resize resamples x [batch, height, width, channels].
func Resize(x *Node, kind Interpolation, height, width int) *Node {
	return apply(Resampling{kind, height, width}, x)
}
