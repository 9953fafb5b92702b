package cpu

import (
	"easel/internal/cpu/kernel/conv"
	"easel/internal/cpu/kernel/pointwise"
	"easel/internal/graph"
)

// lowerConvolution plans one of the three directions; a bias node, if given,
// is added in the epilogue and its result is the step's.
func (p *planner) lowerConvolution(n, bias *graph.Node) {
	k := p.device.gemm
	switch o := n.Op().(type) {
	case graph.Convolution:
		x, w := p.inArena(p.value(n.Inputs()[0])), p.value(n.Inputs()[1])
		y := p.result(n, bias)
		p.convolve(n, conv.NewForward(k, geometry(o.Window, x, y), o.Swapped), x, y, w, bias)
	case graph.ConvolutionInputGradient:
		y, w := p.inArena(p.value(n.Inputs()[0])), p.value(n.Inputs()[1])
		x := p.result(n, bias)
		p.convolve(n, conv.NewInputGradient(k, geometry(o.Window, x, y), o.Swapped), x, y, w, bias)
	case graph.ConvolutionKernelGradient:
		x, y := p.inArena(p.value(n.Inputs()[0])), p.inArena(p.value(n.Inputs()[1]))
		if update := p.fusion.updates[n]; update != nil {
			if plan := conv.NewKernelUpdate(k, geometry(o.Window, x, y), o.Swapped); plan != nil {
				p.updateKernel(n, update, plan, x, y)
				return
			}
		}
		w := p.value(n)
		p.convolve(n, conv.NewKernelGradient(k, geometry(o.Window, x, y), o.Swapped), x, y, w, nil)
	}
}

// result is the value that a convolution writes: its own or that of the bias
// that its epilogue adds.
func (p *planner) result(n, bias *graph.Node) *value {
	if bias != nil {
		return p.value(bias)
	}
	return p.value(n)
}

func geometry(w graph.Window, x, y *value) conv.Geometry {
	return conv.Geometry{
		N: x.shape[0], H: x.shape[1], W: x.shape[2], C: x.shape[3],
		OH: y.shape[1], OW: y.shape[2], O: y.shape[3],
		KH: w.KernelHeight, KW: w.KernelWidth, Stride: w.Stride,
		PadTop: w.Padding.Top, PadLeft: w.Padding.Left,
		XStride: x.stride, YStride: y.stride,
	}
}

// convolve adds the step of a plan, of whose operands x, y and w the one that
// the node makes is written.
func (p *planner) convolve(n *graph.Node, plan *conv.Plan, x, y, w *value, bias *graph.Node) {
	writes, reads := splitOperands(n.Op(), x, y, w)
	name := label(n) + " by " + plan.Method
	var b *value
	if bias != nil {
		b = p.value(bias.Inputs()[1])
		reads = append(reads, b)
		name += " + bias"
	}
	p.planStep(name, plan, writes, reads, func() func(task, worker int) {
		args := conv.Args{Arena: p.arena, X: x.arenaOffset(), Y: y.arenaOffset(), Zero: 0, Kernel: w.data(), Bias: optional(b)}
		scratch := p.scratch
		return func(task, worker int) { plan.Run(task, &scratch[worker], &args) }
	})
}

// planStep adds the step of a plan.
func (p *planner) planStep(name string, plan *conv.Plan, writes, reads []*value, bind func() func(task, worker int)) {
	p.prepare(plan.Need())
	p.zeros = max(p.zeros, plan.ZeroLen())
	s := p.tasksStep(name, plan.Tasks(), writes, reads, bind)
	direct, performed := plan.Multiplies()
	s.multiplies, s.performed = int64(direct), int64(performed)
}

// updateKernel adds the step that makes a kernel's gradient and updates the
// kernel with it.
func (p *planner) updateKernel(n, update *graph.Node, plan *conv.Plan, x, y *value) {
	p.fusion.folded[update] = true
	in := p.operands(update)
	var writes []*value
	for _, i := range graph.Updated(update.Op()) {
		writes = append(writes, in[i])
	}
	reads := append([]*value{x, y, in[4], in[5]}, writes...)
	p.planStep(label(n)+" by "+plan.Method+" + adam", plan, writes, reads, func() func(task, worker int) {
		scratch := p.scratch
		args := make([]conv.Args, len(scratch))
		updates := make([]adam, len(scratch))
		for i := range args {
			updates[i] = adam{k: p.device.pointwise, p: in[0].data(), m: in[2].data(), v: in[3].data()}
			args[i] = conv.Args{Arena: p.arena, X: x.arenaOffset(), Y: y.arenaOffset(), Zero: 0, Update: &updates[i]}
		}
		rule, rate, step := pointwise.AdamRule(update.Op().(graph.AdamUpdate)), in[4].data(), in[5].data()
		return func(task, worker int) {
			updates[worker].step = pointwise.NewAdamStep(rule, float64(rate[0]), float64(step[0]))
			plan.Run(task, &scratch[worker], &args[worker])
		}
	})
}

// adam is a worker's conv.Update.
type adam struct {
	k       *pointwise.Kernels
	p, m, v []float32
	step    pointwise.AdamStep
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

func splitOperands(op graph.Op, x, y, w *value) (writes, reads []*value) {
	switch op.(type) {
	case graph.Convolution:
		return []*value{y}, []*value{x, w}
	case graph.ConvolutionInputGradient:
		return []*value{x}, []*value{y, w}
	}
	return []*value{w}, []*value{x, y}
}
