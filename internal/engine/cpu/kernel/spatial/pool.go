package spatial

import "easel/internal/engine/cpu/kernel/pointwise"

// Window is a pool's Size×Size window, moved by Stride, without padding; rows
// and columns that fill no window are left out.
type Window struct{ Size, Stride int }

// Out is the shape that pooling x gives.
func (w Window) Out(x Dims) Dims {
	return Dims{x.Batch, (x.Height-w.Size)/w.Stride + 1, (x.Width-w.Size)/w.Stride + 1, x.Channels}
}

// touching is the range of windows along an axis that reach lo ≤ i < hi, out
// being the number of windows.
func (w Window) touching(lo, hi, out int) (int, int) {
	return max(0, lo-w.Size+w.Stride) / w.Stride, min(out, (hi-1)/w.Stride+1)
}

// MaxPool keeps the largest element of each window of x: rows from to to of
// dst, which has the shape w.Out(in).
func MaxPool(k *pointwise.Kernels, dst, x []float32, in Dims, w Window, from, to int) {
	out, c := w.Out(in), in.Channels
	check("max pool", dst, out, x, in, from, to)
	for r := from; r < to; r++ {
		top := (r/out.Height*in.Height + r%out.Height*w.Stride) * in.row()
		d := dst[r*out.row():][:out.row()]
		if w == (Window{2, 2}) {
			k.MaxPool2(d, x[top:][:in.row()], x[top+in.row():][:in.row()], out.Width, c)
			continue
		}
		for ox := 0; ox < out.Width; ox++ {
			reduceWindow(d[ox*c:][:c], x[top+ox*w.Stride*c:], in.row(), w.Size, func(d, s []float32) {
				k.Max(d, c, s, c, d, c, 1, c)
			})
		}
	}
}

// reduceWindow copies the window's first pixel to d and joins the others.
func reduceWindow(d, x []float32, row, size int, join func(d, s []float32)) {
	copy(d, x)
	for i := 0; i < size; i++ {
		for j := 0; j < size; j++ {
			if i+j > 0 {
				join(d, x[i*row+j*len(d):][:len(d)])
			}
		}
	}
}

// AveragePool is the mean of each window of x: rows from to to of dst, which
// has the shape w.Out(in).
func AveragePool(k *pointwise.Kernels, dst, x []float32, in Dims, w Window, from, to int) {
	out, c := w.Out(in), in.Channels
	check("average pool", dst, out, x, in, from, to)
	for r := from; r < to; r++ {
		top := (r/out.Height*in.Height + r%out.Height*w.Stride) * in.row()
		d := dst[r*out.row():][:out.row()]
		for ox := 0; ox < out.Width; ox++ {
			reduceWindow(d[ox*c:][:c], x[top+ox*w.Stride*c:], in.row(), w.Size, func(d, s []float32) {
				k.Add(d, c, d, c, s, c, 1, c)
			})
		}
		k.Scale(d, len(d), 1/float32(w.Size*w.Size), d, len(d), 1, len(d))
	}
}

// MaxPoolGradient gives each window's dy to its largest element of x, of equal
// ones to the first in reading order: rows from to to of dx, which has the
// shape in. dy has the shape w.Out(in).
func MaxPoolGradient(k *pointwise.Kernels, dx, dy, x []float32, in Dims, w Window, from, to int) {
	out, c := w.Out(in), in.Channels
	check("max pool gradient", dx, in, x, in, from, to)
	check("max pool gradient", dy, out, x, in, 0, 0)
	clear(dx[from*in.row() : to*in.row()])
	eachPicture(from, to, in.Height, func(b, lo, hi int) {
		first, end := w.touching(lo, hi, out.Height)
		for oy := first; oy < end; oy++ {
			top, d := (b*in.Height+oy*w.Stride)*in.row(), dy[(b*out.Height+oy)*out.row():][:out.row()]
			if whole := lo <= oy*w.Stride && oy*w.Stride+2 <= hi; whole && w == (Window{2, 2}) {
				below := top + in.row()
				k.MaxPool2Gradient(dx[top:below], dx[below:][:in.row()], d, x[top:below], x[below:][:in.row()], out.Width, c)
				continue
			}
			skip, keep := max(0, lo-oy*w.Stride), min(w.Size, hi-oy*w.Stride)
			for ox := 0; ox < out.Width; ox++ {
				at := top + ox*w.Stride*c
				giveToLargest(dx, d[ox*c:][:c], x, at, in.row(), w.Size, skip, keep)
			}
		}
	})
}

