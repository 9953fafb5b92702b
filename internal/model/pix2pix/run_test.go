package pix2pix

import (
	"maps"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"easel/internal/engine/graph"
	"easel/internal/engine/reference"
	"easel/internal/model/nn"
)

// tiny is a whole pix2pix that the reference executor runs in no time: 32×32,
// five levels, a 16×16 discriminator.
func tiny(changes ...func(c *Config)) Config {
	c := Default()
	c.ImageSize, c.Width, c.DiscriminatorWidth, c.PatchLayers = 32, 2, 2, 1
	for _, change := range changes {
		change(&c)
	}
	return c
}

type values = map[string][]float64

// initial is every parameter's first value.
func initial(ps nn.Parameters, seed uint64) values {
	params := values{}
	for _, p := range ps {
		params[p.Name] = widen(p.Initialise(seed))
	}
	return params
}

func widen(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}

// uniform is n numbers in [−1, 1).
func uniform(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	out := make([]float64, n)
	for i := range out {
		out[i] = 2*r.Float64() - 1
	}
	return out
}

// inputsOf is a value for every input of a graph: uniform numbers, masks of
// 0 and 2, the default key and rate, and the first step.
func inputsOf(g *graph.Graph, seed uint64) values {
	key := graph.Key(seed, 1)
	in := values{}
	for i, n := range g.Nodes() {
		op, ok := n.Op().(graph.Input)
		if !ok {
			continue
		}
		switch label := op.Label; {
		case label == "key":
			in[label] = widen(key[:])
		case label == "rate":
			in[label] = []float64{2e-4}
		case label == "step":
			in[label] = []float64{1}
		case strings.HasPrefix(label, "mask/"):
			in[label] = uniform(n.Shape().Size(), seed+uint64(i))
			for j, v := range in[label] {
				in[label][j] = 1 + math.Copysign(1, v)
			}
		default:
			in[label] = uniform(n.Shape().Size(), seed+uint64(i))
		}
	}
	return in
}

// run runs a graph once; params are updated.
func run(t testing.TB, g *graph.Graph, in, params values) reference.Values {
	t.Helper()
	v, err := reference.Run(g, in, params)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func clone(v values) values { return maps.Clone(v) }

// infer builds a generator that has to work.
func infer(t testing.TB, c Config, batch, height, width int, o InferenceOptions) *Network {
	t.Helper()
	n, err := Inference(c, batch, height, width, o)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func agree(a, b, tolerance float64) bool {
	return math.Abs(a-b) <= tolerance*max(1, math.Abs(a), math.Abs(b))
}

func wantNear(t *testing.T, what string, got, want []float64, tolerance float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range got {
		if !agree(got[i], want[i], tolerance) {
			t.Fatalf("%s: element %d is %g, want %g", what, i, got[i], want[i])
		}
	}
}

func differ(a, b []float64) bool {
	for i := range a {
		if a[i] != b[i] {
			return true
		}
	}
	return false
}
