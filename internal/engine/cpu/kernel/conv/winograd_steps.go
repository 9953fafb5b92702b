package conv

import (
	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/cpu/kernel/winograd"
)

// transformTiles makes V of some of a unit's tiles.
func (p *winogradGather) transformTiles(u *unit, tiles interval, v spectrum, scratch []float32, ints []int, a *Args) {
	points, n, parts := p.f.Points(), p.in.channels, len(u.grid.parts)
	from, to := ints[:2*points], ints[2*points:3*points]
	v.places(to)
	src := winograd.Operand{Data: a.Arena}
	inTurn(tiles.len()*parts, from, func(i int, dst []int) {
		p.patch(u, tiles.from+i/parts, i%parts, dst, a)
	}, func(i int) {
		at := (tiles.from-u.tiles.from+i/parts)*v.width + p.k.Elements(i%parts*n)
		if p.k.Pairs {
			p.roundTile(v, at, scratch, from, to, a)
			return
		}
		p.f.Input.Run(winograd.Operand{Data: v.data[at:]}, to, src, from, 1, n)
	})
}

// unrounded is how many floats of scratch the transforms make before they are rounded:
// some channels of a tile, or of two tiles or terms, which make pairs.
func unrounded(points int) int { return 2 * points * winogradColumns }

// roundTile is the transform of a tile with rounding: pairs are neighbouring channels.
func (p *winogradGather) roundTile(v spectrum, at int, scratch []float32, from, to []int, a *Args) {
	for c, channels := 0, p.in.channels; c < channels; c += winogradColumns {
		n := min(winogradColumns, channels-c)
		every(to, n)
		p.f.Input.Run(winograd.Operand{Data: scratch}, to, winograd.Operand{Data: a.Arena[c:]}, from, 1, n)
		p.k.Round(v.data[at+p.k.Elements(c):], scratch, len(to), n, n, v.point(1))
	}
}

// patch is where the inputs of a tile of a unit are for a part.
func (p *winogradGather) patch(u *unit, tile, part int, dst []int, a *Args) {
	base, step, pt := a.X, p.f.M*p.inStep, &u.grid.parts[part]
	if p.backward {
		base = a.Y
	}
	picture, i, j := u.tiling.at(tile)
	p.in.patch(dst, picture, i*step+pt.rows.offset, j*step+pt.columns.offset, p.inStep, p.f.T, base, a.Zero)
}

// inTurn runs each of count patches while the places of the next one stand
// behind its own.
func inTurn(count int, places []int, patch func(i int, dst []int), run func(i int)) {
	n := len(places) / 2
	patch(0, places[n:])
	for i := range count {
		copy(places, places[n:])
		if i+1 < count {
			patch(i+1, places[n:])
		}
		run(i)
	}
}

// transformKernel makes U of some terms of a part, as rows of u from row on.
func (p *winogradGather) transformKernel(gr *grid, part int, c *block, terms interval, u spectrum, row int, taps []float32, ints []int, a *Args) {
	points, n := p.f.Points(), terms.len()
	from, to := ints[:points], ints[points:2*points]
	u.places(to)
	data := u.data
	for _, pn := range c.panels {
		src, dst := p.kernelTaps(&gr.parts[part], pn, terms, taps, from, a), data[p.k.Elements(row)*pn.width:]
		if p.k.Pairs {
			p.roundKernel(dst, u.point(1), src, n, pn, taps[len(taps)-unrounded(points):], from, to)
		} else {
			p.f.Kernel.Run(winograd.Operand{Data: dst, Row: pn.width}, to, src, from, n, pn.n)
		}
		data = data[u.rows*pn.width:]
	}
}

// roundKernel is the transform of terms of a panel with rounding: pairs are
// neighbouring terms.
func (p *winogradGather) roundKernel(dst []float32, point int, src winograd.Operand, terms int, pn panel, scratch []float32, from, to []int) {
	every(to, 2*pn.width)
	for term := 0; term < terms; term += 2 {
		p.f.Kernel.Run(winograd.Operand{Data: scratch, Row: pn.width}, to, src, from, 2, pn.n)
		p.k.PackPairs(dst[term/2*pn.width:], scratch, len(to), pn.n, pn.width, point)
		if term+2 < terms {
			src.Data = src.Data[2*src.Row:]
		}
	}
}

// tapsInPlace is up to how many taps are read where they lie. They are a power
// of two apart, so that more would not have room in the cache together.
const tapsInPlace = 4

// kernelTaps is where a panel's part of the kernel is, a row a term, with the
// taps at offsets: where it lies or, if there are many taps or rows would have
// to be columns, in a copy.
func (p *winogradGather) kernelTaps(pt *part, pn panel, terms interval, taps []float32, offsets []int, a *Args) winograd.Operand {
	n, in, out, r := terms.len(), p.in.channels, p.out.channels, p.f.R
	inPlace, k := !p.transposed && r*r <= tapsInPlace, p.k.Float32()
	packed := spectrum{rows: n, width: pn.width}
	for i := range r * r {
		tap := pt.rows.tap(i/r)*p.kernelWidth + pt.columns.tap(i%r)
		offsets[i] = packed.point(i)
		switch {
		case inPlace:
			offsets[i] = tap * in * out
		case p.transposed:
			k.PackTransposed(taps[offsets[i]:], a.Kernel[(tap*out+pn.column)*in+terms.from:], n, pn.n, in, pn.width)
		default:
			k.PackRows(taps[offsets[i]:], a.Kernel[(tap*in+terms.from)*out+pn.column:], n, pn.n, out, pn.width)
		}
	}
	if inPlace {
		return winograd.Operand{Data: a.Kernel[terms.from*out+pn.column:], Row: out}
	}
	return winograd.Operand{Data: taps, Row: pn.width}
}

