package optimise_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/near"
	"easel/internal/engine/optimise"
)

// bowl is ½ Σ cᵢ(xᵢ − tᵢ)², times a factor: curvatures from 1 to 1000.
type bowl struct {
	curvature, target []float64
	factor            float64
}

func newBowl(n int, factor float64) bowl {
	r := rand.New(rand.NewPCG(1, 2))
	b := bowl{make([]float64, n), make([]float64, n), factor}
	for i := range n {
		b.curvature[i] = math.Pow(1000, float64(i)/float64(n))
		b.target[i] = r.NormFloat64()
	}
	return b
}

func (b bowl) at(x []float32) (f float64, g []float32) {
	g = make([]float32, len(x))
	for i, v := range x {
		d := float64(v) - b.target[i]
		f += b.factor * b.curvature[i] * d * d / 2
		g[i] = float32(b.factor * b.curvature[i] * d)
	}
	return f, g
}

// run returns the values at all evaluated points.
func run(m optimise.Method, b bowl, x []float32, steps int) (values []float64) {
	for range steps {
		f, g := b.at(x)
		values = append(values, f)
		if m.Step(x, f, g) == optimise.Converged {
			break
		}
	}
	return values
}

func TestLBFGSFindsTheMinimum(t *testing.T) {
	t.Parallel()
	b := newBowl(300, 1)
	m := optimise.NewLBFGS(optimise.LBFGSOptions{})
	values := run(m, b, make([]float32, 300), 150)
	best, _ := b.at(m.Best())
	if !near.Within(best, 1e-6*values[0]) {
		t.Errorf("from %g to %g in %d evaluations", values[0], best, len(values))
	}
	// Gradient descent with the best constant rate, for comparison.
	x := make([]float32, 300)
	for range 150 {
		_, g := b.at(x)
		for i := range x {
			x[i] -= 2.0 / 1001 * g[i]
		}
	}
	if f, _ := b.at(x); f < 100*best {
		t.Errorf("gradient descent finds %g, this %g", f, best)
	}
}

// The path does not depend on the unit of the value, as it would with absolute
// tolerances.
func TestLBFGSHasNoUnit(t *testing.T) {
	t.Parallel()
	for _, factor := range []float64{math.Exp2(-40), math.Exp2(30)} {
		x, y := make([]float32, 50), make([]float32, 50)
		a := run(optimise.NewLBFGS(optimise.LBFGSOptions{}), newBowl(50, 1), x, 40)
		b := run(optimise.NewLBFGS(optimise.LBFGSOptions{}), newBowl(50, factor), y, 40)
		if len(a) != len(b) {
			t.Fatalf("%d and %d evaluations", len(a), len(b))
		}
		if !near.Within(b[len(b)-1]/factor-a[len(a)-1], 1e-3*a[len(a)-1]) {
			t.Errorf("values %g and %g", a[len(a)-1], b[len(b)-1]/factor)
		}
	}
}

// Where the value rises or is no number, the method goes back and Best stays
// the best point.
func TestLBFGSFallsBack(t *testing.T) {
	t.Parallel()
	for _, bad := range []float64{math.NaN(), math.Inf(1), 1e30} {
		b := newBowl(40, 1)
		m := optimise.NewLBFGS(optimise.LBFGSOptions{})
		x := make([]float32, 40)
		lowest := math.Inf(1)
		for i := range 200 {
			f, g := b.at(x)
			if i%7 == 3 { // a cliff
				f = bad
				for j := range g {
					g[j] = float32(math.NaN())
				}
			}
			status := m.Step(x, f, g)
			if i%7 == 3 && status != optimise.Retreated {
				t.Fatalf("bad value %g at %d: %v", bad, i, status)
			}
			if i%7 != 3 && status == optimise.Moved {
				if f > lowest {
					t.Fatalf("evaluation %d: accepted %g after %g", i, f, lowest)
				}
				lowest = f
			}
			if got, _ := b.at(m.Best()); got > lowest {
				t.Fatalf("the best point has %g, not %g", got, lowest)
			}
			if status == optimise.Converged {
				break
			}
		}
		if got, _ := b.at(m.Best()); !near.Within(got, 1e-5*40*500) {
			t.Errorf("with %g now and then it ends at %g", bad, got)
		}
	}
}

