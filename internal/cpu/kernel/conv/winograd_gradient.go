package conv

import (
	"easel/internal/cpu/kernel/gemm"
	"easel/internal/cpu/kernel/winograd"
)

// winogradGradient is the gradient to the kernel by Winograd's filtering. A
// task makes a rectangle of channels of one part: it transforms blocks of tiles
// of x and of y and adds their T² products over tiles
//
//	W[point] [rows, columns] += R[point]ᵀ [rows, tiles] · C[point] [tiles, columns]
//
// all in cache; at the end it transforms W back to the part's taps. Columns are
// the kernel's last axis: the channels of y, or those of x if swapped.
type winogradGradient struct {
	k       *gemm.Kernels
	f       *winograd.Filter
	g       Geometry
	swapped bool
	x, y    side
	parts   []part
	tiling  tiling
	blocks  []interval // of tiles
	tasks   []winogradGradientTask
	rows    int // of the largest task
	width   int
}

type winogradGradientTask struct {
	part          *part
	rows, columns interval
	panels        []panel
}

func newWinogradGradient(k *gemm.Kernels, f *winograd.Filter, g Geometry, swapped bool) *winogradGradient {
	p := &winogradGradient{
		k: k, f: f, g: g, swapped: swapped, x: side{g.H, g.W, g.C, g.XStride}, y: side{g.OH, g.OW, g.O, g.YStride},
		parts: forwardGrids(g)[0].parts, tiling: newTiling(g.N, g.OH, g.OW, f.M),
	}
	p.blocks = p.tiling.blocks(winogradTileBlock(f))
	rows, columns := g.C, g.O
	if swapped {
		rows, columns = g.O, g.C
	}
	for i := range p.parts {
		for _, r := range split(rows, ceil(rows, winogradBlock(f)), winograd.Lanes) {
			for _, c := range split(columns, ceil(columns, winogradColumns), winogradColumns) {
				t := winogradGradientTask{&p.parts[i], r, c, panels(k, c)}
				p.rows, p.width = max(p.rows, r.len()), max(p.width, width(t.panels))
				p.tasks = append(p.tasks, t)
			}
		}
	}
	return p
}

func (p *winogradGradient) plan() *Plan {
	points, tiles := p.f.Points(), longest(p.blocks)
	need := gemm.Need{
		Floats:   points*(apart(tiles*p.rows)+apart(tiles*p.width)+apart(p.rows*p.width)) + p.f.R*p.f.R*p.rows*p.width,
		Segments: 1,
		Ints:     2 * points,
	}
	return &Plan{
		Method: p.f.String(), g: p.g, need: need, tasks: len(p.tasks), run: p.run, zeroLen: max(p.g.C, p.g.O),
		performed: points * p.tiling.count() * p.g.C * p.g.O * len(p.parts),
	}
}

func (p *winogradGradient) run(task int, s *gemm.Scratch, a *Args) {
	t := &p.tasks[task]
	points, tiles, rows, columns := p.f.Points(), longest(p.blocks), t.rows.len(), width(t.panels)
	left, floats := cutAt(s.Floats, points*apart(tiles*rows))
	right, floats := cutAt(floats, points*apart(tiles*columns))
	result, taps := cutAt(floats, points*apart(rows*columns))
	for i, block := range p.blocks {
		if p.swapped {
			p.transformY(block, t.rows, left, s.Ints, a)
			p.transformX(t.part, block, t.columns, right, s.Ints, a)
		} else {
			p.transformX(t.part, block, t.rows, left, s.Ints, a)
			p.transformY(block, t.columns, right, s.Ints, a)
		}
		p.multiply(t, block.len(), i == 0, left, right, result, s)
	}
	p.write(t, result, taps, s.Ints, a)
}

func cutAt(s []float32, n int) (before, after []float32) { return s[:n], s[n:] }

// transformX makes Bᵀ·x·B [points][tiles][channels].
func (p *winogradGradient) transformX(pt *part, tiles, channels interval, dst []float32, ints []int, a *Args) {
	n, step := channels.len(), p.f.M*p.g.Stride
	src := winograd.Operand{Data: a.Arena[channels.from:]}
	from, to := ints[:p.f.Points()], ints[p.f.Points():]
	every(to, apart(tiles.len()*n))
	for at := tiles.from; at < tiles.to; at++ {
		picture, i, j := p.tiling.at(at)
		p.x.patch(from, picture, i*step+pt.rows.offset, j*step+pt.columns.offset, p.g.Stride, p.f.T, a.X, a.Zero)
		p.f.Input.Run(winograd.Operand{Data: dst[(at-tiles.from)*n:]}, to, src, from, 1, n)
	}
}

// transformY makes A·ȳ·Aᵀ [points][tiles][channels].
func (p *winogradGradient) transformY(tiles, channels interval, dst []float32, ints []int, a *Args) {
	n, m := channels.len(), p.f.M
	src := winograd.Operand{Data: a.Arena[channels.from:]}
	from, to := ints[:p.f.Points()], ints[p.f.Points():]
	every(to, apart(tiles.len()*n))
	for at := tiles.from; at < tiles.to; at++ {
		picture, i, j := p.tiling.at(at)
		p.y.patch(from, picture, i*m, j*m, 1, m, a.Y, a.Zero)
		p.f.OutputGradient.Run(winograd.Operand{Data: dst[(at-tiles.from)*n:]}, to, src, from, 1, n)
	}
}

func (p *winogradGradient) multiply(t *winogradGradientTask, tiles int, first bool, left, right, result []float32, s *gemm.Scratch) {
	rows, columns := t.rows.len(), width(t.panels)
	tile := &s.Tile
	*tile = gemm.Tile{A: left, C: result, AStep: rows, LDB: columns, Ahead: 8 * columns, Accumulate: !first, Segments: s.Segments[:1]}
	seg := &s.Segments[0]
	seg.B, seg.Length = 0, tiles
	for point := range p.f.Points() {
		for _, pn := range t.panels {
			column := pn.column - t.columns.from
			tile.B, tile.N = right[point*apart(tiles*columns)+column:], pn.n
			for row := 0; row < rows; row += gemm.MR {
				tile.M = min(gemm.MR, rows-row)
				for i := range seg.A {
					r := min(row+i, rows-1)
					seg.A[i] = point*apart(tiles*rows) + r
					tile.Rows[i] = point*apart(rows*columns) + r*columns + column
				}
				p.k.Run(tile)
			}
		}
	}
}

// write transforms the result back to taps and writes them where they belong.
func (p *winogradGradient) write(t *winogradGradientTask, result, taps []float32, ints []int, a *Args) {
	rows, columns, r := t.rows.len(), width(t.panels), p.f.R
	from, to := ints[:p.f.Points()], ints[p.f.Points():]
	every(from, apart(rows*columns))
	every(to[:r*r], rows*columns)
	dst := winograd.Operand{Data: taps, Row: columns}
	p.f.KernelGradient.Run(dst, to, winograd.Operand{Data: result, Row: columns}, from, rows, columns)
	in, out := p.g.C, p.g.O
	if p.swapped {
		in, out = out, in
	}
	for tap := range r * r {
		at := (t.part.rows.tap(tap/r)*p.g.KW + t.part.columns.tap(tap%r)) * in * out
		for i := range rows {
			to := at + (t.rows.from+i)*out + t.columns.from
			copy(a.Kernel[to:to+t.columns.len()], taps[(tap*rows+i)*columns:])
		}
	}
}
