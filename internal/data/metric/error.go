package metric

import (
	"fmt"
	"math"
)

// L1 returns the mean absolute difference of a and b.
func L1(a, b []float32) float64 {
	checkPair(a, b)
	sum := 0.0
	for i, v := range a {
		sum += math.Abs(float64(v) - float64(b[i]))
	}
	return sum / float64(len(a))
}

// L2 returns the mean squared difference of a and b (the MSE).
func L2(a, b []float32) float64 {
	checkPair(a, b)
	sum := 0.0
	for i, v := range a {
		d := float64(v) - float64(b[i])
		sum += d * d
	}
	return sum / float64(len(a))
}

// PSNR returns the peak signal-to-noise ratio of a and b in decibels,
// 10 log₁₀(dataRange² / L2); +Inf if they are equal.
func PSNR(a, b []float32, dataRange float64) float64 {
	return 10 * math.Log10(dataRange*dataRange/L2(a, b))
}

func checkPair(a, b []float32) {
	if len(a) != len(b) || len(a) == 0 {
		panic(fmt.Sprintf("metric: %d and %d samples", len(a), len(b)))
	}
}
