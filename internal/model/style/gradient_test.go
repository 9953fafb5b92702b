package style

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"easel/internal/base/near"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/engine/reference"
	"easel/internal/model/vgg"
)

// recorder keeps what would go into a program's inputs.
type recorder struct {
	device.Program
	inputs map[string][]float32
}

func (r recorder) Input(name string) []float32 { return r.inputs[name] }

// The gradient to the pixels is the slope of the objective through the whole
// chain, in float64 at 20×17 pixels: every formula, comparison and variation, and with a
// frame before.
func TestFiniteDifferences(t *testing.T) {
	t.Parallel()
	const height, width = 20, 17
	r := rand.New(rand.NewPCG(3, 3))
	draw := func(n int) []float32 {
		x := make([]float32, n)
		for i := range x {
			x[i] = float32(r.Float64())
		}
		return x
	}
	n, err := NewNetwork(reference.New(), vgg.Config{Pooling: vgg.AveragePooling, PoolScale: 2, Border: vgg.ReplicateBorder, InnerBorder: vgg.ZeroBorder}, vgg.Random(1, 5))
	if err != nil {
		t.Fatal(err)
	}
	gaussian := Paper()
	gaussian.Formula, gaussian.Comparison, gaussian.Variation, gaussian.VariationWeight = Relative, Wasserstein, SquaredVariation, 1
	woven := Gatys()
	woven.Variation, woven.VariationWeight = WeaveVariation, 1
	objectives := map[string]Objective{
		"woven": woven,
		"paper": Paper(), "gatys": Gatys(), "neural-style": NeuralStyle(), "crowsonkb": Crowson(), "relative gaussian": gaussian,
	}
	for _, name := range slices.Sorted(maps.Keys(objectives)) { // always the same pictures: some are at a kink
		o := objectives[name]
		content, err := n.Features(Picture{Height: height, Width: width, Pixels: draw(height * width * 3)}, Whole(), o.ContentLayers()...)
		if err != nil {
			t.Fatal(err)
		}
		target, err := n.Moments(Picture{Height: 24, Width: 32, Pixels: draw(24 * 32 * 3)}, nil, Whole(), o.StyleLayers()...)
		if err != nil {
			t.Fatal(err)
		}
		p := Problem{Height: height, Width: width, Objective: o, Content: content, Regions: []Region{
			{Target: target, Mask: draw(height * width), Weight: 1},
		}}
		if o.Comparison == Gram {
			p.Temporal = &Temporal{Before: draw(height * width * 3), Trust: draw(height * width), Weight: 3}
		}
		x := draw(height * width * 3)
		at := chain(t, n, p)
		_, gradient := at(x)
		for k := range 5 {
			direction, want := make([]float64, len(x)), 0.0
			for i := range direction {
				direction[i] = r.NormFloat64() + math.Copysign(0.3, gradient[i])
				want += direction[i] * gradient[i]
			}
			const h = 1e-6
			value := func(step float64) float64 {
				moved := make([]float64, len(x))
				for i := range x {
					moved[i] = float64(x[i]) + step*direction[i]
				}
				f, _ := at(moved)
				return f
			}
			if slope := (value(h) - value(-h)) / (2 * h); !near.Within(slope-want, 1e-4*math.Abs(want)) {
				t.Errorf("%s, direction %d: slope %g, gradient %g", name, k, slope, want)
			}
		}
	}
}

// chain is a problem's objective with its losses of pixels as one graph in
// float64.
func chain(t *testing.T, n *Network, p Problem) func(x any) (float64, []float64) {
	t.Helper()
	e, err := n.Evaluator(p, Whole())
	if err != nil {
		t.Fatal(err)
	}
	whole, pixels := graph.New(), graph.New()
	e.wholeGraph(whole, e.tiles[0])
	graphs := []*graph.Graph{whole}
	if e.hasPixels() {
		e.pixelGraph(pixels)
		graphs = append(graphs, pixels)
	}
	inputs := map[string][]float32{}
	for _, g := range graphs {
		for _, node := range g.Nodes() {
			if in, ok := node.Op().(graph.Input); ok {
				inputs[in.Label] = make([]float32, node.Shape().Size())
			}
		}
	}
	if p.Temporal != nil {
		p.Temporal.set(recorder{inputs: inputs})
	}
	e.setContent(e.tiles[0], recorder{inputs: inputs}, e.content)
	e.setMasks(e.tiles[0], recorder{inputs: inputs})
	e.setStyle(recorder{inputs: inputs})
	wide := map[string][]float64{}
	for name, v := range inputs {
		wide[name] = widened(v)
	}
	parameters := map[string][]float64{}
	for _, node := range whole.Nodes() {
		if in, ok := node.Op().(graph.Parameter); ok {
			_, v, err := n.device.Parameter(in.Label)
			if err != nil {
				t.Fatal(err)
			}
			parameters[in.Label] = widened(v)
		}
	}
	return func(x any) (total float64, gradient []float64) {
		pixels, ok := x.([]float64)
		if !ok {
			pixels = widened(x.([]float32))
		}
		wide["picture"] = pixels
		gradient = make([]float64, len(pixels))
		for _, g := range graphs {
			values, err := reference.Run(g, wide, parameters)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range g.Outputs() {
				if o.Name != "gradient" {
					total += values.Output(o.Name)[0]
					continue
				}
				for i, v := range values.Output(o.Name) {
					gradient[i] += v
				}
			}
		}
		return total, gradient
	}
}

func widened(x []float32) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = float64(v)
	}
	return out
}
