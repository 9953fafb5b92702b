package vgg

import (
	"math"
	"slices"
	"strings"
	"testing"

	"easel/internal/base/near"
	"easel/internal/engine/graph"
	"easel/internal/engine/reference"
	"easel/internal/model/nn"
)

// A random network is the seed's, its filters have mean zero and He's variance.
func TestRandom(t *testing.T) {
	t.Parallel()
	w := Random(8, 5)
	if err := w.Validate(); err != nil {
		t.Fatal(err)
	}
	again, other := Random(8, 5), Random(8, 6)
	for i, f := range w.Filters {
		if !slices.Equal(f.Kernel, again.Filters[i].Kernel) || slices.Equal(f.Kernel, other.Filters[i].Kernel) {
			t.Errorf("%s does not follow the seed", f.Layer)
		}
		shape, out := KernelShape(f.Layer, 8)
		taps := len(f.Kernel) / out
		squares := 0.0
		for o := range out {
			sum := 0.0
			for k := range taps {
				v := float64(f.Kernel[k*out+o])
				sum += v
				squares += v * v
			}
			if !near.Within(sum, 1e-5) {
				t.Errorf("%s: filter %d has the sum %g", f.Layer, o, sum)
			}
		}
		// centring takes one of 9·in degrees of freedom
		want := 2 / float64(9*shape[2]) * (1 - 1/float64(taps))
		if got := squares / float64(len(f.Kernel)); math.Abs(got/want-1) > 0.2 {
			t.Errorf("%s: variance %g, want %g", f.Layer, got, want)
		}
	}
}

// A network reads its weights wherever in the tree it lies, and weights that
// are not its own are refused.
func TestStore(t *testing.T) {
	t.Parallel()
	w := Random(2, 1)
	g := graph.New()
	scope := nn.NewScope(g)
	c := Default()
	c.Width = 2
	Features(scope.Sub("deep").Sub("vgg"), c, g.Input("x", 1, 8, 8, 3), "relu3_4")
	d := reference.New()
	if err := w.Store(d, scope.Parameters()); err != nil {
		t.Fatal(err)
	}
	_, shift, _ := d.Parameter("deep/vgg/input/shift")
	_, kernel, _ := d.Parameter("deep/vgg/conv3_4/kernel")
	if !slices.Equal(shift, []float32{-0.5, -0.5, -0.5}) || !slices.Equal(kernel, w.Filters[7].Kernel) {
		t.Errorf("shift %v", shift)
	}
	short := &Weights{Width: 2, Filters: w.Filters[:7]}
	if err := short.Store(d, scope.Parameters()); err == nil || !strings.Contains(err.Error(), "conv3_4") {
		t.Errorf("weights that are not deep enough: %v", err)
	}
	if err := Random(3, 1).Store(d, scope.Parameters()); err == nil || !strings.Contains(err.Error(), "width 3") {
		t.Errorf("weights of another width: %v", err)
	}
}

func TestValidateWeights(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*Weights){
		"not 0":               func(w *Weights) { w.Filters = nil },
		"where conv2_1":       func(w *Weights) { w.Filters = slices.Delete(w.Filters, 2, 3) },
		"conv1_2 has":         func(w *Weights) { w.Filters[1].Kernel = w.Filters[1].Kernel[1:] },
		"and 0 biases":        func(w *Weights) { w.Filters[0].Bias = nil },
		"unknown kind of wei": nil,
	} {
		w := Random(2, 1)
		kind := Kind("keras")
		if change != nil {
			change(w)
			kind = Caffe
		}
		if _, err := FromOIHW(kind, 2, w.Filters); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want …%s…", err, want)
		}
	}
}
