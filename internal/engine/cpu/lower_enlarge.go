package cpu

import (
	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/cpu/kernel/spatial"
	"easel/internal/engine/graph"
)

// lowerEnlarged adds up the taps of an enlarged picture, or spreads their
// gradient: passes over rows of pixels, with a row of sums beside.
func (p *planner) lowerEnlarged(n *graph.Node) {
	k := p.device.pointwise
	out, in := p.value(n), p.operands(n)
	in[0] = p.dense(in[0])
	op, forward := n.Op().(graph.EnlargedTaps)
	to, small := dims(n.Shape()), dims(n.Shape())
	if forward {
		small = dims(n.Inputs()[0].Shape())
	}
	p.prepare(gemm.Need{Floats: spatial.EnlargedScratch(small)})
	b := rowBlocks(to.Rows(), to.Width*to.Channels)
	p.tasksStep(label(n), b.count(), []*value{out}, in, func() func(task, worker int) {
		dst, src, scratch := out.data(), in[0].data(), p.scratch
		return func(task, worker int) {
			from, to := b.bounds(task)
			sums := scratch[worker].Floats
			if !forward {
				spatial.EnlargedTapsGradient(k, dst, src, small, sums, from, to)
				return
			}
			rows, columns := small.Height, small.Width
			if op.Shrink > 0 {
				rows, columns = graph.ExtentOf(in[1].data(), op.Shrink, n.Inputs()[0].Shape())
			}
			spatial.EnlargedTaps(k, dst, src, small, rows, columns, sums, from, to)
		}
	})
}
