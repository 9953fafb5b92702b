package cpu

import (
	"math"

	"easel/internal/engine/cpu/kernel/pointwise"
	"easel/internal/engine/graph"
)

func (p *planner) lowerPointwise(n *graph.Node) {
	switch o := n.Op().(type) {
	case graph.Activation:
		p.lowerActivation(n, o)
	case graph.ActivationGradient:
		p.lowerActivationGradient(n, o)
	case graph.Sum:
		if terms := p.fused(n).terms; terms != nil {
			p.activationBackward(n, terms, n.Inputs()[0].Inputs()[1])
			return
		}
		if gram := p.fused(n).gram; gram != nil {
			p.lowerGramSum(n, gram)
			return
		}
		p.binary(n, (*pointwise.Kernels).Add)
	case graph.Product:
		p.binary(n, (*pointwise.Kernels).Mul)
	case graph.Scaling:
		p.lowerScaling(n, o)
	case graph.Power:
		p.lowerPower(n, o)
	case graph.ChannelSum:
		p.lowerChannelSum(n)
	case graph.Broadcast:
		p.lowerBroadcast(n)
	case graph.Average:
		p.lowerAverage(n)
	}
}

type binaryKernel func(k *pointwise.Kernels, dst []float32, dstStride int, a []float32, aStride int, b []float32, bStride, rows, c int)

// binary is a pass over two operands of one shape.
func (p *planner) binary(n *graph.Node, f binaryKernel) {
	out, in := p.value(n), p.operands(n)
	k := p.device.pointwise
	s := p.rowPass(label(n), out, in, func() func(from, to int) {
		o, a, b := rowsOf(out), rowsOf(in[0]), rowsOf(in[1])
		return func(from, to int) {
			f(k, o.at(from), o.stride, a.at(from), a.stride, b.at(from), b.stride, to-from, o.channels)
		}
	})
	s.reuse(out, in[0])
}

func (p *planner) lowerScaling(n *graph.Node, op graph.Scaling) {
	out, in := p.value(n), p.operands(n)
	k := p.device.pointwise
	s := p.rowPass(label(n), out, in, func() func(from, to int) {
		o, a := rowsOf(out), rowsOf(in[0])
		return func(from, to int) {
			k.Scale(o.at(from), o.stride, op.Factor, a.at(from), a.stride, to-from, o.channels)
		}
	})
	s.reuse(out, in[0])
}

// lowerPower goes number by number: what has powers are scalars.
func (p *planner) lowerPower(n *graph.Node, op graph.Power) {
	out, in := p.value(n), p.operands(n)
	s := p.rowPass(label(n), out, in, func() func(from, to int) {
		o, a := rowsOf(out), rowsOf(in[0])
		return func(from, to int) {
			for row := from; row < to; row++ {
				x := a.at(row)
				for c, y := 0, o.at(row); c < o.channels; c++ {
					y[c] = float32(math.Pow(float64(x[c]), float64(op.Exponent)))
				}
			}
		}
	})
	s.reuse(out, in[0])
}

func (p *planner) lowerActivation(n *graph.Node, op graph.Activation) {
	gate, rectifies := slope(op)
	if !rectifies {
		p.smooth(n, op.Function)
		return
	}
	if bias := p.fused(n).rectified; bias != nil {
		p.lowerConvolution(p.fused(bias).convolution, &epilogue{bias: bias, activation: n, result: n})
		return
	}
	source := p.fused(n).source
	if source == nil {
		x := p.value(n.Inputs()[0])
		p.affinePass(label(n), p.value(n), affine{x: x}, gate)
		return
	}
	p.affinePass(label(n)+" of "+source.Op().Name(), p.value(n), p.affineOf(source), gate)
}

// smooth is tanh or sigmoid.
func (p *planner) smooth(n *graph.Node, function graph.Nonlinearity) {
	out, in := p.value(n), p.operands(n)
	f := p.device.pointwise.Sigmoid
	if function == graph.TanhFunction {
		f = p.device.pointwise.Tanh
	}
	s := p.rowPass(label(n), out, in, func() func(from, to int) {
		o, a := rowsOf(out), rowsOf(in[0])
		return func(from, to int) {
			f(o.at(from), o.stride, a.at(from), a.stride, to-from, o.channels)
		}
	})
	s.reuse(out, in[0])
}

