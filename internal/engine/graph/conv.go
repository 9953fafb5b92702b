package graph

import "fmt"

// Padding is a number of pixels on each side of a picture.
type Padding struct{ Top, Left, Bottom, Right int }

// Pad is the same padding on each side.
func Pad(n int) Padding { return Padding{n, n, n, n} }

// Window is how a kernel moves over a picture x of height×width to make
// (height + top + bottom − kernel)/stride + 1 rows, columns alike. Padding is
// with zeros and may be negative on no side.
type Window struct {
	KernelHeight, KernelWidth int
	Stride                    int
	Padding                   Padding
}

func (w Window) out(height, width int) (int, int) {
	return (height+w.Padding.Top+w.Padding.Bottom-w.KernelHeight)/w.Stride + 1,
		(width+w.Padding.Left+w.Padding.Right-w.KernelWidth)/w.Stride + 1
}

func (w Window) String() string {
	s := fmt.Sprintf("%d×%d stride %d", w.KernelHeight, w.KernelWidth, w.Stride)
	if p := w.Padding; p == Pad(p.Top) {
		return s + fmt.Sprintf(" pad %d", p.Top)
	}
	return s + fmt.Sprintf(" pad %v", w.Padding)
}

// check reports a window that cannot stand on a picture of the given size.
func (w Window) check(op string, height, width int) {
	p := w.Padding
	if w.Stride < 1 || min(p.Top, p.Left, p.Bottom, p.Right) < 0 || min(w.KernelHeight, w.KernelWidth) < 1 {
		fail("%s: stride below 1, empty kernel or negative padding", op)
	}
	if height+p.Top+p.Bottom < w.KernelHeight || width+p.Left+p.Right < w.KernelWidth {
		fail("%s: a picture of %d×%d is smaller than the kernel", op, height, width)
	}
}

// The three operations below are closed under differentiation, and a
// transposed convolution is the second of them. In all three the picture x is
// [batch, height, width, C], y is [batch, rows, columns, O] and the kernel is
// [kh, kw, C, O], or, when Swapped, [kh, kw, O, C]: a transposed convolution
// goes from y to x and keeps its kernel as [kh, kw, in, out] in its own sense.
type (
	// Convolution is y = Σ x·w: operands x, w.
	Convolution struct {
		Window
		Swapped bool
	}
	// ConvolutionInputGradient is x̄ = Σ ȳ·w, the gradient of Convolution to
	// its picture: operands ȳ, w. Height and Width are those of x.
	ConvolutionInputGradient struct {
		Window
		Swapped       bool
		Height, Width int
	}
	// ConvolutionKernelGradient is w̄ = Σ x·ȳ, the gradient of Convolution to
	// its kernel: operands x, ȳ.
	ConvolutionKernelGradient struct {
		Window
		Swapped bool
	}
)

// Name implements Op.
func (o Convolution) Name() string { return swappedName("convolution", o.Window, o.Swapped) }

// Name implements Op.
func (o ConvolutionInputGradient) Name() string {
	if o.Swapped {
		return "transposed-convolution " + o.Window.String()
	}
	return "convolution-input-gradient " + o.Window.String()
}

// Name implements Op.
func (o ConvolutionKernelGradient) Name() string {
	return swappedName("convolution-kernel-gradient", o.Window, o.Swapped)
}

func swappedName(name string, w Window, swapped bool) string {
	if swapped {
		name += "-swapped"
	}
	return name + " " + w.String()
}

// kernelChannels returns C and O of a kernel.
func kernelChannels(k Shape, swapped bool) (c, o int) {
	if swapped {
		return k[3], k[2]
	}
	return k[2], k[3]
}

func (o Convolution) infer(in []Shape) Shape {
	x, w := in[0], in[1]
	wantRank(o.Name(), x, 4)
	wantRank(o.Name(), w, 4)
	c, out := kernelChannels(w, o.Swapped)
	if x[3] != c || w[0] != o.KernelHeight || w[1] != o.KernelWidth {
		fail("%s: picture %v does not fit kernel %v", o.Name(), x, w)
	}
	o.check(o.Name(), x[1], x[2])
	rows, columns := o.out(x[1], x[2])
	return Shape{x[0], rows, columns, out}
}

