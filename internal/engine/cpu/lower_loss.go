package cpu

import (
	"easel/internal/engine/cpu/kernel/pointwise"
	"easel/internal/engine/graph"
)

func (p *planner) lowerLoss(n *graph.Node, op graph.Loss) {
	k := p.device.pointwise
	if op.Function == graph.SoftmaxCrossEntropy {
		p.lowerClassLoss(n)
		return
	}
	function := pointwise.LossFunction(op.Function)
	p.meanOfBlocks(n, p.operands(n), func(blocks [][]float32) float64 {
		var y []float32
		if len(blocks) == 2 {
			y = blocks[1]
		}
		return k.LossSum(function, op.Target, blocks[0], y)
	})
}

// lowerClassLoss is the softmax cross-entropy; the mean is over the positions
// whose class counts.
func (p *planner) lowerClassLoss(n *graph.Node) {
	out, x, y := p.value(n), p.value(n.Inputs()[0]), p.dense(p.value(n.Inputs()[1]))
	k, b := p.device.pointwise, rowBlocks(x.rows(), x.channels())
	partial, counts := make([]float64, b.count()), make([]int, b.count())
	p.tasksStep(label(n), b.count(), nil, []*value{x, y}, func() func(task, worker int) {
		logits, labels := rowsOf(x), y.data()
		return func(task, _ int) {
			from, to := b.bounds(task)
			partial[task], counts[task] = k.SoftmaxCrossEntropy(logits.at(from), logits.stride, labels[from:to], to-from, logits.channels)
		}
	})
	p.follow(p.single(label(n)+" combine", []*value{out}, nil, func() func() {
		dst := out.data()
		return func() {
			counted := 0
			for _, c := range counts {
				counted += c
			}
			dst[0] = float32(total(partial) / float64(max(counted, 1)))
		}
	}))
}

func (p *planner) lowerLossGradient(n *graph.Node, op graph.LossGradient) {
	if op.Function == graph.SoftmaxCrossEntropy {
		p.lowerClassLossGradient(n)
		return
	}
	k := p.device.pointwise
	out, in := p.value(n), p.operands(n)
	for i := range in {
		in[i] = p.dense(in[i])
	}
	function, b := pointwise.LossFunction(op.Function), blocks{out.size(), blockElements}
	p.tasksStep(label(n), b.count(), []*value{out}, in, func() func(task, worker int) {
		dst, scalar, x := out.data(), in[0].data(), in[1].data()
		var y []float32
		if len(in) == 3 {
			y = in[2].data()
		}
		return func(task, _ int) {
			from, to := b.bounds(task)
			factor := float32(float64(scalar[0]) / float64(len(x)))
			var target []float32
			if y != nil {
				target = y[from:to]
			}
			k.LossGradient(dst[from:to], function, op.Target, factor, x[from:to], target)
		}
	})
}

func (p *planner) lowerClassLossGradient(n *graph.Node) {
	k := p.device.pointwise
	out, in := p.value(n), p.operands(n)
	x, y := in[1], p.dense(in[2])
	counted := new(int)
	p.single(label(n)+" count", nil, []*value{y}, func() func() {
		labels := y.data()
		return func() { *counted = max(k.CountLabels(labels, x.channels()), 1) }
	})
	p.follow(p.rowPass(label(n), out, []*value{in[0], x, y}, func() func(from, to int) {
		o, scalar, logits, labels := rowsOf(out), in[0].data(), rowsOf(x), y.data()
		return func(from, to int) {
			factor := float32(float64(scalar[0]) / float64(*counted))
			k.SoftmaxCrossEntropyGradient(o.at(from), o.stride, factor, logits.at(from), logits.stride, labels[from:to], to-from, o.channels)
		}
	}))
}
