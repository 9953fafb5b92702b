package lowering

import (
	hlo "github.com/gomlx/go-xla/pkg/stablehlo"
	"github.com/gomlx/go-xla/pkg/types"
	"github.com/gomlx/go-xla/pkg/types/dtypes"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
)

// window is how XLA moves a kernel over a picture: strides, what is put
// between and around the picture's rows and columns, and between the kernel's.
type window struct {
	stride, pictureDilation, kernelDilation int
	padding                                 [2][2]int // of rows, of columns: before, after
}

// axes say where batch and channels are; height and width are in order.
type axes struct{ batch, channels int }

func (a axes) spatial() []int {
	var s []int
	for i := range 4 {
		if i != a.batch && i != a.channels {
			s = append(s, i)
		}
	}
	return s
}

// pictureAxes are those of [batch, height, width, channels].
var pictureAxes = axes{0, 3}

// kernelAxes are the axes of a kernel that sums go over, and that of results,
// for a convolution from C to O channels: see graph.Convolution.
func kernelAxes(swapped bool) (c, o int) {
	if swapped {
		return 3, 2
	}
	return 2, 3
}

// convolve is XLA's convolution, in which the axes of x, kernel (batch being
// the axis of the results' channels) and result may be in any order.
func (b *builder) convolve(x *hlo.Value, ofX axes, w *hlo.Value, in, out int, ofY axes, win window) *hlo.Value {
	x, w = b.operand(x), b.operand(w)
	y := must(hlo.Convolution(x, w,
		[]int{win.stride, win.stride}, win.padding[:],
		[]int{win.pictureDilation, win.pictureDilation}, []int{win.kernelDilation, win.kernelDilation},
		ofX.batch, ofX.channels, ofX.spatial(),
		in, out, axes{in, out}.spatial(),
		ofY.batch, ofY.channels, ofY.spatial(),
		1, 1, b.exactness(), b.exactness()))
	return convert(y, float32Type)
}

// operand is what a product multiplies.
func (b *builder) operand(x *hlo.Value) *hlo.Value {
	if b.precision == device.BFloat16 {
		return convert(x, dtypes.BFloat16)
	}
	return x
}

// exactness is XLA's word for how a product may multiply.
func (b *builder) exactness() types.DotGeneralPrecisionType {
	if b.precision == device.Float32 {
		return types.DotGeneralPrecisionHighest
	}
	return types.DotGeneralPrecisionDefault
}

func (b *builder) convolution(op graph.Convolution, x, w *hlo.Value) *hlo.Value {
	c, o := kernelAxes(op.Swapped)
	p := op.Padding
	return b.convolve(x, pictureAxes, w, c, o, pictureAxes, window{
		op.Stride, 1, 1, [2][2]int{{p.Top, p.Bottom}, {p.Left, p.Right}},
	})
}

// convolutionInputGradient convolves y, spread out by the stride, with the
// kernel turned round: x̄[r] = Σ ȳ[i]·w[r − s·i + top].
func (b *builder) convolutionInputGradient(op graph.ConvolutionInputGradient, y, w *hlo.Value) *hlo.Value {
	c, o := kernelAxes(op.Swapped)
	rows := y.Shape().Dimensions
	around := func(count, kernel, before, result int) [2]int {
		low := kernel - 1 - before
		high := result + kernel - 1 - low - ((count-1)*op.Stride + 1)
		if kernel == 2 && op.Stride == 2 && low == 0 && high == 0 {
			high = 1 // see cut
		}
		return [2]int{low, high}
	}
	turned := must(hlo.Reverse(w, 0, 1))
	x := b.convolve(y, pictureAxes, turned, o, c, pictureAxes, window{
		1, op.Stride, 1, [2][2]int{
			around(rows[1], op.KernelHeight, op.Padding.Top, op.Height),
			around(rows[2], op.KernelWidth, op.Padding.Left, op.Width),
		},
	})
	return cut(cut(x, 1, op.Height), 2, op.Width)
}

// cut is the first size rows or columns of x. XLA's ConvOperandSwapper takes
// an axis with a kernel of 2, a dilation of 2 and no padding for one of groups,
// which it leaves unswapped, and then aborts the process (seen in plugins of
// PJRT 0.106 and 0.115, and in jaxlib 0.10.2). One row of padding, taken off
// again, keeps it out.
func cut(x *hlo.Value, axis, size int) *hlo.Value {
	if x.Shape().Dimensions[axis] == size {
		return x
	}
	return slice(x, axis, 0, size)
}

// convolutionKernelGradient convolves x with y, spread out by the stride, as
// the kernel; pictures of the batch are what the sum goes over, channels of x
// what the batch was: w̄[u] = Σ x[s·i + u − top]·ȳ[i].
func (b *builder) convolutionKernelGradient(op graph.ConvolutionKernelGradient, x, y *hlo.Value) *hlo.Value {
	c, o := kernelAxes(op.Swapped)
	of, rows := x.Shape().Dimensions, y.Shape().Dimensions
	around := func(size, count, kernel, before int) [2]int {
		return [2]int{before, kernel - 1 + (count-1)*op.Stride + 1 - size - before}
	}
	return b.convolve(x, axes{batch: 3, channels: 0}, y, 0, 3, axes{batch: c, channels: o}, window{
		1, 1, op.Stride, [2][2]int{
			around(of[1], rows[1], op.KernelHeight, op.Padding.Top),
			around(of[2], rows[2], op.KernelWidth, op.Padding.Left),
		},
	})
}
