package cpu

import "easel/internal/engine/graph"

// fuseNormGradient takes apart the gradient that reaches a norm.
func (p *planner) fuseNormGradient(sums *graph.Node) {
	g, x, moments := sums.Inputs()[0], sums.Inputs()[1], sums.Inputs()[2]
	owners := []*graph.Node{sums}
	for _, u := range p.users[g.ID()] {
		if _, ok := u.Op().(graph.NormalizationInputGradient); ok && u.Inputs()[3] == sums {
			owners = append(owners, u)
		}
	}
	var parts []*graph.Node
	if _, ok := g.Op().(graph.Sum); ok && p.fused(g).gram == nil && p.usedOnlyBy(g, owners...) {
		parts = g.Inputs()
	} else {
		parts = []*graph.Node{g}
	}
	terms := make([]term, len(parts))
	inner := owners
	if len(parts) == 2 {
		inner = []*graph.Node{g}
	}
	var gating *graph.Node
	for i, part := range parts {
		terms[i] = p.gate(part, inner, func(y *graph.Node) bool {
			norm := y.Inputs()[0]
			_, ok := norm.Op().(graph.Normalization)
			ok = ok && norm.Inputs()[0] == x && norm.Inputs()[1] == moments && (gating == nil || gating == norm)
			if ok {
				gating = norm
			}
			return ok
		})
	}
	if len(parts) == 2 {
		p.fused(g).folded = true
	}
	for _, o := range owners {
		p.fused(o).terms, p.fused(o).gating = terms, gating
	}
}

// gate folds an activation's gradient into its only users, if the activation
// is one whose sign they know; else, or if it has been folded elsewhere, the
// part is read as it is.
func (p *planner) gate(part *graph.Node, users []*graph.Node, knowsSign func(y *graph.Node) bool) term {
	s, rectifies := slope(part.Op())
	if _, ok := part.Op().(graph.ActivationGradient); !ok || !rectifies || p.fused(part).folded || !p.usedOnlyBy(part, users...) {
		return term{part, 1}
	}
	if y := part.Inputs()[1]; !isActivation(y) || !knowsSign(y) {
		return term{part, 1}
	}
	p.fused(part).folded = true
	return term{part.Inputs()[0], s}
}

// fuseActivationGradients makes one pass of the sum of the gradients of two
// activations of one value, where no norm's backward takes the sum apart.
func (p *planner) fuseActivationGradients(sum *graph.Node) {
	for _, u := range p.users[sum.ID()] {
		switch u.Op().(type) {
		case graph.NormalizationSums, graph.NormalizationInputGradient:
			return
		}
	}
	a, b := sum.Inputs()[0], sum.Inputs()[1]
	var source *graph.Node
	for _, part := range []*graph.Node{a, b} {
		if _, rectifies := slope(part.Op()); !isGradient(part) || !rectifies || !isActivation(part.Inputs()[1]) {
			return
		}
		x := part.Inputs()[1].Inputs()[0]
		if source != nil && source != x {
			return
		}
		source = x
	}
	users := []*graph.Node{sum}
	know := func(*graph.Node) bool { return true }
	terms := []term{p.gate(a, users, know), p.gate(b, users, know)}
	p.fused(sum).terms = terms
}

// fuseGramGradient lets a sum's gradient through a Gram matrix be made where
// the sum is.
func (p *planner) fuseGramGradient(sum *graph.Node) {
	if p.fused(sum).folded || p.fused(sum).terms != nil {
		return
	}
	for i, in := range sum.Inputs() {
		if _, ok := in.Op().(graph.GramGradient); ok && p.usedOnlyBy(in, sum) && sum.Inputs()[1-i] != in && !p.stale(in, sum) {
			p.fused(sum).gram = in
			p.fused(in).folded = true
			return
		}
	}
}
