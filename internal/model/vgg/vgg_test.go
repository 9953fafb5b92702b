package vgg

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/near"
	"easel/internal/engine/graph"
	"easel/internal/engine/reference"
	"easel/internal/model/nn"
)

// The layers are VGG-19's: Table 1 of Simonyan and Zisserman, configuration E.
func TestLayers(t *testing.T) {
	t.Parallel()
	last := layers[len(layers)-1]
	if n := len(last.Convolutions()); n != 16 || last.Name != "pool5" {
		t.Errorf("%d convolutions, %s last", n, last.Name)
	}
	weights := 0
	for _, name := range last.Convolutions() {
		shape, out := KernelShape(name, 64)
		weights += shape.Size() + out
	}
	if weights != 20_024_384 { // of torchvision's vgg19().features
		t.Errorf("%d weights", weights)
	}
	for name, want := range map[string]Layer{
		"conv1_1": {Channels: 1, Stride: 1, ReceptiveField: 3},
		"relu2_1": {Channels: 2, Stride: 2, ReceptiveField: 10},
		"relu4_2": {Channels: 8, Stride: 8, ReceptiveField: 84},
		"relu5_1": {Channels: 8, Stride: 16, ReceptiveField: 156},
	} {
		l, err := Find(name)
		if err != nil || l.Channels != want.Channels || l.Stride != want.Stride || l.ReceptiveField != want.ReceptiveField {
			t.Errorf("%+v: %v", l, err)
		}
	}
	if l, _ := Find("relu3_1"); !slices.Equal(l.Convolutions(), []string{"conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1"}) {
		t.Errorf("relu3_1 needs %v", l.Convolutions())
	}
	_, err := Find("relu6_1")
	var hint interface{ Hint() string }
	if !errors.As(err, &hint) || !strings.Contains(err.Error(), `"relu6_1"`) {
		t.Errorf("an unknown layer: %v", err)
	}
}

// The network is as deep as the deepest layer asked for.
func TestDepth(t *testing.T) {
	t.Parallel()
	g := graph.New()
	scope := nn.NewScope(g)
	c := Default()
	c.Width = 4
	found := Features(scope, c, g.Input("x", 2, 24, 20, 3), "relu3_1", "conv2_2", "relu3_1")
	if len(found) != 2 || !found["relu3_1"].Shape().Equal(graph.Shape{2, 6, 5, 16}) || !found["conv2_2"].Shape().Equal(graph.Shape{2, 12, 10, 8}) {
		t.Errorf("found %v", found)
	}
	if _, rectified := found["conv2_2"].Op().(graph.Activation); rectified {
		t.Error("conv2_2 is the value after its activation")
	}
	names := scope.Parameters().Names()
	if len(names) != 11 || names[0] != "input/shift" || names[10] != "conv3_1/bias" {
		t.Errorf("parameters %v", names)
	}
}

// MinSize is exact: one pixel less is refused, by any pool and border.
func TestMinSize(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := draw(t)
		name := rapid.SampledFrom(Layers()).Draw(t, "layer").Name
		size, err := c.MinSize(name)
		if err != nil {
			t.Fatal(err)
		}
		other := size + rapid.IntRange(0, 40).Draw(t, "more")
		l, _ := Find(name)
		for _, pixels := range []int{size, size - 1} {
			_, err := graph.Build(func(g *graph.Graph) {
				if pixels == 0 {
					panic(&graph.Error{})
				}
				found := Features(nn.NewScope(g), c, g.Input("x", 1, pixels, other, 3), name)[name].Shape()
				want := graph.Shape{1, c.Size(l, pixels), c.Size(l, other), l.Channels}
				if !found.Equal(want) {
					t.Fatalf("%s is %v, want %v", name, found, want)
				}
			})
			if (err == nil) != (pixels == size) {
				t.Fatalf("%d pixels of at least %d: %v", pixels, size, err)
			}
		}
	})
	if size, _ := Default().MinSize("relu1_1", "relu5_1"); size != 16 {
		t.Errorf("relu5_1 needs %d pixels", size)
	}
}

func draw(t *rapid.T) Config {
	borders := rapid.SampledFrom([]Border{ZeroBorder, ReplicateBorder, ReflectBorder})
	return Config{
		Width: 1, Pooling: rapid.SampledFrom([]Pooling{MaxPooling, AveragePooling}).Draw(t, "pooling"),
		PoolScale: 1, Ceil: rapid.Bool().Draw(t, "ceil"),
		Border: borders.Draw(t, "border"), InnerBorder: borders.Draw(t, "inner border"),
	}
}

func noise(n int) []float64 {
	r := rand.New(rand.NewPCG(7, 7))
	x := make([]float64, n)
	for i := range x {
		x[i] = r.Float64()
	}
	return x
}

// initial are a scope's parameters at their initial values.
func initial(s *nn.Scope, seed uint64) map[string][]float64 {
	values := map[string][]float64{}
	for _, p := range s.Parameters() {
		for _, v := range p.Initialise(seed) {
			values[p.Name] = append(values[p.Name], float64(v))
		}
	}
	return values
}

