package conv

import (
	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/cpu/kernel/winograd"
)

// winogradGather is a sum over taps by Winograd's filtering: the forward
// direction and the input gradient. Tiles are transformed to V, the kernel to
// U, and T² products
//
//	M[point] [tiles, columns] = V[point] [tiles, terms] · U[point] [terms, columns]
//
// are transformed back, where terms are the input channels of all parts. One of
// V and U is transformed once, in a stage before, and shared by all tasks; the
// other one by the task that needs it, once too where that has all of it:
//
//   - by tiles, where there are many: U is shared. A task makes all columns of
//     some tiles, so that it alone needs their V.
//   - by columns, where there are few, or U is too large to stay in cache: V is
//     shared. A task makes some columns, so that it alone needs their U, and
//     makes it block by block. There may be several such pairs of stages, one
//     after the other for as many tiles as V may hold.
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
	units           []unit
	columns         []block
	parts           [][]block  // of each block of columns, for many workers
	terms           []interval // of a part: the block of U that is made at a time
	byTiles         bool
	shared          int
	tiles           int // of the largest unit
}

// unit is tiles of a grid that are made together.
type unit struct {
	grid   *grid
	tiling tiling
	tiles  interval
	at     int // where their V begins in what is shared, by columns
}

// unitParts is into how many a unit by tiles is cut for many workers.
const unitParts = 3

// part is some of the unit's tiles, a whole number of gemm's.
func (u unit) part(part, parts int) unit {
	if part == whole {
		return u
	}
	n := ceil(u.tiles.len(), gemm.MR)
	some := interval{0, n}.part(part, parts)
	u.tiles = interval{u.tiles.from + some.from*gemm.MR, min(u.tiles.from+some.to*gemm.MR, u.tiles.to)}
	return u
}

func newWinogradGather(k *gemm.Kernels, f *winograd.Filter, g Geometry, swapped, backward bool, l limits) *winogradGather {
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
	p.columns = columnBlocks(k, p.out.channels)
	for _, c := range p.columns {
		p.parts = append(p.parts, c.parts(k))
	}
	p.cut(l)
	return p
}

// depth is how many terms the sums have.
func (p *winogradGather) depth() int { return len(p.grids[0].parts) * p.in.channels }

// cut decides between tiles and columns.
func (p *winogradGather) cut(l limits) {
	points := p.f.Points()
	for i := range p.grids {
		for _, c := range p.columns {
			p.grids[i].kernels = append(p.grids[i].kernels, p.shared)
			p.shared += spectrum{rows: p.k.Elements(p.depth()), width: c.width}.floats(points)
		}
	}
	p.cutTiles(l.unit / points)
	if p.byTiles = p.shared <= l.kernel && len(p.units) >= l.units; !p.byTiles {
		p.cutTiles(l.columnsUnit / points)
		p.placeTiles(l.tiles)
	}
	block := max(l.block/(points*winogradColumns), 1)
	p.terms = split(p.in.channels, ceil(p.in.channels, block), winograd.Lanes)
}

// cutTiles makes units of about so many tiles.
func (p *winogradGather) cutTiles(size int) {
	p.units, p.tiles = nil, 0
	for i := range p.grids {
		gr := &p.grids[i]
		t := newTiling(p.g.N, gr.height, gr.width, p.f.M)
		for _, tiles := range t.blocks(size) {
			p.units = append(p.units, unit{grid: gr, tiling: t, tiles: tiles})
			p.tiles = max(p.tiles, tiles.len())
		}
	}
}

// v is the spectrum of a unit's tiles, without data.
func (p *winogradGather) v(u *unit) spectrum {
	return spectrum{rows: u.tiles.len(), width: p.k.Elements(p.depth())}
}

// placeTiles gives the units their places: anew from the start for each of the
// pairs of stages that it takes to have no more than limit.
func (p *winogradGather) placeTiles(limit int) {
	whole := 0
	for i := range p.units {
		whole += p.v(&p.units[i]).floats(p.f.Points())
	}
	p.shared = 0
	for _, pair := range split(len(p.units), ceil(whole, limit), 1) {
		at := 0
		for i := pair.from; i < pair.to; i++ {
			p.units[i].at = at
			at += p.v(&p.units[i]).floats(p.f.Points())
		}
		p.shared = max(p.shared, at)
	}
}

func (p *winogradGather) plan() *Plan {
	points := p.f.Points()
	performed := 0
	for i := range p.units {
		performed += points * p.units[i].tiles.len() * p.depth() * p.out.channels
	}
	out := &Plan{
		Method: p.f.String(), BFloat16: p.k.Pairs, Shared: p.shared, g: p.g, need: p.need(),
		zeroLen: p.in.channels, performed: performed, finishes: true,
	}
	if p.byTiles {
		out.Stages = p.stagesByTiles()
	} else {
		out.Stages = p.stagesByColumns()
	}
	return out
}

