package style

import (
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
)

// target is what to compare a layer's moments with.
type target struct {
	inputs map[string][]float32
	// energy is the value of the comparison for a picture without features.
	energy float64
}

func newTarget(c Comparison, m Moments) (target, error) {
	if c == Wasserstein {
		return newGaussian(m)
	}
	t := target{inputs: map[string][]float32{"second": make([]float32, len(m.Second))}}
	narrow(t.inputs["second"], m.Second)
	for _, v := range m.Second {
		t.energy += v * v / float64(len(m.Second))
	}
	return t, nil
}

// set fills the inputs that compare made.
func (t target) set(p device.Program, name string) {
	for key, value := range t.inputs {
		copy(p.Input(name+"/target/"+key), value)
	}
}

// compare returns a style loss of moments, without factor, and a scalar with its gradient.
// The two differ if the gradient of the value itself cannot be computed.
func compare(g *graph.Graph, c Comparison, name string, m sums) (value, slope *graph.Node) {
	if c == Wasserstein {
		return gaussianDistance(g, name, m)
	}
	value = graph.L2(m.second, g.Input(name+"/target/second", m.second.Shape()...))
	return value, value
}
