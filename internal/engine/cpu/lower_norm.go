package cpu

import (
	"easel/internal/engine/cpu/kernel/pointwise"
	"easel/internal/engine/graph"
)

// affine is x as a rectifier or norm reads it: scale·x + shift with vectors
// [groups, 2, channels] for a norm, a bias [channels], or nothing.
type affine struct {
	x            *value
	groups       int
	coefficients *value // of a norm
	bias         *value
}

// affineOf is the map that a norm or a bias applies.
func (p *planner) affineOf(n *graph.Node) affine {
	x := p.value(n.Inputs()[0])
	if o, ok := n.Op().(graph.Normalization); ok {
		return affine{x: x, groups: o.Over.Groups(n.Shape()), coefficients: p.coefficients(n)}
	}
	return affine{x: x, bias: p.value(n.Inputs()[1])}
}

// affineKey is what a norm's affine map is made of: moments, scale and shift.
type affineKey [3]*graph.Node

// coefficients is where a norm's affine map lives; the step that makes it
// follows the moments.
func (p *planner) coefficients(norm *graph.Node) *value {
	of := affineKey(norm.Inputs()[1:])
	v := p.norms[of]
	if v == nil {
		moments := p.value(norm.Inputs()[1])
		v = temporary(moments.shape...)
		p.norms[of] = v
		scale, shift := p.value(norm.Inputs()[2]), p.value(norm.Inputs()[3])
		c := norm.Shape().Channels()
		p.single(label(norm)+" coefficients", []*value{v}, []*value{moments, scale, shift}, func() func() {
			dst, m, s, t := v.data(), moments.data(), scale.data(), shift.data()
			return func() {
				for at := 0; at < len(dst); at += 2 * c {
					pointwise.NormAffine(dst[at:][:c], dst[at+c:][:c], m[at:][:c], m[at+c:][:c], s, t)
				}
			}
		})
	}
	return v
}

// affinePass is one pass over x: out = f(scale·x + shift), f rectifying with
// the given slope (1 for none).
func (p *planner) affinePass(name string, out *value, a affine, slope float32) {
	reads := []*value{a.x}
	if a.coefficients != nil {
		reads = append(reads, a.coefficients)
	}
	if a.bias != nil {
		reads = append(reads, a.bias)
	}
	k, c := p.device.pointwise, out.channels()
	b := groupBlocks(out.rows(), max(a.groups, 1), rowBlocks(out.rows(), c).size)
	s := p.tasksStep(name, b.count(), []*value{out}, reads, func() func(task, worker int) {
		o, x := rowsOf(out), rowsOf(a.x)
		var shift, coefficients []float32
		if a.bias != nil {
			shift = a.bias.data()
		}
		if a.coefficients != nil {
			coefficients = a.coefficients.data()
		}
		return func(task, _ int) {
			group, from, to := b.bounds(task)
			scale, shift := vectors(coefficients, shift, group, c)
			k.AffineActivation(o.at(from), o.stride, x.at(from), x.stride, scale, shift, slope, to-from, c)
		}
	})
	s.reuse(out, a.x)
}

// vectors are a group's scale and shift; without coefficients only the shift.
func vectors(coefficients, shift []float32, group, c int) ([]float32, []float32) {
	if coefficients == nil {
		return nil, shift
	}
	both := coefficients[group*2*c:][:2*c]
	return both[:c], both[c:]
}

// grouped cuts the rows of each group into blocks.
type grouped struct {
	groups   int
	perGroup blocks
}

func groupBlocks(rows, groups, size int) grouped {
	return grouped{groups, blocks{rows / groups, size}}
}

func (g grouped) count() int { return g.groups * g.perGroup.count() }

func (g grouped) bounds(task int) (group, from, to int) {
	group = task / g.perGroup.count()
	from, to = g.perGroup.bounds(task % g.perGroup.count())
	return group, group*g.perGroup.rows + from, group*g.perGroup.rows + to
}

func (p *planner) lowerMoments(n *graph.Node, op graph.Moments) {
	out, x := p.value(n), p.value(n.Inputs()[0])
	k, c := p.device.pointwise, x.channels()
	b := groupBlocks(x.rows(), op.Over.Groups(x.shape), pointwise.BlockRows)
	partial := temporary(b.count(), 2, c)
	p.tasksStep(label(n), b.count(), []*value{partial}, []*value{x}, func() func(task, worker int) {
		in, sums := rowsOf(x), partial.data()
		return func(task, _ int) {
			group, from, to := b.bounds(task)
			pivot := in.at(group * b.perGroup.rows)[:c]
			dst := sums[task*2*c:][:2*c]
			k.ChannelSums(dst[:c], dst[c:], in.at(from), in.stride, pivot, to-from, c)
		}
	})
	s := p.tasksStep(label(n)+" combine", b.groups, []*value{out}, []*value{partial, x}, func() func(task, worker int) {
		in, sums, dst := rowsOf(x), partial.data(), out.data()
		each := b.perGroup.count()
		return func(group, _ int) {
			pivot, m := in.at(group * b.perGroup.rows)[:c], dst[group*2*c:][:2*c]
			pointwise.CombineMoments(m[:c], m[c:], sums[group*each*2*c:][:each*2*c], each, pivot, op.Epsilon, b.perGroup.rows, c)
		}
	})
	s.price = func(int) float64 { return priceByte * 4 * float64(partial.size()/b.groups) } // of x a row is read
}