func (o ConvolutionInputGradient) infer(in []Shape) Shape {
	y, w := in[0], in[1]
	wantRank(o.Name(), y, 4)
	wantRank(o.Name(), w, 4)
	c, out := kernelChannels(w, o.Swapped)
	o.check(o.Name(), o.Height, o.Width)
	rows, columns := o.out(o.Height, o.Width)
	if y[3] != out || y[1] != rows || y[2] != columns || w[0] != o.KernelHeight || w[1] != o.KernelWidth {
		fail("%s: picture %v does not fit kernel %v", o.Name(), y, w)
	}
	return Shape{y[0], o.Height, o.Width, c}
}

func (o ConvolutionKernelGradient) infer(in []Shape) Shape {
	x, y := in[0], in[1]
	wantRank(o.Name(), x, 4)
	wantRank(o.Name(), y, 4)
	o.check(o.Name(), x[1], x[2])
	rows, columns := o.out(x[1], x[2])
	if y[0] != x[0] || y[1] != rows || y[2] != columns {
		fail("%s: picture %v does not fit gradient %v", o.Name(), x, y)
	}
	if o.Swapped {
		return Shape{o.KernelHeight, o.KernelWidth, y[3], x[3]}
	}
	return Shape{o.KernelHeight, o.KernelWidth, x[3], y[3]}
}

func (o Convolution) gradient(n, dy *Node) []*Node {
	x, w := n.in(0), n.in(1)
	return []*Node{
		apply(ConvolutionInputGradient{o.Window, o.Swapped, x.shape[1], x.shape[2]}, dy, w),
		apply(ConvolutionKernelGradient(o), x, dy),
	}
}

func (o ConvolutionInputGradient) gradient(n, dx *Node) []*Node {
	y, w := n.in(0), n.in(1)
	return []*Node{
		apply(Convolution{o.Window, o.Swapped}, dx, w),
		apply(ConvolutionKernelGradient{o.Window, o.Swapped}, dx, y),
	}
}

func (o ConvolutionKernelGradient) gradient(n, dw *Node) []*Node {
	x, y := n.in(0), n.in(1)
	return []*Node{
		apply(ConvolutionInputGradient{o.Window, o.Swapped, x.shape[1], x.shape[2]}, y, dw),
		apply(Convolution(o), x, dw),
	}
}

// Conv is the convolution (cross-correlation, as everybody in the field has
// it) of x [batch, height, width, in] with w [kh, kw, in, out].
func Conv(x, w *Node, stride int, padding Padding) *Node {
	wantRank("convolution", w.shape, 4)
	return apply(Convolution{Window{w.shape[0], w.shape[1], stride, padding}, false}, x, w)
}

// ConvTranspose is the transposed convolution of x [batch, height, width, in]
// with w [kh, kw, in, out]: (height − 1)·stride + kh − 2·padding rows.
func ConvTranspose(x, w *Node, stride, padding int) *Node {
	return ConvTransposeTo(x, w, stride, padding, 0)
}

// ConvTransposeTo is ConvTranspose that makes extra rows and columns at the end,
// below stride: without padding they would be zeros (PyTorch's output_padding).
func ConvTransposeTo(x, w *Node, stride, padding, extra int) *Node {
	if extra < 0 || extra > 0 && extra >= stride {
		fail("transposed-convolution: %d extra rows at stride %d", extra, stride)
	}
	wantRank("transposed-convolution", x.shape, 4)
	wantRank("transposed-convolution", w.shape, 4)
	height := (x.shape[1]-1)*stride + w.shape[0] - 2*padding + extra
	width := (x.shape[2]-1)*stride + w.shape[1] - 2*padding + extra
	window := Window{w.shape[0], w.shape[1], stride, Pad(padding)}
	return apply(ConvolutionInputGradient{window, true, height, width}, x, w)
}
