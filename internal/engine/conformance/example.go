package conformance

import (
	"fmt"
	"iter"
	"testing"

	"easel/internal/engine/graph"
)

// Example is a graph of the suite with values, for executors that are not a
// device.Device, such as another program.
type Example struct {
	Name  string
	Graph *graph.Graph
	// Inputs and Parameters are the leaves' values by name.
	Inputs, Parameters map[string][]float32

	draw      *Draw
	tolerance float64
}

// Examples are the first seeds draws of each operation's case.
func Examples(seeds int) iter.Seq[Example] {
	return func(yield func(Example) bool) {
		for _, c := range Cases() {
			for seed := range min(seeds, c.seeds()) {
				d := c.draw(seed, false)
				e := Example{
					Name: fmt.Sprintf("%s, seed %d", c.Name, seed), Graph: d.Graph, draw: d, tolerance: c.Tolerance,
					Inputs: map[string][]float32{}, Parameters: map[string][]float32{},
				}
				for _, l := range d.leaves {
					if l.parameter {
						e.Parameters[l.name] = l.value
					} else {
						e.Inputs[l.name] = l.value
					}
				}
				if !yield(e) {
					return
				}
			}
		}
	}
}

// Check holds the values of the graph's outputs against the reference.
func (e Example) Check(t *testing.T, outputs map[string][]float32) {
	t.Helper()
	want, moved := e.draw.expect(t, 0), e.draw.expect(t, 1e-6)
	for _, o := range e.Graph.Outputs() {
		slack := 4 * distance(moved.Of(o.Node), want.Of(o.Node))
		if err := closeTo(outputs[o.Name], want.Of(o.Node), e.tolerance, slack); err != nil {
			t.Errorf("%s, output %s %v: %v\n%s", e.Name, o.Name, o.Node.Shape(), err, e.Graph)
			return
		}
	}
}
