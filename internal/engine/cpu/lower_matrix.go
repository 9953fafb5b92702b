package cpu

import (
	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/graph"
)

// lowerMatrix lowers products of matrices; a Gram matrix is one product for each picture.
func (p *planner) lowerMatrix(n *graph.Node) {
	switch o := n.Op().(type) {
	case graph.MatrixProduct:
		in := p.operands(n)
		p.product(label(n), p.value(n), in[0], in[1], o)
	case graph.GramMatrix:
		p.lowerGram(n)
	case graph.GramGradient:
		p.lowerGramGradient(n, p.value(n), nil)
	}
}

// product is out = op(a)·op(b); out is dense.
func (p *planner) product(name string, out, a, b *value, op graph.MatrixProduct) {
	terms := a.channels()
	if op.TransposeA {
		terms = a.rows()
	}
	p.productStep(p.device.products, name, out, nil, a, b, gemm.ProductShape{
		M: out.rows(), N: out.channels(), K: terms, TransposeA: op.TransposeA, TransposeB: op.TransposeB,
	})
}

// productStep is out = op(a)·op(b), plus what is added if that is given, which
// out may take the place of.
func (p *planner) productStep(k *gemm.Kernels, name string, out, added, a, b *value, shape gemm.ProductShape) {
	shape.StrideA, shape.StrideB = a.stride, b.stride
	plan := gemm.NewProduct(k, shape)
	p.prepare(plan.Need())
	reads := []*value{a, b}
	if added != nil {
		reads = append(reads, added)
	}
	run := func() func(task, part, worker int) {
		left, right, dst, scratch := a.data(), b.data(), out.data(), p.scratch
		sum := optional(added)
		return func(task, part, worker int) {
			if sum != nil && &sum[0] != &dst[0] {
				copyBlock(dst, sum, shape.N, plan, task, part)
			}
			plan.Run(task, part, &scratch[worker], left, right, dst, sum != nil)
		}
	}
	s := p.partsStep(name, plan.Tasks(), gemm.RowParts, plan.Cost, []*value{out}, reads, run)
	s.multiplies = int64(shape.M) * int64(shape.N) * int64(shape.K)
	s.performed = s.multiplies
}

// copyBlock copies what a part of a task makes of a matrix of n columns.
func copyBlock(dst, src []float32, n int, plan *gemm.Product, task, part int) {
	row, rows, column, columns := plan.Bounds(task, part)
	for i := row; i < row+rows; i++ {
		copy(dst[i*n+column:][:columns], src[i*n+column:])
	}
}

// lowerGram is FᵀF for each picture: of a few results, sums over many
// positions. These are cut, and of the symmetric result a half is made. It is a
// statistic that losses compare: float32 in any precision.
func (p *planner) lowerGram(n *graph.Node) {
	x := p.value(n.Inputs()[0])
	c, positions := x.channels(), x.shape[1]*x.shape[2]
	parts := min(gramParts, gemm.LongestParts(positions))
	for i := range x.shape[0] {
		f, out := features(x, i), picture(p.value(n), i)
		partial := temporary(parts, c, c)
		p.productStep(p.device.gemm, label(n), partial, nil, f, f, gemm.ProductShape{
			M: c, N: c, K: positions, TransposeA: true, Parts: parts, Upper: true,
		})
		p.rowPass(label(n)+" combine", out, []*value{partial}, func() func(from, to int) {
			dst, sums := out.data(), partial.data()
			return func(from, to int) { combineUpper(dst, sums, c, from, to) }
		})
	}
}

// gramParts is into how many parts the sums of a Gram matrix are cut at most.
const gramParts = 16

// combineUpper sums [parts, c, c] matrices whose upper triangles
// count, and writes rows from to to of the symmetric sum.
func combineUpper(dst, sums []float32, c, from, to int) {
	for i := from; i < to; i++ {
		row := dst[i*c : (i+1)*c]
		clear(row)
		for part := sums; len(part) >= c*c; part = part[c*c:] {
			for j := range i {
				row[j] += part[j*c+i]
			}
			for j := i; j < c; j++ {
				row[j] += part[i*c+j]
			}
		}
	}
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

// lowerGramGradient is F·(Ḡ + Ḡᵀ) for each picture, plus what is added if that
// is given.
func (p *planner) lowerGramGradient(n *graph.Node, out, added *value) {
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
		var sum *value
		if added != nil {
			sum = features(added, i)
		}
		p.productStep(p.device.gemm, label(n), features(out, i), sum, features(x, i), picture(both, i), gemm.ProductShape{
			M: x.shape[1] * x.shape[2], N: c, K: c,
		})
		if added != nil && added.buf != x.buf { // x is read while the result is written
			p.steps[len(p.steps)-1].reuse(out, added)
		}
	}
}

// lowerGramSum is a sum of a gradient through a Gram matrix and another value.
func (p *planner) lowerGramSum(sum, gram *graph.Node) {
	other := sum.Inputs()[0]
	if other == gram {
		other = sum.Inputs()[1]
	}
	p.lowerGramGradient(gram, p.value(sum), p.dense(p.value(other)))
}