// giveToLargest adds d to the largest elements of the window at offset at, if
// they lie in rows skip ≤ i < keep of it.
func giveToLargest(dx, d, x []float32, at, row, size, skip, keep int) {
	c := len(d)
	for ch, v := range d {
		best, where, line := x[at+ch], at+ch, 0
		for i := 0; i < size; i++ {
			for j := 0; j < size; j++ {
				if p := at + i*row + j*c + ch; x[p] > best {
					best, where, line = x[p], p, i
				}
			}
		}
		if skip <= line && line < keep {
			dx[where] += v
		}
	}
}

// AveragePoolGradient spreads each window's dy evenly: rows from to to of dx,
// which has the shape in. dy has the shape w.Out(in).
func AveragePoolGradient(k *pointwise.Kernels, dx, dy []float32, in Dims, w Window, from, to int) {
	out, c := w.Out(in), in.Channels
	check("average pool gradient", dx, in, dy, out, from, to)
	clear(dx[from*in.row() : to*in.row()])
	share := 1 / float32(w.Size*w.Size)
	for r := from; r < to; r++ {
		b, y := r/in.Height, r%in.Height
		first, end := w.touching(y, y+1, out.Height)
		for oy := first; oy < end; oy++ {
			d := dy[(b*out.Height+oy)*out.row():]
			for ox := 0; ox < out.Width; ox++ {
				for j := 0; j < w.Size; j++ {
					at := r*in.row() + (ox*w.Stride+j)*c
					k.AddScaled(dx[at:][:c], c, share, d[ox*c:][:c], c, 1, c)
				}
			}
		}
	}
}

// MaxPoolIndexed is MaxPool of 2×2 windows with stride 2 that also keeps where
// each largest element was, for MaxPoolScatter: index has a pixel of
// channels/pointwise.IndexLanes elements for each of dst's.
func MaxPoolIndexed(k *pointwise.Kernels, dst, index, x []float32, in Dims, from, to int) {
	out, c := Window{2, 2}.Out(in), in.Channels
	check("indexed max pool", dst, out, x, in, from, to)
	words := out.Width * c / pointwise.IndexLanes
	for r := from; r < to; r++ {
		top := (r/out.Height*in.Height + r%out.Height*2) * in.row()
		k.MaxPool2Indexed(dst[r*out.row():][:out.row()], index[r*words:][:words], x[top:][:in.row()], x[top+in.row():][:in.row()], out.Width, c)
	}
}

// MaxPoolScatter is MaxPoolGradient of 2×2 windows with stride 2 from what
// MaxPoolIndexed kept, and if rectified the gradient through the ReLU before
// the pool too: rows of windows from ≤ row < to, counted over the batch, each
// two rows of dx, and those that fill no window.
func MaxPoolScatter(k *pointwise.Kernels, dx, dy, index []float32, in Dims, rectified bool, from, to int) {
	out, c := Window{2, 2}.Out(in), in.Channels
	check("max pool scatter", dy, out, dx, in, from, to)
	words := out.Width * c / pointwise.IndexLanes
	for r := from; r < to; r++ {
		top := (r/out.Height*in.Height + r%out.Height*2) * in.row()
		upper, lower := dx[top:][:in.row()], dx[top+in.row():][:in.row()]
		k.MaxPool2Scatter(upper, lower, dy[r*out.row():][:out.row()], index[r*words:][:words], rectified, out.Width, c)
		clear(upper[2*out.row():])
		clear(lower[2*out.row():])
		if last := r%out.Height == out.Height-1; last && in.Height%2 == 1 {
			clear(dx[top+2*in.row():][:in.row()])
		}
	}
}