// multiply adds the products of some terms of some rows of V to M, or begins it
// with the first ones. U's rows are those terms, or all of them. A bias is added where it
// reaches all outputs alike: at point 1, whose powers in A are all one.
func (p *winogradGather) multiply(rows interval, c *block, terms interval, v, u, m spectrum, next *ahead, s *gemm.Scratch, a *Args) {
	tile := &s.Tile
	*tile = gemm.Tile{A: v.data, C: m.data, AStep: 1, Segments: s.Segments[:1]}
	terms = interval{p.k.Elements(terms.from), p.k.Elements(terms.to)}
	for point := range p.f.Points() {
		bias := a.Bias
		if point != p.f.T+1 {
			bias = nil
		}
		for at := terms.from; at < terms.to; at += winogradTerms {
			n := min(winogradTerms, terms.to-at)
			tile.Accumulate = at > 0
			b := u.data[u.point(point):]
			for _, pn := range c.panels {
				row := at
				if u.rows == terms.len() {
					row -= terms.from
				}
				tile.B, tile.LDB, tile.N, tile.Ahead = b[row*pn.width:], pn.width, pn.n, 8*pn.width
				tile.Bias = nil
				if at == 0 && bias != nil {
					tile.Bias = bias[pn.column : pn.column+pn.n]
				}
				p.rows(tile, rows, v.point(point)+at, v, m.point(point)+pn.column-c.from, m, &s.Segments[0], n, next, a)
				b = b[u.rows*pn.width:]
			}
		}
	}
}

// rows runs the tiles of all rows of a product.
func (p *winogradGather) rows(tile *gemm.Tile, rows interval, left int, v spectrum, result int, m spectrum, seg *gemm.Segment, terms int, next *ahead, a *Args) {
	seg.B, seg.Length = 0, terms
	for row := rows.from; row < rows.to; row += gemm.MR {
		tile.M = min(gemm.MR, rows.to-row)
		for i := range seg.A {
			r := min(row+i, rows.to-1)
			seg.A[i] = left + r*v.width
			tile.Rows[i] = result + (r-rows.from)*m.width
		}
		p.k.Run(tile)
		next.fetch(p.k, a.Kernel)
	}
}

// ahead is block i of a unit's kernels, if there is one. It keeps its places.
func (p *winogradGather) ahead(u *unit, c *block, i int, places []int) ahead {
	if i >= len(u.grid.parts)*len(p.terms) {
		return ahead{}
	}
	pt, r := &u.grid.parts[i/len(p.terms)], p.f.R
	part := kernelPart{p.in.channels, p.out.channels, p.transposed, p.terms[i%len(p.terms)], c.interval}
	next := part.ahead(places[:r*r], func(i int) int { return pt.rows.tap(i/r)*p.kernelWidth + pt.columns.tap(i%r) })
	next.during(p.f.Points() * len(c.panels) * ceil(u.tiles.len(), gemm.MR))
	return next
}

// write transforms M back and writes the pixels that there are.
func (p *winogradGather) write(t *unit, c *block, m spectrum, scratch []float32, ints []int, a *Args) {
	points, side, n := p.f.Points(), p.f.M, c.len()
	from, inScratch, inPlace := ints[:points], ints[points:][:side*side], ints[2*points:][:side*side]
	m.places(from)
	every(inScratch, n)
	row := p.outStep * p.out.width * p.out.stride
	for i := range inPlace {
		inPlace[i] = i/side*row + i%side*p.outStep*p.out.stride
	}
	base := a.Y
	if p.backward {
		base = a.X
	}
	for at := t.tiles.from; at < t.tiles.to; at++ {
		src := winograd.Operand{Data: m.data[(at-t.tiles.from)*m.width:]}
		picture, i, j := t.tiling.at(at)
		top, left := t.grid.top+i*side*p.outStep, t.grid.left+j*side*p.outStep
		to := a.Arena[base+((picture*p.out.height+top)*p.out.width+left)*p.out.stride+c.from:]
		height, width := min(side, t.grid.height-i*side), min(side, t.grid.width-j*side)
		if height == side && width == side && a.Finish == nil {
			p.f.Output.Run(winograd.Operand{Data: to}, inPlace, src, from, 1, n)
			continue
		}
		p.f.Output.Run(winograd.Operand{Data: scratch}, inScratch, src, from, 1, n)
		finish := a.Finish
		if finish == nil {
			finish = copyRows
		}
		for i := range height {
			finish(to[i*row:], p.outStep*p.out.stride, scratch[i*side*n:], n, width, n)
		}
	}
}

func copyRows(dst []float32, dstStride int, src []float32, srcStride, rows, c int) {
	for i := range rows {
		copy(dst[i*dstStride:][:c], src[i*srcStride:])
	}
}
