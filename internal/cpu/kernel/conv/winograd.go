package conv

import (
	"easel/internal/cpu/kernel/gemm"
	"easel/internal/cpu/kernel/winograd"
)

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

// How a winograd task is cut: what it works on at a time should stay in the
// second-level cache, T² points of each of these.
const (
	winogradTiles   = 48    // tiles, at most
	winogradColumns = 64    // columns
	winogradFloats  = 1.5e5 // transformed weights: sets how many terms
)

// winogradBlock is how many terms, or rows of a kernel's gradient, are
// transformed at a time.
func winogradBlock(f *winograd.Filter) int {
	n := int(winogradFloats) / (f.Points() * winogradColumns)
	return max(n/winograd.Lanes, 1) * winograd.Lanes
}

// winogradTileBlock is how many tiles a task takes.
func winogradTileBlock(f *winograd.Filter) int {
	n := winogradTiles * 25 / f.Points()
	return max(n/gemm.MR, 2) * gemm.MR
}

// every sets offsets a constant step apart.
func every(offsets []int, step int) {
	for i := range offsets {
		offsets[i] = i * step
	}
}

// apart is the distance between points of n elements each. A transform writes
// all points of a place together: a cache line more keeps them out of each
// other's places in the cache.
func apart(n int) int { return n + 16 }

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
