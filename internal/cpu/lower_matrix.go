package cpu

import (
	"easel/internal/cpu/kernel/conv"
	"easel/internal/graph"
)

// A matrix product is a 1×1 convolution: rows are pixels, columns channels,
// and Aᵀ·B is the kernel's gradient. So products need no kernels of their own.
func (p *planner) lowerMatrix(n *graph.Node) {
	switch o := n.Op().(type) {
	case graph.MatrixProduct:
		p.lowerProduct(n, o)
	case graph.GramMatrix:
		x := p.inArena(p.value(n.Inputs()[0]))
		for i := range x.shape[0] {
			f := matrixOf(x, i)
			p.transposedProduct(label(n), f, f, picture(p.value(n), i))
		}
	case graph.GramGradient:
		p.lowerGramGradient(n)
	}
}

func (p *planner) lowerProduct(n *graph.Node, op graph.MatrixProduct) {
	a, b := p.inArena(p.value(n.Inputs()[0])), p.dense(p.value(n.Inputs()[1]))
	out := p.value(n)
	switch {
	case op.TransposeA && !op.TransposeB:
		p.transposedProduct(label(n), a, p.inArena(b), out)
		return
	case op.TransposeA:
		a = p.transposed(label(n)+" transpose", a)
	}
	p.product(label(n), a, b, out, op.TransposeB)
}

// product is out = a·b, or a·bᵀ.
func (p *planner) product(name string, a, b, out *value, transposeB bool) {
	g := pixels(a, out.channels())
	g.YStride = out.stride
	plan := conv.NewForward(p.device.gemm, g, transposeB)
	p.matrixStep(name, plan, []*value{out}, []*value{a, b}, func() conv.Args {
		return conv.Args{X: a.arenaOffset(), Y: out.arenaOffset(), Kernel: b.data()}
	})
}

// transposedProduct is out = aᵀ·b.
func (p *planner) transposedProduct(name string, a, b, out *value) {
	g := pixels(a, b.channels())
	g.YStride = b.stride
	plan := conv.NewKernelGradient(p.device.gemm, g, false)
	p.matrixStep(name, plan, []*value{out}, []*value{a, b}, func() conv.Args {
		return conv.Args{X: a.arenaOffset(), Y: b.arenaOffset(), Kernel: out.data()}
	})
}

// pixels is a 1×1 convolution of the rows of a to the given columns.
func pixels(a *value, columns int) conv.Geometry {
	return conv.Geometry{
		N: 1, H: 1, W: a.rows(), C: a.channels(), OH: 1, OW: a.rows(), O: columns,
		KH: 1, KW: 1, Stride: 1, XStride: a.stride,
	}
}

func (p *planner) matrixStep(name string, plan *conv.Plan, writes, reads []*value, bind func() conv.Args) {
	p.prepare(plan)
	s := p.tasksStep(name, plan.Tasks(), writes, reads, func() func(task, worker int) {
		args, scratch := bind(), p.scratch
		args.Arena = p.arena
		return func(task, worker int) { plan.Run(task, &scratch[worker], &args) }
	})
	s.multiplies = int64(plan.Geometry().FLOPs() / 2)
}

// prepare provides for what a plan needs.
func (p *planner) prepare(plan *conv.Plan) {
	p.need.Floats = max(p.need.Floats, plan.Need().Floats)
	p.need.Segments = max(p.need.Segments, plan.Need().Segments)
	p.zeros = max(p.zeros, plan.ZeroLen())
}

// picture is picture i of a batch of matrices [batch, rows, columns].
func picture(v *value, i int) *value {
	shape := v.shape[1:]
	return &value{shape, v.buf, v.offset + i*shape.Positions()*v.stride, v.stride}
}

// matrixOf is picture i of features [batch, height, width, channels] as
// [height·width, channels].
func matrixOf(v *value, i int) *value {
	rows := v.shape[1] * v.shape[2]
	return &value{graph.Shape{rows, v.shape[3]}, v.buf, v.offset + i*rows*v.stride, v.stride}
}

func (p *planner) transposed(name string, v *value) *value {
	out := temporary(v.shape[1], v.shape[0])
	b := rowBlocks(out.rows(), out.channels())
	p.tasksStep(name, b.count(), []*value{out}, []*value{v}, func() func(task, worker int) {
		dst, src := rowsOf(out), rowsOf(v)
		return func(task, _ int) {
			from, to := b.bounds(task)
			for i := from; i < to; i++ {
				row := dst.at(i)[:dst.channels]
				for j := range row {
					row[j] = src.data[j*src.stride+i]
				}
			}
		}
	})
	return out
}

// lowerGramGradient is F·(Ḡ + Ḡᵀ) for each picture.
func (p *planner) lowerGramGradient(n *graph.Node) {
	g, x := p.dense(p.value(n.Inputs()[0])), p.inArena(p.value(n.Inputs()[1]))
	both := temporary(g.shape...)
	c := g.channels()
	p.rowPass(label(n)+" symmetric", both, []*value{g}, func() func(from, to int) {
		dst, src := both.data(), g.data()
		return func(from, to int) {
			for row := from; row < to; row++ {
				top := row / c * c // of the picture's matrix
				for j := range c {
					dst[row*c+j] = src[row*c+j] + src[(top+j)*c+row-top]
				}
			}
		}
	})
	for i := range x.shape[0] {
		p.product(label(n), matrixOf(x, i), picture(both, i), matrixOf(p.value(n), i), false)
	}
}
