package reference

import (
	"fmt"
	"slices"

	"easel/internal/engine/graph"
)

// Values are the values of a graph's nodes after a run.
type Values struct {
	nodes   [][]float64
	outputs map[string]int
}

// Of is the value of a node.
func (v Values) Of(n *graph.Node) []float64 { return v.nodes[n.ID()] }

// Output is the value of a named output, nil where there is none.
func (v Values) Output(name string) []float64 {
	if id, ok := v.outputs[name]; ok {
		return v.nodes[id]
	}
	return nil
}

// Run computes all nodes of g in the order of their making. Inputs and params
// are by name, row by row; a parameter that is missing is zeros, as on a
// device, and is entered in params. Updated parameters are replaced in params,
// their old slices left as they were. An error says which input or parameter
// has another size than the graph's or is missing, or which node reads a
// parameter's old value after its update.
func Run(g *graph.Graph, inputs, params map[string][]float64) (Values, error) {
	return RunChanged(g, inputs, params, func(*graph.Node, []float64) {})
}

// RunChanged is Run with a hand in it: change is called with each node's value,
// leaves included, before others read it, and may write into it. It shows how
// rounding on the way would move a result.
func RunChanged(g *graph.Graph, inputs, params map[string][]float64, change func(n *graph.Node, value []float64)) (Values, error) {
	machines := []*machine{{inputs: inputs, params: params}}
	err := run(g, machines, change)
	return machines[0].values, err
}

// RunDevices is Run on several devices in step, each with its inputs and
// parameters; the values are by device.
func RunDevices(g *graph.Graph, inputs, params []map[string][]float64) ([]Values, error) {
	machines := make([]*machine, len(inputs))
	for i := range machines {
		machines[i] = &machine{index: i, inputs: inputs[i], params: params[i]}
	}
	err := run(g, machines, func(*graph.Node, []float64) {})
	values := make([]Values, len(machines))
	for i, m := range machines {
		values[i] = m.values
	}
	return values, err
}

// machine is one of the devices that run a graph in step.
type machine struct {
	index          int
	inputs, params map[string][]float64
	values         Values
}

func run(g *graph.Graph, machines []*machine, change func(n *graph.Node, value []float64)) error {
	if err := checkOrder(g); err != nil {
		return err
	}
	for _, n := range g.Nodes() {
		operands := make([]tensor, len(machines)) // the first one of each machine
		for i, m := range machines {
			if len(n.Inputs()) > 0 {
				operands[i] = m.operand(n, 0)
			}
		}
		common, together := exchange(n.Op(), operands)
		for _, m := range machines {
			value := slices.Clone(common)
			if !together {
				var err error
				if value, err = m.evaluate(n); err != nil {
					return err
				}
			}
			change(n, value)
			m.values.nodes = append(m.values.nodes, value)
		}
	}
	for _, m := range machines {
		m.values.outputs = map[string]int{}
		for _, o := range g.Outputs() {
			m.values.outputs[o.Name] = o.Node.ID()
		}
	}
	return nil
}

func (m *machine) operand(n *graph.Node, i int) tensor {
	in := n.Inputs()[i]
	return tensor{in.Shape(), m.values.Of(in)}
}

// checkOrder refuses a graph in which a parameter's old value is read after
// the parameter has been updated.
func checkOrder(g *graph.Graph) error {
	updated := map[*graph.Node]*graph.Node{}
	alive := needed(g)
	for _, n := range g.Nodes() {
		if !alive[n.ID()] {
			continue
		}
		for _, in := range n.Inputs() {
			if u := updated[in]; u != nil {
				return fmt.Errorf("reference: %v reads the old value of %v after its update %v", n, in, u)
			}
		}
		for _, i := range graph.Updated(n.Op()) {
			updated[n.Inputs()[i]] = n
		}
	}
	for _, o := range g.Outputs() {
		if u := updated[o.Node]; u != nil {
			return fmt.Errorf("reference: output %q is the old value of %v after its update %v", o.Name, o.Node, u)
		}
	}
	return nil
}

// needed marks, by number, the nodes that an output or an update depends on.
// Gradient leaves others in a graph.
func needed(g *graph.Graph) []bool {
	nodes := g.Nodes()
	alive := make([]bool, len(nodes))
	for _, o := range g.Outputs() {
		alive[o.Node.ID()] = true
	}
	for id := len(nodes) - 1; id >= 0; id-- {
		alive[id] = alive[id] || len(graph.Updated(nodes[id].Op())) > 0
		for _, in := range nodes[id].Inputs() {
			alive[in.ID()] = alive[in.ID()] || alive[id]
		}
	}
	return alive
}

// evaluate computes one node, all its operands being known.
func (m *machine) evaluate(n *graph.Node) ([]float64, error) {
	size := n.Shape().Size()
	switch op := n.Op().(type) {
	case graph.Input:
		return leaf(op.Name(), m.inputs[op.Label], size)
	case graph.Parameter:
		if m.params[op.Label] == nil {
			m.params[op.Label] = make([]float64, size)
		}
		return leaf(op.Name(), m.params[op.Label], size)
	case graph.Constant:
		return widen(op.Data), nil
	case graph.AdamUpdate, graph.BlendUpdate:
		return update(n, m.values, m.params), nil
	}
	out := tensor{n.Shape(), make([]float64, size)}
	in := make([]tensor, len(n.Inputs()))
	for i := range in {
		in[i] = m.operand(n, i)
	}
	if !compute(n.Op(), in, out, m.index) {
		return nil, fmt.Errorf("reference: does not know %v", n)
	}
	return out.data, nil
}

func leaf(name string, value []float64, size int) ([]float64, error) {
	if len(value) != size {
		return nil, fmt.Errorf("reference: %s has %d numbers, the graph wants %d", name, len(value), size)
	}
	return slices.Clone(value), nil
}

func widen(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}
