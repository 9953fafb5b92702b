// Package near compares numbers in tests. A comparison such as d > tolerance is false
// if d is NaN, so a test that uses it would pass for NaN. Within fails instead.
//
//	if !near.Within(got-want, 1e-6) {
//		t.Errorf("%v, want %v", got, want)
//	}
package near

import "math"

// Within reports whether a difference is at most tolerance in size. It is false for
// NaN and for infinities.
func Within[F ~float32 | ~float64](difference, tolerance F) bool {
	d, most := math.Abs(float64(difference)), float64(tolerance)
	return d <= most && !math.IsInf(most, 0)
}
