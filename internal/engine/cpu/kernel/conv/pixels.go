package conv

import "easel/internal/engine/cpu/kernel/gemm"

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
		if n := p.together(tap, c, pn.n-at); n > 0 {
			p.packTogether(tap, n, pixels, dst[at:], pn.width, a)
			at += n * g.C
			continue
		}
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

// together is how many taps from the given live one on, in a row of the
// kernel, lie next to each other in x and fit in n columns, if more than one.
func (p *gradient) together(tap, c, n int) int {
	g := &p.g
	if !p.inScratch || c != 0 || g.XStride != g.C {
		return 0
	}
	count := 1
	for count < n/g.C && tap+count < len(p.live) && p.live[tap+count] == p.live[tap]+count &&
		p.live[tap+count]/g.KW == p.live[tap]/g.KW {
		count++
	}
	if count < 2 {
		return 0
	}
	return count
}

// packTogether packs the columns of several taps that lie next to each other.
func (p *gradient) packTogether(tap, taps int, pixels interval, dst []float32, ld int, a *Args) {
	g := &p.g
	kw, step := p.live[tap]%g.KW, g.Stride*g.C
	begin, _ := span(kw-g.PadLeft, g.Stride, g.OW, g.W)
	_, end := span(kw+taps-1-g.PadLeft, g.Stride, g.OW, g.W)
	for w := p.walkWithin(p.live[tap], pixels, begin, end); w.next(); {
		d := dst[w.row*ld:]
		if !w.padding {
			copyColumns(d, a.Arena[a.X+w.source:], w.count, taps*g.C, step, ld)
			continue
		}
		clearColumns(d, w.count, taps*g.C, ld)
		p.packEdge(w, tap, taps, d, ld, a)
	}
}

// packEdge packs, of columns that are partly in the padding, what is not.
func (p *gradient) packEdge(w walk, tap, taps int, dst []float32, ld int, a *Args) {
	g := &p.g
	first := w.at - w.count
	line := first / g.OW
	h := line%g.OH*g.Stride + w.kh - g.PadTop
	if uint(h) >= uint(g.H) {
		return
	}
	row := (line/g.OH*g.H + h) * g.W
	for i := range w.count {
		column := (first+i)%g.OW*g.Stride + p.live[tap]%g.KW - g.PadLeft
		for t := max(0, -column); t < min(taps, g.W-column); t++ {
			copy(dst[i*ld+t*g.C:][:g.C], a.Arena[a.X+(row+column+t)*g.C:])
		}
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
	switch n {
	case 3: // a tap of a colour picture
		for i := range rows {
			*(*[3]float32)(dst[i*ld:]) = [3]float32(src[i*step:])
		}
		return
	case 12: // four of them
		for i := range rows {
			*(*[12]float32)(dst[i*ld:]) = [12]float32(src[i*step:])
		}
		return
	}
	for i := range rows {
		d, s := dst[i*ld:i*ld+n], src[i*step:i*step+n]
		for len(d) >= 4 && len(s) >= 4 {
			*(*[4]float32)(d) = [4]float32(s)
			d, s = d[4:], s[4:]
		}
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
	return p.walkWithin(tap, pixels, begin, end)
}

// walkWithin is walk with given columns of y for inside.
func (p *gradient) walkWithin(tap int, pixels interval, begin, end int) walk {
	g := &p.g
	return walk{
		g: g, kh: tap / g.KW, begin: begin, end: max(begin, end), shift: tap%g.KW - g.PadLeft,
		at: pixels.from, from: pixels.from, to: pixels.to,
	}
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
