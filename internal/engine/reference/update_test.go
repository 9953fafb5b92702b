package reference_test

import (
	"math"
	"testing"

	"easel/internal/base/near"
	"easel/internal/engine/graph"
	"easel/internal/engine/reference"
)

// TestAdamByHand has values worked out on paper, with an ε large enough that
// its place shows: β₁ = ½, β₂ = ¾, rate 1, gradients 2 and 4.
func TestAdamByHand(t *testing.T) {
	t.Parallel()
	// m: 1, 2½; v: 1, 4¾; corrections ½ and ¼, then ¾ and 7/16.
	for _, c := range []struct {
		hat  bool
		want [2]float64
	}{
		{false, [2]float64{1 - 2.0/(2+1), 1 - 2.0/3 - (2.5/0.75)/(math.Sqrt(4.75*16/7)+1)}},
		{true, [2]float64{0.5, 0.5 - math.Sqrt(7.0/16)/0.75*2.5/(math.Sqrt(4.75)+1)}},
	} {
		g := graph.New()
		graph.Adam(g.Parameter("p"), g.Input("g"), g.Parameter("m"), g.Parameter("v"),
			g.Constant([]float32{1}), g.Input("t"), graph.AdamUpdate{Beta1: 0.5, Beta2: 0.75, Epsilon: 1, EpsilonHat: c.hat})
		params := map[string][]float64{"p": {1}}
		for i, want := range c.want {
			inputs := map[string][]float64{"g": {2 * float64(i+1)}, "t": {float64(i + 1)}}
			if _, err := reference.Run(g, inputs, params); err != nil {
				t.Fatal(err)
			}
			if got := params["p"][0]; !near.Within(got-want, 1e-12) {
				t.Errorf("ε̂ %v, step %d: p is %g, want %g", c.hat, i+1, got, want)
			}
		}
	}
}
