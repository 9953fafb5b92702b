// Package near compares numbers in tests. A comparison such as d > tolerance is
// false where d is not a number, so that a test of numbers that have gone wrong
// altogether passes; what is here fails instead.
//
//	if !near.Within(got-want, 1e-6) {
//		t.Errorf("%v, want %v", got, want)
//	}
package near

import "math"

// Within reports whether a difference is at most tolerance, to either side. It is
// not if one of them is infinite or not a number.
func Within[F ~float32 | ~float64](difference, tolerance F) bool {
	d, most := math.Abs(float64(difference)), float64(tolerance)
	return d <= most && !math.IsInf(most, 0)
}
