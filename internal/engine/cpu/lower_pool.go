package cpu

import (
	"easel/internal/engine/cpu/kernel/pointwise"
	"easel/internal/engine/cpu/kernel/spatial"
	"easel/internal/engine/graph"
)

// lowerIndexedPool makes the step of a max pool that keeps where its largest
// elements were, or of the gradient that reads that, and tells whether the node
// is one of the two.
func (p *planner) lowerIndexedPool(n *graph.Node) bool {
	if pool := p.fused(n).pool; pool != nil {
		p.lowerPoolScatter(n, p.indexOf(pool))
		return true
	}
	if index := p.poolIndices[n]; index != nil {
		p.lowerPoolIndexed(n, index)
		return true
	}
	return false
}

// indexOf is the index that a pool keeps, which it does once this is asked.
func (p *planner) indexOf(pool *graph.Node) *value {
	if v := p.poolIndices[pool]; v != nil {
		return v
	}
	s := pool.Shape()
	v := temporary(s[0], s[1], s[2], s[3]/pointwise.IndexLanes)
	p.poolIndices[pool] = v
	return v
}

func (p *planner) lowerPoolIndexed(n *graph.Node, index *value) {
	x, out, k := p.dense(p.value(n.Inputs()[0])), p.value(n), p.device.pointwise
	in, to := dims(n.Inputs()[0].Shape()), dims(n.Shape())
	b := rowBlocks(to.Rows(), to.Width*to.Channels)
	p.tasksStep(label(n)+" with index", b.count(), []*value{out, index}, []*value{x}, func() func(task, worker int) {
		dst, places, src := out.data(), index.data(), x.data()
		return func(task, _ int) {
			lo, hi := b.bounds(task)
			spatial.MaxPoolIndexed(k, dst, places, src, in, lo, hi)
		}
	})
}

// lowerPoolScatter is the gradient of a pool, with that of the ReLU before it
// if they are made together.
func (p *planner) lowerPoolScatter(n *graph.Node, index *value) {
	gate, result := p.fused(n).gate, n
	name := label(n) + " by index"
	if gate != nil {
		result = gate
		name += " + " + gate.Op().Name()
	}
	dy, out, k := p.dense(p.value(n.Inputs()[0])), p.value(result), p.device.pointwise
	in, windows := dims(n.Shape()), dims(n.Inputs()[0].Shape())
	b := rowBlocks(windows.Rows(), 4*windows.Width*windows.Channels)
	p.tasksStep(name, b.count(), []*value{out}, []*value{dy, index}, func() func(task, worker int) {
		dst, src, places := out.data(), dy.data(), index.data()
		return func(task, _ int) {
			lo, hi := b.bounds(task)
			spatial.MaxPoolScatter(k, dst, src, places, in, gate != nil, lo, hi)
		}
	})
}
