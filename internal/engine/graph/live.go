package graph

import "fmt"

// Live marks, by number, the nodes that an output or an update depends on, for
// planners to drop the others: Gradient leaves some. It fails where a live
// node, or an output, reads a parameter's old value after the update that has
// taken its place.
func Live(g *Graph) ([]bool, error) {
	alive := make([]bool, len(g.nodes))
	for _, o := range g.outputs {
		alive[o.Node.id] = true
	}
	for id := len(g.nodes) - 1; id >= 0; id-- {
		n := g.nodes[id]
		alive[id] = alive[id] || len(Updated(n.op)) > 0
		for _, in := range n.inputs {
			alive[in.id] = alive[in.id] || alive[id]
		}
	}
	return alive, checkOrder(g, alive)
}

func checkOrder(g *Graph, alive []bool) error {
	updates := map[*Node]*Node{}
	for _, n := range g.nodes {
		if !alive[n.id] {
			continue
		}
		for _, in := range n.inputs {
			if u := updates[in]; u != nil {
				return fmt.Errorf("node %v reads %s after node %v has updated it", n, in.op.Name(), u)
			}
		}
		for _, i := range Updated(n.op) {
			updates[n.inputs[i]] = n
		}
	}
	for _, o := range g.outputs {
		if u := updates[o.Node]; u != nil {
			return fmt.Errorf("output %s is the value of %s before node %v updates it", o.Name, o.Node.op.Name(), u)
		}
	}
	return nil
}