// A start without a value cannot be mended.
func TestLBFGSBadStart(t *testing.T) {
	t.Parallel()
	m := optimise.NewLBFGS(optimise.LBFGSOptions{})
	if s := m.Step([]float32{1}, math.NaN(), []float32{1}); s != optimise.Converged {
		t.Errorf("it has %v", s)
	}
}

// A restored method goes on with the same bits.
func TestStateIsWhole(t *testing.T) {
	t.Parallel()
	methods := map[string]func() optimise.Method{
		"lbfgs": func() optimise.Method { return optimise.NewLBFGS(optimise.LBFGSOptions{History: 5}) },
		"adam":  func() optimise.Method { return optimise.NewAdam(adamOptions) },
	}
	for name, fresh := range methods {
		rapid.Check(t, func(t *rapid.T) {
			b := newBowl(20, 1)
			m, x := fresh(), make([]float32, 20)
			run(m, b, x, rapid.IntRange(0, 12).Draw(t, "steps"))
			state := m.State()
			for k, v := range state.Vectors {
				state.Vectors[k] = slices.Clone(v)
			}
			r, y := fresh(), slices.Clone(x)
			if err := r.Restore(state); err != nil {
				t.Fatal(err)
			}
			run(m, b, x, 9)
			run(r, b, y, 9)
			if !slices.Equal(x, y) || !slices.Equal(m.Best(), r.Best()) {
				t.Fatalf("%s: %v and %v", name, x, y)
			}
		})
	}
}

func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	m := optimise.NewLBFGS(optimise.LBFGSOptions{History: 2})
	for _, s := range []optimise.State{
		{Numbers: map[string]float64{"pairs": 3}},
		{Numbers: map[string]float64{"pairs": 1}, Vectors: map[string][]float32{"step.000": {1, 2}, "turn.000": {1}}},
		{Vectors: map[string][]float32{"point": {1, 2}, "gradient": {1}}},
	} {
		if err := m.Restore(s); err == nil {
			t.Errorf("%v passes", s)
		}
	}
	a := optimise.NewAdam(adamOptions)
	if err := a.Restore(optimise.State{Vectors: map[string][]float32{"m": {1}, "v": {1, 2}}}); err == nil {
		t.Error("Adam's moments of two lengths pass")
	}
}

// Carried to a vector twice as long, the method still knows the curvature: it
// does not begin with a first step of its own.
func TestResizeKeepsTheCurvature(t *testing.T) {
	t.Parallel()
	double := func(v []float32) []float32 {
		out := make([]float32, 0, 2*len(v))
		for _, x := range v {
			out = append(out, x, x)
		}
		return out
	}
	small, large := newBowl(30, 1), newBowl(60, 1)
	for i := range 60 {
		large.curvature[i], large.target[i] = small.curvature[i/2], small.target[i/2]
	}
	final := map[bool]float64{}
	for _, carry := range []bool{true, false} {
		m, x := optimise.NewLBFGS(optimise.LBFGSOptions{}), make([]float32, 30)
		run(m, small, x, 20)
		x = double(m.Best())
		for i := range x {
			x[i] += 0.1
		}
		if carry {
			m.Resize(double, double)
		} else {
			m = optimise.NewLBFGS(optimise.LBFGSOptions{})
		}
		values := run(m, large, x, 8)
		final[carry] = values[len(values)-1]
	}
	if final[true] > 0.8*final[false] {
		t.Errorf("after 8 evaluations %g with the old curvature, %g without", final[true], final[false])
	}
}

var adamOptions = optimise.AdamOptions{Rate: 0.05, Beta1: 0.9, Beta2: 0.99, Epsilon: 1e-8, Low: -1, High: 1, Average: 0.9}

