package stored

import (
	"math"
	"testing"
)

func TestFirstNotFinite(t *testing.T) {
	t.Parallel()
	large := float32(math.MaxFloat32)
	for _, n := range []int{0, 1, 7, 8, 9, 1000, checkPart, 2*checkPart + 13} {
		values := make([]float32, n)
		for i := range values {
			values[i] = large // sums of which would not be finite
		}
		if at := firstNotFinite(values); at != -1 {
			t.Errorf("%d finite values: %d", n, at)
		}
		for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
			for _, at := range []int{n - 1, n / 2, 0} {
				if n == 0 {
					continue
				}
				values[at] = float32(bad)
				if got := firstNotFinite(values); got != at {
					t.Errorf("%v at %d of %d: found at %d", bad, at, n, got)
				}
				values[at] = large
			}
		}
	}
}
