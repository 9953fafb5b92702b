package conv

import (
	"easel/internal/cpu/kernel/gemm"
	"easel/internal/cpu/kernel/winograd"
)

// winogradGather is a sum over taps by Winograd's filtering: the forward
// direction and the input gradient. A task makes some columns of a block of
// tiles of a grid. For each block of input channels it transforms the tiles
// (V), and for each 64 columns the kernel (U), and adds their T² products
//
//	M[point] [tiles, columns] += V[point] [tiles, terms] · U[point] [terms, columns]
//
// all in cache; at the end it transforms M back. Transforming the kernel in
// place costs a few percent and saves reading T²/r² times the weights.
type winogradGather struct {
	k               *gemm.Kernels
	f               *winograd.Filter
	g               Geometry
	in, out         side
	inStep, outStep int
	kernelWidth     int
	transposed      bool // as in gather
	backward        bool
	grids           []grid
	tasks           []winogradTask
	terms           []interval // blocks of input channels
	tiles, width    int        // of the largest task
}

type winogradTask struct {
	grid    *grid
	tiling  tiling
	tiles   interval
	columns interval
	panels  []panel
}

func newWinogradGather(k *gemm.Kernels, f *winograd.Filter, g Geometry, swapped, backward bool) *winogradGather {
	x, y := side{g.H, g.W, g.C, g.XStride}, side{g.OH, g.OW, g.O, g.YStride}
	p := &winogradGather{
		k: k, f: f, g: g, in: x, out: y, inStep: g.Stride, outStep: 1, kernelWidth: g.KW,
		transposed: swapped != backward, backward: backward,
	}
	if backward {
		p.in, p.out, p.inStep, p.outStep = y, x, 1, g.Stride
		p.grids = backwardGrids(g)
	} else {
		p.grids = forwardGrids(g)
	}
	block := winogradBlock(f)
	p.terms = split(p.in.channels, ceil(p.in.channels, block), winograd.Lanes)
	for i := range p.grids {
		p.cut(&p.grids[i], g.N)
	}
	return p
}

func (p *winogradGather) cut(gr *grid, batch int) {
	t := newTiling(batch, gr.height, gr.width, p.f.M)
	for _, tiles := range t.blocks(winogradTileBlock(p.f)) {
		for _, c := range split(p.out.channels, ceil(p.out.channels, winogradColumns), winogradColumns) {
			task := winogradTask{gr, t, tiles, c, panels(p.k, c)}
			p.tiles, p.width = max(p.tiles, tiles.len()), max(p.width, width(task.panels))
			p.tasks = append(p.tasks, task)
		}
	}
}

// longest is the length of the longest block of terms.
func longest(blocks []interval) (n int) {
	for _, b := range blocks {
		n = max(n, b.len())
	}
	return n
}

func (p *winogradGather) plan() *Plan {
	points, terms := p.f.Points(), longest(p.terms)
	taps := p.f.R * p.f.R
	need := gemm.Need{
		Floats:   points*(apart(p.tiles*terms)+apart(terms*p.width)+apart(p.tiles*p.width)) + taps*apart(terms*p.width),
		Segments: 1,
		Ints:     p.tiles*points + 2*points,
	}
	performed := 0
	for i := range p.tasks {
		t := &p.tasks[i]
		performed += points * t.tiles.len() * p.in.channels * len(t.grid.parts) * t.columns.len()
	}
	return &Plan{
		Method: p.f.String(), g: p.g, need: need, tasks: len(p.tasks), run: p.run,
		zeroLen: p.in.channels, performed: performed, finishes: true,
	}
}

// winogradScratch is a task's part of a worker's scratch.
type winogradScratch struct {
	v, u, m  []float32
	taps     []float32 // of the kernel, brought into order
	patches  []int     // where each tile's inputs are
	from, to []int     // offsets of a transform's operands
}

func (p *winogradGather) scratch(t *winogradTask, s *gemm.Scratch) (w winogradScratch) {
	points, terms, tiles, width := p.f.Points(), longest(p.terms), t.tiles.len(), width(t.panels)
	w.v, w.taps = cutAt(s.Floats, points*apart(tiles*terms))
	w.u, w.taps = cutAt(w.taps, points*apart(terms*width))
	w.m, w.taps = cutAt(w.taps, points*apart(tiles*width))
	ints := s.Ints[tiles*points:]
	w.patches, w.from, w.to = s.Ints[:tiles*points], ints[:points], ints[points:2*points]
	return w
}

func (p *winogradGather) run(task int, s *gemm.Scratch, a *Args) {
	t := &p.tasks[task]
	w := p.scratch(t, s)
	for i := range t.grid.parts {
		pt := &t.grid.parts[i]
		p.find(t, pt, &w, a)
		for j, terms := range p.terms {
			p.transformTiles(t, terms, &w, a)
			p.transformKernel(t, pt, terms, &w, a)
			p.multiply(t, terms.len(), i+j == 0, &w, s, a)
		}
	}
	p.write(t, &w, a)
}

// find sets where the inputs of each tile are.
func (p *winogradGather) find(t *winogradTask, pt *part, w *winogradScratch, a *Args) {
	base := a.X
	if p.backward {
		base = a.Y
	}
	points, step := p.f.Points(), p.f.M*p.inStep
	for at := t.tiles.from; at < t.tiles.to; at++ {
		n, i, j := t.tiling.at(at)
		p.in.patch(w.patches[(at-t.tiles.from)*points:], n, i*step+pt.rows.offset, j*step+pt.columns.offset,
			p.inStep, p.f.T, base, a.Zero)
	}
}

