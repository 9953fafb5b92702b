package conv

import "easel/internal/engine/cpu/kernel/gemm"

// gather is a sum over taps for each output pixel: the forward direction and
// the input gradient. As a matrix product its rows are output pixels, its
// terms are (tap, input channel) and its columns output channels.
type gather struct {
	k               *gemm.Kernels
	g               Geometry
	in, out         side
	inStep, outStep int
	kernelWidth     int
	// transposed: a tap of the kernel is stored [output channel, input channel].
	transposed bool
	backward   bool // the output is x, the input y
	phases     []phase
	tasks      []gatherTask
}

// gatherTask computes some channels of some pixels of a phase.
type gatherTask struct {
	phase   *phase
	pixels  interval
	groups  [][]panel
	parts   [][][]panel // of the columns, each what groups is of all
	blocks  []interval  // of terms
	inPlace bool        // read the kernel where it lies
}

func newGather(k *gemm.Kernels, g Geometry, swapped, backward bool) *gather {
	x, y := side{g.H, g.W, g.C, g.XStride}, side{g.OH, g.OW, g.O, g.YStride}
	p := &gather{
		k: k, g: g, in: x, out: y, inStep: g.Stride, outStep: 1, kernelWidth: g.KW,
		transposed: swapped != backward, backward: backward,
	}
	if backward {
		p.in, p.out, p.inStep, p.outStep = y, x, 1, g.Stride
		p.phases = backwardPhases(g)
	} else {
		p.phases = forwardPhases(g)
	}
	for i := range p.phases {
		p.cut(&p.phases[i])
	}
	return p
}

// cut makes the tasks of a phase.
func (p *gather) cut(ph *phase) {
	pixels := p.g.N * ph.height * ph.width
	tiles, wanted := ceil(pixels, gemm.MR), ceil(tasksWanted, len(p.phases))
	columns := ceil(p.out.channels, groupColumns)
	rows := max(ceil(pixels, rowsPerTask), min(ceil(wanted, columns), tiles/tilesPerPacking))
	if rows*columns < wanted {
		columns = min(ceil(wanted, max(rows, 1)), ceil(p.out.channels, gemm.MaxNR))
	}
	for _, c := range split(p.out.channels, columns, gemm.MaxNR) {
		var groups [][]panel
		for _, group := range split(c.len(), ceil(c.len(), groupColumns), gemm.MaxNR) {
			groups = append(groups, panels(p.k, interval{c.from + group.from, c.from + group.to}))
		}
		var parts [][][]panel
		for _, part := range split(c.len(), ceil(c.len(), partColumns), partColumns) {
			parts = append(parts, [][]panel{panels(p.k, interval{c.from + part.from, c.from + part.to})})
		}
		for _, r := range split(pixels, rows, gemm.MR) {
			t := gatherTask{phase: ph, pixels: r, groups: groups, parts: parts}
			t.inPlace = !p.k.Pairs && !p.transposed && p.out.channels%16 == 0 && ceil(r.len(), gemm.MR) <= inPlaceTiles
			t.blocks = p.blocks(ph, t.inPlace)
			p.tasks = append(p.tasks, t)
		}
	}
}

const (
	// inPlaceTiles is up to how many tiles a kernel is read where it lies.
	inPlaceTiles = 16
	// inPlaceBlock is termBlock for such: the rows of all columns should be
	// in cache together, since they share pages.
	inPlaceBlock = 128
	// nearAhead is how many rows ahead to fetch what is in the second-level
	// cache.
	nearAhead = 8
)

func (p *gather) blocks(ph *phase, inPlace bool) []interval {
	n, size := ph.rows.n*ph.columns.n, termBlock
	if inPlace {
		size = inPlaceBlock
	}
	if n == 0 {
		return []interval{{}} // nothing to sum, but something to write
	}
	return termBlocks(n, p.in.channels, size)
}

func (p *gather) need() (n gemm.Need) {
	for _, t := range p.tasks {
		for _, b := range t.blocks {
			n.Segments = max(n.Segments, b.len()/p.in.channels+2)
			n.Ints = n.Segments
			if t.inPlace {
				continue
			}
			for _, g := range t.groups {
				n.Floats = max(n.Floats, p.k.Elements(b.len())*(width(g)+gemm.MR))
			}
		}
	}
	return n
}

func (p *gather) plan() *Plan {
	return &Plan{Method: direct, BFloat16: p.k.Pairs, g: p.g, need: p.need(), Stages: newStage(len(p.tasks), p.parts(), p.run, p.cost).only(), zeroLen: p.in.channels}
}

// parts is into how many a task can be cut.
func (p *gather) parts() (n int) {
	for i := range p.tasks {
		n = max(n, len(p.tasks[i].parts))
	}
	return max(n, 1)
}

// part is the columns of a part of the task.
func (t *gatherTask) part(part int) [][]panel {
	switch {
	case part == whole:
		return t.groups
	case part < len(t.parts):
		return t.parts[part]
	}
	return nil
}

