package pix2pix

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// Instance norm at batch 1 is batch norm: auto makes no difference there.
func TestNormsAgreeAtBatchOne(t *testing.T) {
	t.Parallel()
	var want []float64
	for _, norm := range []NormKind{NormAuto, NormInstance, NormBatch} {
		s := step(t, tiny(func(c *Config) { c.Norm = norm }), 1, 32, StepOptions{})
		params := initial(s.Parameters, 1)
		v := run(t, s.Graph, inputsOf(s.Graph, 1), params)
		got := append(v.Output("fake"), params["generator/encoder1/kernel"]...)
		for _, name := range s.Losses {
			got = append(got, v.Output(name)...)
		}
		if want == nil {
			want = got
		}
		wantNear(t, string(norm), got, want, 1e-12)
	}
}

func TestAutoNorm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		batch, devices int
		local          bool
		want           graph.Statistics
	}{
		{1, 0, false, graph.PerPicture}, {2, 0, false, graph.PerBatch}, {10, 1, true, graph.PerBatch},
		// The paper's rule is about the batch of all devices.
		{1, 2, false, graph.PerGlobalBatch}, {2, 2, false, graph.PerGlobalBatch},
		{2, 2, true, graph.PerBatch}, {1, 2, true, graph.PerPicture},
	} {
		if got := Default().statistics(c.batch, StepOptions{Devices: c.devices, LocalStatistics: c.local}); got != c.want {
			t.Errorf("auto at batch %d on %d devices, local %v, is %v norm, want %v", c.batch, c.devices, c.local, got, c.want)
		}
	}
}

// Where D says 0 everywhere, both losses are log 2, means and not sums.
func TestLossesOfUndecided(t *testing.T) {
	t.Parallel()
	for _, halve := range []bool{true, false} {
		s := step(t, tiny(func(c *Config) { c.HalveDiscriminatorLoss = halve }), 2, 32, StepOptions{})
		params := initial(s.Parameters, 1)
		clear(params["discriminator/layer3/kernel"])
		in := inputsOf(s.Graph, 1)
		in["rate"][0] = 0
		v := run(t, s.Graph, in, params)
		wantNear(t, "loss/d", v.Output("loss/d"), []float64{math.Ln2}, 1e-12)
		wantNear(t, "loss/gan", v.Output("loss/gan"), []float64{math.Ln2}, 1e-12)
		wantNear(t, "real", v.Output("discriminator/real"), []float64{0.5}, 1e-12)
		wantNear(t, "fake", v.Output("discriminator/fake"), []float64{0.5}, 1e-12)
	}
}

// The reported L1 is the mean over all elements, without λ, whatever is optimised.
func TestPixelLosses(t *testing.T) {
	t.Parallel()
	for _, objective := range Objectives()[:8] {
		s := step(t, tiny(func(c *Config) { c.Objective = objective }), 2, 32, StepOptions{})
		in := inputsOf(s.Graph, 1)
		v := run(t, s.Graph, in, initial(s.Parameters, 1))
		var absolute, squared float64
		for i, y := range v.Output("fake") {
			off := y - in["b"][i]
			absolute += math.Abs(off) / float64(len(in["b"]))
			squared += off * off / float64(len(in["b"]))
		}
		wantNear(t, objective.String(), v.Output("loss/l1"), []float64{absolute}, 1e-9)
		want := []string{"loss/d", "loss/gan", "loss/l1"}
		if !strings.Contains(objective.String(), "gan") {
			want = want[2:]
		}
		if strings.HasPrefix(objective.String(), "l2") {
			want = append(want, "loss/l2")
			wantNear(t, objective.String(), v.Output("loss/l2"), []float64{squared}, 1e-9)
		}
		if strings.Join(s.Losses, " ") != strings.Join(want, " ") {
			t.Errorf("%s reports %v, want %v", objective, s.Losses, want)
		}
		if got := len(s.Parameters.Under("discriminator")) > 0; got != (want[0] == "loss/d") {
			t.Errorf("%s has a discriminator: %v", objective, got)
		}
	}
}

