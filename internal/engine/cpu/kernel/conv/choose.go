package conv

import (
	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/cpu/kernel/winograd"
)

// What a task costs is in multiply-adds of 16 lanes, with everything else counted
// as so many of them: a plan is chosen by arithmetic, never by timing, so that
// the same shape always has the same bits.

// method is one way to compute a direction of a convolution.
type method interface{ plan() *Plan }

// Prices, from measurements of whole layers.
const (
	priceDirect   = 1.08 // a multiply-add of a long sum, packing included
	priceWinograd = 1.02 // one whose operands are in cache
	priceStore    = 4    // a vector written to the second-level cache and read again
	priceBytes    = 0.25 // a byte from main memory
	pricePack     = 8    // a vector packed that lies somewhere
	// updateTraffic is how often an update moves what the gradient alone
	// writes: weights and two moments are read and written.
	updateTraffic = 6
)

// cheapest plans the method that costs least: direct or, where its conditions hold, by
// a filter. With kernels of bfloat16 it may be either with those of float32, too: where
// reading weights is the work, rounding them is only more of it.
func cheapest(k *gemm.Kernels, g Geometry, direct func(*gemm.Kernels) method, filtered func(*gemm.Kernels, *winograd.Filter) method) (best *Plan) {
	take := func(m method) {
		if p := m.plan(); best == nil || p.cost() < best.cost() {
			best = p
		}
	}
	kinds := []*gemm.Kernels{k.Float32()}
	if k.Pairs {
		kinds = append(kinds, k)
	}
	for _, k := range kinds {
		if m := direct(k); m != nil {
			take(m)
		}
		if !g.filterable() {
			continue
		}
		for _, size := range winograd.Sizes() {
			if size[1] == g.KH/g.Stride && (!k.Pairs || roundable(size)) {
				take(filtered(k, winograd.New(size[0], size[1], k.Name)))
			}
		}
	}
	return best
}

// roundable tells whether the spectra of a filter F(m, r) may be rounded to bfloat16.
// TestRoundedAccuracy states what it costs.
func roundable(size [2]int) bool { return size[0]+size[1] <= 7 }

// multiplyAdd is the price of a multiply-add, of one in float32.
func multiplyAdd(k *gemm.Kernels) float64 {
	if k.Pairs {
		return 0.5
	}
	return 1
}

// cost is that of all tasks.
func (p *Plan) cost() (sum float64) {
	for i := range p.Stages {
		s := &p.Stages[i]
		for group := range s.Tasks / s.Group {
			sum += s.GroupCost(group)
		}
	}
	return sum
}

// filterable tells whether Winograd's filtering may compute a convolution: its
// kernel falls into equal square parts, channels fill vectors, and every tap
// meets pixels. The gradient of a tap that meets none is zero, not zero with
// rounding, which Adam would make steps of.
func (g Geometry) filterable() bool {
	if g.Direct || g.KH != g.KW || g.KH%g.Stride != 0 || g.C%winograd.Lanes != 0 || g.O%winograd.Lanes != 0 {
		return false
	}
	for _, live := range g.LiveTaps() {
		if !live {
			return false
		}
	}
	return true
}

// tiled is n in whole tiles of gemm.
func tiled(n int) int { return ceil(n, gemm.MR) * gemm.MR }

func (p *gather) cost(group, part int) float64 {
	t := &p.tasks[group]
	columns := 0
	for _, g := range t.part(part) {
		columns += width(g)
	}
	terms := t.phase.rows.n * t.phase.columns.n * p.in.channels
	cost := priceDirect*multiplyAdd(p.k)*float64(tiled(t.pixels.len())*terms*columns)/16 + priceBytes*4*float64(terms*columns)
	if p.k.Pairs {
		cost += pricePack * float64(terms*(columns+t.pixels.len()*ceil(columns, groupColumns))) / 16
	}
	return cost
}

func (p *scatter) cost(group, part int) float64 {
	b := p.bands[group].part(part)
	pixels := (b.rows.len() + p.g.KH) / p.step * p.in.width
	return priceDirect * float64(tiled(pixels)*p.in.channels*p.width) / 16
}

func (p *gradient) cost(task, part int) float64 {
	weights, each := p.deadPart(part).len(), priceBytes*4.0
	if p.updating {
		each *= updateTraffic
	}
	if task >= len(p.tasks) {
		return each * float64(weights) // of a dead tap
	}
	t := p.tasks[task].part(part)
	pixels := p.g.N * p.g.OH * p.g.OW
	cost := priceDirect*float64(t.tiles.len()*gemm.MR*pixels*t.width)/16 + each*float64(t.tiles.len()*gemm.MR*t.width)
	if !p.inPlace && part != whole {
		cost += pricePack * float64(pixels*t.width) / 16
	}
	return cost
}

// transformed is the price of a transform of a vector of channels.
func transformed(t *winograd.Transform) float64 {
	loads, stores, additions := t.Work()
	return float64(loads+additions) + priceStore*float64(stores)
}

// kernelCost is that of making U of some terms of a block of columns.
func (p *winogradGather) kernelCost(terms int, c *block) float64 {
	each := transformed(p.f.Kernel)/16 + priceBytes*4*float64(p.f.R*p.f.R)
	return each * float64(terms*c.width)
}

// tilesCost is that of making V of some tiles, productsCost of M and of what
// becomes of it, M being written so many times.
func (p *winogradGather) tilesCost(tiles int) float64 {
	return transformed(p.f.Input) * float64(tiles*p.depth()) / 16
}

func (p *winogradGather) productsCost(tiles int, c *block, times int) float64 {
	points, columns := p.f.Points(), float64(c.width)/16
	return priceWinograd*multiplyAdd(p.k)*float64(points*tiled(tiles)*p.depth())*columns +
		(priceStore*float64(points*times)+transformed(p.f.Output))*float64(tiles)*columns
}

// productsCost is that of some rows of a task and a block of tiles, writeCost of what becomes
// of the sum, tilesCost of transforming some tiles of x for a part, or of y.
func (p *winogradGradient) productsCost(t *winogradGradientTask, rows, tiles int) float64 {
	points, columns := p.f.Points(), float64(t.columns.width)/16
	return priceWinograd*multiplyAdd(p.k)*float64(points*tiled(rows)*tiles)*columns + priceStore*float64(points*rows)*columns
}

func (p *winogradGradient) writeCost(t *winogradGradientTask, rows int) float64 {
	columns := float64(t.columns.width) / 16
	return (transformed(p.f.KernelGradient) + priceBytes*4*16*float64(p.f.R*p.f.R)) * float64(rows) * columns
}

func (p *winogradGradient) tilesCost(tiles int, y bool) float64 {
	if y {
		return transformed(p.f.OutputGradient) * float64(tiles*p.g.O) / 16
	}
	return transformed(p.f.Input) * float64(tiles*p.g.C) / 16
}
