package reference_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"easel/internal/engine/graph"
	"easel/internal/engine/reference"
)

// The operations themselves are tested by package conformance, against
// PyTorch's values and against finite differences.

// signDescent moves each weight by rate against the sign of its gradient: Adam
// without memory.
func signDescent(w, gradient *graph.Node, rate float32) *graph.Node {
	g := w.Graph()
	return graph.Adam(w, gradient, g.Parameter("m", 1), g.Parameter("v", 1), g.Constant([]float32{rate}), g.Constant([]float32{1}), graph.AdamUpdate{})
}

func TestRunUpdatesAndCreatesParameters(t *testing.T) {
	t.Parallel()
	g := graph.New()
	w, m, v := g.Parameter("w", 2), g.Parameter("m", 2), g.Parameter("v", 2)
	rate, step := g.Constant([]float32{0.5}), g.Constant([]float32{1})
	graph.Adam(w, g.Input("gradient", 2), m, v, rate, step, graph.AdamUpdate{Beta1: 0.5})
	before := []float64{1, 2}
	params := map[string][]float64{"w": before}
	inputs := map[string][]float64{"gradient": {4, 8}}
	for range 2 {
		if _, err := reference.Run(g, inputs, params); err != nil {
			t.Fatal(err)
		}
	}
	// m: 2, 3 and 4, 6; w: 1 − ½ − ¾ and 2 − ½ − ¾, steps of ½·(m/½)/|g|.
	if !slices.Equal(params["w"], []float64{-0.25, 0.75}) || !slices.Equal(params["m"], []float64{3, 6}) {
		t.Errorf("after two steps %v", params)
	}
	if !slices.Equal(before, []float64{1, 2}) || !slices.Equal(inputs["gradient"], []float64{4, 8}) {
		t.Errorf("the caller's slices became %v, %v", before, inputs)
	}
}

func TestRunRefuses(t *testing.T) {
	t.Parallel()
	read := graph.New()
	read.Output("y", graph.Add(read.Input("x", 2), read.Parameter("w", 2)))
	for _, c := range []struct {
		name           string
		inputs, params map[string][]float64
		want           string
	}{
		{"a missing input", nil, map[string][]float64{}, "input x has 0 numbers, the graph wants 2"},
		{"an input of another size", map[string][]float64{"x": {1}}, map[string][]float64{}, "input x has 1 numbers"},
		{"a parameter of another size", map[string][]float64{"x": {1, 2}}, map[string][]float64{"w": {1}}, "parameter w has 1 numbers"},
	} {
		if _, err := reference.Run(read, c.inputs, c.params); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v", c.name, err)
		}
	}
}

// TestRunForgivesDeadReaders runs a graph in which a node that nothing needs
// reads an old value.
func TestRunForgivesDeadReaders(t *testing.T) {
	t.Parallel()
	g := graph.New()
	w := g.Parameter("w", 1)
	g.Output("new", signDescent(w, w, 0.5))
	graph.Scale(w, 2)
	values, err := reference.Run(g, nil, map[string][]float64{"w": {4}})
	if err != nil || values.Output("new")[0] != 3.5 {
		t.Errorf("%v, error %v", values, err)
	}
	if values.Output("nobody") != nil {
		t.Error("an unknown output has a value")
	}
}

func TestDeviceRoundsParametersToFloat32(t *testing.T) {
	t.Parallel()
	d := reference.New()
	g := graph.New()
	w := g.Parameter("w", 1)
	signDescent(w, g.Constant([]float32{1}, 1), 0.1)
	p, err := d.Compile(g)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
	}
	_, w3, _ := d.Parameter("w")
	rate := float64(float32(0.1))
	want := float32(float64(float32(float64(float32(-rate))-rate)) - rate)
	if w3[0] != want {
		t.Errorf("w is %g, want %g", w3[0], want)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := p.Run(); err == nil {
		t.Error("a program runs on a closed device")
	}
}

// TestRandomValuesAreDistributed looks at moments, within five standard errors.
func TestRandomValuesAreDistributed(t *testing.T) {
	t.Parallel()
	const size = 1 << 16
	g := graph.New()
	key := g.Input("key", graph.KeySize)
	g.Output("mask", graph.Mask(key, 0.25, 1, size))
	g.Output("other mask", graph.Mask(key, 0.25, 2, size))
	g.Output("noise", graph.Noise(key, 1, size))
	packed := graph.Key(7, 8)
	var wide []float64
	for _, v := range packed {
		wide = append(wide, float64(v))
	}
	values, err := reference.Run(g, map[string][]float64{"key": wide}, nil)
	if err != nil {
		t.Fatal(err)
	}
	mean := func(f func(i int) float64) float64 {
		sum := 0.0
		for i := range size {
			sum += f(i) / size
		}
		return sum
	}
	mask, other, noise := values.Output("mask"), values.Output("other mask"), values.Output("noise")
	for what, v := range map[string][3]float64{
		"mean of a mask":             {mean(func(i int) float64 { return mask[i] }), 1, math.Sqrt(1.0 / 3)},
		"product of two masks":       {mean(func(i int) float64 { return mask[i] * other[i] }), 1, math.Sqrt(7.0 / 9)},
		"product of neighbours":      {mean(func(i int) float64 { return noise[i] * noise[i^1] }), 0, math.Sqrt(2)},
		"mean of noise":              {mean(func(i int) float64 { return noise[i] }), 0, 1},
		"mean square of noise":       {mean(func(i int) float64 { return noise[i] * noise[i] }), 1, math.Sqrt(2)},
		"mean fourth power of noise": {mean(func(i int) float64 { return math.Pow(noise[i], 4) }), 3, math.Sqrt(96)},
	} {
		if off := math.Abs(v[0] - v[1]); off > 5*v[2]/math.Sqrt(size) {
			t.Errorf("%s is %g, want %g", what, v[0], v[1])
		}
	}
}
