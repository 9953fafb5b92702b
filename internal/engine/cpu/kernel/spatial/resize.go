package spatial

import (
	"math"

	"easel/internal/engine/cpu/kernel/pointwise"
)

// ResizeNearest takes pixel ⌊i·old/new⌋ of x: rows from to to of dst.
func ResizeNearest(k *pointwise.Kernels, dst []float32, out Dims, x []float32, in Dims, from, to int) {
	check("nearest resize", dst, out, x, in, from, to)
	c, last := in.Channels, -1
	for r := from; r < to; r++ {
		sr := r/out.Height*in.Height + r%out.Height*in.Height/out.Height
		d, s := dst[r*out.row():][:out.row()], x[sr*in.row():][:in.row()]
		switch {
		case in.Width == out.Width:
			copy(d, s)
		case sr == last:
			copy(d, dst[(r-1)*out.row():])
		default:
			for ox := 0; ox < out.Width; ox++ {
				copy(d[ox*c:][:c], s[ox*in.Width/out.Width*c:])
			}
		}
		last = sr
	}
}

// ResizeNearestGradient is the adjoint of ResizeNearest: rows from to to of
// dx, which has the shape in of the picture that was resized to out.
func ResizeNearestGradient(k *pointwise.Kernels, dx []float32, in Dims, dy []float32, out Dims, from, to int) {
	check("nearest resize gradient", dx, in, dy, out, from, to)
	c := in.Channels
	clear(dx[from*in.row() : to*in.row()])
	for r := from; r < to; r++ {
		b, y := r/in.Height, r%in.Height
		d := dx[r*in.row():][:in.row()]
		// The rows with ⌊i·old/new⌋ = y are ⌈y·new/old⌉ ≤ i < ⌈(y+1)·new/old⌉.
		end := ceilDiv((y+1)*out.Height, in.Height)
		for oy := ceilDiv(y*out.Height, in.Height); oy < end; oy++ {
			s := dy[(b*out.Height+oy)*out.row():][:out.row()]
			for ox := 0; ox < out.Width; ox++ {
				p := d[ox*in.Width/out.Width*c:][:c]
				k.Add(p, c, p, c, s[ox*c:][:c], c, 1, c)
			}
		}
	}
}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

// A blend reads between pixels lo and hi: (1 − part)·lo + part·hi.
type blend struct {
	lo, hi int
	part   float32
}

// between is where output i of an axis resized from old to size reads: around
// (i + ½)·old/size − ½, clamped to the picture.
func between(i, old, size int) blend {
	at := (float64(i)+0.5)*float64(old)/float64(size) - 0.5
	at = min(max(at, 0), float64(old-1))
	lo := int(math.Floor(at))
	return blend{lo, min(lo+1, old-1), float32(at - float64(lo))}
}

// ResizeBilinear weighs the neighbours of (i + ½)·old/new − ½, clamped to the
// picture: rows from to to of dst.
func ResizeBilinear(k *pointwise.Kernels, dst []float32, out Dims, x []float32, in Dims, from, to int) {
	check("bilinear resize", dst, out, x, in, from, to)
	c := in.Channels
	for r := from; r < to; r++ {
		b, v := r/out.Height, between(r%out.Height, in.Height, out.Height)
		upper := x[(b*in.Height+v.lo)*in.row():][:in.row()]
		lower := x[(b*in.Height+v.hi)*in.row():][:in.row()]
		d := dst[r*out.row():][:out.row()]
		for ox := 0; ox < out.Width; ox++ {
			h := between(ox, in.Width, out.Width)
			mix(d[ox*c:][:c], upper[h.lo*c:], upper[h.hi*c:], lower[h.lo*c:], lower[h.hi*c:], h.part, v.part)
		}
	}
}

func mix(d, ul, ur, ll, lr []float32, across, down float32) {
	ul, ur, ll, lr = ul[:len(d)], ur[:len(d)], ll[:len(d)], lr[:len(d)]
	for i := range d {
		u := ul[i] + across*(ur[i]-ul[i])
		l := ll[i] + across*(lr[i]-ll[i])
		d[i] = u + down*(l-u)
	}
}

// ResizeBilinearGradient is the adjoint of ResizeBilinear: rows from to to of
// dx, which has the shape in of the picture that was resized to out.
func ResizeBilinearGradient(k *pointwise.Kernels, dx []float32, in Dims, dy []float32, out Dims, from, to int) {
	check("bilinear resize gradient", dx, in, dy, out, from, to)
	clear(dx[from*in.row() : to*in.row()])
	eachPicture(from, to, in.Height, func(b, lo, hi int) {
		for oy := 0; oy < out.Height; oy++ {
			v := between(oy, in.Height, out.Height)
			if v.hi < lo || v.lo >= hi {
				continue
			}
			s := dy[(b*out.Height+oy)*out.row():][:out.row()]
			if lo <= v.lo && v.lo < hi {
				scatter(k, dx[(b*in.Height+v.lo)*in.row():][:in.row()], s, 1-v.part, in.Width, out.Width)
			}
			if lo <= v.hi && v.hi < hi {
				scatter(k, dx[(b*in.Height+v.hi)*in.row():][:in.row()], s, v.part, in.Width, out.Width)
			}
		}
	})
}

// scatter adds a row's gradient, times weight, to the pixels it was read from.
func scatter(k *pointwise.Kernels, d, s []float32, weight float32, inWidth, outWidth int) {
	c := len(d) / inWidth
	for ox := 0; ox < outWidth; ox++ {
		h := between(ox, inWidth, outWidth)
		g := s[ox*c:][:c]
		k.AddScaled(d[h.lo*c:][:c], c, weight*(1-h.part), g, c, 1, c)
		k.AddScaled(d[h.hi*c:][:c], c, weight*h.part, g, c, 1, c)
	}
}