func (p *gather) run(group, part int, s *gemm.Scratch, a *Args) {
	t := &p.tasks[group]
	for _, group := range t.part(part) {
		for i, terms := range t.blocks {
			if !t.inPlace {
				p.pack(t, group, terms, s.Floats, a.Kernel)
			}
			var next ahead
			if i+1 < len(t.blocks) {
				next = p.ahead(t, group, t.blocks[i+1], s.Ints)
			}
			p.block(t, group, terms, i == 0, &next, s, a)
		}
	}
}

// ahead is a block of terms of the kernel. It keeps its places.
func (p *gather) ahead(t *gatherTask, group []panel, terms interval, places []int) ahead {
	in, last := p.in.channels, group[len(group)-1]
	first, from := terms.from/in, terms.from%in
	part := kernelPart{
		in, p.out.channels, p.transposed,
		interval{from, from + min(terms.len(), in)}, interval{group[0].column, last.column + last.n},
	}
	next := part.ahead(places[:ceil(terms.to, in)-first], func(i int) int { return p.kernelTap(t.phase, first+i) })
	next.during(ceil(t.pixels.len(), gemm.MR) * len(group))
	return next
}

// packedRows of the kernel are packed for all columns of a group before the
// next ones, since they lie together.
const packedRows = 32

// pack brings the kernel's terms × columns into panels, one after the other.
func (p *gather) pack(t *gatherTask, group []panel, terms interval, dst, kernel []float32) {
	in, out := p.in.channels, p.out.channels
	for at := terms.from; at < terms.to; {
		tap := at / in
		c := at - tap*in
		n := min((tap+1)*in, terms.to) - at
		if !p.transposed {
			n = min(n, packedRows)
		}
		w := kernel[p.kernelTap(t.phase, tap)*in*out:]
		d := dst
		for _, pn := range group {
			to := d[p.k.Elements(at-terms.from)*pn.width:]
			if p.transposed {
				p.k.PackTransposed(to, w[pn.column*in+c:], n, pn.n, in, pn.width)
			} else {
				p.k.PackRows(to, w[c*out+pn.column:], n, pn.n, out, pn.width)
			}
			d = d[p.k.Elements(terms.len())*pn.width:]
		}
		at += n
	}
}

// kernelTap is the index in the kernel of a phase's tap.
func (p *gather) kernelTap(ph *phase, tap int) int {
	u, v := tap/ph.columns.n, tap%ph.columns.n
	return ph.rows.tap(u)*p.kernelWidth + ph.columns.tap(v)
}

// block adds a block of terms to all pixels of a task.
func (p *gather) block(t *gatherTask, group []panel, terms interval, first bool, next *ahead, s *gemm.Scratch, a *Args) {
	in, out := a.X, a.Y
	if p.backward {
		in, out = a.Y, a.X
	}
	c := p.start(t, in, out)
	tile := &s.Tile
	*tile = gemm.Tile{A: a.Arena, C: a.Arena, AStep: 1, Accumulate: !first}
	for at := t.pixels.from; at < t.pixels.to; at += gemm.MR {
		tile.M = min(gemm.MR, t.pixels.to-at)
		c.take(tile.M)
		tile.Segments = c.segments(s.Segments, terms, a.Zero)
		if len(tile.Segments) == 0 && !first {
			continue
		}
		if p.k.Pairs {
			p.round(tile, s.Floats[p.k.Elements(terms.len())*width(group):], a)
		}
		p.columns(tile, &c, group, p.k.Elements(terms.len()), s.Floats, next, a)
	}
}

// rounds tells whether pairs do not straddle taps, and runs are long enough to be worth
// rounding.
func (p *gather) rounds() bool { return p.in.channels%2 == 0 && p.in.channels >= narrow }

// round copies a tile's rows of A, which float32 kernels read where they lie.
func (p *gather) round(tile *gemm.Tile, rounded []float32, a *Args) {
	at := 0
	for i := range tile.Segments {
		s := &tile.Segments[i]
		terms := s.Length
		s.B, s.Length = p.k.Elements(s.B), p.k.Elements(terms)
		for r := range s.A {
			if r >= tile.M {
				s.A[r] = s.A[0]
				continue
			}
			p.k.Round(rounded[at:], a.Arena[s.A[r]:], 1, terms, 0, 0)
			s.A[r] = at
			at += s.Length
		}
	}
	tile.A = rounded
}

// columns runs the tiles of one row of tiles.
func (p *gather) columns(tile *gemm.Tile, c *cursor, group []panel, elements int, packed []float32, next *ahead, a *Args) {
	for _, pn := range group {
		if c.task.inPlace {
			tile.B, tile.LDB, tile.Ahead = a.Kernel[pn.column:], p.out.channels, nearAhead*p.out.channels
		} else {
			tile.B, tile.LDB, tile.Ahead = packed, pn.width, nearAhead*pn.width
			packed = packed[elements*pn.width:]
		}
		tile.N = pn.n
		for i := range tile.M {
			tile.Rows[i] = c.pixels[i].out + pn.column
		}
		if a.Bias != nil && !tile.Accumulate {
			tile.Bias = a.Bias[pn.column : pn.column+pn.n]
		}
		p.k.Run(tile)
		next.fetch(p.k, a.Kernel)
	}
}
