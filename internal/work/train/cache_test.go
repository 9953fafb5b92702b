package train

import "testing"

func TestPlanCache(t *testing.T) {
	t.Parallel()
	const mib, gib = 1 << 20, 1 << 30
	for _, c := range []struct {
		need, free int64
		known      bool
		taken      int64
		want       int64
	}{
		{10 * mib, 8 * gib, true, gib, 10 * mib},  // all pairs
		{10 * gib, 8 * gib, true, gib, 512 * mib}, // the most
		{10 * gib, gib, true, gib / 2, 256 * mib}, // half of what is left
		{10 * gib, gib, true, 2 * gib, 0},         // nothing is left
		{10 * gib, 0, false, 2 * gib, 512 * mib},  // nobody knows
		{10 * mib, 100 * mib, true, 0, 10 * mib},  // a device of its own
		{10 * gib, 100 * mib, true, 0, 50 * mib},  // and little memory
		{0, 100 * mib, true, 0, 0},                // no pairs
	} {
		if got := planCache(c.need, c.free, c.known, c.taken); got != c.want {
			t.Errorf("%+v: %d", c, got)
		}
	}
}