// judge is D alone, as a graph with output "map".
func judge(c Config, batch int) *graph.Graph {
	g := graph.New()
	a, b := g.Input("a", batch, 32, 32, 3), g.Input("b", batch, 32, 32, 3)
	g.Output("map", Discriminator(nn.NewScope(g).Sub("discriminator"), c, a, b, Mode{Statistics: c.statistics(batch, StepOptions{})}))
	return g
}

// Real and fake pictures are batches of their own: D's maps in the step are
// what D makes of each alone. The generator's step sees D as updated, or, in
// the simultaneous order, as it was.
func TestDiscriminatorPasses(t *testing.T) {
	t.Parallel()
	for _, order := range []StepOrder{DiscriminatorFirst, Simultaneous} {
		c := tiny(func(c *Config) { c.Order = order })
		s := step(t, c, 2, 32, StepOptions{Gradients: true})
		before := initial(s.Parameters, 1)
		after := clone(before)
		in := inputsOf(s.Graph, 1)
		in["rate"][0] = 0.01
		v := run(t, s.Graph, in, after)
		g := judge(c, 2)
		alone := func(b []float64, params values) []float64 {
			return run(t, g, values{"a": in["a"], "b": b}, clone(params)).Output("map")
		}
		wantNear(t, "real", v.Output("logits/real"), alone(in["b"], before), 1e-12)
		wantNear(t, "fake", v.Output("logits/fake"), alone(v.Output("fake"), before), 1e-12)
		seen := after
		if order == Simultaneous {
			seen = before
		}
		wantNear(t, string(order), v.Output("logits/generator"), alone(v.Output("fake"), seen), 1e-12)
		if !differ(alone(v.Output("fake"), before), alone(v.Output("fake"), after)) {
			t.Error("D's step changes nothing")
		}
	}
}

// Each weight is updated once, by one gradient: D's do not come from the
// generator's step too.
func TestOneUpdateEach(t *testing.T) {
	t.Parallel()
	for _, order := range []StepOrder{DiscriminatorFirst, Simultaneous} {
		s := step(t, tiny(func(c *Config) { c.Order = order }), 1, 32, StepOptions{Gradients: true})
		updates := map[*graph.Node]int{}
		for _, n := range s.Graph.Nodes() {
			if _, ok := n.Op().(graph.AdamUpdate); ok {
				updates[n.Inputs()[0]]++
			}
		}
		for _, p := range s.Parameters.Trainable() {
			if updates[p.Node] != 1 {
				t.Errorf("%s: %s has %d updates", order, p.Name, updates[p.Node])
			}
		}
	}
}

// D's gradients are those of its loss and the generator's those of its own, by
// finite differences along a random direction in each parameter. In the
// simultaneous order both are taken at the same weights, so that a
// gradient gone astray through the other network would show.
func TestGradients(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Config{
		"paper":          tiny(),
		"l2, lsgan":      tiny(func(c *Config) { c.GANLoss, c.Objective, c.HalveDiscriminatorLoss = LeastSquares, L2.With(GAN), false }),
		"hinge, no norm": tiny(func(c *Config) { c.GANLoss, c.Objective, c.Norm = Hinge, CGAN.Alone(), NormNone }),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.Order, c.Lambda, c.InitDeviation = Simultaneous, 10, 0.2
			s := step(t, c, 2, 32, StepOptions{Gradients: true})
			in, params := inputsOf(s.Graph, 1), initial(s.Parameters, 1)
			for _, p := range s.Parameters.Trainable() {
				if len(p.Shape) == 1 { // away from the kinks of dead units
					for i := range params[p.Name] {
						params[p.Name][i] += 0.05
					}
				}
			}
			v := run(t, s.Graph, in, clone(params))
			losses := lossGraph(c)
			for _, p := range s.Parameters.Trainable() {
				want := slope(t, losses, in, params, p.Name)
				got := 0.0
				for i, d := range direction(p.Shape.Size()) {
					got += d * v.Output("gradient/" + p.Name)[i]
				}
				if !agree(got, want, 1e-5) {
					t.Errorf("%s: %g, finite differences give %g", p.Name, got, want)
				}
			}
		})
	}
}

