package pix2pix

import (
	"math"
	"testing"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

func segmenter() Config {
	return tiny(func(c *Config) { c.Objective, c.OutputChannels, c.InitDeviation = ClassEntropy.Alone(), 4, 0.2 })
}

// classesOf are inputs with classes for b, −1 and 7 among them, which do not count.
func classesOf(g *graph.Graph) values {
	in := inputsOf(g, 1)
	for i := range in["b"] {
		in["b"][i] = []float64{0, 3, 1, 2, -1, 0, 7}[(i+i/32)%7]
	}
	return in
}

func TestClassesShapes(t *testing.T) {
	t.Parallel()
	s := step(t, segmenter(), 2, 32, StepOptions{})
	if len(s.Losses) != 1 || s.Losses[0] != "loss/cross_entropy" {
		t.Errorf("losses %v", s.Losses)
	}
	if ps := s.Parameters.Under("discriminator"); len(ps) > 0 {
		t.Errorf("there is a discriminator: %v", ps.Names())
	}
	in := classesOf(s.Graph)
	if len(in["b"]) != 2*32*32 {
		t.Errorf("%d classes", len(in["b"]))
	}
	params := initial(s.Parameters, 1)
	clear(params["generator/decoder5/kernel"]) // logits 0: every class is as likely
	v := run(t, s.Graph, in, params)
	wantNear(t, "loss", v.Output("loss/cross_entropy"), []float64{math.Log(4)}, 1e-12)
	if got := len(v.Output("fake")); got != 2*32*32*4 {
		t.Errorf("%d logits", got)
	}
}

// The gradient is that of the loss, by finite differences.
func TestClassesGradient(t *testing.T) {
	t.Parallel()
	c := segmenter()
	s := step(t, c, 2, 32, StepOptions{Gradients: true})
	in, params := classesOf(s.Graph), initial(s.Parameters, 1)
	v := run(t, s.Graph, in, clone(params))
	losses := graph.New()
	m := Mode{Statistics: c.statistics(2, StepOptions{}), Key: losses.Input("key", graph.KeySize)}
	logits := Generator(nn.NewScope(losses).Sub("generator"), c, losses.Input("a", 2, 32, 32, 3), m)
	losses.Output("generator", graph.ClassCrossEntropy(logits, losses.Input("b", 2, 32, 32, 1)))
	for _, p := range s.Parameters.Trainable() {
		got := 0.0
		for i, d := range direction(p.Shape.Size()) {
			got += d * v.Output("gradient/" + p.Name)[i]
		}
		if want := slope(t, losses, in, params, p.Name); !agree(got, want, 1e-5) {
			t.Errorf("%s: %g, finite differences give %g", p.Name, got, want)
		}
	}
}

// A class that can be read off the input is learned.
func TestClassesLearns(t *testing.T) {
	t.Parallel()
	c := segmenter()
	c.Dropout, c.OutputChannels = DropoutOff, 2
	s := step(t, c, 1, 32, StepOptions{})
	in, params := inputsOf(s.Graph, 1), initial(s.Parameters, 1)
	for i := range in["b"] {
		if in["b"][i] = 0; in["a"][3*i] > 0 {
			in["b"][i] = 1
		}
	}
	in["rate"][0] = 0.02
	var loss float64
	for i := range 40 {
		in["step"][0] = float64(i + 1)
		loss = run(t, s.Graph, in, params).Output("loss/cross_entropy")[0]
	}
	if loss > 0.65*math.Ln2 {
		t.Errorf("the loss is still %g", loss)
	}
}
