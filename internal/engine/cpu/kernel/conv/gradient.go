package conv

import "easel/internal/engine/cpu/kernel/gemm"

// gradient is the gradient to the kernel: a product over the pixels of y. Its
// rows and columns are the channels of the kernel in the order in which it is
// stored; those of x come once for each tap, shifted by it. So either
//
//	rows (tap, c), columns o                w̄ is [tap, C, O]
//	rows o,        columns (tap, c)         w̄ is [tap, O, C]: swapped
//
// where only live taps count.
type gradient struct {
	k       *gemm.Kernels
	g       Geometry
	swapped bool
	mirror  bool  // x and y have changed places, taps are counted backwards
	live    []int // taps
	dead    []int
	blocks  []interval // of pixels
	tasks   []gradientTask
	// inScratch: a tile's columns belong to several taps and do not lie together
	// in the kernel; the result is made in scratch and then scattered.
	inScratch bool
	// inPlace: y is read where it lies, as right operand.
	inPlace bool
	// updating: the result is made in scratch and then given to Args.Update.
	updating bool
}

// gradientTask computes some rows and columns: rows begin and end with a tile.
type gradientTask struct {
	tiles interval
	group []panel
	width int // of the group
}

const (
	// narrow is how many channels are worth a tile of their own.
	narrow = 16
	// packedTiles are packed at a time: whole cache lines.
	packedTiles = 8
	// updateColumns and updatePixels bound what an update works on at a time.
	updateColumns = 1024
	updatePixels  = 128
)

func newGradient(k *gemm.Kernels, g Geometry, swapped, updating bool) *gradient {
	p := &gradient{k: k, g: g, swapped: swapped, updating: updating}
	if m, ok := mirrored(g); ok && !swapped && g.O < narrow && g.C >= narrow {
		// Few columns: take (tap, o) for columns instead of o.
		g, p.g, swapped, p.swapped, p.mirror = m, m, true, true, true
	}
	for tap, live := range g.LiveTaps() {
		if live {
			p.live = append(p.live, tap)
		} else {
			p.dead = append(p.dead, tap)
		}
	}
	pixels := g.N * g.OH * g.OW
	p.blocks = split(pixels, ceil(pixels, termBlock), 4)
	p.inScratch = swapped && g.C < narrow
	p.inPlace = !swapped && g.O%16 == 0 && (pixels <= inPlaceBlock || g.YStride == gemm.MaxNR)
	if len(p.live) > 0 {
		p.cut()
	}
	return p
}

// mirrored is the convolution from y to x with the same products, if there is
// one: tap t of it is tap KH·KW − 1 − t of g.
func mirrored(g Geometry) (Geometry, bool) {
	m := Geometry{
		N: g.N, H: g.OH, W: g.OW, C: g.O, OH: g.H, OW: g.W, O: g.C,
		KH: g.KH, KW: g.KW, Stride: 1, PadTop: g.KH - 1 - g.PadTop, PadLeft: g.KW - 1 - g.PadLeft,
		XStride: g.YStride, YStride: g.XStride,
	}
	return m, g.Stride == 1 && m.PadTop >= 0 && m.PadLeft >= 0
}

// tap is the place in the kernel of a tap of p.g.
func (p *gradient) tap(t int) int {
	if p.mirror {
		return p.g.KH*p.g.KW - 1 - t
	}
	return t
}

// groups cuts the columns.
func (p *gradient) groups() (out [][]panel) {
	if p.swapped && !p.inScratch {
		return p.tapGroups()
	}
	n := p.g.O
	if p.swapped {
		n = len(p.live) * p.g.C
	}
	for _, c := range split(n, ceil(n, p.groupColumns()), gemm.MaxNR) {
		out = append(out, panels(p.k, c))
	}
	return out
}

// groupColumns is how many columns a group has at most: whole rows for an
// update.
func (p *gradient) groupColumns() int {
	if p.updating {
		return updateColumns
	}
	return groupColumns
}

// wholeRows tells whether a task's result is rows of the kernel from end to end
// and complete after one block of pixels.
func (p *gradient) wholeRows() bool {
	columns := p.g.O
	if p.swapped {
		columns = p.g.C
	}
	return len(p.blocks) == 1 && p.blocks[0].len() <= updatePixels && !p.mixed() &&
		columns <= updateColumns && columns%gemm.MaxNR == 0
}

