package graph

import "fmt"

// AugmentSize is how many numbers say how one picture is augmented; see
// Augmentation.
const AugmentSize = 7

type (
	// Augmentation changes each picture in a way that its gradient passes through
	// (Zhao et al. 2020): operands x [batch, height, width, channels] and, for each
	// picture, brightness, saturation, contrast, down, right, top, left [batch, 7].
	// First the colours, of the channels from Colours on: brightness is added, what
	// a pixel differs by from the mean of its channels is multiplied by the
	// saturation, and what a sample differs by from the picture's mean by the
	// contrast. Then the picture is moved down and right, a whole number of pixels,
	// zeros following. Last, a square of half the height and width is set to zero
	// whose first row and column are top and left, and may be outside.
	//
	// Linear leaves the brightness out.
	Augmentation struct {
		Colours int
		Linear  bool
	}
	// AugmentationGradient is its adjoint, which does not depend on the brightness:
	// operands ȳ and the same numbers.
	AugmentationGradient struct{ Colours int }
)

// Name implements Op.
func (o Augmentation) Name() string {
	if o.Linear {
		return fmt.Sprintf("augment linearly colours from %d", o.Colours)
	}
	return fmt.Sprintf("augment colours from %d", o.Colours)
}

// Name implements Op.
func (o AugmentationGradient) Name() string {
	return fmt.Sprintf("augment-gradient colours from %d", o.Colours)
}

func (o Augmentation) infer(in []Shape) Shape {
	wantRank(o.Name(), in[0], 4)
	wantShape(o.Name(), "how", in[1], in[0][0], AugmentSize)
	if o.Colours < 0 || o.Colours > in[0][3] {
		fail("%s: %v has not so many channels", o.Name(), in[0])
	}
	return in[0]
}

func (o AugmentationGradient) infer(in []Shape) Shape {
	return Augmentation{Colours: o.Colours}.infer(in)
}

func (o Augmentation) gradient(n, dy *Node) []*Node {
	return []*Node{apply(AugmentationGradient{o.Colours}, dy, n.in(1)), nil}
}

func (o AugmentationGradient) gradient(n, dx *Node) []*Node {
	return []*Node{apply(Augmentation{o.Colours, true}, dx, n.in(1)), nil}
}

// Augment changes pictures x [batch, height, width, channels] as how [batch, 7]
// says, the colours of the channels from colours on.
func Augment(x, how *Node, colours int) *Node { return apply(Augmentation{Colours: colours}, x, how) }
