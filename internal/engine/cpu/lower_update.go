package cpu

import (
	"easel/internal/engine/cpu/kernel/conv"
	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/cpu/kernel/pointwise"
	"easel/internal/engine/graph"
)

// lowerUpdate updates a parameter and its moments in place.
func (p *planner) lowerUpdate(n *graph.Node) {
	k := p.device.pointwise
	in := p.operands(n)
	in[1] = p.dense(in[1])
	b := blocks{in[0].size(), blockElements}
	var writes []*value
	for _, i := range graph.Updated(n.Op()) {
		writes = append(writes, in[i])
	}
	p.tasksStep(label(n), b.count(), writes, in, func() func(task, worker int) {
		weights, gradient, m, v := in[0].data(), in[1].data(), in[2].data(), in[3].data()
		rule, rate, step := pointwise.AdamRule(n.Op().(graph.AdamUpdate)), in[4].data(), in[5].data()
		return func(task, _ int) {
			from, to := b.bounds(task)
			now := pointwise.NewAdamStep(rule, float64(rate[0]), float64(step[0]))
			k.Adam(weights[from:to], gradient[from:to], m[from:to], v[from:to], now)
		}
	})
}

// lowerBlend moves a parameter in place.
func (p *planner) lowerBlend(n *graph.Node) {
	k := p.device.pointwise
	in := p.operands(n)
	in[1] = p.dense(in[1])
	b := blocks{in[0].size(), blockElements}
	p.tasksStep(label(n), b.count(), in[:1], in, func() func(task, worker int) {
		weights, x, rate := in[0].data(), in[1].data(), in[2].data()
		return func(task, _ int) {
			from, to := b.bounds(task)
			size := to - from
			k.Scale(weights[from:to], size, 1-rate[0], weights[from:to], size, 1, size)
			k.AddScaled(weights[from:to], size, rate[0], x[from:to], size, 1, size)
		}
	})
}

// updateKernel adds the step that makes a kernel's gradient and updates the
// kernel with it.
func (p *planner) updateKernel(n, update *graph.Node, plan *conv.Plan, x, y *value) {
	p.fused(update).folded = true
	in := p.operands(update)
	var writes []*value
	for _, i := range graph.Updated(update.Op()) {
		writes = append(writes, in[i])
	}
	o := convOperands{pictures: []*value{x, y}, results: writes, beside: append([]*value{in[4], in[5]}, writes...)}
	p.planStages(label(n)+" by "+method(plan)+" + adam", plan, o, func(run stageRun, _ *value) func(task, worker int) {
		scratch := p.scratch
		args := make([]conv.Args, len(scratch))
		updates := make([]adam, len(scratch))
		for i := range args {
			updates[i] = adam{k: p.device.pointwise, gemm: p.device.gemm, p: in[0].data(), m: in[2].data(), v: in[3].data()}
			args[i] = conv.Args{Arena: p.arena, X: x.arenaOffset(), Y: y.arenaOffset(), Zero: 0, Update: &updates[i]}
		}
		rule, rate, step := pointwise.AdamRule(update.Op().(graph.AdamUpdate)), in[4].data(), in[5].data()
		return func(task, worker int) {
			updates[worker].step = pointwise.NewAdamStep(rule, float64(rate[0]), float64(step[0]))
			run(task, &scratch[worker], &args[worker])
		}
	})
}

// adam is a worker's conv.Update.
type adam struct {
	k       *pointwise.Kernels
	gemm    *gemm.Kernels
	p, m, v []float32
	step    pointwise.AdamStep
}

// Ahead implements conv.Update.
func (u *adam) Ahead(at, n int) {
	u.gemm.Fetch(u.p[at:], 1, n, n)
	u.gemm.Fetch(u.m[at:], 1, n, n)
	u.gemm.Fetch(u.v[at:], 1, n, n)
}

// Step implements conv.Update.
func (u *adam) Step(at int, gradient []float32) {
	to := at + len(gradient)
	u.k.Adam(u.p[at:to], gradient, u.m[at:to], u.v[at:to], u.step)
}

// Rest implements conv.Update. Without gradient and moments a weight rests:
// this is so for taps that have never seen more than padding.
func (u *adam) Rest(at, n int) {
	var zeros [1024]float32
	for end := at + n; at < end; {
		part := min(len(zeros), end-at)
		if !allZero(u.m[at:at+part]) || !allZero(u.v[at:at+part]) {
			u.Step(at, zeros[:part])
		}
		at += part
	}
}

func allZero(v []float32) bool {
	for ; len(v) >= 8; v = v[8:] {
		x := (*[8]float32)(v)
		if x[0] != 0 || x[1] != 0 || x[2] != 0 || x[3] != 0 || x[4] != 0 || x[5] != 0 || x[6] != 0 || x[7] != 0 {
			return false
		}
	}
	for _, x := range v {
		if x != 0 {
			return false
		}
	}
	return true
}
