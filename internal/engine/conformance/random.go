package conformance

import (
	"fmt"
	"math"
	"testing"

	"easel/internal/engine/graph"
	"easel/internal/engine/reference"
)

// random compares masks element by element: which are kept is a matter of
// integers, on which all executors agree exactly.
func (s suite) random(t *testing.T) {
	dev := s.open(t)
	keys := [][2]uint64{{0, 0}, {1, 1}, {1, 2}, {math.MaxUint64, 1<<48 - 1}, {0x123456789abcdef0, 1 << 24}, {1 << 63, 1 << 32}}
	for _, key := range keys {
		g := graph.New()
		k := g.Input("key", graph.KeySize)
		for i, rate := range []float32{0, 0.1, 0.5, 0.75, 0.999} {
			g.Output(fmt.Sprintf("mask %g", rate), graph.Mask(k, rate, uint32(i)*0x7fffffff, 3, 37, 29, 5))
		}
		for _, size := range []int{1, 2, 3, 4, 5, 7, 1000, 40001} {
			g.Output(fmt.Sprintf("mask of %d", size), graph.Mask(k, 0.5, 9, size))
			g.Output(fmt.Sprintf("noise of %d", size), graph.Noise(k, 9, size))
		}
		p, err := dev.Compile(g)
		must(t, err)
		packed := graph.Key(key[0], key[1])
		copy(p.Input("key"), packed[:])
		must(t, p.Run())
		want := referenceRandom(t, g, packed)
		for _, o := range g.Outputs() {
			compareRandom(t, o, p.Output(o.Name), want.Of(o.Node))
		}
		must(t, p.Close())
	}
}

func referenceRandom(t *testing.T, g *graph.Graph, key [graph.KeySize]float32) reference.Values {
	t.Helper()
	wide := make([]float64, len(key))
	for i, v := range key {
		wide[i] = float64(v)
	}
	want, err := reference.Run(g, map[string][]float64{"key": wide}, nil)
	must(t, err)
	return want
}

func compareRandom(t *testing.T, o graph.Output, got []float32, want []float64) {
	t.Helper()
	for i, w := range want {
		if off := math.Abs(float64(got[i]) - w); (got[i] == 0) != (w == 0) || !(off <= 1e-6*math.Abs(w)+1e-6) {
			t.Errorf("%s, %v: element %d is %g, want %g", o.Name, o.Node, i, got[i], w)
			return
		}
	}
}
