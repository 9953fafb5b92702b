package near_test

import (
	"math"
	"testing"

	"easel/internal/base/near"
)

func TestWithin(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct {
		difference, tolerance float64
		want                  bool
	}{
		{0, 0, true}, {1, 1, true}, {-1, 1, true}, {0.5, 1, true},
		{1.5, 1, false}, {-1.5, 1, false}, {0, -1, false},
		{nan, 1, false}, {inf, 1, false}, {-inf, 1, false},
		{0, nan, false}, {0, inf, false}, {inf, inf, false}, {inf - inf, inf, false}, {nan, nan, false},
	} {
		if got := near.Within(c.difference, c.tolerance); got != c.want {
			t.Errorf("%v within %v: %v", c.difference, c.tolerance, got)
		}
	}
	if near.Within(float32(nan), 1) || near.Within(float32(2), 1) || !near.Within(float32(-1), 1) {
		t.Error("float32 differs")
	}
}
