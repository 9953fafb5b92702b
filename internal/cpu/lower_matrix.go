package cpu

import (
	"easel/internal/cpu/kernel/gemm"
	"easel/internal/graph"
)

// lowerMatrix is products of matrices, of which Gram's is one for each picture.
func (p *planner) lowerMatrix(n *graph.Node) {
	switch o := n.Op().(type) {
	case graph.MatrixProduct:
		in := p.operands(n)
		p.product(label(n), p.value(n), in[0], in[1], o)
	case graph.GramMatrix:
		x := p.value(n.Inputs()[0])
		for i := range x.shape[0] {
			f := features(x, i)
			p.product(label(n), picture(p.value(n), i), f, f, graph.MatrixProduct{TransposeA: true})
		}
	case graph.GramGradient:
		p.lowerGramGradient(n)
	}
}

// product is out = op(a)·op(b); out is dense.
func (p *planner) product(name string, out, a, b *value, op graph.MatrixProduct) {
	terms := a.channels()
	if op.TransposeA {
		terms = a.rows()
	}
	plan := gemm.NewProduct(p.device.gemm, gemm.ProductShape{
		M: out.rows(), N: out.channels(), K: terms,
		TransposeA: op.TransposeA, TransposeB: op.TransposeB, StrideA: a.stride, StrideB: b.stride,
	})
	p.prepare(plan.Need())
	s := p.tasksStep(name, plan.Tasks(), []*value{out}, []*value{a, b}, func() func(task, worker int) {
		left, right, dst, scratch := a.data(), b.data(), out.data(), p.scratch
		return func(task, worker int) { plan.Run(task, &scratch[worker], left, right, dst, false) }
	})
	s.multiplies = int64(out.size()) * int64(terms)
	s.performed = s.multiplies
}

// prepare provides for what a kernel wants of a worker's scratch.
func (p *planner) prepare(need gemm.Need) {
	p.need.Floats = max(p.need.Floats, need.Floats)
	p.need.Segments = max(p.need.Segments, need.Segments)
	p.need.Ints = max(p.need.Ints, need.Ints)
}

// picture is picture i of a batch of matrices [batch, rows, columns].
func picture(v *value, i int) *value {
	shape := v.shape[1:]
	return &value{shape, v.buf, v.offset + i*shape.Positions()*v.stride, v.stride}
}

// features is picture i of [batch, height, width, channels] as
// [height·width, channels].
func features(v *value, i int) *value {
	rows := v.shape[1] * v.shape[2]
	return &value{graph.Shape{rows, v.shape[3]}, v.buf, v.offset + i*rows*v.stride, v.stride}
}

// lowerGramGradient is F·(Ḡ + Ḡᵀ) for each picture.
func (p *planner) lowerGramGradient(n *graph.Node) {
	g, x := p.dense(p.value(n.Inputs()[0])), p.value(n.Inputs()[1])
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
		p.product(label(n), features(p.value(n), i), features(x, i), picture(both, i), graph.MatrixProduct{})
	}
}
