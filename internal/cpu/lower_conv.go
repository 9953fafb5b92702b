package cpu

import (
	"easel/internal/cpu/kernel/conv"
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
	p.prepare(plan.Need())
	p.zeros = max(p.zeros, plan.ZeroLen())
	s := p.tasksStep(name, plan.Tasks(), writes, reads, func() func(task, worker int) {
		args := conv.Args{Arena: p.arena, X: x.arenaOffset(), Y: y.arenaOffset(), Zero: 0, Kernel: w.data(), Bias: optional(b)}
		scratch := p.scratch
		return func(task, worker int) { plan.Run(task, &scratch[worker], &args) }
	})
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