// lowerNormalization is for a norm whose result somebody but rectifiers reads.
func (p *planner) lowerNormalization(n *graph.Node) {
	a := p.affineOf(n)
	p.affinePass(label(n), p.value(n), a, 1)
}

func (p *planner) lowerBias(n *graph.Node) {
	if conv := p.fused(n).convolution; conv != nil {
		p.lowerConvolution(conv, &epilogue{bias: n, result: n})
		return
	}
	p.affinePass(label(n), p.value(n), p.affineOf(n), 1)
}

// normTerms are the terms of the gradient that reaches a norm's backward node.
func (p *planner) normTerms(n *graph.Node) []term {
	if terms := p.fused(n).terms; terms != nil {
		return terms
	}
	return []term{{n.Inputs()[0], 1}}
}

// gates is the affine map whose sign gates the terms, nil if none is gated.
func (p *planner) gates(n *graph.Node, terms []term) *value {
	for _, t := range terms {
		if t.slope != 1 {
			return p.norms[affineKey(p.fused(n).gating.Inputs()[1:])]
		}
	}
	return nil
}

func (p *planner) lowerNormSums(n *graph.Node) {
	out, x, moments := p.value(n), p.value(n.Inputs()[1]), p.value(n.Inputs()[2])
	terms := p.normTerms(n)
	ds, gates := p.termValues(terms), p.gates(n, terms)
	k, c := p.device.pointwise, x.channels()
	b := groupBlocks(x.rows(), out.shape[0], pointwise.BlockRows)
	partial := temporary(b.count(), 2, c)
	reads := append([]*value{x, moments}, ds...)
	if gates != nil {
		reads = append(reads, gates)
	}
	p.tasksStep(label(n), b.count(), []*value{partial}, reads, func() func(task, worker int) {
		in, m, sums, views := rowsOf(x), moments.data(), partial.data(), bindTerms(terms, ds)
		coefficients := optional(gates)
		return func(task, _ int) {
			var block [pointwise.MaxTerms]pointwise.Term
			group, from, to := b.bounds(task)
			scale, shift := vectors(coefficients, nil, group, c)
			mean, rstd := vectors(m, nil, group, c)
			dst := sums[task*2*c:][:2*c]
			k.NormSums(dst[:c], dst[c:], termsAt(&block, views, from), in.at(from), in.stride,
				mean, rstd, scale, shift, to-from, c)
		}
	})
	p.tasksStep(label(n)+" combine", b.groups, []*value{out}, []*value{partial}, func() func(task, worker int) {
		sums, dst, each := partial.data(), out.data(), b.perGroup.count()
		return func(group, _ int) {
			pointwise.CombineSums(dst[group*2*c:][:2*c], sums[group*each*2*c:][:each*2*c], each)
		}
	})
}

func optional(v *value) []float32 {
	if v == nil {
		return nil
	}
	return v.data()
}

func (p *planner) lowerNormInputGradient(n *graph.Node) {
	out, x := p.value(n), p.value(n.Inputs()[1])
	terms := p.normTerms(n)
	ds, gates := p.termValues(terms), p.gates(n, terms)
	weights := p.normGradientWeights(n)
	k, c := p.device.pointwise, x.channels()
	b := groupBlocks(x.rows(), weights.shape[0], rowBlocks(x.rows(), c).size)
	reads := append([]*value{x, weights}, ds...)
	if gates != nil {
		reads = append(reads, gates)
	}
	s := p.tasksStep(label(n), b.count(), []*value{out}, reads, func() func(task, worker int) {
		o, in, w, views := rowsOf(out), rowsOf(x), weights.data(), bindTerms(terms, ds)
		coefficients := optional(gates)
		return func(task, _ int) {
			var block [pointwise.MaxTerms]pointwise.Term
			group, from, to := b.bounds(task)
			scale, shift := vectors(coefficients, nil, group, c)
			abc := w[group*3*c:][:3*c]
			k.NormApply(o.at(from), o.stride, termsAt(&block, views, from), in.at(from), in.stride,
				scale, shift, abc[:c], abc[c:2*c], abc[2*c:], to-from, c)
		}
	})
	s.reuse(out, ds[0])
}

// normGradientWeights makes the per-channel A, B and C of A·g + B·x + C.
func (p *planner) normGradientWeights(n *graph.Node) *value {
	moments, sums, scale := p.value(n.Inputs()[2]), p.value(n.Inputs()[3]), p.value(n.Inputs()[4])
	groups, c := moments.shape[0], n.Shape().Channels()
	weights := temporary(groups, 3, c)
	elements := n.Shape().Positions() / groups
	p.single(label(n)+" coefficients", []*value{weights}, []*value{moments, sums, scale}, func() func() {
		w, m, s, gamma := weights.data(), moments.data(), sums.data(), scale.data()
		return func() {
			for group := range groups {
				abc, at := w[group*3*c:][:3*c], group*2*c
				pointwise.NormGradient(abc[:c], abc[c:2*c], abc[2*c:], s[at:][:c], s[at+c:][:c],
					m[at:][:c], m[at+c:][:c], gamma, elements)
			}
		}
	})
	return weights
}

func (p *planner) lowerGroupSum(n *graph.Node, op graph.GroupSum) {
	out, in := p.value(n), p.operands(n)
	c := n.Shape().Channels()
	p.single(label(n), []*value{out}, in, func() func() {
		dst, sums := out.data(), in[0].data()
		return func() {
			for i := range dst {
				sum := 0.0
				for at := op.Row*c + i; at < len(sums); at += 2 * c {
					sum += float64(sums[at])
				}
				dst[i] = float32(sum)
			}
		}
	})
}