// tapGroups cuts columns such that no panel has two taps.
func (p *gradient) tapGroups() (out [][]panel) {
	for t := range p.live {
		for _, c := range split(p.g.C, ceil(p.g.C, p.groupColumns()), gemm.MaxNR) {
			ps := panels(p.k, interval{t*p.g.C + c.from, t*p.g.C + c.to})
			if last := len(out) - 1; last >= 0 && !p.updating && width(out[last])+width(ps) <= groupColumns {
				out[last] = append(out[last], ps...)
			} else {
				out = append(out, ps)
			}
		}
	}
	return out
}

// layout of the rows: in how many sets, one for each tap, and how many each.
// Tiles do not straddle sets. Few channels make one set of all taps.
func (p *gradient) layout() (sets, rows int) {
	switch {
	case p.swapped:
		return 1, p.g.O
	case p.mixed():
		return 1, len(p.live) * p.g.C
	default:
		return len(p.live), p.g.C
	}
}

// mixed tells whether a row of tiles may have several taps.
func (p *gradient) mixed() bool {
	return !p.swapped && p.g.C < 2*narrow && p.g.C%gemm.MR != 0
}

func (p *gradient) cut() {
	groups := p.groups()
	sets, rows := p.layout()
	tiles := sets * ceil(rows, gemm.MR)
	parts := max(ceil(tiles, rowsPerTask/gemm.MR), ceil(tasksWanted, len(groups)))
	if !p.inPlace {
		parts = min(parts, max(tiles/tilesPerPacking, 2))
	}
	for _, group := range groups {
		for _, r := range split(tiles, parts, 1) {
			p.tasks = append(p.tasks, gradientTask{r, group, width(group)})
		}
	}
}

func (p *gradient) plan() *Plan {
	pixels := longest(p.blocks)
	n := gemm.Need{Segments: 1}
	for _, t := range p.tasks {
		w := t.width
		f := pixels * (packedTiles*gemm.MR + w)
		f += p.kept(&t) * gemm.MR * w
		n.Floats = max(n.Floats, f)
	}
	return &Plan{Method: direct, g: p.g, need: n, Stages: newStage(len(p.tasks)+len(p.dead), gradientParts, p.run, p.cost).only()}
}

// kept is how many rows of tiles of a task's result are in scratch at a time.
func (p *gradient) kept(t *gradientTask) int {
	switch {
	case p.updating:
		return min(packedTiles, t.tiles.len())
	case p.inScratch:
		return t.tiles.len()
	}
	return 0
}

func (p *gradient) run(task, part int, s *gemm.Scratch, a *Args) {
	if p.mirror {
		m := *a
		m.X, m.Y = a.Y, a.X
		p.task(task, part, s, &m)
		return
	}
	p.task(task, part, s, a)
}

// gradientParts is into how many a task is cut for many workers.
const gradientParts = 4

// part is some rows of the task.
func (t gradientTask) part(part int) gradientTask {
	if part != whole {
		t.tiles = t.tiles.part(part, gradientParts)
	}
	return t
}

// deadPart is a part of a dead tap's weights.
func (p *gradient) deadPart(part int) interval {
	size := interval{0, p.g.C * p.g.O}
	if part != whole {
		size = size.part(part, gradientParts)
	}
	return size
}

func (p *gradient) task(task, part int, s *gemm.Scratch, a *Args) {
	if task >= len(p.tasks) {
		part := p.deadPart(part)
		at, size := p.tap(p.dead[task-len(p.tasks)])*p.g.C*p.g.O+part.from, part.len()
		if p.updating {
			a.Update.Rest(at, size)
		} else {
			clear(a.Kernel[at : at+size])
		}
		return
	}
	rows := p.tasks[task].part(part)
	t := &rows
	if t.tiles.len() == 0 {
		return
	}
	result, floats := a.Kernel, s.Floats
	if n := p.kept(t); n > 0 {
		result, floats = cutAt(floats, n*gemm.MR*t.width)
	}
	for i, pixels := range p.blocks {
		n := pixels.len() * t.width
		if !p.inPlace {
			p.packRight(t.group, pixels, floats[:n], a)
		}
		p.block(t, pixels, i == 0, floats[n:], floats[:n], result, s, a)
	}
	if p.inScratch {
		p.scatter(t, result, a.Kernel)
	}
}

