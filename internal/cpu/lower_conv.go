package cpu

import (
	"easel/internal/cpu/kernel/conv"
	"easel/internal/graph"
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
	k := p.device.gemm
	switch o := n.Op().(type) {
	case graph.Convolution:
		x, w := p.inArena(p.value(n.Inputs()[0])), p.value(n.Inputs()[1])
		y := p.value(e.result)
		p.convolve(n, conv.NewForward(k, geometry(o.Window, x, y), o.Swapped), x, y, w, e)
	case graph.ConvolutionInputGradient:
		y, w := p.inArena(p.value(n.Inputs()[0])), p.value(n.Inputs()[1])
		x := p.value(e.result)
		p.convolve(n, conv.NewInputGradient(k, geometry(o.Window, x, y), o.Swapped), x, y, w, e)
	case graph.ConvolutionKernelGradient:
		x, y := p.inArena(p.value(n.Inputs()[0])), p.inArena(p.value(n.Inputs()[1]))
		if update := p.fusion.updates[n]; update != nil {
			if plan := conv.NewKernelUpdate(k, geometry(o.Window, x, y), o.Swapped); plan != nil {
				p.updateKernel(n, update, plan, x, y)
				return
			}
		}
		w := p.value(n)
		p.convolve(n, conv.NewKernelGradient(k, geometry(o.Window, x, y), o.Swapped), x, y, w, e)
	}
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
// the node makes is written. A plan that does not finish gets a pass for the
// activation, in place.
func (p *planner) convolve(n *graph.Node, plan *conv.Plan, x, y, w *value, e *epilogue) {
	writes, reads := splitOperands(n.Op(), x, y, w)
	name := label(n) + " by " + plan.Method
	var b *value
	if e.bias != nil {
		b = p.value(e.bias.Inputs()[1])
		reads = append(reads, b)
		name += " + bias"
	}
	finish := p.finish(plan, e)
	if finish != nil {
		name += " + " + e.activation.Op().Name()
	}
	p.planStep(name, plan, writes, reads, func() func(task, worker int) {
		args := conv.Args{
			Arena: p.arena, X: x.arenaOffset(), Y: y.arenaOffset(), Zero: 0,
			Kernel: w.data(), Bias: optional(b), Finish: finish,
		}
		scratch := p.scratch
		return func(task, worker int) { plan.Run(task, &scratch[worker], &args) }
	})
	if e.activation != nil && finish == nil {
		out := p.value(e.result)
		gate, _ := slope(e.activation.Op())
		p.affinePass(label(e.activation)+" in place", out, affine{x: out}, gate)
	}
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

// planStep adds the step of a plan.
func (p *planner) planStep(name string, plan *conv.Plan, writes, reads []*value, bind func() func(task, worker int)) {
	p.prepare(plan.Need())
	p.zeros = max(p.zeros, plan.ZeroLen())
	s := p.tasksStep(name, plan.Tasks(), writes, reads, bind)
	direct, performed := plan.Multiplies()
	s.multiplies, s.performed = int64(direct), int64(performed)
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