// need is the largest of what the kinds of tasks want: V if it is not shared,
// M, U if it is not shared or one panel's taps in order.
func (p *winogradGather) need() gemm.Need {
	points, taps := p.f.Points(), p.f.R*p.f.R
	most := 0
	for _, c := range p.columns {
		most = max(most, c.width)
	}
	m := spectrum{rows: p.tiles, width: most}.floats(points)
	if p.byTiles {
		m += spectrum{rows: p.tiles, width: p.k.Elements(p.depth())}.floats(points)
	} else {
		m += spectrum{rows: p.k.Elements(longest(p.terms)), width: most}.floats(points)
	}
	kernel := spectrum{rows: longest(p.terms), width: most}.floats(taps)
	if p.k.Pairs {
		kernel += unrounded(points)
	}
	return gemm.Need{
		Floats:   m + max(kernel, p.f.M*p.f.M*most),
		Segments: 1,
		Ints:     3*points + taps,
	}
}

func (p *winogradGather) stagesByTiles() []Stage {
	kernels := p.kernelTasks()
	result := newStage(len(p.units), unitParts, p.runTiles, p.unitCost)
	result.Pictures, result.Result = true, true
	return []Stage{
		{Name: "kernel", Tasks: len(kernels), Group: 1, parts: 1, Kernel: true, run: p.shareKernel(kernels), cost: func(task, _ int) float64 {
			return p.kernelCost(kernels[task].terms.len(), &p.columns[kernels[task].block])
		}},
		result,
	}
}

// unitCost is that of all columns of a unit.
func (p *winogradGather) unitCost(group, part int) float64 {
	u := p.units[group].part(part, unitParts)
	tiles := u.tiles.len()
	sum := p.tilesCost(tiles)
	for i := range p.columns {
		sum += p.productsCost(tiles, &p.columns[i], 1)
	}
	return sum
}

type kernelTask struct {
	grid        *grid
	part, block int
	terms       interval
}

func (p *winogradGather) kernelTasks() (out []kernelTask) {
	for i := range p.grids {
		for part := range p.grids[i].parts {
			for block := range p.columns {
				for _, terms := range p.terms {
					out = append(out, kernelTask{&p.grids[i], part, block, terms})
				}
			}
		}
	}
	return out
}

func (p *winogradGather) shareKernel(tasks []kernelTask) func(int, int, *gemm.Scratch, *Args) {
	return func(task, _ int, s *gemm.Scratch, a *Args) {
		t := &tasks[task]
		u := p.sharedU(t.grid, t.block, a)
		p.transformKernel(t.grid, t.part, &p.columns[t.block], t.terms, u, t.part*p.in.channels+t.terms.from, s.Floats, s.Ints, a)
	}
}

func (p *winogradGather) sharedU(gr *grid, block int, a *Args) spectrum {
	return spectrum{a.Shared[gr.kernels[block]:], p.k.Elements(p.depth()), p.columns[block].width}
}

// runTiles makes all columns of a unit.
func (p *winogradGather) runTiles(group, part int, s *gemm.Scratch, a *Args) {
	some := p.units[group].part(part, unitParts)
	u := &some
	if u.tiles.len() == 0 {
		return
	}
	v := p.v(u)
	rest := v.cut(p.f.Points(), s.Floats)
	p.transformTiles(u, u.tiles, v, rest, s.Ints, a)
	for i := range p.columns {
		c := &p.columns[i]
		m := spectrum{rows: u.tiles.len(), width: c.width}
		out := m.cut(p.f.Points(), rest)
		p.multiply(interval{0, v.rows}, c, interval{0, p.depth()}, v, p.sharedU(u.grid, i, a), m, &ahead{}, s, a)
		p.write(u, c, m, out, s.Ints, a)
	}
}

// stagesByColumns are a pair for each run of units that have a place in what is
// shared at the same time. A pair can begin while the one before it ends.
func (p *winogradGather) stagesByColumns() (out []Stage) {
	for from := 0; from < len(p.units); {
		to := from + 1
		for to < len(p.units) && p.units[to].at > 0 {
			to++
		}
		units := p.units[from:to]
		tiles := p.tileTasks(units)
		parts := p.columnsParts(units)
		result := newStage(len(units)*len(p.columns), parts.count(), p.runColumns(units, parts), p.columnsCost(units, parts))
		result.Kernel, result.Result, result.Apart = true, true, true
		result.Buffer = len(out) / 2 % 2
		out = append(out,
			Stage{Name: "tiles", Tasks: len(tiles), Group: 1, Buffer: result.Buffer, parts: 1, Pictures: true, run: p.shareTiles(tiles), cost: func(task, _ int) float64 {
				return p.tilesCost(tiles[task].tiles.len())
			}},
			result)
		from = to
	}
	return out
}