// block adds a block of pixels to a task's part of the result.
func (p *gradient) block(t *gradientTask, pixels interval, first bool, left, right, result []float32, s *gemm.Scratch, a *Args) {
	tile := &s.Tile
	*tile = gemm.Tile{C: result, AStep: gemm.MR, Accumulate: !first, Segments: s.Segments[:1]}
	seg := &s.Segments[0]
	*seg = gemm.Segment{Length: pixels.len()}
	for i := range seg.A {
		seg.A[i] = i
	}
	_, rows := p.layout()
	perSet, panel := ceil(rows, gemm.MR), pixels.len()*gemm.MR
	for at := t.tiles.from; at < t.tiles.to; {
		set, first := at/perSet, at%perSet
		n := min(packedTiles, t.tiles.to-at, perSet-first)
		row := first * gemm.MR
		p.packLeft(set, interval{row, min(row+n*gemm.MR, rows)}, pixels, left, a)
		from := t.tiles.from
		if p.updating {
			from = at
		}
		var next prefetch
		if p.updating {
			size := (min(row+n*gemm.MR, rows) - row) * t.width
			next = prefetch{at: p.place(set, row, t.group[0].column), left: size, step: ceil(size, n*len(t.group))}
		}
		update := next
		for i := range n {
			tile.A, tile.M = left[i*panel:], min(gemm.MR, rows-row)
			p.columns(tile, t, at+i-from, set, row, pixels, right, &next, a)
			row += gemm.MR
		}
		if p.updating {
			a.Update.Step(update.at, result[:update.left])
		}
		at += n
	}
}

// columns runs the tiles of one row of tiles, of which so many are before it in
// the result.
func (p *gradient) columns(tile *gemm.Tile, t *gradientTask, before, set, row int, pixels interval, right []float32, next *prefetch, a *Args) {
	for _, pn := range t.group {
		if p.inPlace {
			tile.B, tile.LDB = a.Arena[a.Y+pixels.from*p.g.YStride+pn.column:], p.g.YStride
		} else {
			tile.B, tile.LDB = right, pn.width
			right = right[pixels.len()*pn.width:]
		}
		tile.N, tile.Ahead = pn.n, 8*tile.LDB
		for i := range tile.M {
			if p.inScratch || p.updating {
				tile.Rows[i] = (before*gemm.MR+i)*t.width + pn.column - t.group[0].column
			} else {
				tile.Rows[i] = p.place(set, row+i, pn.column)
			}
		}
		p.k.Run(tile)
		next.fetch(a)
	}
}

// prefetch announces the weights of the next update step by step, so that they can
// be fetched.
type prefetch struct{ at, left, step int }

func (c *prefetch) fetch(a *Args) {
	if n := min(c.step, c.left); n > 0 {
		a.Update.Ahead(c.at, n)
		c.at, c.left = c.at+n, c.left-n
	}
}

// place is where in the kernel a row of a set begins, from a column on.
func (p *gradient) place(set, row, column int) int {
	g := &p.g
	switch {
	case p.swapped:
		tap := column / g.C
		return (p.live[tap]*g.O+row)*g.C + column - tap*g.C
	case p.mixed():
		return (p.live[row/g.C]*g.C+row%g.C)*g.O + column
	default:
		return (p.live[set]*g.C+row)*g.O + column
	}
}

// scatter copies a result from scratch to the kernel.
func (p *gradient) scatter(t *gradientTask, from, kernel []float32) {
	g := &p.g
	first, w := t.group[0].column, t.width
	last := t.group[len(t.group)-1]
	for r := t.tiles.from * gemm.MR; r < min(t.tiles.to*gemm.MR, g.O); r++ {
		for j := first; j < last.column+last.n; j++ {
			kernel[(p.tap(p.live[j/g.C])*g.O+r)*g.C+j%g.C] = from[j-first]
		}
		from = from[w:]
	}
}