// transformTiles makes V [points][tiles][terms].
func (p *winogradGather) transformTiles(t *winogradTask, terms interval, w *winogradScratch, a *Args) {
	points, tiles, n := p.f.Points(), t.tiles.len(), terms.len()
	src := winograd.Operand{Data: a.Arena[terms.from:]}
	every(w.to, apart(tiles*n))
	for i := range tiles {
		p.f.Input.Run(winograd.Operand{Data: w.v[i*n:]}, w.to, src, w.patches[i*points:], 1, n)
	}
}

// transformKernel makes U [points][panels][terms][panel's width].
func (p *winogradGather) transformKernel(t *winogradTask, pt *part, terms interval, w *winogradScratch, a *Args) {
	n := terms.len()
	every(w.to, apart(n*width(t.panels)))
	u := w.u
	for _, pn := range t.panels {
		src := p.kernelTaps(pt, pn, terms, w, a)
		p.f.Kernel.Run(winograd.Operand{Data: u, Row: pn.width}, w.to, src, w.from, n, pn.n)
		u = u[n*pn.width:]
	}
}

// tapsInPlace is up to how many taps are read where they lie. They are a power
// of two apart, so that more would not have room in the cache together.
const tapsInPlace = 4

// kernelTaps is where a panel's part of the kernel is, a row a term, with the
// taps at offsets: where it lies or, if there are many taps or rows would have
// to be columns, in a copy.
func (p *winogradGather) kernelTaps(pt *part, pn panel, terms interval, w *winogradScratch, a *Args) winograd.Operand {
	n, in, out, r := terms.len(), p.in.channels, p.out.channels, p.f.R
	inPlace := !p.transposed && r*r <= tapsInPlace
	for i := range r * r {
		tap := pt.rows.tap(i/r)*p.kernelWidth + pt.columns.tap(i%r)
		w.from[i] = i * apart(n*pn.width)
		switch {
		case inPlace:
			w.from[i] = tap * in * out
		case p.transposed:
			p.k.PackTransposed(w.taps[w.from[i]:], a.Kernel[(tap*out+pn.column)*in+terms.from:], n, pn.n, in, pn.width)
		default:
			p.k.PackRows(w.taps[w.from[i]:], a.Kernel[(tap*in+terms.from)*out+pn.column:], n, pn.n, out, pn.width)
		}
	}
	if inPlace {
		return winograd.Operand{Data: a.Kernel[terms.from*out+pn.column:], Row: out}
	}
	return winograd.Operand{Data: w.taps, Row: pn.width}
}

// multiply adds the products of all points to M. A bias is added where it
// reaches all outputs alike: at point 1, whose powers in A are all one.
func (p *winogradGather) multiply(t *winogradTask, terms int, first bool, w *winogradScratch, s *gemm.Scratch, a *Args) {
	tiles, columns := t.tiles.len(), width(t.panels)
	tile := &s.Tile
	*tile = gemm.Tile{A: w.v, B: w.u, C: w.m, AStep: 1, Accumulate: !first, Segments: s.Segments[:1]}
	seg := &s.Segments[0]
	seg.B, seg.Length = 0, terms
	for point := range p.f.Points() {
		tile.B = w.u[point*apart(terms*columns):]
		for _, pn := range t.panels {
			tile.LDB, tile.N, tile.Ahead = pn.width, pn.n, 8*pn.width
			tile.Bias = nil
			if first && a.Bias != nil && point == p.f.T+1 {
				tile.Bias = a.Bias[pn.column : pn.column+pn.n]
			}
			for row := 0; row < tiles; row += gemm.MR {
				tile.M = min(gemm.MR, tiles-row)
				for i := range seg.A {
					r := min(row+i, tiles-1)
					seg.A[i] = point*apart(tiles*terms) + r*terms
					tile.Rows[i] = point*apart(tiles*columns) + r*columns + pn.column - t.columns.from
				}
				p.k.Run(tile)
			}
			tile.B = tile.B[terms*pn.width:]
		}
	}
}

// write transforms M back and writes the pixels that there are.
func (p *winogradGather) write(t *winogradTask, w *winogradScratch, a *Args) {
	base := a.Y
	if p.backward {
		base = a.X
	}
	m, tiles, columns := p.f.M, t.tiles.len(), width(t.panels)
	n := t.columns.len()
	finish := a.Finish
	if finish == nil {
		finish = copyRows
	}
	every(w.from, apart(tiles*columns))
	every(w.to[:m*m], n)
	for at := t.tiles.from; at < t.tiles.to; at++ {
		src := winograd.Operand{Data: w.m[(at-t.tiles.from)*columns:]}
		p.f.Output.Run(winograd.Operand{Data: w.u}, w.to, src, w.from, 1, n)
		picture, ti, tj := t.tiling.at(at)
		inside := min(m, t.grid.width-tj*m)
		for i := range min(m, t.grid.height-ti*m) {
			row, column := t.grid.top+(ti*m+i)*p.outStep, t.grid.left+tj*m*p.outStep
			to := base + ((picture*p.out.height+row)*p.out.width+column)*p.out.stride + t.columns.from
			finish(a.Arena[to:], p.outStep*p.out.stride, w.u[i*m*n:], n, inside, n)
		}
	}
}

func copyRows(dst []float32, dstStride int, src []float32, srcStride, rows, c int) {
	for i := range rows {
		copy(dst[i*dstStride:][:c], src[i*srcStride:])
	}
}
