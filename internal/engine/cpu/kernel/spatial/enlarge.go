package spatial

import "easel/internal/engine/cpu/kernel/pointwise"

// The taps of a 3×3 kernel over a picture that is enlarged to twice its size:
// t is [batch, height, width, 3, 3, out], what each tap makes of each pixel of
// the small picture, and y [batch, 2·height, 2·width, out] adds up what reaches
// each pixel of the large one. Bilinear interpolation is separable, so rows are
// added up first, then columns.

// A share is how much of place at is read.
type share struct {
	at     int
	weight float32
}

// enlargedFrom is what place p of an axis, enlarged from n places, takes from
// tap r: of the enlarged axis' place u = p + r − 1, which lies between two of
// the small one's; nothing beyond the ends.
func enlargedFrom(p, r, n int) (shares [2]share, count int) {
	u := p + r - 1
	if u < 0 || u >= 2*n {
		return shares, 0
	}
	b := between(u, n, 2*n)
	if b.lo == b.hi || b.part == 0 {
		return [2]share{{b.lo, 1}}, 1
	}
	return [2]share{{b.lo, 1 - b.part}, {b.hi, b.part}}, 2
}

// enlargedTo is the converse: which places p of the enlarged axis take from
// place i through tap r.
func enlargedTo(i, r, n int) (shares [4]share, count int) {
	for u := 2*i - 1; u <= 2*i+2; u++ {
		p := u + 1 - r
		if p < 0 || p >= 2*n {
			continue
		}
		from, k := enlargedFrom(p, r, n)
		for _, s := range from[:k] {
			if s.at == i {
				shares[count] = share{p, s.weight}
				count++
			}
		}
	}
	return shares, count
}

// EnlargedTaps adds up rows from to to of y, of whose pictures 2·rows ×
// 2·columns are made from rows × columns of t's, the rest being 0. small is the
// shape of t, [batch, height, width, 9·out], and scratch has at least
// EnlargedScratch elements.
func EnlargedTaps(k *pointwise.Kernels, y, t []float32, small Dims, rows, columns int, scratch []float32, from, to int) {
	out := small.Channels / 9
	large := Dims{small.Batch, 2 * small.Height, 2 * small.Width, out}
	check("enlarged taps", y, large, t, small, from, to)
	sums := scratch[:3*columns*out]
	for q := from; q < to; q++ {
		d := y[q*large.row():][:large.row()]
		clear(d)
		picture, p := q/large.Height, q%large.Height
		if p >= 2*rows || columns == 0 {
			continue
		}
		add := overwriteFirst(k)
		for r := range 3 {
			shares, count := enlargedFrom(p, r, rows)
			for _, s := range shares[:count] {
				row := t[(picture*small.Height+s.at)*small.row()+3*r*out:]
				add(sums, 3*out, s.weight, row, 9*out, columns, 3*out)
			}
		}
		for c := range 3 {
			enlargeRow(k, d, sums[c*out:], c, columns, out)
		}
	}
}

// enlargeRow adds what tap c makes of a row of n pixels, 3·out apart.
func enlargeRow(k *pointwise.Kernels, d, s []float32, c, n, out int) {
	inner := n - 2 // pixels whose places are all there
	for _, j := range []int{0, n - 1} {
		for a := range 2 {
			shares, count := enlargedFrom(2*j+a, c, n)
			for _, f := range shares[:count] {
				k.AddScaled(d[(2*j+a)*out:], out, f.weight, s[3*f.at*out:], 3*out, 1, out)
			}
		}
		if n == 1 {
			return
		}
	}
	if inner < 1 {
		return
	}
	for a := range 2 {
		shares, count := enlargedFrom(2+a, c, n) // of pixel 1, and so of all
		for _, f := range shares[:count] {
			k.AddScaled(d[(2+a)*out:], 2*out, f.weight, s[3*f.at*out:], 3*out, inner, out)
		}
	}
}

// EnlargedTapsGradient is the adjoint of EnlargedTaps over whole pictures: rows
// from to to of t, of shape small.
func EnlargedTapsGradient(k *pointwise.Kernels, t, y []float32, small Dims, scratch []float32, from, to int) {
	out := small.Channels / 9
	large := Dims{small.Batch, 2 * small.Height, 2 * small.Width, out}
	check("enlarged taps gradient", t, small, y, large, from, to)
	sums := scratch[:2*small.Width*out]
	for q := from; q < to; q++ {
		d := t[q*small.row():][:small.row()]
		for r := range 3 {
			add := overwriteFirst(k)
			shares, count := enlargedTo(q%small.Height, r, small.Height)
			for _, s := range shares[:count] {
				row := y[(q/small.Height*large.Height+s.at)*large.row():]
				add(sums, len(sums), s.weight, row, len(sums), 1, len(sums))
			}
			for c := range 3 {
				gatherRow(k, d[(3*r+c)*out:], sums, c, small.Width, out)
			}
		}
	}
}

// gatherRow collects what went through tap c to n pixels, 9·out apart.
func gatherRow(k *pointwise.Kernels, d, s []float32, c, n, out int) {
	for _, j := range []int{0, n - 1} {
		add := overwriteFirst(k)
		shares, count := enlargedTo(j, c, n)
		for _, f := range shares[:count] {
			add(d[9*j*out:], 9*out, f.weight, s[f.at*out:], out, 1, out)
		}
		if n == 1 {
			return
		}
	}
	if n < 3 {
		return
	}
	add := overwriteFirst(k)
	shares, count := enlargedTo(1, c, n)
	for _, f := range shares[:count] {
		add(d[9*out:], 9*out, f.weight, s[f.at*out:], 2*out, n-2, out)
	}
}

// overwriteFirst is AddScaled whose first call overwrites.
func overwriteFirst(k *pointwise.Kernels) func(dst []float32, dstStride int, factor float32, a []float32, aStride, rows, c int) {
	first := true
	return func(dst []float32, dstStride int, factor float32, a []float32, aStride, rows, c int) {
		if first {
			k.Scale(dst, dstStride, factor, a, aStride, rows, c)
			first = false
			return
		}
		k.AddScaled(dst, dstStride, factor, a, aStride, rows, c)
	}
}

// EnlargedScratch is how many elements the two want.
func EnlargedScratch(small Dims) int { return small.Width * small.Channels / 3 }
