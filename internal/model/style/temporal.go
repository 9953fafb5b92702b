package style

import (
	"fmt"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
)

// Temporal keeps a frame of a video near the frame before it, moved to where things are
// now: the temporal loss of Ruder, Dosovitskiy and Brox (2016, eq. 7), the mean of
// trust·(x − before)² over all numbers of the picture, times its weight.
type Temporal struct {
	// Before is the painted frame before, moved: [height, width, 3], RGB in 0..1.
	Before []float32
	// Trust [height, width], from 0 to 1, says how far it may be relied on: not at all
	// where something is seen that was hidden before.
	Trust  []float32
	Weight float64
}

func (t *Temporal) check(height, width int) error {
	if n := height * width; t != nil && (len(t.Before) != 3*n || len(t.Trust) != n) {
		return fmt.Errorf("the frame before has %d numbers and its trust %d, but the picture %d pixels", len(t.Before), len(t.Trust), n)
	}
	return nil
}

// set fills the inputs of temporalLoss.
func (t *Temporal) set(p device.Program) {
	copy(p.Input("before"), t.Before)
	trust := p.Input("trust")
	for i := range trust {
		trust[i] = t.Trust[i/3]
	}
}

// temporalLoss is the loss of a picture x.
func temporalLoss(x *graph.Node, weight float64) *graph.Node {
	g, s := x.Graph(), x.Shape()
	apart := graph.Sub(x, g.Input("before", s...))
	trusted := graph.Mul(g.Input("trust", s...), graph.Mul(apart, apart))
	return graph.Scale(graph.Mean(trusted), float32(weight))
}
