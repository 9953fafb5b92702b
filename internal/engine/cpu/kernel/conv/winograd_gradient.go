package conv

import (
	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/cpu/kernel/winograd"
)

// winogradGradient is the gradient to the kernel by Winograd's filtering. A
// first stage transforms the tiles of x, for each part, and those of y; in a
// second one a task makes a rectangle of channels of one part,
//
//	W[point] [rows, columns] = R[point]ᵀ [rows, tiles] · C[point] [tiles, columns]
//
// and transforms it back to the part's taps. Columns are the kernel's last
// axis: the channels of y, or those of x if swapped. Where not all tiles have
// room, there is such a pair of stages for each block of them, and W is kept
// between.
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
	need    gemm.Need
	shared  int
}

type winogradGradientTask struct {
	part    int
	rows    interval
	columns block
	at      int // where W is, if it is shared
}

func newWinogradGradient(k *gemm.Kernels, f *winograd.Filter, g Geometry, swapped bool, l limits) *winogradGradient {
	p := &winogradGradient{
		k: k, f: f, g: g, swapped: swapped, x: side{g.H, g.W, g.C, g.XStride}, y: side{g.OH, g.OW, g.O, g.YStride},
		parts: forwardGrids(g)[0].parts, tiling: newTiling(g.N, g.OH, g.OW, f.M),
	}
	points, n := f.Points(), p.tiling.count()
	whole := points * n * (len(p.parts)*g.C + g.O)
	p.blocks = split(n, ceil(p.k.Elements(whole), p.limit(l)), p.together())
	p.shared = p.y0(longest(p.blocks)) + p.yTiles(longest(p.blocks)).floats(points)
	p.cut(l)
	return p
}

// together is how many tiles are transformed together: two where they make pairs.
func (p *winogradGradient) together() int {
	if p.k.Pairs {
		return 2
	}
	return 1
}

// limit is how many floats the tiles of x and y may have together: more than
// stay in a cache where keeping W between blocks would move as many.
func (p *winogradGradient) limit(l limits) int {
	w := p.f.Points() * len(p.parts) * p.g.C * p.g.O
	return max(l.spectra, min(2*w, 4*l.spectra))
}

// rowsColumns are the kernel's last two axes.
func (p *winogradGradient) rowsColumns() (rows, columns int) {
	if p.swapped {
		return p.g.O, p.g.C
	}
	return p.g.C, p.g.O
}

func (p *winogradGradient) cut(l limits) {
	points := p.f.Points()
	rows, columns := p.rowsColumns()
	block := max(l.block/(points*winogradColumns), 1)
	p.need = gemm.Need{Segments: 1, Ints: 4 * points}
	if p.k.Pairs {
		p.need.Floats = unrounded(points)
	}
	for part := range p.parts {
		for _, r := range split(rows, ceil(rows, block), winograd.Lanes) {
			for _, c := range columnBlocks(p.k, columns) {
				t := winogradGradientTask{part, r, c, p.shared}
				if n := t.w().floats(points); len(p.blocks) > 1 {
					p.shared += n
				} else {
					p.need.Floats = max(p.need.Floats, n)
				}
				p.tasks = append(p.tasks, t)
			}
		}
	}
}

func (t *winogradGradientTask) w() spectrum {
	return spectrum{rows: t.rows.len(), width: t.columns.width}
}

// rowParts is into how many a task is cut for many workers.
const rowParts = 4

// some is rows of W for a part: a whole number of gemm's tiles.
func (t *winogradGradientTask) some(part int) interval {
	rows := interval{0, t.rows.len()}
	if part == whole {
		return rows
	}
	some := interval{0, ceil(rows.to, gemm.MR)}.part(part, rowParts)
	return interval{some.from * gemm.MR, min(some.to*gemm.MR, rows.to)}
}

// xTiles and yTiles are the spectra of so many tiles, without data.
func (p *winogradGradient) xTiles(n int) spectrum {
	return spectrum{rows: p.k.Elements(n), width: p.g.C}
}
func (p *winogradGradient) yTiles(n int) spectrum {
	return spectrum{rows: p.k.Elements(n), width: p.g.O}
}

// x0 is where the tiles of x begin for a part, y0 where those of y do.
func (p *winogradGradient) x0(part, tiles int) int {
	return part * p.xTiles(tiles).floats(p.f.Points())
}
func (p *winogradGradient) y0(tiles int) int { return p.x0(len(p.parts), tiles) }

