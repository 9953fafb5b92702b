package vgg

import (
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/near"
	"easel/internal/engine/graph"
	"easel/internal/engine/reference"
	"easel/internal/model/nn"
)

// rgb is a picture of noise up to a brightness.
func rgb(height, width int, brightness float32) Picture {
	x := make([]float32, 3*height*width)
	for i, v := range noise(len(x)) {
		x[i] = float32(v) * brightness
	}
	return Picture{height, width, x}
}

// biased is a random network with biases, as trained ones have them.
func biased(seed uint64) *Weights {
	w := Random(2, seed)
	for i, f := range w.Filters {
		for o := range f.Bias {
			f.Bias[o] = float32(math.Sin(float64(i+3*o))) / 5
		}
	}
	return w
}

func meansOf(t testing.TB, c Config, w *Weights) Means {
	t.Helper()
	m := NewMeter(reference.New(), c, w)
	defer m.Close()
	for i, size := range [][2]int{{32, 40}, {33, 35}, {33, 35}} {
		if err := m.Add(rgb(size[0], size[1], float32(i+1)/3)); err != nil {
			t.Fatal(err)
		}
	}
	means, err := m.Means()
	if err != nil {
		t.Fatal(err)
	}
	return means
}

// activations are all layers of a network for one picture.
func activations(t testing.TB, c Config, w *Weights) map[string][]float32 {
	t.Helper()
	g := graph.New()
	scope := nn.NewScope(g)
	c.Width = w.Width
	var names []string
	for _, l := range Layers() {
		names = append(names, l.Name)
	}
	for name, n := range Features(scope, c, g.Input("x", 1, 34, 37, 3), names...) {
		g.Output(name, n)
	}
	d := reference.New()
	if err := w.Store(d, scope.Parameters()); err != nil {
		t.Fatal(err)
	}
	p, err := d.Compile(g)
	if err != nil {
		t.Fatal(err)
	}
	copy(p.Input("x"), rgb(34, 37, 1).Pixels)
	if err := p.Run(); err != nil {
		t.Fatal(err)
	}
	values := map[string][]float32{}
	for _, name := range names {
		values[name] = p.Output(name)
	}
	return values
}

// After normalising, the mean activation of every channel that fires is 1, and
// every layer's activations are the old ones over the old means, before and
// behind pools, whatever the network's pool and border.
func TestNormalise(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{
		{Pooling: MaxPooling, PoolScale: 1, Border: ZeroBorder, InnerBorder: ZeroBorder},
		{Pooling: AveragePooling, PoolScale: AverageRescale, Ceil: true, Border: ReflectBorder, InnerBorder: ReplicateBorder},
	} {
		w := biased(4)
		means := meansOf(t, c, w)
		scaled, err := Normalise(w, means)
		if err != nil {
			t.Fatal(err)
		}
		for i, layer := range meansOf(t, c, scaled) {
			for o, m := range layer {
				if means[i][o] > 0 && !near.Within(m-1, 1e-5) {
					t.Errorf("%s, channel %d: mean %g", w.Filters[i].Layer, o, m)
				}
			}
		}
		before, after := activations(t, c, w), activations(t, c, scaled)
		layer := -1
		for _, l := range Layers() {
			if l.kind == convolution {
				layer++
			}
			factors := factorsOf(means[layer])
			for i, v := range before[l.Name] {
				want := float64(v) / factors[i%len(factors)]
				if got := float64(after[l.Name][i]); !near.Within(got-want, 1e-4*(1+math.Abs(want))) {
					t.Fatalf("%s, element %d: %g, want %g", l.Name, i, got, want)
				}
			}
		}
	}
}

// The rule is sequential: for two layers by hand.
func TestNormaliseRule(t *testing.T) {
	t.Parallel()
	w := Random(1, 1)
	w.Filters = w.Filters[:2]
	w.Filters[0].Bias[0], w.Filters[1].Bias[0] = 3, 5
	scaled, err := Normalise(w, Means{{4}, {0.5}})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range w.Filters[0].Kernel {
		if scaled.Filters[0].Kernel[i] != v/4 {
			t.Errorf("conv1_1: %g of %g", scaled.Filters[0].Kernel[i], v)
		}
	}
	for i, v := range w.Filters[1].Kernel {
		if scaled.Filters[1].Kernel[i] != v*4/0.5 {
			t.Errorf("conv1_2: %g of %g", scaled.Filters[1].Kernel[i], v)
		}
	}
	if scaled.Filters[0].Bias[0] != 0.75 || scaled.Filters[1].Bias[0] != 10 {
		t.Errorf("biases %v %v", scaled.Filters[0].Bias, scaled.Filters[1].Bias)
	}
}

