package cpu_test

import (
	"slices"
	"testing"

	"easel/internal/engine/cpu"
	"easel/internal/engine/graph"
)

// A device computes on a value that it adopted, and updates it there; once
// programs may use a parameter's memory, another value goes into that memory.
func TestAdoptParameter(t *testing.T) {
	t.Parallel()
	d, err := cpu.New(cpu.Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	shape := graph.Shape{3}
	value, other := []float32{1, 2, 3}, []float32{7, 8, 9}
	if err := d.AdoptParameter("w", shape, value[:2]); err == nil {
		t.Error("two numbers for three")
	}
	if err := d.AdoptParameter("w", shape, value); err != nil {
		t.Fatal(err)
	}
	g, err := graph.Build(func(g *graph.Graph) {
		w := g.Parameter("w", 3)
		g.Output("double", graph.Scale(w, 2))
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := d.Compile(g)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	run := func(want ...float32) {
		t.Helper()
		if err := p.Run(); err != nil || !slices.Equal(p.Output("double"), want) {
			t.Errorf("got %v, %v, want %v", p.Output("double"), err, want)
		}
	}
	run(2, 4, 6)
	value[1] = 5
	run(2, 10, 6)
	if err := d.AdoptParameter("w", shape, other); err != nil {
		t.Fatal(err)
	}
	run(14, 16, 18)
	if err := d.AdoptParameter("w", graph.Shape{1, 3}, other); err == nil {
		t.Error("a parameter changed its shape")
	}
}
