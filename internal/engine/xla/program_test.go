package xla_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/engine/xla"
	"easel/internal/model/pix2pix"
)

// convolve is a graph of one convolution on pictures of a size.
func convolve(side int, parameter string) *graph.Graph {
	g := graph.New()
	x := g.Input("x", 1, side, side, 2)
	g.Output("y", graph.ReLU(graph.Conv(x, g.Parameter(parameter, 3, 3, 2, 4), 1, graph.Pad(1))))
	return g
}

// Compiling is what takes long: it happens once for a shape, whoever asks.
func TestCompiledOnce(t *testing.T) {
	t.Parallel()
	d := open(t, xla.Options{})
	defer func() { must(t, d.Close()) }()
	wantCompilations := func(when string, want int) {
		t.Helper()
		if got := d.Compilations(); got != want {
			t.Errorf("%s: compiled %d times, want %d", when, got, want)
		}
	}
	needed, err := d.Estimate(convolve(8, "w"))
	must(t, err)
	wantCompilations("estimated", 1)
	p, err := d.Compile(convolve(8, "w"))
	must(t, err)
	if p.Memory() != needed || needed <= 0 {
		t.Errorf("%d bytes, estimated %d", p.Memory(), needed)
	}
	for range 5 {
		must(t, p.Run())
	}
	wantCompilations("run", 1)
	other, err := d.Compile(convolve(8, "v")) // the same but for a name
	must(t, err)
	wantCompilations("another parameter", 1)
	must(t, d.SetParameter("v", graph.Shape{3, 3, 2, 4}, slices.Repeat([]float32{1}, 72)))
	for _, each := range []device.Program{p, other} {
		for i := range each.Input("x") {
			each.Input("x")[i] = 1
		}
		must(t, each.Run())
	}
	if zeros, ones := p.Output("y")[0], other.Output("y")[0]; zeros != 0 || ones != 8 {
		t.Errorf("programs that share an executable mix up parameters: %g and %g, want 0 and 8", zeros, ones)
	}
	must(t, p.Close())
	must(t, other.Close())
	for _, side := range []int{8, 16, 8, 16, 8} {
		p, err := d.Compile(convolve(side, "w"))
		must(t, err)
		must(t, p.Run())
		must(t, p.Close())
	}
	wantCompilations("two shapes in turns", 2)
}

// A run computes with what its inputs had when it was started, whatever is
// written and uploaded for the next one meanwhile.
func TestStart(t *testing.T) {
	t.Parallel()
	d := open(t, xla.Options{})
	defer func() { must(t, d.Close()) }()
	g := graph.New()
	x, y := g.Input("x", 2), g.Input("y", 2)
	g.Input("unread", 2)
	g.Output("sum", graph.Add(x, graph.Scale(y, 10)))
	compiled, err := d.Compile(g)
	must(t, err)
	p := compiled.(device.Starter)
	copy(p.Input("x"), []float32{1, 2})
	copy(p.Input("y"), []float32{1, 1})
	for i := float32(0); i < 4; i++ {
		must(t, p.Start())
		copy(p.Input("x"), []float32{i + 2, i + 3})
		must(t, p.Upload("x", "unread"))
		must(t, p.Wait())
		if got := p.Output("sum"); got[0] != i+11 || got[1] != i+12 {
			t.Errorf("run %g: %v, want %v", i, got, []float32{i + 11, i + 12})
		}
	}
	must(t, p.Run()) // with what was uploaded last
	if got := p.Output("sum"); got[0] != 15 {
		t.Errorf("the last run: %v", got)
	}
	if p.Wait() == nil {
		t.Error("waited for a run that nobody started")
	}
	must(t, p.Start())
	if p.Start() == nil {
		t.Error("started twice at once")
	}
	must(t, p.Close())
}

// A training step's parameters and moments are updated where they are: what a
// run returns, beside the small outputs, takes the memory of what it was given.
func TestStepInPlace(t *testing.T) {
	t.Parallel()
	d := open(t, xla.Options{})
	defer func() { must(t, d.Close()) }()
	c := pix2pix.Default()
	c.ImageSize, c.Width, c.DiscriminatorWidth, c.PatchLayers = 32, 8, 8, 1
	s, err := pix2pix.TrainStep(c, 1, 32, 32, pix2pix.StepOptions{})
	must(t, err)
	must(t, s.Parameters.Store(d, 1))
	p, err := d.Compile(s.Graph)
	must(t, err)
	device.Fill(p.Input("rate"), 2e-4)
	for step := range 3 {
		device.Fill(p.Input("step"), float32(step+1))
		must(t, p.Run())
	}
	if got := d.Compilations(); got != 1 {
		t.Errorf("compiled %d times, want once", got)
	}
	parameters := 4 * int64(s.Parameters.Count())
	aliased := xla.Aliased(p)
	if aliased != parameters {
		t.Errorf("%d bytes are updated in place, want all %d of the parameters", aliased, parameters)
	}
}

// What does not fit is an error with a hint, and the device goes on.
func TestTooLarge(t *testing.T) {
	t.Parallel()
	d := open(t, xla.Options{})
	defer func() { must(t, d.Close()) }()
	g := graph.New()
	x := g.Input("x", 1, 1, 1, 1)
	y := graph.Resize(x, graph.NearestInterpolation, 1<<16, 1<<16)
	for range 10 { // 16 GiB each, more of which have to be there at once
		y = graph.Concat(y, y)
	}
	g.Output("y", y)
	p, err := d.Compile(g)
	if err == nil {
		err = p.Run()
	}
	var hinted interface{ Hint() string }
	if !errors.As(err, &hinted) || !strings.Contains(hinted.Hint(), "smaller") {
		t.Errorf("16 TiB: %v", err)
	}
	p, err = d.Compile(convolve(4, "w"))
	must(t, err)
	must(t, p.Run())
}

func TestTooManyDevices(t *testing.T) {
	t.Parallel()
	_, err := xla.Open(plugin(t), xla.Options{Devices: 1000})
	e, ok := err.(interface{ Hint() string })
	if !ok || !strings.Contains(err.Error(), "1000") || e.Hint() == "" {
		t.Errorf("a thousand devices: %v", err)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