// A channel that never fires stays what it was, and its readers as well.
func TestNormaliseSilent(t *testing.T) {
	t.Parallel()
	w := Random(2, 1)
	w.Filters = w.Filters[:2]
	scaled, err := Normalise(w, Means{{0, 2}, {1, 1e-9}})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range w.Filters[1].Kernel {
		in, out := i/2%2, i%2
		want := v * []float32{1, 2}[in]
		if got := scaled.Filters[1].Kernel[i]; got != want {
			t.Errorf("from %d to %d: %g, want %g", in, out, got, want)
		}
	}
	for _, means := range []Means{{{1, 1}}, {{1}, {1, 1}}} {
		if _, err := Normalise(w, means); err == nil {
			t.Errorf("means %v pass", means)
		}
	}
}

// A random network that is made for pictures has the mean 1 over them, in every
// channel that fires at all, and is the seed's.
func TestRandomFor(t *testing.T) {
	t.Parallel()
	c := Default()
	c.Width = 2
	pictures := []Picture{rgb(32, 40, 1), rgb(33, 35, 0.5)}
	w, err := RandomFor(reference.New(), c, 9, pictures...)
	if err != nil {
		t.Fatal(err)
	}
	m := NewMeter(reference.New(), c, w)
	for _, p := range pictures {
		if err := m.Add(p); err != nil {
			t.Fatal(err)
		}
	}
	means, err := m.Means()
	if err != nil {
		t.Fatal(err)
	}
	for i, layer := range means {
		for o, v := range layer {
			if v > silent && !near.Within(v-1, 1e-5) {
				t.Errorf("%s, channel %d: mean %g", w.Filters[i].Layer, o, v)
			}
		}
	}
	again, err := RandomFor(reference.New(), c, 9, pictures...)
	if err != nil || !slices.Equal(again.Filters[15].Kernel, w.Filters[15].Kernel) {
		t.Errorf("the same seed makes another network: %v", err)
	}
	if _, err := RandomFor(reference.New(), c, 9); err == nil {
		t.Error("normalised over nothing")
	}
}

func TestMeterRefuses(t *testing.T) {
	t.Parallel()
	m := NewMeter(reference.New(), Default(), Random(1, 1))
	if err := m.Add(rgb(8, 8, 1)); err == nil {
		t.Error("a picture below the smallest passes")
	}
	if err := m.Add(Picture{Height: 8, Width: 8}); err == nil || !strings.Contains(err.Error(), "8×8") {
		t.Errorf("a picture without pixels: %v", err)
	}
	if _, err := m.Means(); err == nil {
		t.Error("the means of nothing")
	}
	if size, err := m.MinSize(); err != nil || size != 16 {
		t.Errorf("at least %d pixels: %v", size, err)
	}
}

// Means are over positions: a picture counts by its size.
func TestMeansByPosition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := Random(2, rapid.Uint64().Draw(t, "seed"))
		w.Filters = w.Filters[:1]
		mean := func(heights ...int) []float64 {
			m := NewMeter(reference.New(), Default(), w)
			for _, h := range heights {
				grey := slices.Repeat([]float32{0.25}, 3*h*3)
				if err := m.Add(Picture{h, 3, grey}); err != nil {
					t.Fatal(err)
				}
			}
			means, _ := m.Means()
			return means[0]
		}
		h := rapid.IntRange(3, 9).Draw(t, "height")
		one, other, both := mean(h), mean(2*h), mean(h, 2*h)
		for c := range both {
			if want := (one[c] + 2*other[c]) / 3; !near.Within(both[c]-want, 1e-6) {
				t.Fatalf("channel %d: %g, want %g", c, both[c], want)
			}
		}
	})
}