// lossGraph is what D and the generator minimise, without any step: outputs
// discriminator and generator.
func lossGraph(c Config) *graph.Graph {
	g := graph.New()
	scope, m := nn.NewScope(g), Mode{Statistics: c.statistics(2, StepOptions{}), Key: g.Input("key", graph.KeySize)}
	a, b := g.Input("a", 2, 32, 32, 3), g.Input("b", 2, 32, 32, 3)
	fake := Generator(scope.Sub("generator"), c, a, m)
	real := Discriminator(scope.Sub("discriminator"), c, a, b, m)
	logits := Discriminator(scope.Sub("discriminator"), c, a, fake, m)
	ofReal, ofFake := c.discriminatorLosses(real, logits)
	half := float32(1)
	if c.HalveDiscriminatorLoss {
		half = 0.5
	}
	g.Output("discriminator", graph.Scale(graph.Add(ofReal, ofFake), half))
	loss := c.generatorLoss(logits)
	if pixel := c.pixelLoss(fake, b); pixel != nil {
		loss = graph.Add(loss, graph.Scale(pixel, float32(c.Lambda)))
	}
	g.Output("generator", loss)
	return g
}

// slope is the change of a parameter's network's loss along its direction.
func slope(t *testing.T, losses *graph.Graph, in, params values, name string) float64 {
	const h = 1e-6
	network, _, _ := strings.Cut(name, "/")
	at := func(h float64) float64 {
		moved := clone(params)
		moved[name] = append([]float64{}, params[name]...)
		for i, d := range direction(len(moved[name])) {
			moved[name][i] += h * d
		}
		return run(t, losses, in, moved).Output(network)[0]
	}
	return (at(h) - at(-h)) / (2 * h)
}

// direction is a random unit vector.
func direction(n int) []float64 {
	r := rand.New(rand.NewPCG(uint64(n), 9))
	d, size := make([]float64, n), 0.0
	for i := range d {
		d[i] = r.NormFloat64()
		size += d[i] * d[i]
	}
	for i := range d {
		d[i] /= math.Sqrt(size)
	}
	return d
}

// The generator learns: L1 alone goes down.
func TestLearns(t *testing.T) {
	t.Parallel()
	s := step(t, tiny(func(c *Config) { c.Objective, c.Dropout = L1.Alone(), DropoutOff }), 1, 32, StepOptions{})
	in, params := inputsOf(s.Graph, 1), initial(s.Parameters, 1)
	for i := range in["b"] {
		in["b"][i] = 0.5
	}
	in["rate"][0] = 0.01
	var losses []float64
	for i := range 20 {
		in["step"][0] = float64(i + 1)
		losses = append(losses, run(t, s.Graph, in, params).Output("loss/l1")[0])
	}
	if first, last := losses[0], losses[len(losses)-1]; last > first/2 {
		t.Errorf("from %g to %g", first, last)
	}
}

// Weights, also of transposed convolutions, start as N(0, 0.02), scales as
// N(1, 0.02), biases and shifts as 0.
func TestInitialisation(t *testing.T) {
	t.Parallel()
	s := step(t, with(func(c *Config) { c.Width, c.DiscriminatorWidth = 16, 16 }), 1, 256, StepOptions{})
	for _, p := range s.Parameters.Trainable() {
		var mean, square float64
		n := float64(p.Shape.Size())
		value := p.Initialise(7)
		for _, v := range value {
			mean += float64(v) / n
			square += float64(v) * float64(v) / n
		}
		wantMean, wantDeviation := 0.0, 0.02
		switch {
		case strings.HasSuffix(p.Name, "bias"), strings.HasSuffix(p.Name, "shift"):
			wantDeviation = 0
		case strings.HasSuffix(p.Name, "scale"):
			wantMean = 1
		}
		deviation := math.Sqrt(square - mean*mean)
		if math.Abs(mean-wantMean) > 5*wantDeviation/math.Sqrt(n) || math.Abs(deviation-wantDeviation) > 4*wantDeviation/math.Sqrt(n) {
			t.Errorf("%s: mean %g, deviation %g of %g numbers", p.Name, mean, deviation, n)
		}
	}
}
