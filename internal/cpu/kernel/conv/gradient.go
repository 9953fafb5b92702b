package conv

import "easel/internal/cpu/kernel/gemm"

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
	live    []int // taps
	dead    []int
	blocks  []interval // of pixels
	tasks   []gradientTask
	// aside: a tile's columns belong to several taps and do not lie together
	// in the kernel; the result is made in scratch and then spread.
	aside bool
	// inPlace: y is read where it lies, as right operand.
	inPlace bool
}

type gradientTask struct {
	rows  interval
	group []panel
}

// narrow is how many channels are worth a tile of their own.
const narrow = 16

func newGradient(k *gemm.Kernels, g Geometry, swapped bool) *gradient {
	p := &gradient{k: k, g: g, swapped: swapped}
	for tap, live := range g.LiveTaps() {
		if live {
			p.live = append(p.live, tap)
		} else {
			p.dead = append(p.dead, tap)
		}
	}
	pixels := g.N * g.OH * g.OW
	p.blocks = split(pixels, ceil(pixels, termBlock), 4)
	p.aside = swapped && g.C < narrow
	p.inPlace = !swapped && g.O%16 == 0 && (pixels <= inPlaceBlock || g.YStride == gemm.MaxNR)
	if len(p.live) > 0 {
		p.cut()
	}
	return p
}

// groups cuts the columns.
func (p *gradient) groups() (out [][]panel) {
	if p.swapped && !p.aside {
		return p.tapGroups()
	}
	n := p.g.O
	if p.swapped {
		n = len(p.live) * p.g.C
	}
	for _, c := range split(n, ceil(n, groupColumns), gemm.MaxNR) {
		out = append(out, panels(p.k, c))
	}
	return out
}

// tapGroups cuts columns such that no panel has two taps.
func (p *gradient) tapGroups() (out [][]panel) {
	for t := range p.live {
		for _, c := range split(p.g.C, ceil(p.g.C, groupColumns), gemm.MaxNR) {
			ps := panels(p.k, interval{t*p.g.C + c.from, t*p.g.C + c.to})
			if last := len(out) - 1; last >= 0 && width(out[last])+width(ps) <= groupColumns {
				out[last] = append(out[last], ps...)
			} else {
				out = append(out, ps)
			}
		}
	}
	return out
}

func (p *gradient) rows() int {
	if p.swapped {
		return p.g.O
	}
	return len(p.live) * p.g.C
}

func (p *gradient) cut() {
	groups := p.groups()
	tiles := ceil(p.rows(), gemm.MR)
	parts := max(ceil(tiles, rowsPerTask/gemm.MR), ceil(tasksWanted, len(groups)))
	if !p.inPlace {
		parts = min(parts, max(tiles/tilesPerPacking, 4))
	}
	for _, group := range groups {
		for _, r := range split(p.rows(), parts, gemm.MR) {
			p.tasks = append(p.tasks, gradientTask{r, group})
		}
	}
}

func (p *gradient) plan() *Plan {
	longest := 0
	for _, b := range p.blocks {
		longest = max(longest, b.len())
	}
	n := gemm.Need{Segments: 1}
	for _, t := range p.tasks {
		w := width(t.group)
		f := longest * (gemm.MR + w)
		if p.aside {
			f += t.rows.len() * w
		}
		n.Floats = max(n.Floats, f+packSlack)
	}
	return &Plan{Method: "direct", g: p.g, need: n, tasks: len(p.tasks) + len(p.dead), run: p.run}
}

// packSlack keeps packed panels on cache lines.
const packSlack = 16

func (p *gradient) run(task int, s *gemm.Scratch, a *Args) {
	if task >= len(p.tasks) {
		if !a.DeadTapsZero {
			size := p.g.C * p.g.O
			clear(a.Kernel[p.dead[task-len(p.tasks)]*size:][:size])
		}
		return
	}
	t := &p.tasks[task]
	w := width(t.group)
	result, floats := a.Kernel, s.Floats
	if p.aside {
		n := t.rows.len() * w
		result, floats = floats[:n], floats[n:]
	}
	for i, pixels := range p.blocks {
		left := floats[:(pixels.len()*gemm.MR+packSlack-1)/packSlack*packSlack]
		right := floats[len(left):]
		if !p.inPlace {
			p.packRight(t.group, pixels, right, a)
		}
		p.block(t, pixels, i == 0, left, right, result, s, a)
	}
	if p.aside {
		p.spread(t, w, result, a.Kernel)
	}
}

// block adds a block of pixels to a task's part of the result.
func (p *gradient) block(t *gradientTask, pixels interval, first bool, left, right, result []float32, s *gemm.Scratch, a *Args) {
	tile := &s.Tile
	*tile = gemm.Tile{A: left, C: result, AStep: gemm.MR, Accumulate: !first, Segments: s.Segments[:1]}
	seg := &s.Segments[0]
	*seg = gemm.Segment{Length: pixels.len()}
	for i := range seg.A {
		seg.A[i] = i
	}
	for row := t.rows.from; row < t.rows.to; row += gemm.MR {
		tile.M = min(gemm.MR, t.rows.to-row)
		p.packLeft(row, tile.M, pixels, left, a)
		rest := right
		for _, pn := range t.group {
			if p.inPlace {
				tile.B, tile.LDB = a.Arena[a.Y+pixels.from*p.g.YStride+pn.column:], p.g.YStride
			} else {
				tile.B, tile.LDB = rest, pn.width
				rest = rest[pixels.len()*pn.width:]
			}
			tile.N, tile.Ahead = pn.n, 8*tile.LDB
			p.place(tile, t, row, pn)
			p.k.Run(tile)
		}
	}
}

// place says where the rows of a tile are in the result.
func (p *gradient) place(tile *gemm.Tile, t *gradientTask, row int, pn panel) {
	g := &p.g
	for i := range tile.M {
		r := row + i
		switch {
		case p.aside:
			tile.Rows[i] = (r-t.rows.from)*width(t.group) + pn.column - t.group[0].column
		case p.swapped:
			tap, c := pn.column/g.C, pn.column%g.C
			tile.Rows[i] = (p.live[tap]*g.O+r)*g.C + c
		default:
			tap, c := r/g.C, r%g.C
			tile.Rows[i] = (p.live[tap]*g.C+c)*g.O + pn.column
		}
	}
}

// spread copies a result made aside to the kernel.
func (p *gradient) spread(t *gradientTask, w int, from, kernel []float32) {
	g := &p.g
	first := t.group[0].column
	last := t.group[len(t.group)-1]
	for r := t.rows.from; r < t.rows.to; r++ {
		for j := first; j < last.column+last.n; j++ {
			kernel[(p.live[j/g.C]*g.O+r)*g.C+j%g.C] = from[(r-t.rows.from)*w+j-first]
		}
	}
}
