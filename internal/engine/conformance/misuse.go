package conformance

import (
	"strings"
	"testing"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
)

// misuse tests that nothing wrong gets as far as Run, and that the error says
// what is wrong with what.
func (s suite) misuse(t *testing.T) {
	one := func(g *graph.Graph) *graph.Node { return g.Constant([]float32{1}) }
	update := func(g *graph.Graph) *graph.Node {
		w := g.Parameter("weight", 2)
		return descend(w, w, one(g))
	}
	for name, build := range map[string]func(g *graph.Graph){
		"old value read after the update": func(g *graph.Graph) {
			g.Output("y", graph.Add(update(g), graph.Scale(g.Parameter("weight", 2), 2)))
		},
		"updated twice": func(g *graph.Graph) {
			update(g)
			g.Output("y", update(g))
		},
		"moment updated twice": func(g *graph.Graph) {
			m := g.Parameter("weight", 2)
			for _, p := range []string{"p", "q"} {
				graph.Adam(g.Parameter(p, 2), g.Input(p+" gradient", 2), m, g.Parameter(p+" v", 2), one(g), one(g), graph.AdamUpdate{})
			}
		},
		"old value as output": func(g *graph.Graph) {
			g.Output("y", g.Parameter("weight", 2))
			update(g)
		},
		"parameter of another shape on the device": func(g *graph.Graph) {
			g.Output("y", graph.ReLU(g.Parameter("taken weight", 3)))
		},
		"parameter of the same size but another shape": func(g *graph.Graph) {
			g.Output("y", graph.ReLU(g.Parameter("taken weight", 2, 1)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dev := s.open(t)
			must(t, dev.SetParameter("taken weight", graph.Shape{1, 2}, []float32{1, 2}))
			g, err := graph.Build(build)
			must(t, err)
			_, err = dev.Compile(g)
			wantError(t, err, "weight")
		})
	}
	t.Run("parameters", func(t *testing.T) { parameterMisuse(t, s.open(t)) })
	t.Run("unknown names", func(t *testing.T) { unknownNames(t, s.open(t)) })
}

func wantError(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Error("no error")
		return
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error %q does not mention %q", err, part)
		}
	}
}

func parameterMisuse(t *testing.T, dev device.Device) {
	must(t, dev.SetParameter("weight", graph.Shape{1, 2}, []float32{1, 2}))
	wantError(t, dev.SetParameter("weight", graph.Shape{1, 2}, []float32{1, 2, 3}), "weight", "[1 2]", "3")
	wantError(t, dev.SetParameter("weight", graph.Shape{2}, []float32{1, 2}), "weight", "[1 2]", "[2]")
	wantError(t, dev.SetParameter("other", graph.Shape{2}, nil), "other")
	_, _, err := dev.Parameter("nothing")
	wantError(t, err, "nothing")
	if _, value, err := dev.Parameter("weight"); err != nil || value[0] != 1 || value[1] != 2 {
		t.Errorf("refused values changed the parameter to %v (%v)", value, err)
	}
}

// unknownNames wants a panic that names the name, or nil, never a buffer.
func unknownNames(t *testing.T, dev device.Device) {
	p := compile(t, dev, func(g *graph.Graph) { g.Output("y", graph.ReLU(g.Input("x", 2))) })
	must(t, p.Run())
	for what, get := range map[string]func(string) []float32{"input": p.Input, "output": p.Output} {
		func() {
			defer func() {
				if r := recover(); r != nil {
					text, ok := r.(string)
					if !ok || !strings.Contains(text, "nobody") {
						t.Errorf("asking for an unknown %s panics with %v", what, r)
					}
				}
			}()
			if got := get("nobody"); got != nil {
				t.Errorf("an unknown %s is %v", what, got)
			}
		}()
	}
}
