package cpu_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"easel/internal/engine/cpu"
	"easel/internal/engine/graph"
)

// What fusing must not do to graphs that no model of ours has: fold a gradient
// twice, take a gate's sign from what has none, write over what is still read,
// or move a read across an update.
func TestFusionKeepsValues(t *testing.T) {
	t.Parallel()
	for name, build := range map[string]func(g *graph.Graph){
		"pool, rectifier and norm": func(g *graph.Graph) {
			x := g.Input("x", 1, 8, 8, 16)
			n := graph.Norm(x, g.Parameter("s", 16), g.Parameter("b", 16), graph.PerBatch, 1e-5)
			g.Output("dx", graph.Gradient(branches(g, n), x)[0])
		},
		"pool and two rectifiers": func(g *graph.Graph) {
			n := graph.Scale(g.Input("x", 1, 8, 8, 16), 2)
			g.Output("dx", graph.Gradient(branches(g, n), n)[0])
		},
		"rectifier and sigmoid": func(g *graph.Graph) {
			x := graph.Scale(g.Input("x", 1, 8, 8, 16), 2)
			l := graph.Add(graph.L2(graph.Sigmoid(x), g.Input("t", 1, 8, 8, 16)), graph.L2(graph.ReLU(x), g.Input("u", 1, 8, 8, 16)))
			g.Output("dx", graph.Gradient(graph.Scale(l, 100), x)[0])
		},
		"rectifiers wanted by their gradients only": func(g *graph.Graph) {
			x := g.Input("x", 1, 8, 8, 16)
			y := graph.LeakyReLU(graph.Conv(x, g.Parameter("v", 3, 3, 16, 40), 1, graph.Pad(1)), 0.2)
			z := graph.ReLU(graph.Conv(y, g.Parameter("w", 3, 3, 40, 16), 1, graph.Pad(1)))
			l := graph.Add(graph.L2(graph.Conv(z, g.Parameter("u", 3, 3, 16, 8), 1, graph.Pad(1)), g.Input("t", 1, 8, 8, 8)), graph.Mean(y))
			g.Output("dx", graph.Gradient(graph.Scale(l, 100), x)[0])
		},
		"a rectifier wanted after its gradient": func(g *graph.Graph) {
			x := g.Input("x", 1, 8, 8, 16)
			y := graph.ReLU(graph.Scale(x, 2))
			d := graph.Gradient(graph.L2(graph.Conv(y, g.Parameter("u", 3, 3, 16, 8), 1, graph.Pad(1)), g.Input("t", 1, 8, 8, 8)), x)[0]
			g.Output("sum", graph.Add(d, graph.Scale(y, 3)))
		},
		"a rectifier twice in a concatenation": func(g *graph.Graph) {
			r := graph.ReLU(g.Input("x", 1, 4, 4, 8))
			g.Output("y", graph.Scale(graph.Concat(r, r), 2))
		},
		"gram and its own features": func(g *graph.Graph) {
			h := graph.Scale(g.Input("x", 1, 20, 20, 320), 2)
			d := graph.Gradient(graph.L2(graph.Gram(h), g.Input("t", 1, 320, 320)), h)[0]
			g.Output("sum", graph.Scale(graph.Add(h, d), 2))
		},
		"gram across an update": func(g *graph.Graph) {
			h := g.Parameter("h", 1, 8, 8, 16)
			d := graph.Gradient(graph.L2(graph.Gram(h), g.Input("t", 1, 16, 16)), h)[0]
			other := graph.Scale(g.Input("d", 1, 8, 8, 16), 1)
			descend(h, g.Input("gh", 1, 8, 8, 16), g.Input("rate"))
			g.Output("sum", graph.Add(other, d))
		},
		"convolution across its kernel's Adam": func(g *graph.Graph) {
			x, w := g.Input("x", 1, 4, 4, 64), g.Parameter("w", 4, 4, 64, 64)
			m, v := g.Parameter("m", 4, 4, 64, 64), g.Parameter("v", 4, 4, 64, 64)
			y := graph.Conv(x, w, 2, graph.Pad(1))
			d := graph.Gradient(graph.Mean(y), w)[0]
			g.Output("y", graph.ReLU(graph.AddBias(y, g.Parameter("b", 64))))
			graph.Adam(w, d, m, v, g.Input("rate"), g.Input("step"), graph.AdamUpdate{Beta1: .9, Beta2: .999, Epsilon: 1e-8})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want, got := runNoise(t, build, cpu.Options{Threads: 2, Unfused: true}), runNoise(t, build, cpu.Options{Threads: 2})
			for i := range want {
				if !(math.Abs(float64(got[i]-want[i])) < 1e-4*(1+math.Abs(float64(want[i])))) {
					t.Fatalf("element %d: fused %v, unfused %v", i, got[i], want[i])
				}
			}
		})
	}
}

// branches is a loss on a leaky branch and on a pooled ReLU of one value
// [1, 8, 8, 16].
func branches(g *graph.Graph, n *graph.Node) *graph.Node {
	leaky := graph.Conv(graph.LeakyReLU(n, 0.2), g.Parameter("w", 3, 3, 16, 32), 1, graph.Pad(1))
	pooled := graph.MaxPool(graph.ReLU(n), 2, 2)
	return graph.Scale(graph.Add(graph.L2(leaky, g.Input("u", 1, 8, 8, 32)), graph.L2(pooled, g.Input("t", 1, 4, 4, 16))), 100)
}

// runNoise runs a graph with noise for parameters (moments zero) and inputs
// (scalars one), and returns its only output.
func runNoise(t *testing.T, build func(g *graph.Graph), o cpu.Options) []float32 {
	t.Helper()
	d, err := cpu.New(o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	g, err := graph.Build(build)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range g.Nodes() {
		if p, ok := n.Op().(graph.Parameter); ok {
			v := make([]float32, n.Shape().Size())
			for i := range v {
				if p.Label != "m" && p.Label != "v" {
					v[i] = r.Float32() - 0.5
				}
			}
			if err := d.SetParameter(p.Label, n.Shape(), v); err != nil {
				t.Fatal(err)
			}
		}
	}
	program, err := d.Compile(g)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range g.Nodes() {
		if in, ok := n.Op().(graph.Input); ok {
			v := program.Input(in.Label)
			for i := range v {
				v[i] = 2*r.Float32() - 1
			}
			if len(v) == 1 {
				v[0] = 1
			}
		}
	}
	if err := program.Run(); err != nil {
		t.Fatal(err)
	}
	return program.Output(g.Outputs()[0].Name)
}
