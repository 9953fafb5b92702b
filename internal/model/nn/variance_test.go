package nn

import (
	"math"
	"testing"

	"easel/internal/base/near"
	"easel/internal/engine/graph"
)

func initial(init Initialiser, shape ...int) []float32 {
	return Parameter{Name: "kernel", Shape: shape, Init: init}.Initialise(7)
}

func deviation(value []float32) float64 {
	sum := 0.0
	for _, v := range value {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum / float64(len(value)))
}

func TestVariances(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		init Initialiser
		want float64
	}{
		{Xavier{Gain: 0.5}, 0.5 * math.Sqrt(2.0/(9*32+9*64))},
		{Kaiming{}, math.Sqrt(2.0 / (9 * 32))},
	} {
		for _, value := range [][]float32{initial(c.init, 3, 3, 32, 64), initial(tapped{c.init}, 1, 1, 32, 9*64)} {
			if got := deviation(value); !near.Within(got/c.want-1, 0.02) {
				t.Errorf("%v deviates by %g, want %g", c.init, got, c.want)
			}
		}
	}
}

// Rows of the smaller side are orthogonal and of length Gain, in both
// orientations and as taps.
func TestOrthogonal(t *testing.T) {
	t.Parallel()
	for _, shape := range []graph.Shape{{3, 3, 2, 5}, {1, 1, 3, 8}} {
		value, out := initial(Orthogonal{Gain: 0.5}, shape...), shape.Channels()
		in := len(value) / out
		at := func(a, b int) float32 { return value[b*out+a] } // by out, in
		short, long := out, in
		if in < out {
			at, short, long = func(a, b int) float32 { return value[a*out+b] }, in, out
		}
		for i := range short {
			for j := range short {
				dot, want := 0.0, 0.0
				for k := range long {
					dot += float64(at(i, k)) * float64(at(j, k))
				}
				if i == j {
					want = 0.25
				}
				if !near.Within(dot-want, 1e-6) {
					t.Errorf("%v: row %d times row %d is %g, want %g", shape, i, j, dot, want)
				}
			}
		}
	}
}

// A kernel of taps is the 3×3 kernel in another order.
func TestTapped(t *testing.T) {
	t.Parallel()
	const in, out = 3, 2
	kernel, taps := initial(Normal{Deviation: 1}, 3, 3, in, out), initial(tapped{Normal{Deviation: 1}}, 1, 1, in, 9*out)
	for tap := range 9 {
		for c := range in {
			for o := range out {
				if taps[(c*9+tap)*out+o] != kernel[(tap*in+c)*out+o] {
					t.Fatalf("tap %d, channels %d to %d: another weight", tap, c, o)
				}
			}
		}
	}
}
