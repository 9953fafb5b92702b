package conv

import (
	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/cpu/kernel/winograd"
)

// method is one way to compute a direction of a convolution. What it costs is
// in multiply-adds of 16 lanes, with everything else counted as so many of
// them: a plan is chosen by arithmetic, never by timing, so that the same shape
// always has the same bits.
type method interface {
	plan() *Plan
	cost() float64
}

// Prices, from measurements of whole layers.
const (
	priceDirect   = 1.08 // a multiply-add of a long sum, packing included
	priceWinograd = 1.02 // one whose operands are in cache
	priceStore    = 4    // a vector written to the second-level cache and read again
	priceBytes    = 0.25 // a byte from main memory
)

// cheapest plans the direct method or, where its conditions hold, the filter
// that costs least.
func cheapest(k *gemm.Kernels, g Geometry, direct method, filtered func(*winograd.Filter) method) *Plan {
	best := direct
	if g.filterable() {
		for _, size := range winograd.Sizes() {
			if size[1] != g.KH/g.Stride {
				continue
			}
			if m := filtered(winograd.New(size[0], size[1], k.Name)); m.cost() < best.cost() {
				best = m
			}
		}
	}
	return best.plan()
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

// whole is n in whole tiles of gemm.
func whole(n int) int { return ceil(n, gemm.MR) * gemm.MR }

func (p *gather) cost() float64 {
	multiplies, columns := 0, 0
	for i := range p.tasks {
		t := &p.tasks[i]
		n := 0
		for _, g := range t.groups {
			n += width(g)
		}
		taps := t.phase.rows.n * t.phase.columns.n
		multiplies += whole(t.pixels.len()) * taps * p.in.channels * n
		columns += taps * p.in.channels * n
	}
	return priceDirect*float64(multiplies)/16 + priceBytes*4*float64(columns)
}

func (p *gradient) cost() float64 {
	multiplies := 0
	for i := range p.tasks {
		t := &p.tasks[i]
		multiplies += t.tiles.len() * gemm.MR * p.g.N * p.g.OH * p.g.OW * t.width
	}
	return priceDirect*float64(multiplies)/16 + priceBytes*4*float64(p.g.Weights())
}

// transformed is the price of a transform of a vector of channels.
func transformed(t *winograd.Transform) float64 {
	loads, stores, additions := t.Work()
	return float64(loads+additions) + priceStore*float64(stores)
}

func (p *winogradGather) cost() (sum float64) {
	f, depth := p.f, float64(p.depth())
	units := float64(len(p.units)) / float64(len(p.grids))
	accumulations := 1
	if !p.byTiles {
		accumulations = len(p.terms) * len(p.grids[0].parts)
	}
	for _, c := range p.columns {
		columns := float64(c.width) / 16
		kernels := transformed(f.Kernel) * depth * columns * float64(len(p.grids))
		if !p.byTiles {
			kernels *= units
		}
		sum += kernels + priceBytes*4*float64(f.R*f.R)*depth*columns*16*float64(len(p.grids))
		for i := range p.units {
			n := p.units[i].tiles.len()
			sum += priceWinograd * float64(f.Points()*whole(n)) * depth * columns
			sum += (priceStore*float64(f.Points()*accumulations) + transformed(f.Output)) * float64(n) * columns
		}
	}
	for i := range p.units {
		sum += transformed(f.Input) * float64(p.units[i].tiles.len()) * depth / 16
	}
	return sum
}

func (p *winogradGradient) cost() (sum float64) {
	f := p.f
	tiles := float64(p.tiling.count())
	for i := range p.tasks {
		t := &p.tasks[i]
		rows, columns := float64(t.rows.len()), float64(t.columns.width)/16
		sum += priceWinograd * float64(f.Points()*whole(t.rows.len())) * tiles * columns
		sum += priceStore * float64(f.Points()) * rows * columns * float64(len(p.blocks))
		sum += transformed(f.KernelGradient) * rows * columns
	}
	x, y := float64(len(p.parts)*p.g.C)/16, float64(p.g.O)/16
	return sum + tiles*(x*transformed(f.Input)+y*transformed(f.OutputGradient)) + priceBytes*4*float64(p.g.Weights())
}
