package graph

import "slices"

// CopyTo makes the nodes of g, in their order, anew in another graph, and returns
// where each has come. Replace may put another node in the place of one: it is
// given the old node and its operands in the new graph, and returns nil for what
// stays as it is. Outputs are not copied: they are for the caller to name. As all
// that makes nodes, it is called within Build.
func (g *Graph) CopyTo(to *Graph, replace func(n *Node, operands []*Node) *Node) map[*Node]*Node {
	copied := make(map[*Node]*Node, len(g.nodes))
	for _, n := range g.nodes {
		operands := make([]*Node, len(n.inputs))
		for i, in := range n.inputs {
			operands[i] = copied[in]
		}
		other := replace(n, operands)
		if other == nil {
			other = to.copyOf(n, operands)
		}
		copied[n] = other
	}
	return copied
}

func (g *Graph) copyOf(n *Node, operands []*Node) *Node {
	switch o := n.op.(type) {
	case Input:
		return g.Input(o.Label, n.shape...)
	case Parameter:
		return g.Parameter(o.Label, n.shape...)
	}
	return g.add(n.op, slices.Clone(n.shape), operands)
}
