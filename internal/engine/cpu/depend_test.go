package cpu

import (
	"math/rand/v2"
	"slices"
	"testing"

	"easel/internal/engine/graph"
	"easel/internal/model/pix2pix"
)

// Steps may run in any order that keeps the waits: the first that can begin, the
// last, or anyone, and tasks alike. Parameters and outputs have the same bits.
func TestAnyOrderOfSteps(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*pix2pix.Config){
		"paper":        func(*pix2pix.Config) {},
		"best":         func(c *pix2pix.Config) { c.Upsample, c.FeatureMatching, c.Average = pix2pix.Resize, 10, 0.99 },
		"augmentation": func(c *pix2pix.Config) { c.Augment = true },
		"penalties":    func(c *pix2pix.Config) { c.SpectralNorm, c.R1, c.LabelSmoothing = true, 1, 0.1 },
		"scales":       func(c *pix2pix.Config) { c.Scales, c.GANLoss = 2, pix2pix.Hinge },
		"resnet":       func(c *pix2pix.Config) { c.Generator, c.Blocks, c.NoiseChannels = pix2pix.ResNet, 2, 1 },
		"classes":      func(c *pix2pix.Config) { c.Objective, c.OutputChannels = pix2pix.ClassEntropy.Alone(), 5 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := pix2pix.Default()
			c.ImageSize, c.Width, c.DiscriminatorWidth, c.PatchLayers = 32, 8, 8, 1
			change(&c)
			step, err := pix2pix.TrainStep(c, 2, 32, 32, pix2pix.StepOptions{})
			if err != nil {
				t.Fatal(err)
			}
			anyOrder(t, step)
		})
	}
}

func anyOrder(t *testing.T, step *pix2pix.Step) {
	t.Helper()
	first := func(ready []int) int { return slices.Min(ready) }
	last := func(ready []int) int { return slices.Max(ready) }
	want := runInOrder(t, step, first)
	for seed := range uint64(4) {
		choose := last
		if seed > 0 {
			r := rand.New(rand.NewPCG(seed, 1))
			choose = func(ready []int) int { return ready[r.IntN(len(ready))] }
		}
		for name, value := range runInOrder(t, step, choose) {
			if !slices.Equal(value, want[name]) {
				t.Fatalf("order %d: %s has other bits", seed, name)
			}
		}
	}
}

// runInOrder runs two steps of training, choosing among the plan's steps that
// may begin, and returns parameters and outputs.
func runInOrder(t *testing.T, step *pix2pix.Step, choose func(ready []int) int) map[string][]float32 {
	t.Helper()
	d, err := New(Options{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	if err := step.Parameters.Store(d, 1); err != nil {
		t.Fatal(err)
	}
	compiled, err := d.Compile(step.Graph)
	if err != nil {
		t.Fatal(err)
	}
	p := compiled.(*Program)
	r := rand.New(rand.NewPCG(2, 2))
	for _, n := range step.Graph.Nodes() {
		if in, ok := n.Op().(graph.Input); ok {
			for i := range p.Input(in.Label) {
				p.Input(in.Label)[i] = r.Float32()
			}
		}
	}
	for range 2 {
		p.runChoosing(choose)
	}
	values := map[string][]float32{}
	for name, value := range d.params {
		values[name] = value.data
	}
	for _, o := range step.Graph.Outputs() {
		values["output "+o.Name] = p.Output(o.Name)
	}
	return values
}

func (p *Program) runChoosing(choose func(ready []int) int) {
	complete := newSet(len(p.steps))
	for range p.steps {
		var ready []int
		for j := range p.steps {
			left := append(set{}, p.order.ancestors[j]...)
			left.remove(complete)
			if left.empty() && !complete.has(j) {
				ready = append(ready, j)
			}
		}
		j := choose(ready)
		for task := range p.steps[j].tasks {
			p.steps[j].run(task, 0)
		}
		complete.add(j)
	}
}

// A convolution in several pairs of stages: the second one's tiles are transformed while the
// first one multiplies, and both multiply at the same time, with the bits that they have one
// after the other.
func TestStagesOverlap(t *testing.T) {
	t.Parallel()
	g, err := graph.Build(func(g *graph.Graph) {
		x, w := g.Input("x", 1, 144, 144, 256), g.Input("w", 4, 4, 256, 256)
		g.Output("y", graph.Conv(x, w, 2, graph.Pad(1)))
	})
	if err != nil {
		t.Fatal(err)
	}
	var want []float32
	for _, choose := range []func([]int) int{slices.Min[[]int], slices.Max[[]int]} {
		d, err := New(Options{Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = d.Close() }()
		compiled, err := d.Compile(g)
		if err != nil {
			t.Fatal(err)
		}
		p := compiled.(*Program)
		if before := p.order.before; len(before) != 6 || before[2] != nil || !slices.Equal(before[3], []int{2}) || !slices.Equal(before[4], []int{1}) {
			t.Errorf("steps wait for %v:\n%v", before, p)
		}
		r := rand.New(rand.NewPCG(1, 2))
		for _, name := range []string{"x", "w"} {
			for i := range p.Input(name) {
				p.Input(name)[i] = r.Float32() - 0.5
			}
		}
		p.runChoosing(choose)
		if got := p.Output("y"); want == nil {
			want = got
		} else if !slices.Equal(got, want) {
			t.Error("another order has other bits")
		}
	}
}
