package nn

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/near"
	"easel/internal/engine/graph"
	"easel/internal/engine/reference"
)

// network is two layers; the second has no name of its own in the parent.
func network(s *Scope, x *graph.Node) *graph.Node {
	o := ConvOptions{Out: 3, Kernel: 4, Stride: 2, Padding: 1, Bias: true, Init: Normal{Deviation: 0.02}}
	y := Norm(s.Sub("down"), Conv(s.Sub("down"), x, o), NormOptions{Over: graph.PerBatch, Epsilon: 1e-5, Scale: Normal{1, 0.02}})
	o.Out, o.Bias = 2, false
	return ConvTranspose(s.Subf("up%d", 1), y, o)
}

func TestParameters(t *testing.T) {
	t.Parallel()
	g := graph.New()
	scope := NewScope(g)
	y := network(scope.Sub("net"), g.Input("x", 1, 8, 6, 5))
	if !y.Shape().Equal(graph.Shape{1, 8, 6, 2}) {
		t.Errorf("the result is %v", y.Shape())
	}
	ps := scope.Parameters()
	want := []string{"net/down/kernel", "net/down/bias", "net/down/norm/scale", "net/down/norm/shift", "net/up1/kernel"}
	if !slices.Equal(ps.Names(), want) {
		t.Errorf("parameters %v", ps.Names())
	}
	if got := ps.Count(); got != 16*5*3+3+3+3+16*3*2 {
		t.Errorf("%d numbers", got)
	}
	if k, ok := ps.Find("net/up1/kernel"); !ok || !k.Shape.Equal(graph.Shape{4, 4, 3, 2}) {
		t.Errorf("kernel %v", k)
	}
	if _, ok := ps.Find("net/up1/bias"); ok {
		t.Error("there is a bias that nobody asked for")
	}
	if got := ps.Under("net/down").Names(); !slices.Equal(got, want[:4]) {
		t.Errorf("under net/down: %v", got)
	}
	if got := ps.Under("ne"); len(got) != 0 {
		t.Errorf("under ne: %v", got)
	}
}

// Built twice in one scope, a network has one set of parameters.
func TestSharing(t *testing.T) {
	t.Parallel()
	g := graph.New()
	scope := NewScope(g)
	network(scope, g.Input("x", 1, 8, 8, 5))
	count := len(scope.Parameters())
	network(scope, g.Input("y", 1, 16, 4, 5))
	if got := len(scope.Parameters()); got != count {
		t.Errorf("%d parameters after the second building, %d after the first", got, count)
	}
	_, err := graph.Build(func(g *graph.Graph) {
		s := NewScope(g)
		s.Parameter("w", Constant(0), 2)
		s.Parameter("w", Constant(0), 3)
	})
	if err == nil {
		t.Error("one name with two shapes passes")
	}
}

// A replacement is read instead of the parameter, which is not made.
func TestUsing(t *testing.T) {
	t.Parallel()
	g := graph.New()
	scope := NewScope(g)
	x := g.Input("x", 2)
	replaced := scope.Using(map[string]*graph.Node{"net/w": x}).Sub("net")
	if replaced.Parameter("w", Constant(0), 2) != x {
		t.Error("the parameter itself is read")
	}
	if len(scope.Parameters()) != 0 {
		t.Errorf("there is %v", scope.Parameters().Names())
	}
	if replaced.Parameter("v", Constant(0), 2) == x || len(scope.Parameters()) != 1 {
		t.Error("what has no replacement is not made")
	}
	wantError(t, "net/w has shape [3]", func() { replaced.Parameter("w", Constant(0), 3) })
}

func wantError(t *testing.T, text string, f func()) {
	t.Helper()
	_, err := graph.Build(func(*graph.Graph) { f() })
	var misuse *graph.Error
	if !errors.As(err, &misuse) || !strings.Contains(err.Error(), text) {
		t.Errorf("error %v, want %q in it", err, text)
	}
}

func TestNormOfOneElement(t *testing.T) {
	t.Parallel()
	g := graph.New()
	o := NormOptions{Over: graph.PerPicture, Epsilon: 1e-5, Scale: Constant(1)}
	wantError(t, "encoder7: instance norm of a 1×1 map", func() {
		Norm(NewScope(g).Sub("encoder7"), g.Input("x", 2, 1, 1, 4), o)
	})
	o.Over = graph.PerBatch // two pictures have a variance
	Norm(NewScope(g), g.Input("y", 2, 1, 1, 4), o)
}

// A parameter's first value depends on seed and name alone.
func TestInitialise(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name, seed := rapid.String().Draw(t, "name"), rapid.Uint64().Draw(t, "seed")
		p := Parameter{Name: name, Shape: graph.Shape{2, 3}, Init: Normal{Deviation: 1}}
		value := p.Initialise(seed)
		if !slices.Equal(value, p.Initialise(seed)) {
			t.Fatal("two values of one seed")
		}
		if slices.Equal(value, p.Initialise(seed+1)) {
			t.Fatal("one value of two seeds")
		}
		p.Name += "'"
		if slices.Equal(value, p.Initialise(seed)) {
			t.Fatal("one value of two names")
		}
	})
}