type tileTask struct {
	unit  *unit
	tiles interval
}

// tilesOfTask is about how many tiles are transformed by a task of nothing else.
const tilesOfTask = 8

func (p *winogradGather) tileTasks(units []unit) (out []tileTask) {
	for i := range units {
		u := &units[i]
		for _, t := range split(u.tiles.len(), ceil(u.tiles.len(), tilesOfTask), 1) {
			out = append(out, tileTask{u, interval{u.tiles.from + t.from, u.tiles.from + t.to}})
		}
	}
	return out
}

func (p *winogradGather) sharedV(u *unit, a *Args) spectrum {
	v := p.v(u)
	v.data = a.Shared[u.at:]
	return v
}

func (p *winogradGather) shareTiles(tasks []tileTask) func(int, int, *gemm.Scratch, *Args) {
	return func(task, _ int, s *gemm.Scratch, a *Args) {
		t := &tasks[task]
		p.transformTiles(t.unit, t.tiles, p.sharedV(t.unit, a), s.Floats, s.Ints, a)
	}
}

// columnsParts is how a block of columns of a unit is cut for many workers: by
// columns, and by tiles where there are many, each of which makes U anew.
type columnsParts struct{ columns, tiles int }

func (c columnsParts) count() int { return c.columns * c.tiles }

// partTiles is how many tiles make U worth making.
const partTiles = 24

func (p *winogradGather) columnsParts(units []unit) columnsParts {
	parts, most := columnsParts{1, 1}, 0
	for i := range p.columns {
		parts.columns = max(parts.columns, len(p.parts[i]))
	}
	for i := range units {
		most = max(most, units[i].tiles.len())
	}
	cost := p.productsCost(most, &p.columns[0], 1) / float64(parts.columns)
	parts.tiles = min(int(cost/Share)+1, max(most/partTiles, 1))
	return parts
}

// columnsPart is a task of the second stage or a part of it.
func (p *winogradGather) columnsPart(units []unit, parts columnsParts, group, part int) (u unit, c *block) {
	u, i := units[group/len(p.columns)], group%len(p.columns)
	if part == whole {
		return u, &p.columns[i]
	}
	u = u.part(part/parts.columns, parts.tiles)
	if part %= parts.columns; part < len(p.parts[i]) {
		return u, &p.parts[i][part]
	}
	u.tiles.to = u.tiles.from
	return u, &p.columns[i]
}

// columnsCost is that of a block of columns of a unit.
func (p *winogradGather) columnsCost(units []unit, parts columnsParts) func(group, part int) float64 {
	return func(group, part int) float64 {
		u, c := p.columnsPart(units, parts, group, part)
		if u.tiles.len() == 0 {
			return 0
		}
		return p.kernelCost(p.depth(), c) + p.productsCost(u.tiles.len(), c, len(u.grid.parts)*len(p.terms))
	}
}

// runColumns makes a block of columns of a unit.
func (p *winogradGather) runColumns(units []unit, parts columnsParts) func(group, part int, s *gemm.Scratch, a *Args) {
	return func(group, part int, s *gemm.Scratch, a *Args) {
		all := &units[group/len(p.columns)]
		some, c := p.columnsPart(units, parts, group, part)
		u := &some
		if u.tiles.len() == 0 {
			return
		}
		v := p.sharedV(all, a)
		rows := interval{u.tiles.from - all.tiles.from, u.tiles.to - all.tiles.from}
		m := spectrum{rows: u.tiles.len(), width: c.width}
		rest := m.cut(p.f.Points(), s.Floats)
		for i := range len(u.grid.parts) * len(p.terms) {
			part, terms := i/len(p.terms), p.terms[i%len(p.terms)]
			kernel := spectrum{rows: p.k.Elements(terms.len()), width: c.width}
			taps := kernel.cut(p.f.Points(), rest)
			p.transformKernel(u.grid, part, c, terms, kernel, 0, taps, s.Ints, a)
			at := part * p.in.channels
			next := p.ahead(u, c, i+1, s.Ints[3*p.f.Points():])
			p.multiply(rows, c, interval{at + terms.from, at + terms.to}, v, kernel, m, &next, s, a)
		}
		p.write(u, c, m, rest, s.Ints, a)
	}
}
