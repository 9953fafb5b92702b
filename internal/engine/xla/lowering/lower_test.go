package lowering_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/engine/conformance"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/engine/xla/lowering"
	"easel/internal/model/pix2pix"
)

// Every operation of the conformance suite lowers, twice to the same text.
// Whether the text is right is for tests that run it: see jax_test.go and
// package xla.
func TestEveryOperationLowers(t *testing.T) {
	t.Parallel()
	for e := range conformance.Examples(1 << 10) {
		first, err := lowering.Lower(e.Graph, lowering.Options{})
		if err != nil {
			t.Errorf("%s: %v\n%s", e.Name, err, e.Graph)
			continue
		}
		again, err := lowering.Lower(e.Graph, lowering.Options{})
		if err != nil || !bytes.Equal(first.Text, again.Text) {
			t.Errorf("%s: lowers to another text the second time (%v)", e.Name, err)
		}
	}
}

var update = flag.Bool("update", false, "write the stored modules anew")

// Stored modules show a change of the lowering before any compiler does. After
// a change that is meant: go test ./internal/engine/xla/lowering -update, and run the
// tests that execute modules.
func TestStoredModules(t *testing.T) {
	t.Parallel()
	for name, build := range map[string]func(g *graph.Graph){
		"layers": layers, "samples": samples, "losses": losses, "updates": updates, "random": random,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, err := graph.Build(build)
			if err != nil {
				t.Fatal(err)
			}
			m, err := lowering.Lower(g, lowering.Options{})
			if err != nil {
				t.Fatal(err)
			}
			compareStored(t, filepath.Join("testdata", name+".mlir"), m.Text)
		})
	}
}

func compareStored(t *testing.T, path string, text []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, text, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, lines := strings.Split(string(text), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(got), len(lines)) {
		if i >= len(got) || i >= len(lines) || got[i] != lines[i] {
			t.Fatalf("%s: line %d has changed; see the comment of this test\n%s", path, i+1, text)
		}
	}
}

// layers has a convolution with each gradient, a norm, a transposed
// convolution and its gradients.
func layers(g *graph.Graph) {
	x, w, v := g.Input("x", 1, 8, 8, 3), g.Parameter("w", 4, 4, 3, 5), g.Parameter("v", 4, 4, 5, 3)
	scale, shift := g.Parameter("scale", 5), g.Parameter("shift", 5)
	h := graph.LeakyReLU(graph.Norm(graph.Conv(x, w, 2, graph.Pad(1)), scale, shift, graph.PerBatch, 1e-5), 0.2)
	y := graph.Tanh(graph.ConvTranspose(h, v, 2, 1))
	g.Output("y", y)
	for i, d := range graph.Gradient(graph.Mean(y), x, w, v, scale, shift) {
		g.Output([]string{"dx", "dw", "dv", "dscale", "dshift"}[i], d)
	}
}

func samples(g *graph.Graph) {
	x := g.Input("x", 1, 6, 6, 2)
	p := graph.PadPicture(x, graph.PadReflect, graph.Padding{Top: 1, Left: 2, Bottom: 1})
	p = graph.PadPicture(p, graph.PadReplicate, graph.Pad(1))
	y := graph.Concat(graph.MaxPool(p, 2, 2), graph.AveragePool(p, 2, 2))
	y = graph.Resize(graph.Slice(y, 1, 3), graph.BilinearInterpolation, 7, 9)
	y = graph.Gram(graph.Resize(y, graph.NearestInterpolation, 5, 5))
	g.Output("y", y)
	g.Output("dx", graph.Gradient(graph.Mean(y), x)[0])
}

func losses(g *graph.Graph) {
	x, y := g.Input("x", 1, 2, 2, 3), g.Input("y", 1, 2, 2, 3)
	classes := g.Input("classes", 1, 2, 2, 1)
	all := []*graph.Node{
		graph.L1(x, y), graph.L2(x, y), graph.CrossEntropy(x, 1), graph.LeastSquares(x, 0),
		graph.Hinge(x, -1), graph.ClassCrossEntropy(x, classes),
	}
	sum := all[0]
	for _, loss := range all[1:] {
		sum = graph.Add(sum, loss)
	}
	g.Output("loss", sum)
	g.Output("dx", graph.Gradient(sum, x)[0])
}

func updates(g *graph.Graph) {
	rate, step := g.Input("rate"), g.Input("step")
	p := g.Parameter("p", 2, 3)
	gradient := g.Input("gradient", 2, 3)
	g.Output("p", graph.Adam(p, gradient, g.Parameter("m", 2, 3), g.Parameter("v", 2, 3), rate, step,
		graph.AdamUpdate{Beta1: 0.5, Beta2: 0.999, Epsilon: 1e-8}))
}

func random(g *graph.Graph) {
	key := g.Input("key", graph.KeySize)
	g.Output("mask", graph.Mask(key, 0.5, 7, 2, 3))
	g.Output("noise", graph.Noise(key, 8, 5))
}

// The whole training step lowers; its parameters and moments are updated in
// place.
func TestTrainingStep(t *testing.T) {
	t.Parallel()
	c := pix2pix.Default()
	c.Width, c.ImageSize = 8, 256
	s, err := pix2pix.TrainStep(c, 1, 256, 256, pix2pix.StepOptions{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := lowering.Lower(s.Graph, lowering.Options{})
	if err != nil {
		t.Fatal(err)
	}
	kept, updated := 0, 0
	for _, a := range m.Arguments {
		if a.Kind == lowering.Parameter {
			kept++
			if a.Updated {
				updated++
			}
		}
	}
	if kept == 0 || updated != kept {
		t.Errorf("%d of %d parameters are updated in place", updated, kept)
	}
	if got := strings.Count(string(m.Text), "tf.aliasing_output"); got != updated {
		t.Errorf("%d arguments give their memory to a result, want %d", got, updated)
	}
}

// Lowered for bfloat16, every product has bfloat16 operands and nothing else
// has.
func TestPrecision(t *testing.T) {
	t.Parallel()
	g, err := graph.Build(layers)
	if err != nil {
		t.Fatal(err)
	}
	for precision, want := range map[device.Precision][]string{
		device.Float32: {"precision HIGHEST"}, device.TF32: {"precision DEFAULT"},
		device.BFloat16: {"precision DEFAULT", "bf16"},
	} {
		m, err := lowering.Lower(g, lowering.Options{Precision: precision})
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(m.Text)) {
			if precision != device.BFloat16 && strings.Contains(line, "bf16") {
				t.Errorf("%v: %s", precision, line)
			}
			if strings.Contains(line, "bf16") && !strings.Contains(line, "stablehlo.convert") && !strings.HasPrefix(strings.TrimSpace(line), "}") {
				t.Errorf("%v: bfloat16 outside a product: %s", precision, line)
			}
		}
		for _, part := range want {
			if !strings.Contains(string(m.Text), part) {
				t.Errorf("%v: the module has no %s", precision, part)
			}
		}
	}
}
