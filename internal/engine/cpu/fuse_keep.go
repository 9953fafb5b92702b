package cpu

import "easel/internal/engine/graph"

// indexPool finds the pool of a gradient, and the ReLU gradient that alone
// follows.
func (p *planner) indexPool(gradient *graph.Node) {
	o := gradient.Op().(graph.PoolGradient)
	x := gradient.Inputs()[1]
	if o.Kind != graph.MaxPooling || o.Size != 2 || o.Stride != 2 || !p.device.pointwise.Indexes(x.Shape().Channels()) {
		return
	}
	for _, u := range p.users[x.ID()] {
		if u.Op() == graph.Op(graph.Pool(o)) && u.ID() < gradient.ID() {
			p.fused(gradient).pool = u
			p.indexOf(u)
		}
	}
	if p.fused(gradient).pool == nil || p.isOutput(gradient) || len(p.users[gradient.ID()]) != 1 {
		return
	}
	gate := p.users[gradient.ID()][0]
	if s, rectifies := slope(gate.Op()); rectifies && s == 0 && gate.Inputs()[1] == x && isGradient(gate) {
		p.fused(gradient).gate = gate
		p.fused(gate).folded = true
	}
}

// keepSigns finds the rectifier of a gradient whose value nobody else wants so
// late. It comes last: what gradients are folded into others is known.
func (p *planner) keepSigns(gradient *graph.Node) {
	y := gradient.Inputs()[1]
	_, rectifies := slope(gradient.Op())
	placed := p.fused(y).place.concat != nil
	if !rectifies || !isActivation(y) || placed || p.fused(gradient).folded || p.fused(y).folded ||
		p.isOutput(y) || !p.device.pointwise.Indexes(y.Shape().Channels()) {
		return
	}
	last := y
	for _, u := range p.users[y.ID()] {
		h := p.host(u)
		if u == gradient {
			continue
		}
		if isView(u) || p.fused(h).folded || h.ID() > gradient.ID() {
			return
		}
		if h.ID() > last.ID() {
			last = h
		}
	}
	p.fused(gradient).signs = y
	p.fused(last).keeps = append(p.fused(last).keeps, y)
}