// The first values are part of what a seed means: these may not change.
func TestInitialiseGolden(t *testing.T) {
	t.Parallel()
	p := Parameter{Name: "generator/encoder1/kernel", Shape: graph.Shape{3}, Init: Normal{Mean: 1, Deviation: 0.02}}
	if got := p.Initialise(42); !slices.Equal(got, golden) {
		t.Errorf("%v, want %v", got, golden)
	}
	p.Init = Constant(0.5)
	if got := p.Initialise(42); !slices.Equal(got, []float32{0.5, 0.5, 0.5}) {
		t.Errorf("constants %v", got)
	}
}

var golden = []float32{0.99194884, 0.95992625, 0.97752076}

func TestStore(t *testing.T) {
	t.Parallel()
	g := graph.New()
	scope := NewScope(g)
	network(scope, g.Input("x", 1, 8, 8, 5))
	scope.State("net/down/kernel/adam/m", 2)
	d := reference.New()
	if err := scope.Parameters().Store(d, 3); err != nil {
		t.Fatal(err)
	}
	for _, p := range scope.Parameters() {
		shape, value, err := d.Parameter(p.Name)
		if err != nil || !shape.Equal(p.Shape) || !slices.Equal(value, p.Initialise(3)) {
			t.Errorf("%s is %v: %v", p.Name, shape, err)
		}
	}
	if err := d.SetParameter("w", graph.Shape{1}, []float32{1}); err != nil {
		t.Fatal(err)
	}
	wrong := Parameters{{Name: "w", Shape: graph.Shape{2}, Init: Constant(0)}}
	if err := wrong.Store(d, 1); err == nil || !strings.Contains(err.Error(), "initialise w") {
		t.Errorf("a wrong shape: %v", err)
	}
}

// adamStep is the update of Kingma and Ba, Algorithm 1, and of the text after
// it, where epsilon-hat stands.
func adamStep(a Adam, p, g, m, v, rate float64, t int) (float64, float64, float64) {
	m = a.Beta1*m + (1-a.Beta1)*g
	v = a.Beta2*v + (1-a.Beta2)*g*g
	c1, c2 := 1-math.Pow(a.Beta1, float64(t)), 1-math.Pow(a.Beta2, float64(t))
	if a.EpsilonHat {
		return p - rate*math.Sqrt(c2)/c1*m/(math.Sqrt(v)+a.Epsilon), m, v
	}
	return p - rate*(m/c1)/(math.Sqrt(v/c2)+a.Epsilon), m, v
}

func TestAdam(t *testing.T) {
	t.Parallel()
	finals := map[bool]float64{}
	for _, hat := range []bool{false, true} {
		adam := Adam{Beta1: 0.5, Beta2: 0.999, Epsilon: 1e-3, EpsilonHat: hat}
		g := graph.New()
		scope := NewScope(g)
		w := scope.Sub("net").Parameter("w", Constant(1), 1)
		loss := graph.L2(w, g.Input("target", 1))
		updates := Gradients(loss, scope.Parameters())
		adam.Step(scope, updates, g.Input("rate"), g.Input("step"))
		g.Output("new", updates.Values()["net/w"])
		if got := scope.Parameters().Names(); !slices.Equal(got, []string{"net/w", "net/w/adam/m", "net/w/adam/v"}) {
			t.Fatalf("parameters %v", got)
		}
		if got := scope.Parameters().Trainable().Names(); !slices.Equal(got, []string{"net/w"}) {
			t.Fatalf("trainable %v", got)
		}
		params := map[string][]float64{"net/w": {1}}
		p, m, v := 1.0, 0.0, 0.0
		for i := 1; i <= 5; i++ {
			in := map[string][]float64{"target": {0.9}, "rate": {0.01}, "step": {float64(i)}}
			values, err := reference.Run(g, in, params)
			if err != nil {
				t.Fatal(err)
			}
			p, m, v = adamStep(adam, p, 2*(p-0.9), m, v, 0.01, i)
			got := []float64{values.Output("new")[0], params["net/w/adam/m"][0], params["net/w/adam/v"][0]}
			for j, want := range []float64{p, m, v} {
				if !near.Within(got[j]-want, 1e-12) {
					t.Errorf("hat %v, step %d: %v, want %v", hat, i, got, []float64{p, m, v})
				}
			}
		}
		finals[hat] = p
	}
	if math.Abs(finals[true]-finals[false]) < 1e-6 {
		t.Error("where epsilon stands makes no difference")
	}
}
