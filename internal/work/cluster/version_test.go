package cluster

import "testing"

// TestOldest: versions are compared as numbers.
func TestOldest(t *testing.T) {
	t.Parallel()
	for v, want := range map[[3]int]bool{{2, 10, 22}: true, {2, 9, 99}: true, {1, 99, 99}: true, {2, 10, 23}: false, {2, 15, 3}: false, {3, 0, 0}: false} {
		if older(v, oldest) != want {
			t.Errorf("%v is old: %v", v, !want)
		}
	}
}