// Adam is algorithm 1 of Kingma and Ba, written down again with one number.
func TestAdam(t *testing.T) {
	t.Parallel()
	o := adamOptions
	m := optimise.NewAdam(o)
	x := []float32{0.5}
	p, m1, m2, sum, weight := 0.5, 0.0, 0.0, 0.0, 0.0
	for i := 1; i <= 60; i++ {
		g := 2 * (p - 3) // its minimum is outside of the box
		m1, m2 = o.Beta1*m1+(1-o.Beta1)*g, o.Beta2*m2+(1-o.Beta2)*g*g
		m.Step(x, 0, []float32{float32(g)})
		p -= o.Rate * (m1 / (1 - math.Pow(o.Beta1, float64(i)))) / (math.Sqrt(m2/(1-math.Pow(o.Beta2, float64(i)))) + o.Epsilon)
		p = min(max(p, -1), 1)
		sum, weight = o.Average*sum+(1-o.Average)*p, o.Average*weight+1-o.Average
		if !near.Within(float64(x[0])-p, 1e-5) || !near.Within(float64(m.Best()[0])-sum/weight, 1e-5) {
			t.Fatalf("step %d: %v and %v, want %v and %v", i, x[0], m.Best()[0], p, sum/weight)
		}
	}
	if x[0] != 1 {
		t.Errorf("the box's side is at 1, it is at %v", x[0])
	}
}

func TestAdamBadValue(t *testing.T) {
	t.Parallel()
	m := optimise.NewAdam(adamOptions)
	x := []float32{0.5}
	m.Step(x, 1, []float32{1})
	if s := m.Step(x, math.NaN(), []float32{1}); s != optimise.Retreated || x[0] != m.Best()[0] {
		t.Errorf("it has %v to %v", s, x)
	}
}

// Bytes is what State holds once the history is full, and no less.
func TestBytes(t *testing.T) {
	t.Parallel()
	for _, m := range []optimise.Method{optimise.NewLBFGS(optimise.LBFGSOptions{History: 4}), optimise.NewAdam(adamOptions)} {
		x := make([]float32, 64)
		run(m, newBowl(64, 1), x, 12)
		held := int64(0)
		for _, v := range m.State().Vectors {
			held += int64(4 * len(v))
		}
		if promised := m.Bytes(64); held > promised || held < promised/2 {
			t.Errorf("%T holds %d bytes and promises %d", m, held, promised)
		}
	}
}

// The bits do not depend on the number of threads, whatever the length.
func TestThreads(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]int{1, 4095, 4096, 9000, 12288}).Draw(t, "n")
		threads := rapid.IntRange(2, 9).Draw(t, "threads")
		b := newBowl(n, 1)
		one := optimise.NewLBFGS(optimise.LBFGSOptions{History: 3, Threads: 1})
		many := optimise.NewLBFGS(optimise.LBFGSOptions{History: 3, Threads: threads})
		x, y := make([]float32, n), make([]float32, n)
		run(one, b, x, 8)
		run(many, b, y, 8)
		if !slices.Equal(x, y) {
			t.Fatalf("%d numbers with %d threads: other bits than with one", n, threads)
		}
	})
}

