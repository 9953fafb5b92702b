package pix2pix

import (
	"slices"
	"testing"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// A norm on the innermost map would make it the same for every picture.
func TestBottleneckVaries(t *testing.T) {
	t.Parallel()
	c := tiny()
	g := graph.New()
	scope := nn.NewScope(g)
	encoded := encode(scope.Sub("generator"), c, g.Input("a", 1, 32, 32, 3), Mode{Statistics: graph.PerPicture}, c.Levels())
	g.Output("bottleneck", encoded[len(encoded)-1])
	params := initial(scope.Parameters(), 1)
	one := run(t, g, values{"a": uniform(32*32*3, 1)}, params).Output("bottleneck")
	two := run(t, g, values{"a": uniform(32*32*3, 2)}, params).Output("bottleneck")
	if !differ(one, two) {
		t.Errorf("the innermost map is %v for every picture", one)
	}
}

// A picture's result does not depend on its neighbours in the batch.
func TestBatchIsPictures(t *testing.T) {
	t.Parallel()
	for _, norm := range []NormKind{NormAuto, NormBatch, NormInstance, NormNone} {
		c := tiny(func(c *Config) { c.Norm = norm })
		many := infer(t, c, 3, 32, 64, InferenceOptions{NoNoise: true})
		one := infer(t, c, 1, 32, 64, InferenceOptions{NoNoise: true})
		params := initial(many.Parameters, 1)
		in := inputsOf(many.Graph, 1)
		got := run(t, many.Graph, in, params).Output("fake")
		size := len(in["a"]) / 3
		for i := range 3 {
			alone := values{"key": in["key"], "a": in["a"][i*size : (i+1)*size]}
			want := run(t, one.Graph, alone, params).Output("fake")
			wantNear(t, string(norm), got[i*size:(i+1)*size], want, 1e-12)
		}
	}
}

// Noise is on at test time, the same for the same key, and off if asked.
func TestNoise(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Config{
		"dropout":    tiny(),
		"z":          tiny(func(c *Config) { c.Dropout, c.NoiseChannels = DropoutOff, 2 }),
		"no dropout": tiny(func(c *Config) { c.Dropout = DropoutOff }),
	} {
		for _, off := range []bool{false, true} {
			net := infer(t, c, 1, 32, 32, InferenceOptions{NoNoise: off})
			params := initial(net.Parameters, 1)
			in := inputsOf(net.Graph, 1)
			first := run(t, net.Graph, in, params).Output("fake")
			again := run(t, net.Graph, in, params).Output("fake")
			key := graph.Key(2, 1)
			in["key"] = widen(key[:])
			other := run(t, net.Graph, in, params).Output("fake")
			if differ(first, again) {
				t.Errorf("%s: two pictures of one key", name)
			}
			if got, want := differ(first, other), !off && name != "no dropout"; got != want {
				t.Errorf("%s, off %v: differs by key: %v, want %v", name, off, got, want)
			}
		}
	}
}

// The output has the range of pictures, and every input channel counts.
func TestEveryInputChannelCounts(t *testing.T) {
	t.Parallel()
	net := infer(t, tiny(), 1, 32, 32, InferenceOptions{NoNoise: true})
	params := initial(net.Parameters, 1)
	in := inputsOf(net.Graph, 1)
	base := run(t, net.Graph, in, params).Output("fake")
	for _, v := range base {
		if v < -1 || v > 1 {
			t.Fatalf("the output has %g", v)
		}
	}
	for channel := range 3 {
		in["a"] = slices.Clone(in["a"])
		in["a"][(16*32+16)*3+channel] += 0.5
		if !differ(base, run(t, net.Graph, in, params).Output("fake")) {
			t.Errorf("channel %d has no effect", channel)
		}
	}
}

func TestEncoderDecoderHasNoSkips(t *testing.T) {
	t.Parallel()
	net := infer(t, tiny(func(c *Config) { c.Generator = EncoderDecoder }), 1, 32, 32, InferenceOptions{})
	for _, n := range net.Graph.Nodes() {
		if _, ok := n.Op().(graph.Concatenation); ok {
			t.Errorf("there is %v", n)
		}
	}
}

func TestUntouchedCount(t *testing.T) {
	t.Parallel()
	count, names := 0, []string{}
	for _, taps := range UntouchedTaps(Default()) {
		count += taps.Count()
		names = append(names, taps.Parameter)
	}
	if count != 6_291_456 || !slices.Equal(names, []string{"generator/encoder8/kernel", "generator/decoder1/kernel"}) {
		t.Errorf("%d untouched weights, of %v", count, names)
	}
}

// TestUntouchedGradients holds the list against the gradients: zero at the
// untouched taps, and at every other tap of the network some that are not.
func TestUntouchedGradients(t *testing.T) {
	t.Parallel()
	for _, change := range []func(c *Config){
		func(c *Config) { c.Generator = UNet },
		func(c *Config) { c.Generator = EncoderDecoder },
		func(c *Config) { c.Upsample, c.ActivatedSkips = Nearest, true },
	} {
		c := tiny(change, func(c *Config) { c.Dropout = DropoutOff })
		s := step(t, c, 1, 32, StepOptions{Gradients: true})
		v := run(t, s.Graph, inputsOf(s.Graph, 1), initial(s.Parameters, 1))
		untouched := map[string]Taps{}
		for _, taps := range UntouchedTaps(c) {
			untouched[taps.Parameter] = taps
		}
		if len(untouched) != 2 {
			t.Errorf("%d kernels with untouched taps", len(untouched))
		}
		for _, p := range s.Parameters.Trainable().Under("generator") {
			if len(p.Shape) == 4 {
				checkTaps(t, p, v.Output("gradient/"+p.Name), untouched[p.Name])
			}
		}
	}
}

func checkTaps(t *testing.T, p nn.Parameter, gradient []float64, taps Taps) {
	t.Helper()
	if taps.Parameter != "" && !taps.Shape.Equal(p.Shape) {
		t.Errorf("%s is %v, its taps %v", p.Name, p.Shape, taps.Shape)
	}
	size := p.Shape[2] * p.Shape[3]
	side := p.Shape[0]
	for tap := range side * side {
		row, column := tap/side, tap%side
		dead := taps.Parameter != "" && !(taps.Rows[row] && taps.Columns[column])
		zero := !differ(gradient[tap*size:(tap+1)*size], make([]float64, size))
		if dead != zero {
			t.Errorf("%s tap %d, %d: gradient zero %v, untouched %v", p.Name, row, column, zero, dead)
		}
	}
}

func TestZero(t *testing.T) {
	t.Parallel()
	taps := UntouchedTaps(tiny())[0]
	kernel := slices.Repeat([]float32{1}, taps.Shape.Size())
	taps.Zero(kernel)
	sum := 0
	for _, v := range kernel {
		sum += int(v)
	}
	if want := taps.Shape.Size() - taps.Count(); sum != want || taps.Count() != taps.Shape.Size()*3/4 {
		t.Errorf("%d weights left, want %d", sum, want)
	}
}