func (p *winogradGradient) plan() *Plan {
	out := &Plan{
		Method: p.f.String(), BFloat16: p.k.Pairs, Shared: p.shared, g: p.g, need: p.need, zeroLen: max(p.g.C, p.g.O),
		performed: p.f.Points() * p.tiling.count() * p.g.C * p.g.O * len(p.parts),
	}
	for i := range p.blocks {
		tiles := split(p.blocks[i].len(), ceil(p.blocks[i].len(), tilesOfTask), p.together())
		last, n := i == len(p.blocks)-1, p.blocks[i].len()
		products := newStage(len(p.tasks), rowParts, p.products(i), func(group, part int) float64 {
			t := &p.tasks[group]
			sum := p.productsCost(t, t.some(part).len(), n)
			if last {
				sum += p.writeCost(t, t.some(part).len())
			}
			return sum
		})
		products.Result = true
		out.Stages = append(out.Stages,
			Stage{Name: "tiles", Tasks: len(tiles) * (len(p.parts) + 1), Group: 1, parts: 1, Pictures: true, run: p.shareTiles(p.blocks[i], tiles), cost: func(task, _ int) float64 {
				return p.tilesCost(tiles[task/(len(p.parts)+1)].len(), task%(len(p.parts)+1) == len(p.parts))
			}},
			products)
	}
	return out
}

// shareTiles transforms some tiles of x for a part or, after the last part,
// those of y.
func (p *winogradGradient) shareTiles(block interval, tiles []interval) func(int, int, *gemm.Scratch, *Args) {
	return func(task, _ int, s *gemm.Scratch, a *Args) {
		t := tiles[task/(len(p.parts)+1)]
		if part := task % (len(p.parts) + 1); part < len(p.parts) {
			p.transformX(part, block, t, s, a)
		} else {
			p.transformY(block, t, s, a)
		}
	}
}

// transformX makes Bᵀ·x·B.
func (p *winogradGradient) transformX(part int, block, tiles interval, s *gemm.Scratch, a *Args) {
	v, pt, step := p.xTiles(block.len()), &p.parts[part], p.f.M*p.g.Stride
	v.data = a.Shared[p.x0(part, block.len()):]
	p.transform(p.f.Input, v, tiles, p.f.T*p.f.T, s, a, func(i int, dst []int) {
		picture, row, column := p.tiling.at(block.from + tiles.from + i)
		p.x.patch(dst, picture, row*step+pt.rows.offset, column*step+pt.columns.offset, p.g.Stride, p.f.T, a.X, a.Zero)
	})
}

// transformY makes A·ȳ·Aᵀ.
func (p *winogradGradient) transformY(block, tiles interval, s *gemm.Scratch, a *Args) {
	v, m := p.yTiles(block.len()), p.f.M
	v.data = a.Shared[p.y0(block.len()):]
	p.transform(p.f.OutputGradient, v, tiles, m*m, s, a, func(i int, dst []int) {
		picture, row, column := p.tiling.at(block.from + tiles.from + i)
		p.y.patch(dst, picture, row*m, column*m, 1, m, a.Y, a.Zero)
	})
}

// transform makes some rows of v, of tiles with so many places each.
func (p *winogradGradient) transform(t *winograd.Transform, v spectrum, tiles interval, places int, s *gemm.Scratch, a *Args, patch func(i int, dst []int)) {
	points := p.f.Points()
	to := s.Ints[3*points:][:points]
	if p.k.Pairs {
		p.transformPairs(t, v, tiles, places, s, a, patch)
		return
	}
	from := s.Ints[:2*places]
	v.places(to)
	inTurn(tiles.len(), from, patch, func(i int) {
		t.Run(winograd.Operand{Data: v.data[(tiles.from+i)*v.width:]}, to, winograd.Operand{Data: a.Arena}, from, 1, v.width)
	})
}

// transformPairs is transform with rounding: pairs are neighbouring tiles. Behind the
// places of both stand those of the next one.
func (p *winogradGradient) transformPairs(t *winograd.Transform, v spectrum, tiles interval, places int, s *gemm.Scratch, a *Args, patch func(i int, dst []int)) {
	points, n := p.f.Points(), tiles.len()
	from, to := s.Ints[:3*places], s.Ints[3*points:][:points]
	patch(0, from[2*places:])
	for i := 0; i < n; i += 2 {
		copy(from, from[2*places:])
		if i+1 < n {
			patch(i+1, from[places:2*places])
		}
		if i+2 < n {
			patch(i+2, from[2*places:])
		}
		for c, channels := 0, 0; c < v.width; c += channels {
			channels = vectors(v.width - c)
			src := winograd.Operand{Data: a.Arena[c:]}
			every(to, 2*channels)
			t.Run(winograd.Operand{Data: s.Floats}, to, src, from, 1, channels)
			if second := s.Floats[channels:]; i+1 < n {
				t.Run(winograd.Operand{Data: second}, to, src, from[places:], 1, channels)
			} else {
				clearColumns(second, points, channels, 2*channels)
			}
			p.k.PackPairs(v.data[(tiles.from+i)/2*v.width+c:], s.Floats, points, channels, channels, v.point(1))
		}
	}
}

