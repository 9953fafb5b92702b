package graph

import "fmt"

// A bilinear enlargement to twice the size and then a 3×3 convolution (Odena,
// Dumoulin, Olah 2016) weigh each pixel of the small picture x with each tap
// of the kernel. So the products x·w of all nine taps are taken first, by a
// convolution of 1×1 on the small picture, and what belongs to a pixel of the
// large one is added up afterwards. That is the same to rounding, takes a
// quarter of the multiplications, and the enlarged picture is never made.
type (
	// EnlargedTaps adds up: of t [batch, height, width, 9·out], channels
	// (3r + c)·out … are what tap (r, c) makes of each pixel. Each such part is
	// enlarged to [2·height, 2·width] (bilinear, PyTorch's align_corners=False)
	// and moved by (1 − r, 1 − c), with zeros beyond the enlarged picture. With a
	// Shrink above 0 there is a second operand, an extent: the small picture is
	// what is inside it (see ExtentCut), and outside the enlarged one is 0.
	EnlargedTaps struct{ Shrink int }
	// EnlargedTapsGradient is the adjoint of EnlargedTaps without an extent:
	// ȳ [batch, 2·height, 2·width, out] to [batch, height, width, 9·out].
	EnlargedTapsGradient struct{}
)

// enlargedTaps is how many a kernel has.
const enlargedTaps = 9

// Name implements Op.
func (o EnlargedTaps) Name() string {
	if o.Shrink > 0 {
		return fmt.Sprintf("enlarged-taps within 1/%d", o.Shrink)
	}
	return "enlarged-taps"
}

// Name implements Op.
func (EnlargedTapsGradient) Name() string { return "enlarged-taps-gradient" }

func (o EnlargedTaps) infer(in []Shape) Shape {
	wantRank(o.Name(), in[0], 4)
	if in[0][3]%enlargedTaps != 0 {
		fail("%s: %v has not %d parts", o.Name(), in[0], enlargedTaps)
	}
	if len(in) == 2 {
		inferExtent(o, o.Shrink, in)
	}
	return Shape{in[0][0], 2 * in[0][1], 2 * in[0][2], in[0][3] / enlargedTaps}
}

func (o EnlargedTapsGradient) infer(in []Shape) Shape {
	wantRank(o.Name(), in[0], 4)
	if in[0][1]%2 != 0 || in[0][2]%2 != 0 {
		fail("%s: %v has an odd side", o.Name(), in[0])
	}
	return Shape{in[0][0], in[0][1] / 2, in[0][2] / 2, in[0][3] * enlargedTaps}
}

func (o EnlargedTaps) gradient(_, dy *Node) []*Node {
	if o.Shrink > 0 {
		return noGradient(o)
	}
	return []*Node{apply(EnlargedTapsGradient{}, dy)}
}

func (o EnlargedTapsGradient) gradient(_, dt *Node) []*Node {
	return []*Node{apply(EnlargedTaps{}, dt)}
}

// ResizeConv enlarges x [batch, height, width, in] to twice its size, bilinear,
// and convolves it with a 3×3 kernel and one row of zeros around: [batch,
// 2·height, 2·width, out]. The kernel w is [1, 1, in, 9·out], with tap (r, c)
// in the channels from (3r + c)·out on.
func ResizeConv(x, w *Node) *Node {
	return apply(EnlargedTaps{}, Conv(x, w, 1, Pad(0)))
}

// ResizeConvWithin is ResizeConv of what of x is inside the extent.
func ResizeConvWithin(x, w, extent *Node, shrink int) *Node {
	return apply(EnlargedTaps{shrink}, Conv(x, w, 1, Pad(0)), extent)
}