// With the operator P = BBᵀ the method visits the points B·z of the same method on z.
func TestPrecondition(t *testing.T) {
	t.Parallel()
	const n = 60
	b := newBowl(n, 1)
	scales := make([]float64, n) // B, a diagonal
	for i := range scales {
		scales[i] = 1 / math.Sqrt(b.curvature[i])
	}
	x, z := make([]float32, n), make([]float32, n)
	_, g := b.at(x)
	inX, inZ := 0.0, 0.0 // mean lengths of the same first step in both
	for i, s := range scales {
		inX += math.Abs(s * s * float64(g[i]))
		inZ += math.Abs(s * float64(g[i]))
	}
	direct := optimise.NewLBFGS(optimise.LBFGSOptions{FirstStep: 0.1 * inX / inZ})
	direct.Precondition(func(v []float32) {
		for i := range v {
			v[i] *= float32(scales[i] * scales[i])
		}
	})
	substituted := optimise.NewLBFGS(optimise.LBFGSOptions{FirstStep: 0.1})
	for step := range 8 {
		f, g := b.at(x)
		direct.Step(x, f, g)
		bz := make([]float32, n)
		for i := range bz {
			bz[i] = float32(scales[i] * float64(z[i]))
		}
		f, g = b.at(bz)
		for i := range g {
			g[i] *= float32(scales[i])
		}
		substituted.Step(z, f, g)
		for i := range x {
			if d := float64(x[i]) - scales[i]*float64(z[i]); !near.Within(d, 2e-3*(1+math.Abs(float64(x[i])))) {
				t.Fatalf("step %d: x[%d] is %v, B·z is %v", step, i, x[i], scales[i]*float64(z[i]))
			}
		}
	}
}

// A pyramid is symmetric and at least the identity, costs nothing to a single level, and
// has the same bits for any number of threads.
func TestPyramid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := optimise.Pyramid{
			Height: rapid.IntRange(1, 19).Draw(t, "height"), Width: rapid.IntRange(1, 19).Draw(t, "width"),
			Channels: rapid.IntRange(1, 3).Draw(t, "channels"), Levels: rapid.IntRange(1, 6).Draw(t, "levels"), Threads: 1,
		}
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		u, v := make([]float32, p.Height*p.Width*p.Channels), make([]float32, p.Height*p.Width*p.Channels)
		for i := range u {
			u[i], v[i] = float32(r.NormFloat64()), float32(r.NormFloat64())
		}
		pu, pv, again := slices.Clone(u), slices.Clone(v), slices.Clone(v)
		p.Apply(pu)
		p.Apply(pv)
		if a, b := inner(u, pv), inner(v, pu); !near.Within(a-b, 1e-4*(1+math.Abs(a))) {
			t.Fatalf("uᵀPv is %v, vᵀPu is %v", a, b)
		}
		if a, b := inner(v, v), inner(v, pv); b < a*(1-1e-5) {
			t.Fatalf("vᵀPv is %v, vᵀv is %v", b, a)
		}
		if p.Levels == 1 && !slices.Equal(v, pv) {
			t.Fatal("one level is not the identity")
		}
		p.Threads = 5
		if p.Apply(again); !slices.Equal(again, pv) {
			t.Fatal("other bits with five threads")
		}
	})
}

// A pyramid amplifies a wave of n pixels about n times.
func TestPyramidSpectrum(t *testing.T) {
	t.Parallel()
	const side = 128
	p := optimise.Pyramid{Height: side, Width: side, Channels: 1, Levels: 6, Threads: 1}
	gain := func(period int) float64 {
		v := make([]float32, side*side)
		for i := range v {
			v[i] = float32(math.Cos(2 * math.Pi * (float64(i%side) + 0.5) / float64(period)))
		}
		w := slices.Clone(v)
		p.Apply(w)
		return inner(v, w) / inner(v, v)
	}
	for period := 4; period <= 32; period *= 2 {
		if ratio := gain(2*period) / gain(period); ratio < 1.6 || ratio > 2.6 {
			t.Errorf("from a period of %d to %d the gain grows by %v", period, 2*period, ratio)
		}
	}
}

func inner(a, b []float32) (sum float64) {
	for i := range a {
		sum += float64(a[i]) * float64(b[i])
	}
	return sum
}

// BenchmarkStep is a step at 512×384 pixels with a hundred pairs.
func BenchmarkStep(b *testing.B) {
	for _, threads := range []int{1, 2} {
		b.Run(fmt.Sprintf("threads=%d", threads), func(b *testing.B) {
			const n = 3 * 512 * 384
			f, x := newBowl(n, 1), make([]float32, n)
			m := optimise.NewLBFGS(optimise.LBFGSOptions{History: 100, Threads: threads})
			run(m, f, x, 102)
			for b.Loop() {
				run(m, f, x, 1)
			}
		})
	}
}
