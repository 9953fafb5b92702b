package conformance

import (
	"slices"
	"testing"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
)

// programs tests what the interfaces of package device promise.
func (s suite) programs(t *testing.T) {
	t.Run("share parameters", s.sharing)
	t.Run("leaves as outputs", s.leafOutputs)
	t.Run("old and new values", s.oldAndNew)
	t.Run("old value behind a stop-gradient", s.detachedOld)
	t.Run("values on the way", s.intermediates)
	t.Run("parameters are copied", s.parameterCopies)
	t.Run("same bits on another device", s.sameBitsElsewhere)
	t.Run("describe themselves", s.describe)
}

// compile compiles what f builds.
func compile(t *testing.T, dev device.Device, f func(g *graph.Graph)) device.Program {
	t.Helper()
	g, err := graph.Build(f)
	must(t, err)
	p, err := dev.Compile(g)
	if err != nil {
		t.Fatalf("%v\n%s", err, g)
	}
	return p
}

func wantOutput(t *testing.T, p device.Program, name string, want ...float32) {
	t.Helper()
	if got := p.Output(name); !slices.Equal(got, want) {
		t.Errorf("output %s is %v, want %v", name, got, want)
	}
}

// sharing trains with one program and looks with another, whose inputs are its
// own, through kernels that an executor may keep in a form of its own.
func (s suite) sharing(t *testing.T) {
	dev, params := s.open(t), map[string][]float64{}
	layers := func(g *graph.Graph) (x, w, loss *graph.Node) {
		x, w = g.Input("x", 1, 6, 6, 3), g.Parameter("w", 4, 4, 3, 5)
		h := graph.ReLU(graph.Conv(x, w, 2, graph.Pad(1)))
		y := graph.ConvTranspose(h, g.Parameter("v", 4, 4, 5, 3), 2, 1)
		g.Output("y", y)
		return x, w, graph.L2(y, x)
	}
	training, err := graph.Build(func(g *graph.Graph) {
		_, w, loss := layers(g)
		v := g.Parameter("v", 4, 4, 5, 3)
		d := graph.Gradient(loss, w, v)
		rate := g.Constant([]float32{0.01})
		descend(w, d[0], rate)
		descend(v, d[1], rate)
	})
	must(t, err)
	looking, err := graph.Build(func(g *graph.Graph) { layers(g) })
	must(t, err)
	d := newDraw("sharing", 0, false)
	before, train := newTrainer(t, dev, looking, params), newTrainer(t, dev, training, params)
	after := newTrainer(t, dev, looking, params)
	for _, r := range []*trainer{before, train, after} {
		r.set("x", d.normal(0, graph.Shape{1, 6, 6, 3})...)
	}
	weights := func() {
		train.setParameter(t, "w", graph.Shape{4, 4, 3, 5}, d.normal(0, graph.Shape{4, 4, 3, 5}))
		train.setParameter(t, "v", graph.Shape{4, 4, 5, 3}, d.normal(0, graph.Shape{4, 4, 5, 3}))
	}
	for range 2 {
		weights()
		for range 3 {
			before.run(t, "looking", s.loosen*networkTolerance)
			train.run(t, "training", s.loosen*networkTolerance)
			after.run(t, "looking elsewhere", s.loosen*networkTolerance)
		}
	}
}

func (s suite) leafOutputs(t *testing.T) {
	dev := s.open(t)
	p := compile(t, dev, func(g *graph.Graph) {
		x, w, c := g.Input("x", 3), g.Parameter("w", 2), g.Constant([]float32{5, 6}, 2)
		g.Input("unused", 4)
		g.Output("input", x)
		g.Output("input again", x)
		g.Output("detached", graph.Detach(x))
		g.Output("parameter", w)
		g.Output("constant", c)
		g.Output("relu", graph.ReLU(x))
		g.Output("scalar", graph.Mean(c))
	})
	if got := len(p.Input("unused")); got != 4 {
		t.Errorf("an unused input has %d elements, want 4", got)
	}
	copy(p.Input("x"), []float32{-1, 2, 3})
	must(t, p.Run())
	wantOutput(t, p, "parameter", 0, 0) // parameters begin as zeros
	must(t, dev.SetParameter("w", graph.Shape{2}, []float32{7, 8}))
	must(t, p.Run())
	for _, name := range []string{"input", "input again", "detached"} {
		wantOutput(t, p, name, -1, 2, 3)
	}
	wantOutput(t, p, "parameter", 7, 8)
	wantOutput(t, p, "constant", 5, 6)
	wantOutput(t, p, "relu", 0, 2, 3)
	wantOutput(t, p, "scalar", 5.5)
}

