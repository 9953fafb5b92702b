package cpu

import (
	"math"

	"easel/internal/engine/graph"
)

// Programs for pictures of many sizes are for devices that compile; here they
// are plain loops.

// lowerExtent makes the step of an operation on a picture that is smaller than
// the value that holds it.
func (p *planner) lowerExtent(n *graph.Node) {
	out, x, extent := p.value(n), p.value(n.Inputs()[0]), p.value(n.Inputs()[1])
	switch o := n.Op().(type) {
	case graph.ExtentMoments:
		p.lowerExtentMoments(n, o)
	case graph.ExtentCut:
		p.pixelPass(n, out, x, extent, func(within graph.Shape, at pixel) int {
			if at.row >= within[0] || at.column >= within[1] {
				return -1
			}
			return at.number
		}, o.Shrink)
	case graph.ExtentLayout:
		p.pixelPass(n, out, x, extent, func(within graph.Shape, at pixel) int {
			if at.row >= within[0] || at.column >= within[1] {
				return -1
			}
			return (at.picture*within[0]+at.row)*within[1] + at.column
		}, o.Shrink)
	}
}

// pixel is where a pixel of a batch stands.
type pixel struct{ number, picture, row, column int }

// pixelPass makes each pixel of out a copy of the pixel of x whose number from
// gives, or zeros where that is below 0; within are the extent's rows and
// columns.
func (p *planner) pixelPass(n *graph.Node, out, x, extent *value, from func(within graph.Shape, at pixel) int, shrink int) {
	height, width := n.Shape()[1], n.Shape()[2]
	p.rowPass(label(n), out, []*value{x, extent}, func() func(from, to int) {
		dst, src, size := rowsOf(out), rowsOf(x), extent.data()
		return func(lo, hi int) {
			rows, columns := graph.ExtentOf(size, shrink, n.Shape())
			within := [2]int{rows, columns}
			for i := lo; i < hi; i++ {
				to := dst.at(i)[:dst.channels]
				at := pixel{i, i / (height * width), i / width % height, i % width}
				if source := from(within[:], at); source >= 0 {
					copy(to, src.at(source))
				} else {
					clear(to)
				}
			}
		}
	})
}

func (p *planner) lowerExtentMoments(n *graph.Node, op graph.ExtentMoments) {
	out, x, extent := p.value(n), p.value(n.Inputs()[0]), p.value(n.Inputs()[1])
	c, height, width := x.channels(), x.shape[1], x.shape[2]
	p.tasksStep(label(n), x.shape[0], []*value{out}, []*value{x, extent}, func() func(task, worker int) {
		dst, src, size := out.data(), rowsOf(x), extent.data()
		return func(picture, _ int) {
			rows, columns := graph.ExtentOf(size, op.Shrink, x.shape)
			count := float64(max(rows*columns, 1))
			for i := range c {
				sum := func(f func(v float64) float64) (total float64) {
					for row := range rows {
						for column := range columns {
							total += f(float64(src.at((picture*height+row)*width + column)[i]))
						}
					}
					return total / count
				}
				mean := sum(func(v float64) float64 { return v })
				variance := sum(func(v float64) float64 { return (v - mean) * (v - mean) })
				dst[2*picture*c+i] = float32(mean)
				dst[(2*picture+1)*c+i] = float32(1 / math.Sqrt(variance+float64(op.Epsilon)))
			}
		}
	})
}
