package conv

import "easel/internal/cpu/kernel/gemm"

// packRight packs a block of pixels of the columns of a group.
func (p *gradient) packRight(group []panel, pixels interval, dst []float32, a *Args) {
	for _, pn := range group {
		size := pixels.len() * pn.width
		if p.swapped {
			p.packShifted(pn, pixels, dst[:size], a)
		} else {
			y := a.Arena[a.Y+pixels.from*p.g.YStride+pn.column:]
			p.k.PackRows(dst, y, pixels.len(), pn.n, p.g.YStride, pn.width)
		}
		dst = dst[size:]
	}
}

// packShifted packs columns (tap, c) of x.
func (p *gradient) packShifted(pn panel, pixels interval, dst []float32, a *Args) {
	g := &p.g
	step := g.Stride * g.XStride
	if pn.n < pn.width {
		clear(dst)
	}
	for at := 0; at < pn.n; {
		tap, c := (pn.column+at)/g.C, (pn.column+at)%g.C
		n := min(g.C-c, pn.n-at)
		for w := p.walk(p.live[tap], pixels); w.next(); {
			d := dst[w.row*pn.width+at:]
			switch {
			case w.padding:
				clearColumns(d, w.count, n, pn.width)
			case at == 0 && n == pn.n:
				p.k.PackRows(d, a.Arena[a.X+w.source+c:], w.count, n, step, pn.width)
			default:
				copyColumns(d, a.Arena[a.X+w.source+c:], w.count, n, step, pn.width)
			}
		}
		at += n
	}
}

// packLeft packs rows of the left operand, six abreast.
func (p *gradient) packLeft(set int, rows, pixels interval, dst []float32, a *Args) {
	g := &p.g
	panel := pixels.len() * gemm.MR
	if p.swapped {
		y := a.Arena[a.Y+pixels.from*g.YStride+rows.from:]
		p.k.PackColumns(dst, y, pixels.len(), rows.len(), g.YStride, panel)
		return
	}
	if p.mixed() {
		p.packMixed(rows, pixels, dst, a)
		return
	}
	for w := p.walk(p.live[set], pixels); w.next(); {
		d := dst[w.row*gemm.MR:]
		if !w.padding {
			p.k.PackColumns(d, a.Arena[a.X+w.source+rows.from:], w.count, rows.len(), g.Stride*g.XStride, panel)
			continue
		}
		for at := 0; at < rows.len(); at += gemm.MR {
			clear(d[at/gemm.MR*panel:][:w.count*gemm.MR])
		}
	}
}

// packMixed is packLeft of rows with several taps.
func (p *gradient) packMixed(rows, pixels interval, dst []float32, a *Args) {
	g := &p.g
	panel := pixels.len() * gemm.MR
	for at := rows.from; at < rows.to; {
		tap, c := at/g.C, at%g.C
		place := at - rows.from
		n := min(g.C-c, rows.to-at, gemm.MR-place%gemm.MR)
		for w := p.walk(p.live[tap], pixels); w.next(); {
			d := dst[place/gemm.MR*panel+w.row*gemm.MR+place%gemm.MR:]
			if w.padding {
				clearColumns(d, w.count, n, gemm.MR)
			} else {
				copyColumns(d, a.Arena[a.X+w.source+c:], w.count, n, g.Stride*g.XStride, gemm.MR)
			}
		}
		at += n
	}
}

// clearColumns zeroes n columns of rows that are ld apart.
func clearColumns(dst []float32, rows, n, ld int) {
	for i := range rows {
		clear(dst[i*ld : i*ld+n])
	}
}

// copyColumns copies n columns: dst[i·ld + j] = src[i·step + j]. n is small.
func copyColumns(dst, src []float32, rows, n, step, ld int) {
	for i := range rows {
		d, s := dst[i*ld:i*ld+n], src[i*step:i*step+n]
		for j := range d {
			d[j] = s[j]
		}
	}
}

// walk goes over the pixels of y in a block as runs along a row that are all
// in the padding of x, for one tap, or all not.
type walk struct {
	g          *Geometry
	kh         int
	begin, end int // the columns of y for which the tap is inside
	shift      int // from a column of y to that of x
	at, to     int // pixels
	from       int
	row        int // of the block: the run begins here
	count      int
	padding    bool
	source     int // element of x, if not padding
}

func (p *gradient) walk(tap int, pixels interval) walk {
	g := &p.g
	shift := tap%g.KW - g.PadLeft
	begin, end := span(shift, g.Stride, g.OW, g.W)
	return walk{g: g, kh: tap / g.KW, begin: begin, end: end, shift: shift, at: pixels.from, from: pixels.from, to: pixels.to}
}

func (w *walk) next() bool {
	if w.at >= w.to {
		return false
	}
	g := w.g
	column, line := w.at%g.OW, w.at/g.OW
	i, n := line%g.OH, line/g.OH
	stop := min(g.OW, column+w.to-w.at)
	h := i*g.Stride + w.kh - g.PadTop
	w.row = w.at - w.from
	w.padding = true
	switch {
	case uint(h) >= uint(g.H) || column >= w.end:
	case column < w.begin:
		stop = min(stop, w.begin)
	default:
		w.padding = false
		stop = min(stop, w.end)
		w.source = ((n*g.H+h)*g.W + column*g.Stride + w.shift) * g.XStride
	}
	w.count = stop - column
	w.at += w.count
	return true
}
