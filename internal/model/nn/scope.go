package nn

import (
	"fmt"
	"slices"

	"easel/internal/engine/graph"
)

// Scope is a position in a network's tree of names, where layers create their parameters.
type Scope struct {
	path     string
	registry *registry
	replaced map[string]*graph.Node
}

// registry is shared by the scopes of one graph.
type registry struct {
	graph *graph.Graph
	list  Parameters
	known map[string]bool
	// singular are the singular vectors of kernels in this graph, by name.
	singular map[string]singularVectors
}

// NewScope returns the root scope of a graph.
func NewScope(g *graph.Graph) *Scope {
	return &Scope{registry: &registry{graph: g, known: map[string]bool{}, singular: map[string]singularVectors{}}}
}

// Sub returns the scope below this one with the given name.
func (s *Scope) Sub(name string) *Scope {
	return &Scope{s.join(name), s.registry, s.replaced}
}

// Subf is Sub with a formatted name.
func (s *Scope) Subf(format string, args ...any) *Scope { return s.Sub(fmt.Sprintf(format, args...)) }

// Using returns the same scope with nodes in place of parameters, by full name: a network
// built there reads those nodes. Parameters without a replacement are read as usual.
func (s *Scope) Using(replaced map[string]*graph.Node) *Scope {
	return &Scope{s.path, s.registry, replaced}
}

// Path returns the position of the scope in the tree, such as "generator/encoder1".
func (s *Scope) Path() string { return s.path }

// Graph returns the graph in which parameters are created.
func (s *Scope) Graph() *graph.Graph { return s.registry.graph }

// Parameters are all parameters made so far in this graph, in order.
func (s *Scope) Parameters() Parameters { return slices.Clone(s.registry.list) }

// Parameter returns the weight with the given name, or its replacement. A second call
// returns the same weight and must give the same shape.
func (s *Scope) Parameter(name string, init Initialiser, shape ...int) *graph.Node {
	full := s.join(name)
	if n := s.replaced[full]; n != nil {
		if !n.Shape().Equal(shape) {
			fail("%s has shape %v, but its replacement %v", full, graph.Shape(shape), n.Shape())
		}
		return n
	}
	return s.registry.add(full, init, true, shape)
}

// State returns a parameter without a gradient: an optimiser's moments, or stored
// statistics.
func (s *Scope) State(name string, shape ...int) *graph.Node {
	return s.StateFrom(name, Constant(0), shape...)
}

// StateFrom is State with another initial value.
func (s *Scope) StateFrom(name string, init Initialiser, shape ...int) *graph.Node {
	return s.registry.add(s.join(name), init, false, shape)
}

func (r *registry) add(name string, init Initialiser, trainable bool, shape graph.Shape) *graph.Node {
	n := r.graph.Parameter(name, shape...)
	if !r.known[name] {
		r.known[name] = true
		r.list = append(r.list, Parameter{name, slices.Clone(shape), init, trainable, n})
	}
	return n
}

func (s *Scope) join(name string) string {
	if s.path == "" {
		return name
	}
	return s.path + "/" + name
}

func fail(format string, args ...any) {
	panic(&graph.Error{Text: "nn: " + fmt.Sprintf(format, args...)})
}