// vectors is how many of n channels, a multiple of 16, are a panel's width.
func vectors(n int) int {
	switch {
	case n >= 64:
		return 64
	case n >= 32:
		return 32
	}
	return 16
}

// products is the second stage of a block of tiles.
func (p *winogradGradient) products(block int) func(int, int, *gemm.Scratch, *Args) {
	first, last, n := block == 0, block == len(p.blocks)-1, p.blocks[block].len()
	return func(group, part int, s *gemm.Scratch, a *Args) {
		t := &p.tasks[group]
		rows := t.some(part)
		if rows.len() == 0 {
			return
		}
		w := t.w()
		if w.data = s.Floats; len(p.blocks) > 1 {
			w.data = a.Shared[t.at:]
		}
		left, right := p.xTiles(n), p.yTiles(n)
		left.data, right.data = a.Shared[p.x0(t.part, n):], a.Shared[p.y0(n):]
		if p.swapped {
			left, right = right, left
		}
		p.multiply(t, rows, first, left, right, w, s)
		if last {
			p.write(t, rows, w, s.Ints, a)
		}
	}
}

// multiply makes some rows of W or adds to them.
func (p *winogradGradient) multiply(t *winogradGradientTask, rows interval, first bool, left, right, w spectrum, s *gemm.Scratch) {
	tile := &s.Tile
	*tile = gemm.Tile{
		A: left.data, C: w.data, AStep: left.width, LDB: right.width, Ahead: 8 * right.width, Segments: s.Segments[:1],
	}
	seg := &s.Segments[0]
	for point := range p.f.Points() {
		nextLeft, nextRight := p.ahead(t, rows, point+1, left, right, s.Ints)
		for at := 0; at < left.rows; at += winogradTerms {
			seg.B, seg.Length = at, min(winogradTerms, left.rows-at)
			tile.Accumulate = !first || at > 0
			for _, pn := range t.columns.panels {
				tile.B, tile.N = right.data[right.point(point)+pn.column:], pn.n
				from, to := left.point(point)+at*left.width+t.rows.from, w.point(point)+pn.column-t.columns.from
				for row := rows.from; row < rows.to; row += gemm.MR {
					tile.M = min(gemm.MR, rows.to-row)
					for i := range seg.A {
						r := row + min(i, tile.M-1)
						seg.A[i], tile.Rows[i] = from+r, to+r*w.width
					}
					p.k.Run(tile)
					nextLeft.fetch(p.k, left.data)
					nextRight.fetch(p.k, right.data)
				}
			}
		}
	}
}

// ahead is what a task reads of both spectra for a point, if there is one and
// sums are so long that fetching costs little: it comes from the last cache or
// from memory, in a pattern that the processor does not see.
func (p *winogradGradient) ahead(t *winogradGradientTask, rows interval, point int, left, right spectrum, places []int) (l, r ahead) {
	if point == p.f.Points() || left.rows < winogradTerms {
		return ahead{}, ahead{}
	}
	places[0], places[1] = left.point(point)+t.rows.from+rows.from, right.point(point)+t.columns.from
	l = ahead{taps: places[:1], rows: left.rows, n: rows.len(), ld: left.width}
	r = ahead{taps: places[1:2], rows: right.rows, n: t.columns.len(), ld: right.width}
	goes := ceil(rows.len(), gemm.MR) * len(t.columns.panels) * ceil(left.rows, winogradTerms)
	l.during(goes)
	r.during(goes)
	return l, r
}

// write transforms some rows of W back to taps, where they belong.
func (p *winogradGradient) write(t *winogradGradientTask, some interval, w spectrum, ints []int, a *Args) {
	r := p.f.R
	from, to := ints[:p.f.Points()], ints[p.f.Points():][:r*r]
	w.places(from)
	rows, columns := p.rowsColumns()
	pt := &p.parts[t.part]
	for i := range to {
		to[i] = (pt.rows.tap(i/r)*p.g.KW + pt.columns.tap(i%r)) * rows * columns
	}
	dst := winograd.Operand{Data: a.Kernel[(t.rows.from+some.from)*columns+t.columns.from:], Row: columns}
	p.f.KernelGradient.Run(dst, to, winograd.Operand{Data: w.data[some.from*w.width:], Row: w.width}, from, some.len(), t.columns.len())
}
