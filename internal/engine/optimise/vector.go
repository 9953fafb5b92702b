package optimise

import "math"

// block is the length of the pieces in which sums are taken: short enough for
// four partial sums not to lose digits, long enough for their overhead to vanish.
const block = 1 << 12

// dot is Σ a·b.
func dot(a, b []float32) float64 {
	total := 0.0
	for len(a) > 0 {
		n := min(block, len(a))
		total += dotBlock(a[:n], b[:n])
		a, b = a[n:], b[n:]
	}
	return total
}

func dotBlock(a, b []float32) float64 {
	var s0, s1, s2, s3 float64
	n := len(a) &^ 3
	for i := 0; i < n; i += 4 {
		x, y := a[i:i+4:i+4], b[i:i+4:i+4]
		s0 += float64(x[0]) * float64(y[0])
		s1 += float64(x[1]) * float64(y[1])
		s2 += float64(x[2]) * float64(y[2])
		s3 += float64(x[3]) * float64(y[3])
	}
	for i := n; i < len(a); i++ {
		s0 += float64(a[i]) * float64(b[i])
	}
	return s0 + s1 + s2 + s3
}

// axpy is y ← y + a·x.
func axpy(a float64, x, y []float32) {
	f := float32(a)
	y = y[:len(x)]
	for i, v := range x {
		y[i] += f * v
	}
}

func scale(a float64, x []float32) {
	f := float32(a)
	for i := range x {
		x[i] *= f
	}
}

// meanAbs is the mean of |x|.
func meanAbs(x []float32) float64 {
	total := 0.0
	for _, v := range x {
		total += math.Abs(float64(v))
	}
	return total / float64(max(len(x), 1))
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
