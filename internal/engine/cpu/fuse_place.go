package cpu

import (
	"slices"

	"easel/internal/engine/graph"
)

// placeOperands lets rectifiers write straight into the concatenation that
// reads them.
func (p *planner) placeOperands(concat *graph.Node) {
	channel := 0
	for i, in := range concat.Inputs() {
		_, rectifies := slope(in.Op())
		placed := p.fused(in).place.concat != nil
		twice := slices.Contains(concat.Inputs()[:i], in)
		if rectifies && isActivation(in) && !placed && !twice && !p.isOutput(in) {
			p.fused(in).place = placement{concat, channel}
		}
		channel += in.Shape().Channels()
	}
}

// fuseUpdate allows the step that makes a kernel's gradient to update the kernel, if
// nothing else reads the gradient and what the update writes is not read
// between the two.
func (p *planner) fuseUpdate(update *graph.Node) {
	gradient := update.Inputs()[1]
	if _, ok := gradient.Op().(graph.ConvolutionKernelGradient); !ok || !p.usedOnlyBy(gradient, update) {
		return
	}
	for i, in := range update.Inputs() {
		written := slices.Contains(graph.Updated(update.Op()), i)
		if written && p.readBetween(in, gradient, update) || !written && in != gradient && in.ID() > gradient.ID() {
			return
		}
	}
	p.fused(gradient).update = update
}

// readBetween reports whether a parameter is read after one node and before
// another, itself or through a view.
func (p *planner) readBetween(n, after, before *graph.Node) bool {
	for _, u := range p.users[n.ID()] {
		if u != before && (p.host(u).ID() > after.ID() || isView(u) && p.lastReader(u) > after.ID()) {
			return true
		}
	}
	return false
}