// oldAndNew reads a parameter before its update and uses that after it.
func (s suite) oldAndNew(t *testing.T) {
	dev := s.open(t)
	p := compile(t, dev, func(g *graph.Graph) {
		w := g.Parameter("w", 2)
		double := graph.Scale(w, 2)
		updated := descend(w, g.Constant([]float32{1, 3}, 2), g.Constant([]float32{4}))
		g.Output("new", updated)
		g.Output("new and old", graph.Add(updated, double))
		g.Output("new again", graph.Scale(updated, 3))
	})
	must(t, dev.SetParameter("w", graph.Shape{2}, []float32{10, 20}))
	must(t, p.Run())
	wantOutput(t, p, "new", 8, 17)
	wantOutput(t, p, "new and old", 28, 57)
	wantOutput(t, p, "new again", 24, 51)
	must(t, p.Run()) // an update happens at every run
	wantOutput(t, p, "new", 6, 14)
	only := compile(t, dev, func(g *graph.Graph) { // also where nothing is read
		descend(g.Parameter("w", 2), g.Constant([]float32{1, 1}, 2), g.Constant([]float32{8}))
	})
	must(t, only.Run())
	_, w, err := dev.Parameter("w")
	must(t, err)
	if !slices.Equal(w, []float32{2, 10}) {
		t.Errorf("w is %v after its update, want [2 10]", w)
	}
}

// detachedOld reads, after an update, what was detached from the parameter
// before it: that may be refused, but the new value is wrong.
func (s suite) detachedOld(t *testing.T) {
	dev := s.open(t)
	g, err := graph.Build(func(g *graph.Graph) {
		w := g.Parameter("w", 2)
		detached := graph.Detach(w)
		updated := descend(w, g.Constant([]float32{1, 3}, 2), g.Constant([]float32{4}))
		g.Output("sum", graph.Add(updated, detached))
		g.Output("detached", detached)
	})
	must(t, err)
	p, err := dev.Compile(g)
	if err != nil {
		wantError(t, err, "w")
		return
	}
	must(t, dev.SetParameter("w", graph.Shape{2}, []float32{10, 20}))
	must(t, p.Run())
	wantOutput(t, p, "sum", 18, 37)
	wantOutput(t, p, "detached", 10, 20)
}

// intermediates names every value of a chain that would run in place.
func (s suite) intermediates(t *testing.T) {
	p := compile(t, s.open(t), func(g *graph.Graph) {
		x := g.Input("x", 1, 1, 2, 2)
		a := graph.Scale(x, 2)
		b := graph.ReLU(a)
		c := graph.Add(b, a)
		d := graph.Concat(c, b)
		e := graph.Slice(d, 1, 3)
		for name, n := range map[string]*graph.Node{"a": a, "b": b, "c": c, "d": d, "e": e, "f": graph.LeakyReLU(e, 0.5)} {
			g.Output(name, n)
		}
	})
	copy(p.Input("x"), []float32{-1, 2, 3, -4})
	for range 2 { // inputs keep their contents
		must(t, p.Run())
		wantOutput(t, p, "a", -2, 4, 6, -8)
		wantOutput(t, p, "b", 0, 4, 6, 0)
		wantOutput(t, p, "c", -2, 8, 12, -8)
		wantOutput(t, p, "d", -2, 8, 0, 4, 12, -8, 6, 0)
		wantOutput(t, p, "e", 8, 0, -8, 6)
		wantOutput(t, p, "f", 8, 0, -4, 6)
	}
}

func (s suite) parameterCopies(t *testing.T) {
	dev := s.open(t)
	value := []float32{1, 2}
	must(t, dev.SetParameter("w", graph.Shape{1, 2}, value))
	value[0] = 9
	shape, got, err := dev.Parameter("w")
	must(t, err)
	if !shape.Equal(graph.Shape{1, 2}) || !slices.Equal(got, []float32{1, 2}) {
		t.Errorf("w is %v %v, want [1 2] [1 2]", shape, got)
	}
	got[1], shape[0] = 9, 9
	p := compile(t, dev, func(g *graph.Graph) { g.Output("w", graph.Scale(g.Parameter("w", 1, 2), 2)) })
	must(t, p.Run())
	wantOutput(t, p, "w", 2, 4)
	must(t, p.Close())
	p = compile(t, dev, func(g *graph.Graph) { g.Output("w", graph.Scale(g.Parameter("w", 1, 2), 3)) })
	must(t, p.Run())
	wantOutput(t, p, "w", 3, 6)
}

// sameBitsElsewhere trains the same network on two devices.
func (s suite) sameBitsElsewhere(t *testing.T) {
	var results [2][]float32
	for i := range results {
		dev := s.open(t)
		d := newDraw("elsewhere", 0, false)
		g, params := tinyTraining(d, updateRules()[0], true)
		p, err := dev.Compile(g)
		must(t, err)
		for _, w := range params {
			must(t, dev.SetParameter(w.Op().(graph.Parameter).Label, w.Shape(), d.normal(0, w.Shape())))
		}
		copy(p.Input("x"), d.normal(0, graph.Shape{2, 8, 8, 3}))
		p.Input("rate")[0] = 0.01
		for step := range 3 {
			p.Input("step")[0] = float32(step + 1)
			must(t, p.Run())
		}
		for _, o := range g.Outputs() {
			results[i] = append(results[i], p.Output(o.Name)...)
		}
	}
	if !sameBits(results[0], results[1]) {
		t.Error("two devices differ after three steps")
	}
}

func (s suite) describe(t *testing.T) {
	dev := s.open(t)
	p := compile(t, dev, func(g *graph.Graph) { g.Output("y", graph.ReLU(g.Input("x", 100))) })
	if dev.Name() == "" || p.String() == "" || p.Memory() < 0 {
		t.Errorf("name %q, memory %d, plan %q", dev.Name(), p.Memory(), p)
	}
}
