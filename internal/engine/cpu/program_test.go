package cpu

import (
	"strings"
	"testing"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
)

// addition is a graph of two steps and an output.
func addition(t *testing.T) *graph.Graph {
	t.Helper()
	g, err := graph.Build(func(g *graph.Graph) {
		x := g.Input("x", 2, 3)
		g.Output("y", graph.Tanh(graph.Add(graph.Scale(x, 2), x)))
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// A closed program says so instead of doing nothing.
func TestRunAfterClose(t *testing.T) {
	t.Parallel()
	alone, err := New(Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	several, err := NewDevices(2, Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []device.Device{alone, several} {
		p, err := d.Compile(addition(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := p.Close(); err != nil {
				t.Fatal(err)
			}
			if err := p.Run(); err == nil || !strings.Contains(err.Error(), "closed") {
				t.Errorf("a closed program runs: %v", err)
			}
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Assembly writes wherever the plan says: a plan whose addresses leave their
// memory, or share it, is not bound.
func TestAddressesAreChecked(t *testing.T) {
	t.Parallel()
	for what, spoil := range map[string]func(p *planner, b []*buffer){
		"beyond its buffer":  func(p *planner, _ []*buffer) { p.steps[0].writes[0].offset++ },
		"before its buffer":  func(p *planner, _ []*buffer) { p.steps[0].reads[0].offset-- },
		"behind the arena":   func(_ *planner, b []*buffer) { b[0].offset += 1 << 20 },
		"among the zeros":    func(_ *planner, b []*buffer) { b[0].offset = 0 },
		"on another's place": func(_ *planner, b []*buffer) { b[0].offset = b[1].offset },
		"dead":               func(p *planner, _ []*buffer) { p.steps[1].writes[0].buf.root().last = 0 },
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			d, err := New(Options{Threads: 1, Unfused: true})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = d.Close() }()
			p, err := d.plan(addition(t))
			if err != nil {
				t.Fatal(err)
			}
			p.zeros = 16
			all, length := p.layout()
			if err := p.checkAddresses(all, length); err != nil {
				t.Fatalf("a right plan: %v", err)
			}
			spoil(p, all)
			if err := p.checkAddresses(all, length); err == nil {
				t.Error("was not found")
			}
		})
	}
}
