package conformance

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/engine/reference"
)

// updateRule makes an update of p along a gradient. Its name is part of the
// names of what else it keeps.
type updateRule struct {
	name  string
	apply func(name string, p, gradient, rate, step *graph.Node) *graph.Node
}

func updateRules() []updateRule {
	adam := func(o graph.AdamUpdate) func(name string, p, gradient, rate, step *graph.Node) *graph.Node {
		return func(name string, p, gradient, rate, step *graph.Node) *graph.Node {
			m := p.Graph().Parameter(name+" m", p.Shape()...)
			v := p.Graph().Parameter(name+" v", p.Shape()...)
			return graph.Adam(p, gradient, m, v, rate, step, o)
		}
	}
	blend := func(_ string, p, gradient, rate, _ *graph.Node) *graph.Node { return graph.Blend(p, gradient, rate) }
	return []updateRule{
		{"blend", blend},
		{"adam", adam(graph.AdamUpdate{Beta1: 0.5, Beta2: 0.999, Epsilon: 1e-3})},
		{"adam ε̂", adam(graph.AdamUpdate{Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-3, EpsilonHat: true})},
	}
}

// descend moves a parameter by rate·d/(|d| + 1) along its gradient d: Adam
// without memory, whose result is easily worked out.
func descend(p, gradient, rate *graph.Node) *graph.Node {
	g, name := p.Graph(), p.Op().(graph.Parameter).Label
	m, v := g.Parameter(name+" m", p.Shape()...), g.Parameter(name+" v", p.Shape()...)
	return graph.Adam(p, gradient, m, v, rate, g.Constant([]float32{1}), graph.AdamUpdate{Epsilon: 1})
}

// trainer runs a graph on a device and on the reference side by side.
type trainer struct {
	device  device.Device
	program device.Program
	graph   *graph.Graph
	inputs  map[string][]float64
	params  map[string][]float64
}

func newTrainer(t *testing.T, dev device.Device, g *graph.Graph, params map[string][]float64) *trainer {
	t.Helper()
	p, err := dev.Compile(g)
	if err != nil {
		t.Fatalf("%v\n%s", err, g)
	}
	return &trainer{dev, p, g, map[string][]float64{}, params}
}

// set gives an input to both.
func (r *trainer) set(name string, value ...float32) {
	copy(r.program.Input(name), value)
	r.inputs[name] = widen(value)
}

// setParameter gives a parameter to both.
func (r *trainer) setParameter(t *testing.T, name string, shape graph.Shape, value []float32) {
	t.Helper()
	must(t, r.device.SetParameter(name, shape, value))
	r.params[name] = widen(value)
}

// run runs both and compares outputs and all parameters.
func (r *trainer) run(t *testing.T, what string, tolerance float64) {
	t.Helper()
	must(t, r.program.Run())
	want, err := reference.Run(r.graph, r.inputs, r.params)
	must(t, err)
	for _, o := range r.graph.Outputs() {
		if err := closeTo(r.program.Output(o.Name), want.Of(o.Node), tolerance, 0); err != nil {
			t.Fatalf("%s: output %s: %v\n%s", what, o.Name, err, r.graph)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(r.params)) {
		_, got, err := r.device.Parameter(name)
		must(t, err)
		if err := closeTo(got, r.params[name], tolerance, 0); err != nil {
			t.Fatalf("%s: parameter %s: %v\n%s", what, name, err, r.graph)
		}
	}
}

func (s suite) updates(t *testing.T) {
	t.Run("alone", func(t *testing.T) {
		for _, rule := range updateRules() {
			for _, size := range []int{1, 7, 64, 1003, 40000} {
				s.updateAlone(t, rule, size)
			}
		}
	})
	t.Run("trained", s.trained)
}

// updateAlone gives an update gradients of widely different sizes.
func (s suite) updateAlone(t *testing.T, rule updateRule, size int) {
	t.Helper()
	d := newDraw(rule.name, size, false)
	g := d.Graph
	p := g.Parameter("p", size)
	gradient := g.Input("gradient", size)
	g.Output("new", rule.apply("p", p, gradient, g.Input("rate"), g.Input("step")))
	r := newTrainer(t, s.open(t), g, map[string][]float64{})
	r.setParameter(t, "p", p.Shape(), d.normal(0, p.Shape()))
	for step := range 3 {
		value := d.normal(0, p.Shape())
		for i := range value {
			value[i] *= []float32{1, 1e-4, 0, 100}[i%4]
		}
		r.set("gradient", value...)
		r.set("rate", 0.1)
		r.set("step", float32(step+1))
		r.run(t, fmt.Sprintf("%s, %d numbers, step %d", rule.name, size, step+1), s.loosen*1e-5)
	}
}

// trained trains layers of every kind of kernel for some steps, so that
// gradients computed on the way into an update are tested, also where somebody
// else reads them.
func (s suite) trained(t *testing.T) {
	for _, rule := range updateRules() {
		for _, shown := range []bool{false, true} {
			d := newDraw(rule.name, 0, false)
			g, params := tinyTraining(d, rule, shown)
			r := newTrainer(t, s.open(t), g, map[string][]float64{})
			for _, p := range params {
				r.setParameter(t, p.Op().(graph.Parameter).Label, p.Shape(), d.normal(0, p.Shape()))
			}
			for step := range 3 {
				r.set("x", d.normal(0, g.Nodes()[0].Shape())...)
				r.set("rate", 0.01)
				r.set("step", float32(step+1))
				r.run(t, fmt.Sprintf("%s, gradients shown %v, step %d", rule.name, shown, step+1), s.loosen*networkTolerance)
			}
		}
	}
}

// tinyTraining is a step of training for 4×4 stride 2, 3×3, 1×1 and transposed
// kernels, norm and bias.
func tinyTraining(d *Draw, rule updateRule, shown bool) (*graph.Graph, []*graph.Node) {
	g := d.Graph
	x := g.Input("x", 2, 8, 8, 3)
	rate, step := g.Input("rate"), g.Input("step")
	w1, w2 := g.Parameter("w1", 4, 4, 3, 9), g.Parameter("w2", 3, 3, 9, 8)
	w3, w4 := g.Parameter("w3", 1, 1, 8, 5), g.Parameter("w4", 4, 4, 5, 3)
	scale, shift, b := g.Parameter("scale", 8), g.Parameter("shift", 8), g.Parameter("b", 3)
	h := graph.LeakyReLU(graph.Scale(graph.Conv(x, w1, 2, graph.Pad(1)), 0.2), 0.2)
	h = graph.ReLU(graph.Norm(graph.Conv(h, w2, 1, graph.Pad(1)), scale, shift, graph.PerBatch, 1e-5))
	h = graph.AddBias(graph.ConvTranspose(graph.Conv(h, w3, 1, graph.Pad(0)), w4, 2, 1), b)
	loss := graph.L2(graph.Tanh(graph.Scale(h, 0.2)), x)
	g.Output("loss", loss)
	params := []*graph.Node{w1, w2, w3, w4, scale, shift, b}
	for i, gradient := range graph.Gradient(loss, params...) {
		name := params[i].Op().(graph.Parameter).Label
		if shown {
			g.Output("gradient "+name, gradient)
		}
		rule.apply(name, params[i], gradient, rate, step)
	}
	return g, params
}
