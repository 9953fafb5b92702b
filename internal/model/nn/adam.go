package nn

import "easel/internal/engine/graph"

// Adam is the optimiser of Kingma and Ba (2015). See graph.AdamUpdate for the position of
// epsilon.
type Adam struct {
	Beta1, Beta2, Epsilon float64
	EpsilonHat            bool
}

// Update is the part of an optimiser step for one parameter.
type Update struct {
	Parameter Parameter
	// Gradient is that of the loss with respect to the parameter, and Value is the
	// parameter after the step, both with the parameter's shape.
	Gradient, Value *graph.Node
}

// Updates are in the parameters' order.
type Updates []Update

// Values returns the parameters' new values by name, for [Scope.Using].
func (us Updates) Values() map[string]*graph.Node {
	values := make(map[string]*graph.Node, len(us))
	for _, u := range us {
		values[u.Parameter.Name] = u.Value
	}
	return values
}

// Gradients computes the gradient of a scalar loss with respect to each parameter.
// [Adam.Step] sets Value; it is separate so that readers of the old values can be built in
// between.
func Gradients(loss *graph.Node, of Parameters) Updates {
	updates := make(Updates, len(of))
	for i, gradient := range graph.Gradient(loss, of.Nodes()...) {
		updates[i] = Update{Parameter: of[i], Gradient: gradient}
	}
	return updates
}

// Step updates each parameter along its gradient. The moments are parameters
// <name>/adam/m and <name>/adam/v of the parameter's shape; rate and step are
// scalars, and the first step is 1.
func (a Adam) Step(s *Scope, updates Updates, rate, step *graph.Node) {
	options := graph.AdamUpdate{Beta1: a.Beta1, Beta2: a.Beta2, Epsilon: a.Epsilon, EpsilonHat: a.EpsilonHat}
	root := &Scope{registry: s.registry}
	for i := range updates {
		u := &updates[i]
		p := u.Parameter
		moments := root.Sub(p.Name).Sub("adam")
		m, v := moments.State("m", p.Shape...), moments.State("v", p.Shape...)
		u.Value = graph.Adam(p.Node, u.Gradient, m, v, rate, step, options)
	}
}
