package conformance

import (
	"fmt"
	"slices"
	"testing"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/engine/reference"
)

// collectiveCases are the operations over all devices, on one: RunDevices has
// them on several.
func collectiveCases() []Case {
	return []Case{
		pointwise("all-reduce", func(d *Draw) *graph.Node {
			x := d.Leaf(d.AnyShape()...)
			return graph.Mul(graph.DeviceMean(graph.Scale(x, 3)), d.Leaf(x.Shape()...))
		}),
		{Name: "global-batch norm", Tolerance: productTolerance, Build: func(d *Draw) *graph.Node {
			x := d.Normal(1, d.Picture(3)...)
			c := x.Shape().Channels()
			return graph.Norm(x, d.Normal(1, c), d.Leaf(c), graph.PerGlobalBatch, 1e-5)
		}},
	}
}

// RunDevices is the suite for a device that stands for several. Open opens one
// that stands for count, without parameters; the suite closes it. It holds
// every operation over devices, and random values, against the reference on as
// many devices, and training on several against training on one with the whole
// batch.
func RunDevices(t *testing.T, open func(t testing.TB, count int) device.Device, o Options) {
	if o.Loosen == 0 {
		o.Loosen = 1
	}
	opened := func(t testing.TB, count int) device.Device {
		t.Helper()
		dev := open(t, count)
		t.Cleanup(func() { must(t, dev.Close()) })
		if got := device.Count(dev); got != count {
			t.Fatalf("stands for %d devices, want %d", got, count)
		}
		return dev
	}
	for _, count := range []int{1, 2, 3} {
		t.Run(fmt.Sprint(count), func(t *testing.T) {
			s := severalSuite{func(t testing.TB) device.Device { return opened(t, count) }, count, o.Loosen}
			t.Run("operations", s.operations)
			t.Run("as one", s.asOne)
			t.Run("first", s.first)
		})
	}
}

type severalSuite struct {
	open   func(t testing.TB) device.Device
	count  int
	loosen float64
}

// operations runs what depends on which device it is on, each with a value of
// its own.
func (s severalSuite) operations(t *testing.T) {
	dev := s.open(t)
	for seed := range 6 {
		d := newDraw("several", seed, false)
		g := d.Graph
		shape := d.Picture(2)
		x, key, c := g.Input("x", shape...), g.Input("key", graph.KeySize), shape[3]
		scale, shift := g.Parameter(fmt.Sprintf("scale %d", seed), c), g.Parameter(fmt.Sprintf("shift %d", seed), c)
		mean := graph.DeviceMean(x)
		norm := graph.Norm(x, scale, shift, graph.PerGlobalBatch, 1e-5)
		loss := graph.Add(graph.Mean(graph.Mul(mean, x)), graph.L2(norm, graph.Scale(x, 0.3)))
		g.Output("mean", mean)
		g.Output("norm", norm)
		g.Output("mask", graph.Mask(key, 0.4, 3, shape...))
		g.Output("noise", graph.Noise(key, 4, shape...))
		for i, gradient := range graph.Gradient(loss, x, scale, shift) {
			g.Output(fmt.Sprintf("gradient %d", i), gradient)
		}
		s.compare(t, dev, d, x, scale, shift)
	}
}

// compare runs a graph with random values of the given leaves, inputs each
// device's own, on the device and on the reference.
func (s severalSuite) compare(t *testing.T, dev device.Device, d *Draw, leaves ...*graph.Node) {
	t.Helper()
	p, err := dev.Compile(d.Graph)
	must(t, err)
	inputs, params := make([]map[string][]float64, s.count), make([]map[string][]float64, s.count)
	key := graph.Key(d.Uint64(), d.Uint64()>>16)
	device.Fill(p.Input("key"), key[:]...)
	for i := range inputs {
		inputs[i], params[i] = map[string][]float64{"key": widen(key[:])}, map[string][]float64{}
	}
	for _, l := range leaves {
		switch op := l.Op().(type) {
		case graph.Parameter:
			value := d.normal(1, l.Shape())
			must(t, dev.SetParameter(op.Label, l.Shape(), value))
			for i := range params {
				params[i][op.Label] = widen(value)
			}
		case graph.Input:
			for i := range inputs {
				value := d.normal(float64(i), l.Shape())
				copy(p.Input(op.Label)[i*len(value):], value)
				inputs[i][op.Label] = widen(value)
			}
		}
	}
	must(t, p.Run())
	want, err := reference.RunDevices(d.Graph, inputs, params)
	must(t, err)
	for _, o := range d.Graph.Outputs() {
		var all []float64
		for _, v := range want {
			all = append(all, v.Of(o.Node)...)
		}
		if err := closeTo(p.Output(o.Name), all, s.loosen*networkTolerance, 0); err != nil {
			t.Errorf("%s: output %s: %v\n%s", d.prefix, o.Name, err, d.Graph)
		}
	}
	must(t, p.Close())
}

