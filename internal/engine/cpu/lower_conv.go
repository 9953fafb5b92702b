package cpu

import (
	"easel/internal/engine/cpu/kernel/conv"
	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/graph"
)

// epilogue is what a convolution's step does with its result before that leaves
// the cache.
type epilogue struct {
	bias       *graph.Node // adds a bias; nil for none
	activation *graph.Node // and rectifies; nil for not
	result     *graph.Node // the last of the nodes, whose value is written
}

// lowerConvolution plans one of the three directions, with what follows it.
func (p *planner) lowerConvolution(n *graph.Node, e *epilogue) {
	k := p.device.products
	switch o := n.Op().(type) {
	case graph.Convolution:
		x, w := p.inArena(p.value(n.Inputs()[0])), p.value(n.Inputs()[1])
		y := p.value(e.result)
		p.convolve(n, conv.NewForward(k, p.geometry(o.Window, x, y), o.Swapped), x, y, w, e)
	case graph.ConvolutionInputGradient:
		y, w := p.inArena(p.value(n.Inputs()[0])), p.value(n.Inputs()[1])
		x := p.value(e.result)
		p.convolve(n, conv.NewInputGradient(k, p.geometry(o.Window, x, y), o.Swapped), x, y, w, e)
	case graph.ConvolutionKernelGradient:
		x, y := p.inArena(p.value(n.Inputs()[0])), p.inArena(p.value(n.Inputs()[1]))
		if update := p.fused(n).update; update != nil {
			if plan := conv.NewKernelUpdate(k, p.geometry(o.Window, x, y), o.Swapped); plan != nil {
				p.updateKernel(n, update, plan, x, y)
				return
			}
		}
		w := p.value(n)
		p.convolve(n, conv.NewKernelGradient(k, p.geometry(o.Window, x, y), o.Swapped), x, y, w, e)
	}
}

func (p *planner) geometry(w graph.Window, x, y *value) conv.Geometry {
	return conv.Geometry{
		N: x.shape[0], H: x.shape[1], W: x.shape[2], C: x.shape[3],
		OH: y.shape[1], OW: y.shape[2], O: y.shape[3],
		KH: w.KernelHeight, KW: w.KernelWidth, Stride: w.Stride,
		PadTop: w.Padding.Top, PadLeft: w.Padding.Left,
		XStride: x.stride, YStride: y.stride, Direct: p.device.direct,
	}
}

// convolve adds the steps of a plan, of whose operands x, y and w the one that
// the node makes is written. A plan that does not finish gets a pass for the
// activation, in place.
func (p *planner) convolve(n *graph.Node, plan *conv.Plan, x, y, w *value, e *epilogue) {
	o := splitOperands(n.Op(), x, y, w)
	name := label(n) + " by " + method(plan)
	var b *value
	if e.bias != nil {
		b = p.value(e.bias.Inputs()[1])
		o.beside = append(o.beside, b)
		name += " + bias"
	}
	finish := p.finish(plan, e)
	if finish != nil {
		name += " + " + e.activation.Op().Name()
	}
	p.planStages(name, plan, o, func(run stageRun, shared *value) func(task, worker int) {
		args := conv.Args{
			Arena: p.arena, X: x.arenaOffset(), Y: y.arenaOffset(), Zero: 0, Shared: optional(shared),
			Kernel: w.data(), Bias: optional(b), Finish: finish,
		}
		scratch := p.scratch
		return func(task, worker int) { run(task, &scratch[worker], &args) }
	})
	if e.activation != nil && finish == nil {
		out := p.value(e.result)
		gate, _ := slope(e.activation.Op())
		p.affinePass(label(e.activation)+" in place", out, affine{x: out}, gate)
	}
}

// method says how a plan computes.
func method(plan *conv.Plan) string {
	if plan.BFloat16 {
		return plan.Method + " in bf16"
	}
	return plan.Method
}

// finish is the activation of an epilogue as conv.Args.Finish, nil if there is
// none or the plan does not finish.
func (p *planner) finish(plan *conv.Plan, e *epilogue) func(dst []float32, dstStride int, src []float32, srcStride, rows, c int) {
	if e.activation == nil || !plan.Finishes() {
		return nil
	}
	k := p.device.pointwise
	gate, _ := slope(e.activation.Op())
	return func(dst []float32, dstStride int, src []float32, srcStride, rows, c int) {
		k.AffineActivation(dst, dstStride, src, srcStride, nil, nil, gate, rows, c)
	}
}

// convOperands are a plan's operands by what its stages touch: pictures and
// kernels that are read, results, and what is read beside by those that make
// the result.
type convOperands struct{ pictures, kernels, results, beside []*value }

// stageRun is conv.Stage.Run or RunGroup.
type stageRun = func(task int, s *gemm.Scratch, a *conv.Args)

// planStages adds a step for each stage of a plan.
func (p *planner) planStages(name string, plan *conv.Plan, o convOperands, bind func(run stageRun, shared *value) func(task, worker int)) {
	p.prepare(plan.Need())
	p.zeros = max(p.zeros, plan.ZeroLen())
	var buffers [2]*value
	for i := range plan.Stages {
		stage := &plan.Stages[i]
		if plan.Shared > 0 && buffers[stage.Buffer] == nil {
			buffers[stage.Buffer] = temporary(plan.Shared)
		}
		shared := buffers[stage.Buffer]
		s := p.tasksStep(stageName(name, stage), stage.Tasks, nil, nil, func() func(task, worker int) { return bind(stage.Run, shared) })
		s.price = stage.Cost
		if s.group = stage.Group; s.group > 1 {
			s.priceWhole = stage.GroupCost
			s.bindWhole = func() func(group, worker int) { return bind(stage.RunGroup, shared) }
		}
		if stage.Pictures {
			s.reads = append(s.reads, o.pictures...)
		}
		if stage.Kernel {
			s.reads = append(s.reads, o.kernels...)
		}
		if stage.Result {
			s.reads, s.writes = append(s.reads, o.beside...), o.results
		}
		if stage.Apart {
			s.partOf = plan
		}
		if shared != nil {
			s.between = []*value{shared}
		}
	}
	last := p.steps[len(p.steps)-1]
	if buffers[1] != nil { // in the place of the first one it would wait for that
		last.holds = buffers[:]
	}
	direct, performed := plan.Multiplies()
	last.multiplies, last.performed = int64(direct), int64(performed)
}

func stageName(name string, s *conv.Stage) string {
	if s.Name != "" {
		return name + ": " + s.Name
	}
	return name
}

func splitOperands(op graph.Op, x, y, w *value) convOperands {
	switch op.(type) {
	case graph.Convolution:
		return convOperands{pictures: []*value{x}, kernels: []*value{w}, results: []*value{y}}
	case graph.ConvolutionInputGradient:
		return convOperands{pictures: []*value{y}, kernels: []*value{w}, results: []*value{x}}
	}
	return convOperands{pictures: []*value{x, y}, results: []*value{w}}
}
