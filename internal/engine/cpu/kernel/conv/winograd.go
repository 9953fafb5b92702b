package conv

import "easel/internal/engine/cpu/kernel/gemm"

// Winograd's filtering wants stride 1. A convolution of stride S whose kernel
// has S·r taps along an axis is a sum of S² of stride 1 with r taps, over the
// pixels of x with equal remainders; its input gradient is S² of them, one for
// each remainder of the result. So there are parts: sums over r×r taps.
//
// part is one of them. Tap (u, v) of result (i, j) reads input row
// i·inStep + rows.offset + u·inStep, columns alike, with tap (rows.tap(u),
// columns.tap(v)) of the kernel.
type part struct{ rows, columns axis }

// axis is a part's taps along one axis.
type axis struct{ offset, first, step int }

func (a axis) tap(u int) int { return a.first + u*a.step }

// grid is results that are summed over the same parts: result (i, j) is pixel
// (top + i·outStep, left + j·outStep).
type grid struct {
	top, left     int
	height, width int
	parts         []part
	kernels       []int // where U of each block of columns begins, if it is shared
}

// forwardGrids: one grid of S² parts. Input row i·S + a − top is tap
// u·S + a's with u = 0.
func forwardGrids(g Geometry) []grid {
	out := grid{height: g.OH, width: g.OW}
	for a := range g.Stride {
		for b := range g.Stride {
			out.parts = append(out.parts, part{axis{a - g.PadTop, a, g.Stride}, axis{b - g.PadLeft, b, g.Stride}})
		}
	}
	return []grid{out}
}

// backwardGrids: S² grids of one part, the phases of the input gradient.
func backwardGrids(g Geometry) (out []grid) {
	for a := range min(g.Stride, g.H) {
		for b := range min(g.Stride, g.W) {
			rows, columns := backwardTaps(g.KH, g.Stride, a+g.PadTop), backwardTaps(g.KW, g.Stride, b+g.PadLeft)
			out = append(out, grid{
				top: a, left: b, height: ceil(g.H-a, g.Stride), width: ceil(g.W-b, g.Stride),
				parts: []part{{
					axis{rows.offset, rows.first, rows.step}, axis{columns.offset, columns.first, columns.step},
				}},
			})
		}
	}
	return out
}

// How filtering is cut: sizes in elements.
const (
	// winogradColumns are made at a time: a tile of gemm with AVX-512.
	winogradColumns = 64
	// winogradTerms are summed in registers; so many rows of 64 columns are
	// read again from the second-level cache for each tile of rows.
	winogradTerms = 128
)

// limits bound what filtering works on, so that it stays in some cache.
type limits struct {
	kernel      int // transformed for all tasks: U by tiles
	tiles       int // V by columns
	spectra     int // transformed x and y of a kernel's gradient
	block       int // of U by columns that a task makes at a time; W of a task
	unit        int // points × tiles of a unit, by tiles
	columnsUnit int // the same by columns
	units       int // to share out; fewer go by columns
}

// inCache is for last caches of some 16 MB and more.
func inCache() limits {
	return limits{
		kernel: 5 << 19, tiles: 5 << 18, spectra: 1 << 22, block: 300_000, unit: 1400, columnsUnit: 3300, units: 8,
	}
}

// spectrum is T² points of a matrix, or of several panels of a matrix's columns
// one after the other: [points][panels][rows][panel's width].
type spectrum struct {
	data        []float32
	rows, width int
}

// point is where a point begins. A transform writes all points of a place
// together: a cache line more keeps them out of each other's places in the
// cache.
func (s spectrum) point(i int) int { return i * (s.rows*s.width + 16) }

// floats is how long data must be for points.
func (s spectrum) floats(points int) int { return s.point(points) }

// cut takes the spectrum's data from the front of floats and returns the rest.
func (s *spectrum) cut(points int, floats []float32) []float32 {
	n := s.floats(points)
	s.data = floats[:n]
	return floats[n:]
}

// places sets where each point of the spectrum is.
func (s spectrum) places(offsets []int) { every(offsets, s.point(1)) }

// every sets offsets a constant step apart.
func every(offsets []int, step int) {
	for i := range offsets {
		offsets[i] = i * step
	}
}

// block is columns that are made together.
type block struct {
	interval
	panels []panel
	width  int // of the panels
}

// columnBlocks cuts n columns.
func columnBlocks(k *gemm.Kernels, n int) (out []block) {
	for _, c := range split(n, ceil(n, winogradColumns), winogradColumns) {
		ps := panels(k, c)
		out = append(out, block{c, ps, width(ps)})
	}
	return out
}

// parts cuts a block for many workers.
func (b block) parts(k *gemm.Kernels) (out []block) {
	for _, c := range split(b.len(), ceil(b.len(), partColumns), partColumns) {
		columns := interval{b.from + c.from, b.from + c.to}
		ps := panels(k, columns)
		out = append(out, block{columns, ps, width(ps)})
	}
	return out
}

// tiling walks over the m×m tiles of a picture's pixels.
type tiling struct{ batch, rows, columns int }

func newTiling(batch, height, width, m int) tiling {
	return tiling{batch, ceil(height, m), ceil(width, m)}
}

func (t tiling) count() int { return t.batch * t.rows * t.columns }

// at is the picture, row and column of a tile.
func (t tiling) at(tile int) (n, i, j int) {
	return tile / (t.rows * t.columns), tile / t.columns % t.rows, tile % t.columns
}

// blocks cuts tiles into blocks of about size, whole tiles of gemm.
func (t tiling) blocks(size int) []interval {
	return split(t.count(), ceil(t.count(), size), gemm.MR)
}

// patch is where the pixels of a square of a side are: n·n offsets from
// (row, column) on, step apart, with zero for those outside.
func (s side) patch(dst []int, picture, row, column, step, n, base, zero int) {
	for i := range n {
		h := row + i*step
		line := dst[i*n : (i+1)*n]
		if uint(h) >= uint(s.height) {
			for j := range line {
				line[j] = zero
			}
			continue
		}
		at := base + (picture*s.height+h)*s.width*s.stride
		for j := range line {
			if w := column + j*step; uint(w) < uint(s.width) {
				line[j] = at + w*s.stride
			} else {
				line[j] = zero
			}
		}
	}
}