// asOne trains a network with norms, dropout and noise on several devices, and
// on one with the whole batch.
func (s severalSuite) asOne(t *testing.T) {
	for _, over := range []graph.Statistics{graph.PerPicture, graph.PerGlobalBatch} {
		t.Run(over.String(), func(t *testing.T) {
			const batch = 2
			several, one := s.open(t), reference.New()
			parts, err := several.Compile(dataParallel(batch, over))
			must(t, err)
			whole, err := one.Compile(dataParallel(s.count*batch, over))
			must(t, err)
			d := newDraw("as one", s.count, false)
			for name, shape := range dataParallelWeights {
				value := d.normal(0, shape)
				must(t, several.SetParameter(name, shape, value))
				must(t, one.SetParameter(name, shape, value))
			}
			for step := range 3 {
				x := d.normal(0, graph.Shape{s.count * batch, 8, 8, 3})
				key := graph.Key(7, uint64(step))
				for _, p := range []device.Program{parts, whole} {
					copy(p.Input("x"), x)
					device.Fill(p.Input("key"), key[:]...)
					must(t, p.Run())
				}
				for _, name := range []string{"loss", "y"} {
					got, want := parts.Output(name), widen(whole.Output(name))
					if name == "loss" {
						want = slices.Repeat(want, s.count)
					}
					if err := closeTo(got, want, s.loosen*networkTolerance, 0); err != nil {
						t.Fatalf("step %d: %s: %v", step+1, name, err)
					}
				}
			}
			for name := range dataParallelWeights {
				_, got, err := several.Parameter(name)
				must(t, err)
				_, want, err := one.Parameter(name)
				must(t, err)
				if err := closeTo(got, widen(want), s.loosen*networkTolerance, 0); err != nil {
					t.Errorf("parameter %s: %v", name, err)
				}
			}
		})
	}
}

var dataParallelWeights = map[string]graph.Shape{"w": {4, 4, 3, 6}, "v": {4, 4, 6, 3}, "scale": {6}, "shift": {6}}

// dataParallel is a training step as it runs on each device.
func dataParallel(batch int, over graph.Statistics) *graph.Graph {
	g := graph.New()
	x, key := g.Input("x", batch, 8, 8, 3), g.Input("key", graph.KeySize)
	names := []string{"w", "v", "scale", "shift"}
	var weights []*graph.Node
	for _, name := range names {
		weights = append(weights, g.Parameter(name, dataParallelWeights[name]...))
	}
	h := graph.Norm(graph.Conv(x, weights[0], 2, graph.Pad(1)), weights[2], weights[3], over, 1e-5)
	h = graph.LeakyReLU(graph.Mul(h, graph.Mask(key, 0.5, 1, h.Shape()...)), 0.2)
	y := graph.Tanh(graph.ConvTranspose(graph.Add(h, graph.Noise(key, 2, h.Shape()...)), weights[1], 2, 1))
	loss := graph.L2(y, x)
	g.Output("loss", graph.DeviceMean(loss))
	g.Output("y", y)
	rate := g.Constant([]float32{0.05})
	for i, gradient := range graph.Gradient(loss, weights...) {
		descend(weights[i], graph.DeviceMean(gradient), rate)
	}
	return g
}

// first wants the first device alone to share the parameters of all.
func (s severalSuite) first(t *testing.T) {
	dev := s.open(t)
	train := compile(t, dev, func(g *graph.Graph) {
		w := g.Parameter("w", 2)
		descend(w, graph.DeviceMean(g.Input("gradient", 2)), g.Constant([]float32{1}))
	})
	look := compile(t, device.One(dev), func(g *graph.Graph) { g.Output("w", graph.Scale(g.Parameter("w", 2), 2)) })
	must(t, dev.SetParameter("w", graph.Shape{2}, []float32{10, 20}))
	for i := range s.count {
		copy(train.Input("gradient")[2*i:], []float32{float32(2 * i), -1})
	}
	must(t, train.Run())
	must(t, look.Run())
	wantOutput(t, look, "w", 2*(10-float32(s.count-1)/float32(s.count)), 41)
}
