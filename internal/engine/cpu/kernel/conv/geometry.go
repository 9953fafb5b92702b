package conv

import "fmt"

// Geometry is a convolution from pictures x [N, H, W, C] to y [N, OH, OW, O]
// with a kernel of KH×KW taps, at some stride, with PadTop rows and PadLeft
// columns of zeros before the picture and as many as needed after it.
type Geometry struct {
	N, H, W, C       int
	OH, OW, O        int
	KH, KW           int
	Stride           int
	PadTop, PadLeft  int
	XStride, YStride int // elements between pixels of x and y; 0 is C and O
	// Direct allows no Winograd convolution, which rounds more.
	Direct bool
}

func (g Geometry) check() Geometry {
	if min(g.N, g.H, g.W, g.C) < 1 || min(g.OH, g.OW, g.O) < 1 || min(g.KH, g.KW, g.Stride) < 1 || min(g.PadTop, g.PadLeft) < 0 {
		panic(fmt.Sprintf("conv: geometry %+v", g))
	}
	if g.XStride == 0 {
		g.XStride = g.C
	}
	if g.YStride == 0 {
		g.YStride = g.O
	}
	if g.XStride < g.C || g.YStride < g.O {
		panic(fmt.Sprintf("conv: geometry %+v: pixels overlap", g))
	}
	return g
}

// Weights is the number of elements of the kernel.
func (g Geometry) Weights() int { return g.KH * g.KW * g.C * g.O }

// FLOPs is the number of multiplications and additions of any direction that
// do not involve padding.
func (g Geometry) FLOPs() int {
	taps := func(k, out, in, pad int) (n int) {
		for t := range k {
			first, last := span(t-pad, g.Stride, out, in)
			n += max(0, last-first)
		}
		return n
	}
	return 2 * g.N * g.C * g.O * taps(g.KH, g.OH, g.H, g.PadTop) * taps(g.KW, g.OW, g.W, g.PadLeft)
}

// span is the range of i in [0, n) for which i·stride + offset is in [0, size).
// It may be empty, with last ≤ first.
func span(offset, stride, n, size int) (first, last int) {
	if offset < 0 {
		first = (-offset + stride - 1) / stride
	}
	if size-offset > 0 {
		last = (size-offset-1)/stride + 1
	}
	return first, min(last, n)
}

// LiveTaps tells for each tap [kh, kw] whether it meets any pixel. The others
// see padding only: their weights have no effect and gradient zero.
func (g Geometry) LiveTaps() []bool {
	live := make([]bool, g.KH*g.KW)
	for kh := range g.KH {
		h0, h1 := span(kh-g.PadTop, g.Stride, g.OH, g.H)
		for kw := range g.KW {
			w0, w1 := span(kw-g.PadLeft, g.Stride, g.OW, g.W)
			live[kh*g.KW+kw] = h0 < h1 && w0 < w1
		}
	}
	return live
}
