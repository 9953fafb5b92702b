package cpu

import (
	"easel/internal/engine/cpu/kernel/pointwise"
	"easel/internal/engine/graph"
)

// signBlocks cuts n elements into tasks of whole words of signs.
func signBlocks(n int) blocks {
	return blocks{n, blockElements / pointwise.SignLanes * pointwise.SignLanes}
}

// lowerSigns keeps the signs of a rectified value.
func (p *planner) lowerSigns(y *graph.Node) {
	x, k := p.dense(p.value(y)), p.device.pointwise
	n := x.size()
	kept := temporary(pointwise.SignWords(n))
	p.signs[y] = kept
	b := signBlocks(n)
	p.tasksStep(label(y)+": signs", b.count(), []*value{kept}, []*value{x}, func() func(task, worker int) {
		signs, src := kept.data(), x.data()
		return func(task, _ int) {
			from, to := b.bounds(task)
			k.Signs(signs[from/pointwise.SignLanes:], src[from:to])
		}
	})
}

// lowerSignGate is the gradient of a rectifier whose signs are kept.
func (p *planner) lowerSignGate(n, y *graph.Node) {
	gate, _ := slope(n.Op())
	d, out, kept, k := p.dense(p.value(n.Inputs()[0])), p.value(n), p.signs[y], p.device.pointwise
	b := signBlocks(out.size())
	s := p.tasksStep(label(n)+" by signs", b.count(), []*value{out}, []*value{d, kept}, func() func(task, worker int) {
		dst, src, signs := out.data(), d.data(), kept.data()
		return func(task, _ int) {
			from, to := b.bounds(task)
			k.SignGate(dst[from:], src[from:to], signs[from/pointwise.SignLanes:], gate)
		}
	})
	s.reuse(out, d)
}
