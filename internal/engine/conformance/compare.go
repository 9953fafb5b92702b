package conformance

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/engine/reference"
)

// draw builds the case once: outputs are "y", "loss", a scalar that depends on
// all of y, "gradient i" of the loss to each differentiable leaf, then to what is
// watched.
func (c Case) draw(seed int, small bool) *Draw {
	d := newDraw(c.Name, seed, small)
	y := c.Build(d)
	d.Graph.Output("y", y)
	var of []*graph.Node
	for _, l := range d.leaves {
		if l.differentiable {
			of = append(of, l.node)
		}
	}
	of = append(of, d.watch...)
	loss := y
	if len(y.Shape()) > 0 {
		loss = d.weigh(y, false)
	}
	d.Graph.Output("loss", loss)
	for i, gradient := range graph.Gradient(loss, of...) {
		d.Graph.Output(fmt.Sprintf("gradient %d", i), gradient)
	}
	return d
}

// expect runs the graph on the reference, with every element of every value
// on the way, leaves included, changed by about the given fraction.
func (d *Draw) expect(t testing.TB, fraction float64) reference.Values {
	t.Helper()
	inputs, params := d.wide()
	dice := rand.New(rand.NewPCG(1, 1))
	values, err := reference.RunChanged(d.Graph, inputs, params, func(n *graph.Node, value []float64) {
		if fraction == 0 || slices.ContainsFunc(d.leaves, func(l leaf) bool { return l.exact && l.node == n }) {
			return
		}
		for i := range value {
			value[i] *= 1 + fraction*dice.NormFloat64()
		}
	})
	must(t, err)
	return values
}

// wide are the leaves' values in float64, by name.
func (d *Draw) wide() (inputs, params map[string][]float64) {
	inputs, params = map[string][]float64{}, map[string][]float64{}
	for _, l := range d.leaves {
		into := inputs
		if l.parameter {
			into = params
		}
		into[l.name] = widen(l.value)
	}
	return inputs, params
}

// load compiles the graph on a device and gives it the leaves' values.
func (d *Draw) load(t testing.TB, dev device.Device) device.Program {
	t.Helper()
	for _, l := range d.leaves {
		if l.parameter {
			must(t, dev.SetParameter(l.name, l.node.Shape(), l.value))
		}
	}
	p, err := dev.Compile(d.Graph)
	if err != nil {
		t.Fatalf("%v\n%s", err, d.Graph)
	}
	for _, l := range d.leaves {
		if !l.parameter {
			copy(p.Input(l.name), l.value)
		}
	}
	return p
}

// check runs one draw of the case on the device, twice.
func (c Case) check(t *testing.T, dev device.Device, seed int, loosen float64) {
	t.Helper()
	d := c.draw(seed, false)
	p := d.load(t, dev)
	must(t, p.Run())
	want, moved := d.expect(t, 0), d.expect(t, 1e-6)
	first := map[string][]float32{}
	for _, o := range d.Graph.Outputs() {
		got := p.Output(o.Name)
		first[o.Name] = slices.Clone(got)
		slack := 4 * distance(moved.Of(o.Node), want.Of(o.Node))
		if err := closeTo(got, want.Of(o.Node), loosen*c.Tolerance, slack); err != nil {
			t.Errorf("seed %d, output %s %v: %v\n%s", seed, o.Name, o.Node.Shape(), err, d.Graph)
			return
		}
	}
	must(t, p.Run())
	for _, o := range d.Graph.Outputs() {
		if !sameBits(p.Output(o.Name), first[o.Name]) {
			t.Errorf("seed %d: output %s differs in the second run\n%s", seed, o.Name, d.Graph)
			return
		}
	}
	for _, l := range d.leaves {
		if !l.parameter && !sameBits(p.Input(l.name), l.value) {
			t.Errorf("seed %d: running changed input %s\n%s", seed, l.name, d.Graph)
		}
	}
	must(t, p.Close())
}

// distance is the largest difference of two elements.
func distance(a, b []float64) float64 {
	worst := 0.0
	for i := range a {
		worst = max(worst, math.Abs(a[i]-b[i]))
	}
	return worst
}

// closeTo holds got against want: no element may be further off than tolerance
// times the largest one, plus slack.
func closeTo(got []float32, want []float64, tolerance, slack float64) error {
	if len(got) != len(want) {
		return fmt.Errorf("has %d elements, want %d", len(got), len(want))
	}
	largest := 0.0
	for _, w := range want {
		largest = max(largest, math.Abs(w))
	}
	allowed := tolerance*largest + slack
	for i, w := range want {
		if off := math.Abs(float64(got[i]) - w); !(off <= allowed) {
			return fmt.Errorf("element %d is %g, want %g: off by %.3g, allowed are %.3g (largest element %.3g)",
				i, got[i], w, off, allowed, largest)
		}
	}
	return nil
}

func sameBits(a, b []float32) bool {
	return slices.EqualFunc(a, b, func(x, y float32) bool { return math.Float32bits(x) == math.Float32bits(y) })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