func (p *planner) lowerActivationGradient(n *graph.Node, op graph.ActivationGradient) {
	switch op.Function {
	case graph.TanhFunction:
		p.binary(n, (*pointwise.Kernels).TanhGradient)
	case graph.SigmoidFunction:
		p.binary(n, (*pointwise.Kernels).SigmoidGradient)
	default:
		if y := p.fused(n).signs; y != nil {
			p.lowerSignGate(n, y)
			return
		}
		p.activationBackward(n, []term{{n.Inputs()[0], op.Slope}}, n.Inputs()[1])
	}
}

// activationBackward is the sum of gated gradients, with the gate from y.
func (p *planner) activationBackward(n *graph.Node, terms []term, y *graph.Node) {
	out, sign := p.value(n), p.value(y)
	ds := p.termValues(terms)
	k := p.device.pointwise
	s := p.rowPass(label(n), out, append([]*value{sign}, ds...), func() func(from, to int) {
		o, gate, views := rowsOf(out), rowsOf(sign), bindTerms(terms, ds)
		return func(from, to int) {
			var block [pointwise.MaxTerms]pointwise.Term
			k.ActivationBackward(o.at(from), o.stride, termsAt(&block, views, from),
				gate.at(from), gate.stride, to-from, o.channels)
		}
	})
	s.reuse(out, ds[0])
}

func (p *planner) termValues(terms []term) []*value {
	vs := make([]*value, len(terms))
	for i, t := range terms {
		vs[i] = p.value(t.d)
	}
	return vs
}

func bindTerms(terms []term, ds []*value) []pointwise.Term {
	bound := make([]pointwise.Term, len(terms))
	for i, t := range terms {
		bound[i] = pointwise.Term{D: ds[i].data(), Stride: ds[i].stride, Slope: t.slope}
	}
	return bound
}

// termsAt is the terms from a row on, in the caller's block.
func termsAt(block *[pointwise.MaxTerms]pointwise.Term, terms []pointwise.Term, row int) []pointwise.Term {
	for i, t := range terms {
		block[i] = t
		block[i].D = t.D[row*t.Stride:]
	}
	return block[:len(terms)]
}

func (p *planner) lowerChannelSum(n *graph.Node) {
	out, in := p.value(n), p.operands(n)
	k, c := p.device.pointwise, in[0].channels()
	b := blocks{in[0].rows(), pointwise.BlockRows}
	partial := temporary(b.count(), c)
	p.tasksStep(label(n), b.count(), []*value{partial}, in, func() func(task, worker int) {
		x, sums := rowsOf(in[0]), partial.data()
		return func(task, _ int) {
			from, to := b.bounds(task)
			k.ChannelSum(sums[task*c:][:c], x.at(from), x.stride, to-from, c)
		}
	})
	p.single(label(n)+" combine", []*value{out}, []*value{partial}, func() func() {
		dst, sums := out.data(), partial.data()
		return func() { pointwise.CombineSums(dst, sums, b.count()) }
	})
}

func (p *planner) lowerBroadcast(n *graph.Node) {
	out, in := p.value(n), p.operands(n)
	k := p.device.pointwise
	p.rowPass(label(n), out, in, func() func(from, to int) {
		o, scalar := rowsOf(out), in[0].data()
		return func(from, to int) { k.Fill(o.at(from), o.stride, scalar[0], to-from, o.channels) }
	})
}

func (p *planner) lowerAverage(n *graph.Node) {
	p.meanOfBlocks(n, p.operands(n), func(blocks [][]float32) float64 {
		sum := 0.0
		for _, v := range blocks[0] {
			sum += float64(v)
		}
		return sum
	})
}

// meanOfBlocks makes a scalar of sums over blocks of elements, the same block
// of each operand, divided by the number of elements. Operands have one shape.
func (p *planner) meanOfBlocks(n *graph.Node, operands []*value, sum func(blocks [][]float32) float64) {
	for i := range operands {
		operands[i] = p.dense(operands[i])
	}
	out, b := p.value(n), blocks{operands[0].size(), blockElements}
	partial := make([]float64, b.count())
	p.tasksStep(label(n), b.count(), nil, operands, func() func(task, worker int) {
		data := make([][][]float32, b.count())
		for task := range data {
			from, to := b.bounds(task)
			for _, v := range operands {
				data[task] = append(data[task], v.data()[from:to])
			}
		}
		return func(task, _ int) { partial[task] = sum(data[task]) }
	})
	p.follow(p.single(label(n)+" combine", []*value{out}, nil, func() func() {
		dst := out.data()
		return func() { dst[0] = float32(total(partial) / float64(b.rows)) }
	}))
}

func total(parts []float64) float64 {
	sum := 0.0
	for _, v := range parts {
		sum += v
	}
	return sum
}
