package conv

import "easel/internal/engine/cpu/kernel/gemm"

// How work is cut. These depend on shapes and kernels only, never on the
// number of workers, so that results do not either.
const (
	// termBlock is the length of the partial sums of a packed product: a
	// block of groupColumns columns of it fits in the second-level cache.
	termBlock = 384
	// groupColumns is how many columns go through a tile's rows together,
	// while those are in the first-level cache.
	groupColumns = 256
	// partColumns are how many of a group's columns are a task of their own for
	// many workers: half of the widest tile, which is nearly as fast.
	partColumns = 32
	// tasksWanted is enough to keep up to 16 workers busy to the end.
	tasksWanted = 16
	// tilesPerPacking is how many tiles make packing a panel cheap.
	tilesPerPacking = 16
	// rowsPerTask bounds what a task reads and writes again for each block.
	rowsPerTask = 768
)

// interval is [from, to).
type interval struct{ from, to int }

func (i interval) len() int { return i.to - i.from }

// part is one of so many about equal parts.
func (i interval) part(part, parts int) interval {
	n := i.len()
	return interval{i.from + part*n/parts, i.from + (part+1)*n/parts}
}

// split cuts [0, n) into parts as equal as multiples of unit allow.
func split(n, parts, unit int) []interval {
	units := (n + unit - 1) / unit
	parts = max(1, min(parts, units))
	out := make([]interval, parts)
	for i := range out {
		out[i] = interval{i * units / parts * unit, min((i+1)*units/parts*unit, n)}
	}
	return out
}

func ceil(a, b int) int { return (a + b - 1) / b }

// panel is the columns of one tile: n that count of width.
type panel struct{ column, n, width int }

// panels cuts columns so that no tile is much wider than what counts; where
// columns are a multiple of 16, widths are exact.
func panels(k *gemm.Kernels, columns interval) []panel {
	var out []panel
	for at := columns.from; at < columns.to; {
		n := min(columns.to-at, k.NR)
		if n > 32 && n <= 48 {
			n = 32
		}
		out = append(out, panel{at, n, k.Width(n)})
		at += n
	}
	return out
}

// width is how many columns the panels have when packed.
func width(ps []panel) (w int) {
	for _, p := range ps {
		w += p.width
	}
	return w
}

// termBlocks cuts a sum over taps of c terms each into blocks of about size
// terms, within a tap or of several whole taps.
func termBlocks(taps, c, size int) []interval {
	if c <= size {
		return split(taps*c, ceil(taps*c, size/c*c), c)
	}
	var out []interval
	per := split(c, ceil(c, size), 4)
	for t := range taps {
		for _, b := range per {
			out = append(out, interval{t*c + b.from, t*c + b.to})
		}
	}
	return out
}

// longest is the length of the longest interval.
func longest(blocks []interval) (n int) {
	for _, b := range blocks {
		n = max(n, b.len())
	}
	return n
}

// cutAt cuts a slice in two.
func cutAt(s []float32, n int) (before, after []float32) { return s[:n], s[n:] }
