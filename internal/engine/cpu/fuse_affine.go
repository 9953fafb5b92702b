package cpu

import "easel/internal/engine/graph"

// fuseAffine lets rectifiers read the operand of a norm or bias. If nobody
// else reads the norm's result it is never made; a bias that somebody reads
// goes into the convolution before it where there is one.
func (p *planner) fuseAffine(n *graph.Node) {
	all := !p.isOutput(n)
	for _, u := range p.users[n.ID()] {
		_, rectifies := slope(u.Op())
		_, isActivation := u.Op().(graph.Activation)
		all = all && rectifies && isActivation && !p.stale(n, u)
	}
	x, users := n.Inputs()[0], p.users[n.ID()]
	_, isBias := n.Op().(graph.Bias)
	ofConvolution := isBias && isConvolution(x.Op()) && p.usedOnlyBy(x, n)
	switch {
	case all && ofConvolution && len(users) == 1 && !p.stale(x, users[0]):
		p.fused(users[0]).rectified = n
		p.fused(x).host = users[0]
		p.fused(n).convolution = x
		p.fused(n).folded, p.fused(x).folded = true, true
	case all:
		for _, u := range users {
			p.fused(u).source = n
		}
		p.fused(n).folded = true
	case ofConvolution && !p.stale(x, n):
		p.fused(x).host = n
		p.fused(n).convolution = x
		p.fused(x).folded = true
	}
}

func isConvolution(op graph.Op) bool {
	switch op.(type) {
	case graph.Convolution, graph.ConvolutionInputGradient:
		return true
	}
	return false
}

// host is the node in whose step a convolution is computed: that of its
// epilogue's last node.
func (p *planner) host(n *graph.Node) *graph.Node {
	if h := p.fused(n).host; h != nil {
		return h
	}
	return n
}
