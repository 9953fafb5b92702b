package reference

import (
	"math"

	"easel/internal/engine/graph"
)

// winner is the place of the largest element of a window, the first of equals
// in reading order.
func winner(x tensor, b, top, left, c, size int) int {
	best := x.at(b, top, left, c)
	for u := range size {
		for v := range size {
			if i := x.at(b, top+u, left+v, c); x.data[i] > x.data[best] {
				best = i
			}
		}
	}
	return best
}

func pool(op graph.Pool, x, out tensor) {
	out.pixels(func(b, i, j int) {
		for c := range x.shape[3] {
			top, left, to := i*op.Stride, j*op.Stride, out.at(b, i, j, c)
			if op.Kind == graph.MaxPooling {
				out.data[to] = x.data[winner(x, b, top, left, c, op.Size)]
				continue
			}
			for u := range op.Size {
				for v := range op.Size {
					out.data[to] += x.data[x.at(b, top+u, left+v, c)] / float64(op.Size*op.Size)
				}
			}
		}
	})
}

func poolGradient(op graph.PoolGradient, dy, x, out tensor) {
	dy.pixels(func(b, i, j int) {
		for c := range x.shape[3] {
			top, left, d := i*op.Stride, j*op.Stride, dy.data[dy.at(b, i, j, c)]
			if op.Kind == graph.MaxPooling {
				out.data[winner(x, b, top, left, c, op.Size)] += d
				continue
			}
			for u := range op.Size {
				for v := range op.Size {
					out.data[x.at(b, top+u, left+v, c)] += d / float64(op.Size*op.Size)
				}
			}
		}
	})
}

// source is a row or column that another one reads, and with which weight.
type source struct {
	index  int
	weight float64
}

// sources are those that row (or column) i of size is read from when old rows
// are resized to size rows.
func sources(kind graph.Interpolation, i, old, size int) []source {
	if kind == graph.NearestInterpolation {
		return []source{{i * old / size, 1}}
	}
	position := (float64(i)+0.5)*float64(old)/float64(size) - 0.5
	position = min(max(position, 0), float64(old-1))
	low := int(math.Floor(position))
	fraction := position - float64(low)
	return []source{{low, 1 - fraction}, {min(low+1, old-1), fraction}}
}

// resampled calls f for each pixel of the larger sense's result y with each
// pixel of x that it reads.
func resampled(kind graph.Interpolation, x, y tensor, f func(xi, yi int, weight float64)) {
	y.pixels(func(b, i, j int) {
		for _, row := range sources(kind, i, x.shape[1], y.shape[1]) {
			for _, column := range sources(kind, j, x.shape[2], y.shape[2]) {
				for c := range x.shape[3] {
					f(x.at(b, row.index, column.index, c), y.at(b, i, j, c), row.weight*column.weight)
				}
			}
		}
	})
}

func resampling(op graph.Resampling, x, y tensor) {
	resampled(op.Kind, x, y, func(xi, yi int, weight float64) { y.data[yi] += weight * x.data[xi] })
}

func resamplingGradient(op graph.ResamplingGradient, y, x tensor) {
	resampled(op.Kind, x, y, func(xi, yi int, weight float64) { x.data[xi] += weight * y.data[yi] })
}

// mirrored is the row (or column) that row i of a bordered picture copies, and
// whether there is one: i counts from the picture's own first row.
func mirrored(mode graph.PadMode, i, size int) (int, bool) {
	switch {
	case i >= 0 && i < size:
		return i, true
	case mode == graph.PadZeros:
		return 0, false
	case mode == graph.PadReplicate:
		return min(max(i, 0), size-1), true
	case i < 0:
		return -i, true
	}
	return 2*(size-1) - i, true
}

// bordered calls f for each element of the bordered picture y that copies one
// of x.
func bordered(mode graph.PadMode, p graph.Padding, x, y tensor, f func(xi, yi int)) {
	y.pixels(func(b, i, j int) {
		row, inRows := mirrored(mode, i-p.Top, x.shape[1])
		column, inColumns := mirrored(mode, j-p.Left, x.shape[2])
		if !inRows || !inColumns {
			return
		}
		for c := range x.shape[3] {
			f(x.at(b, row, column, c), y.at(b, i, j, c))
		}
	})
}

func border(op graph.Border, x, y tensor) {
	bordered(op.Mode, op.Padding, x, y, func(xi, yi int) { y.data[yi] = x.data[xi] })
}

func borderGradient(op graph.BorderGradient, y, x tensor) {
	bordered(op.Mode, op.Padding, x, y, func(xi, yi int) { x.data[xi] += y.data[yi] })
}
