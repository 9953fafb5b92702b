package optimise

import (
	"math"
	"sync"
)

// block is the length of the pieces in which sums are taken: short enough for
// four partial sums not to lose digits, long enough for their overhead to vanish.
const block = 1 << 12

// workers is how many goroutines share the work on a vector. It does not change any
// bits: a sum is taken block by block, and the blocks' sums are added in their order.
type workers int

// alone is a single worker.
const alone workers = 1

// share calls work for ranges that make up 0 ≤ i < n, one for each worker.
func (w workers) share(n int, work func(from, to int)) {
	parts := min(int(w), n)
	if parts <= 1 {
		work(0, n)
		return
	}
	var all sync.WaitGroup
	for part := range parts {
		all.Go(func() { work(part*n/parts, (part+1)*n/parts) })
	}
	all.Wait()
}

// each is share for ranges of whole blocks.
func (w workers) each(n int, work func(from, to int)) {
	w.share((n+block-1)/block, func(from, to int) { work(from*block, min(to*block, n)) })
}

// sum adds up what of returns for the blocks of 0 ≤ i < n.
func (w workers) sum(n int, of func(from, to int) float64) (total float64) {
	sums := make([]float64, (n+block-1)/block)
	w.each(n, func(from, to int) {
		for ; from < to; from += block {
			sums[from/block] = of(from, min(from+block, to))
		}
	})
	for _, s := range sums {
		total += s
	}
	return total
}

// dot is Σ a·b.
func (w workers) dot(a, b []float32) float64 {
	return w.sum(len(a), func(from, to int) float64 { return dotBlock(a[from:to], b[from:to]) })
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
func (w workers) axpy(a float64, x, y []float32) {
	f := float32(a)
	w.each(len(x), func(from, to int) {
		y := y[from:to]
		for i, v := range x[from:to] {
			y[i] += f * v
		}
	})
}

// scale is x ← a·x.
func (w workers) scale(a float64, x []float32) {
	f := float32(a)
	w.each(len(x), func(from, to int) {
		for i := from; i < to; i++ {
			x[i] *= f
		}
	})
}

// minus is d ← a − b.
func (w workers) minus(d, a, b []float32) {
	w.each(len(d), func(from, to int) {
		for i := from; i < to; i++ {
			d[i] = a[i] - b[i]
		}
	})
}

// meanAbs is the mean of |x|.
func (w workers) meanAbs(x []float32) float64 {
	total := w.sum(len(x), func(from, to int) (sum float64) {
		for _, v := range x[from:to] {
			sum += math.Abs(float64(v))
		}
		return sum
	})
	return total / float64(max(len(x), 1))
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
