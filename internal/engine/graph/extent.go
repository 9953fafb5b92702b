package graph

import "fmt"

// A picture may be smaller than the value that holds it, so that one program
// serves pictures of many sizes: it stands at the top left, and an extent [2],
// its rows and columns, tells how large it is. These operations keep what lies
// outside from mattering, so that the picture comes out as from a value of its
// own size. Shrink is by how much a map is smaller than the extent's picture:
// its own part is rows/Shrink by columns/Shrink, rounded down, and at most all.
type (
	// ExtentCut is x inside the extent and 0 outside: operands x [batch,
	// height, width, channels], extent. A convolution then meets there what its
	// padding would have been.
	ExtentCut struct{ Shrink int }
	// ExtentMoments are Moments per picture, over what is inside the extent
	// alone: operands x, extent; [batch, 2, channels]. A norm with them has no
	// gradient here.
	ExtentMoments struct {
		Epsilon float32
		Shrink  int
	}
	// ExtentLayout takes the first elements of x, however it is shaped, for a
	// value of the extent's size, and puts them where they belong in one of x's
	// shape, with 0 outside: operands x, extent. It makes a picture's random
	// values independent of what holds them.
	ExtentLayout struct{ Shrink int }
)

// Name implements Op.
func (o ExtentCut) Name() string { return fmt.Sprintf("extent-cut 1/%d", o.Shrink) }

// Name implements Op.
func (o ExtentMoments) Name() string {
	return fmt.Sprintf("extent-moments 1/%d ε %g", o.Shrink, o.Epsilon)
}

// Name implements Op.
func (o ExtentLayout) Name() string { return fmt.Sprintf("extent-layout 1/%d", o.Shrink) }

func (o ExtentCut) infer(in []Shape) Shape { return inferExtent(o, o.Shrink, in) }

func (o ExtentMoments) infer(in []Shape) Shape {
	if !(o.Epsilon >= 0) {
		fail("%s: negative", o.Name())
	}
	x := inferExtent(o, o.Shrink, in)
	return Shape{x[0], 2, x[3]}
}

func (o ExtentLayout) infer(in []Shape) Shape { return inferExtent(o, o.Shrink, in) }

func inferExtent(o Op, shrink int, in []Shape) Shape {
	wantRank(o.Name(), in[0], 4)
	wantShape(o.Name(), "extent", in[1], 2)
	if shrink < 1 {
		fail("%s: below 1", o.Name())
	}
	return in[0]
}

func (o ExtentCut) gradient(n, dy *Node) []*Node { return []*Node{apply(o, dy, n.in(1)), nil} }

func (o ExtentMoments) gradient(_, _ *Node) []*Node { return noGradient(o) }

func (o ExtentLayout) gradient(_, _ *Node) []*Node { return noGradient(o) }

// ExtentOf is how many rows and columns of a map [batch, height, width,
// channels] an extent covers.
func ExtentOf(extent []float32, shrink int, shape Shape) (rows, columns int) {
	side := func(length float32, whole int) int { return max(0, min(int(length)/shrink, whole)) }
	return side(extent[0], shape[1]), side(extent[1], shape[2])
}

// Within is x inside the extent and 0 outside.
func Within(x, extent *Node, shrink int) *Node { return apply(ExtentCut{shrink}, x, extent) }

// LaidOutWithin has the values that a picture of the extent's size would have
// where x is drawn from a counter, at that picture's places.
func LaidOutWithin(x, extent *Node, shrink int) *Node { return apply(ExtentLayout{shrink}, x, extent) }

// NormWithin is Norm per picture with the statistics of what is inside the
// extent.
func NormWithin(x, scale, shift, extent *Node, shrink int, epsilon float32) *Node {
	return apply(Normalization{PerPicture}, x, apply(ExtentMoments{epsilon, shrink}, x, extent), scale, shift)
}