// The gradient to the pixels is the slope of the loss through the whole
// network, in float64.
func TestFiniteDifferences(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{
		{Width: 2, Pooling: AveragePooling, PoolScale: AverageRescale, Border: ReplicateBorder, InnerBorder: ZeroBorder},
		{Width: 2, Pooling: MaxPooling, PoolScale: 1, Ceil: true, Border: ReflectBorder, InnerBorder: ReflectBorder},
	} {
		g := graph.New()
		scope := nn.NewScope(g)
		x := g.Input("x", 1, 32, 32, 3)
		loss := objective(Features(scope, c, x, append(styleLayers, "relu4_2")...))
		g.Output("loss", loss)
		g.Output("gradient", graph.Gradient(loss, x)[0])
		inputs := map[string][]float64{}
		for _, n := range g.Nodes() {
			if in, ok := n.Op().(graph.Input); ok {
				inputs[in.Label] = noise(n.Shape().Size())
			}
		}
		params := initial(scope, 3)
		at := func() reference.Values {
			values, err := reference.Run(g, inputs, params)
			if err != nil {
				t.Fatal(err)
			}
			return values
		}
		gradient := at().Output("gradient")
		for _, i := range []int{0, 47, 1000, 1537, 2000, 3071} {
			const h = 1e-6
			pixel := inputs["x"][i]
			inputs["x"][i] = pixel + h
			above := at().Output("loss")[0]
			inputs["x"][i] = pixel - h
			below := at().Output("loss")[0]
			inputs["x"][i] = pixel
			if slope := (above - below) / (2 * h); !near.Within(slope-gradient[i], 1e-5*(math.Abs(slope)+1e-3)) {
				t.Errorf("%s: pixel %d: slope %g, gradient %g", c.Pooling, i, slope, gradient[i])
			}
		}
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*Config){
		"width 0":        func(c *Config) { c.Width = 0 },
		`pooling "l2"`:   func(c *Config) { c.Pooling = "l2" },
		"scale 0":        func(c *Config) { c.PoolScale = 0 },
		"scale NaN":      func(c *Config) { c.PoolScale = math.NaN() },
		`border ""`:      func(c *Config) { c.Border = "" },
		`border "wrap"`:  func(c *Config) { c.InnerBorder = "wrap" },
		`layer "relu0"`:  nil,
		"3], not [1 9 9": nil,
	} {
		c, layer, channels := Default(), "relu1_1", 3
		switch {
		case change != nil:
			change(&c)
		case want[0] == 'l':
			layer = "relu0"
		default:
			channels = 4
		}
		_, err := graph.Build(func(g *graph.Graph) {
			Features(nn.NewScope(g), c, g.Input("x", 1, 9, 9, channels), layer)
		})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want …%s…", err, want)
		}
	}
}

// The factors of a small network are a convolution: one of full rank is the whole network.
func TestRank(t *testing.T) {
	t.Parallel()
	const size = 16
	w := Random(1, 7)
	features := func(w *Weights) []float32 {
		t.Helper()
		c := Default()
		c.Width, c.Rank = w.Width, w.Rank
		var parameters nn.Parameters
		g, err := graph.Build(func(g *graph.Graph) {
			scope := nn.NewScope(g)
			g.Output("layer", Features(scope.Sub("vgg"), c, g.Input("picture", 1, size, size, 3), "relu3_1")["relu3_1"])
			parameters = scope.Parameters()
		})
		if err != nil {
			t.Fatal(err)
		}
		d := reference.New()
		if err := w.Store(d, parameters); err != nil {
			t.Fatal(err)
		}
		p, err := d.Compile(g)
		if err != nil {
			t.Fatal(err)
		}
		for i := range p.Input("picture") {
			p.Input("picture")[i] = float32(i%11) / 11
		}
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		return slices.Clone(p.Output("layer"))
	}
	small := *w
	small.Rank = 4
	if small.Validate() == nil {
		t.Error("a small network without factors is taken")
	}
	small.Filters = slices.Clone(w.Filters)
	for i, f := range small.Filters {
		kernel, down, up, out := Shapes(f.Layer, small.Width, small.Rank)
		if down == nil {
			continue
		}
		in, r := down[2], kernel[2]
		g := Filter{Layer: f.Layer, Kernel: make([]float32, kernel.Size()), Bias: f.Bias, Down: make([]float32, down.Size()), Up: make([]float32, up.Size())}
		for c := range in { // channel c is doubled, and goes to r-1-c
			g.Down[c*r+r-1-c] = 2
		}
		for c := range out {
			g.Up[c*out+c] = 0.5
		}
		for j, v := range f.Kernel {
			tap, a, b := j/(in*out), j/out%in, j%out
			g.Kernel[(tap*r+r-1-a)*r+b] = v
		}
		small.Filters[i] = g
	}
	if err := small.Validate(); err != nil {
		t.Fatal(err)
	}
	got := features(&small)
	for i, want := range features(w) {
		if math.Abs(float64(got[i]-want)) > 1e-5 {
			t.Fatalf("number %d is %v, want %v", i, got[i], want)
		}
	}
	if _, err := Normalise(&small, Means{}); err == nil {
		t.Error("a small network is normalised")
	}
}
