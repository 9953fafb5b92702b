package nn

import (
	"fmt"
	"strings"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
)

// Parameter is a value that a network keeps from run to run.
type Parameter struct {
	Name  string
	Shape graph.Shape
	Init  Initialiser
	// Trainable distinguishes weights from an optimiser's state.
	Trainable bool
	// Node is the parameter's node in the graph that it was built in.
	Node *graph.Node
}

// Initialise returns the parameter's first value for a seed.
func (p Parameter) Initialise(seed uint64) []float32 {
	value := make([]float32, p.Shape.Size())
	p.Init.fill(value, p.Shape, source(seed, p.Name))
	return value
}

// Parameters are a network's parameters in the order of building.
type Parameters []Parameter

// Trainable returns the weights, without an optimiser's state.
func (ps Parameters) Trainable() Parameters {
	return ps.filter(func(p Parameter) bool { return p.Trainable })
}

// Under returns the parameters with a path below prefix: for "generator", not those
// of "generator2".
func (ps Parameters) Under(prefix string) Parameters {
	return ps.filter(func(p Parameter) bool { return strings.HasPrefix(p.Name, prefix+"/") })
}

func (ps Parameters) filter(keep func(Parameter) bool) Parameters {
	var kept Parameters
	for _, p := range ps {
		if keep(p) {
			kept = append(kept, p)
		}
	}
	return kept
}

// Find returns the parameter of the given name.
func (ps Parameters) Find(name string) (Parameter, bool) {
	for _, p := range ps {
		if p.Name == name {
			return p, true
		}
	}
	return Parameter{}, false
}

// Names are the names in order.
func (ps Parameters) Names() []string {
	names := make([]string, len(ps))
	for i, p := range ps {
		names[i] = p.Name
	}
	return names
}

// Nodes are the graph's nodes in order.
func (ps Parameters) Nodes() []*graph.Node {
	nodes := make([]*graph.Node, len(ps))
	for i, p := range ps {
		nodes[i] = p.Node
	}
	return nodes
}

// Count returns the total number of values.
func (ps Parameters) Count() int {
	count := 0
	for _, p := range ps {
		count += p.Shape.Size()
	}
	return count
}

// Store gives every parameter its first value on a device, one at a time, so
// that no second copy of the network is ever in memory.
func (ps Parameters) Store(d device.Device, seed uint64) error {
	for _, p := range ps {
		if err := device.GiveParameter(d, p.Name, p.Shape, p.Initialise(seed)); err != nil {
			return fmt.Errorf("initialise %s: %w", p.Name, err)
		}
	}
	return nil
}
