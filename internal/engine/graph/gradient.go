package graph

// Gradient returns the gradient of a scalar to each of the given nodes, as
// nodes of the same graph. A node on which the loss does not depend gets zeros.
// Gradients that meet in a node are added in the order in which its users were
// made, last first, so the sum is the same in every run and on every device.
func Gradient(loss *Node, of ...*Node) []*Node {
	wantRank("gradient", loss.shape, 0)
	g := loss.graph
	needed := leadsTo(g, loss, of)
	grads := map[*Node]*Node{loss: g.Constant([]float32{1})}
	for id := loss.id; id >= 0; id-- {
		n := g.nodes[id]
		if grads[n] != nil && n.passesOn(needed) {
			n.propagate(grads, needed)
		}
	}
	out := make([]*Node, len(of))
	for i, n := range of {
		if out[i] = grads[n]; out[i] == nil {
			out[i] = apply(Broadcast{n.shape}, g.Constant([]float32{0}))
		}
	}
	return out
}

// passesOn reports whether an operand's gradient needs the gradient of n. If none
// does, the gradient ends here: it can be taken at a node whose operation has no
// gradient rule, such as an update.
func (n *Node) passesOn(needed []bool) bool {
	if _, stop := n.op.(StopGradient); stop {
		return false
	}
	for _, in := range n.inputs {
		if needed[in.id] {
			return true
		}
	}
	return false
}

// propagate adds the gradients of n's operands to grads. Gradients that nobody
// reads become dead nodes, which planners drop.
func (n *Node) propagate(grads map[*Node]*Node, needed []bool) {
	parts := n.op.gradient(n, grads[n])
	for i, in := range n.inputs {
		switch {
		case parts[i] == nil || !needed[in.id]:
		case grads[in] == nil:
			grads[in] = parts[i]
		default:
			grads[in] = Add(grads[in], parts[i])
		}
	}
}

// leadsTo marks, by id, the nodes from which a gradient flows on to one of the
// given nodes.
func leadsTo(g *Graph, loss *Node, of []*Node) []bool {
	marks := make([]bool, loss.id+1)
	for _, n := range of {
		if n.graph != g {
			fail("gradient: %s belongs to another graph", n.op.Name())
		}
		if n.id <= loss.id {
			marks[n.id] = true
		}
	}
	for id := range marks {
		n := g.nodes[id]
		if _, stop := n.op.(StopGradient); stop {
			continue
		}
		for _, in := range n.inputs {
			marks[id] = marks[id] || marks[in.id]
		}
	}
	return marks
}
