package reference

import (
	"math"

	"easel/internal/engine/graph"
)

// eachInside calls f for the pixels of a picture that are inside the extent,
// with the number that a pixel has among those.
func eachInside(x tensor, extent tensor, shrink int, f func(b, row, column, number int)) {
	rows, columns := graph.ExtentOf(narrow(extent.data), shrink, x.shape)
	number := 0
	x.pixels(func(b, row, column int) {
		if row < rows && column < columns {
			f(b, row, column, number)
			number++
		}
	})
}

func extentCut(op graph.ExtentCut, x, extent, out tensor) {
	eachInside(x, extent, op.Shrink, func(b, row, column, _ int) {
		at := x.at(b, row, column, 0)
		copy(out.data[at:][:x.shape[3]], x.data[at:])
	})
}

func extentLayout(op graph.ExtentLayout, x, extent, out tensor) {
	c := x.shape[3]
	eachInside(x, extent, op.Shrink, func(b, row, column, number int) {
		copy(out.data[x.at(b, row, column, 0):][:c], x.data[number*c:])
	})
}

func extentMoments(op graph.ExtentMoments, x, extent, out tensor) {
	c := x.shape[3]
	rows, columns := graph.ExtentOf(narrow(extent.data), op.Shrink, x.shape)
	count := float64(max(rows*columns, 1))
	each := func(f func(value float64, mean, variance *float64)) {
		eachInside(x, extent, op.Shrink, func(b, row, column, _ int) {
			for i, v := range x.data[x.at(b, row, column, 0):][:c] {
				f(v, &out.data[2*b*c+i], &out.data[(2*b+1)*c+i])
			}
		})
	}
	each(func(v float64, mean, _ *float64) { *mean += v / count })
	each(func(v float64, mean, variance *float64) { *variance += (v - *mean) * (v - *mean) / count })
	for i := range out.data {
		if i/c%2 == 1 {
			out.data[i] = 1 / math.Sqrt(out.data[i]+float64(op.Epsilon))
		}
	}
}
