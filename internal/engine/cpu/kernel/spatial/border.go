package spatial

import "easel/internal/engine/cpu/kernel/pointwise"

// BorderMode says what stands in a border; the values are in the order of the
// graph's.
type BorderMode int

const (
	// ZeroBorder is 1234 → 00123400.
	ZeroBorder BorderMode = iota
	// ReflectBorder is 1234 → 32123432; narrower than the picture.
	ReflectBorder
	// ReplicateBorder is 1234 → 11123444.
	ReplicateBorder
)

// Padding is a number of pixels on each side of a picture.
type Padding struct{ Top, Left, Bottom, Right int }

// Out is the shape of x with the padding added.
func (p Padding) Out(x Dims) Dims {
	return Dims{x.Batch, x.Height + p.Top + p.Bottom, x.Width + p.Left + p.Right, x.Channels}
}

// source is the place along an axis of n pixels that place i, counted from the
// first of them, is copied from; −1 where the border is zero.
func (m BorderMode) source(i, n int) int {
	if i >= 0 && i < n {
		return i
	}
	switch m {
	case ReflectBorder:
		if i < 0 {
			return -i
		}
		return 2*(n-1) - i
	case ReplicateBorder:
		return min(max(i, 0), n-1)
	}
	return -1
}

// Border adds a border to x: rows from to to of dst, which has the shape
// p.Out(in).
func Border(k *pointwise.Kernels, dst, x []float32, in Dims, mode BorderMode, p Padding, from, to int) {
	out, c := p.Out(in), in.Channels
	check("border", dst, out, x, in, from, to)
	for r := from; r < to; r++ {
		d := dst[r*out.row():][:out.row()]
		y := mode.source(r%out.Height-p.Top, in.Height)
		if y < 0 {
			clear(d)
			continue
		}
		s := x[(r/out.Height*in.Height+y)*in.row():][:in.row()]
		copy(d[p.Left*c:], s)
		for ox := 0; ox < out.Width; ox++ {
			if ox == p.Left {
				ox += in.Width
				if ox == out.Width {
					break
				}
			}
			if sx := mode.source(ox-p.Left, in.Width); sx < 0 {
				clear(d[ox*c:][:c])
			} else {
				copy(d[ox*c:][:c], s[sx*c:])
			}
		}
	}
}

// BorderGradient is the adjoint of Border, rows from to to of dx, which has
// the shape in: each border element's gradient is added to that of the element
// it was copied from. dy has the shape p.Out(in).
func BorderGradient(k *pointwise.Kernels, dx, dy []float32, in Dims, mode BorderMode, p Padding, from, to int) {
	out, c := p.Out(in), in.Channels
	check("border gradient", dx, in, dy, out, from, to)
	eachPicture(from, to, in.Height, func(b, lo, hi int) {
		for y := lo; y < hi; y++ {
			copy(dx[(b*in.Height+y)*in.row():][:in.row()], dy[((b*out.Height+p.Top+y)*out.Width+p.Left)*c:])
		}
		if mode == ZeroBorder {
			return
		}
		for oy := 0; oy < out.Height; oy++ {
			y := mode.source(oy-p.Top, in.Height)
			if y < lo || y >= hi {
				continue
			}
			d := dx[(b*in.Height+y)*in.row():][:in.row()]
			s := dy[(b*out.Height+oy)*out.row():][:out.row()]
			if oy != y+p.Top {
				k.Add(d, len(d), d, len(d), s[p.Left*c:][:len(d)], len(d), 1, len(d))
			}
			addSides(k, d, s, mode, p, in.Width, c)
		}
	})
}

// addSides adds the gradients of a row's left and right border.
func addSides(k *pointwise.Kernels, d, s []float32, mode BorderMode, p Padding, width, c int) {
	add := func(ox int) {
		q := d[mode.source(ox-p.Left, width)*c:][:c]
		k.Add(q, c, q, c, s[ox*c:][:c], c, 1, c)
	}
	for ox := 0; ox < p.Left; ox++ {
		add(ox)
	}
	for ox := p.Left + width; ox < p.Left+width+p.Right; ox++ {
		add(ox)
	}
}
