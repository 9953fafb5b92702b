package stored

import (
	"math"
	"runtime"
	"sync"
)

// checkPart is how many values one goroutine checks.
const checkPart = 1 << 20

// firstNotFinite returns the index of the first value that is infinite or NaN, or −1. It is
// also the first to touch the pages of a mapped file, so it runs in parallel.
func firstNotFinite(values []float32) int {
	parts := (len(values) + checkPart - 1) / checkPart
	found := make([]int, parts)
	var wait sync.WaitGroup
	room := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i := range found {
		room <- struct{}{}
		wait.Go(func() {
			found[i] = notFiniteIn(values[i*checkPart : min((i+1)*checkPart, len(values))])
			<-room
		})
	}
	wait.Wait()
	for i, at := range found {
		if at >= 0 {
			return i*checkPart + at
		}
	}
	return -1
}

// notFiniteIn sums 0·v, which is 0 for finite values and NaN for others, and searches for
// the index only if needed.
func notFiniteIn(values []float32) int {
	var sums [8]float32
	rest := values
	for len(rest) >= len(sums) {
		eight := (*[8]float32)(rest)
		for i := range sums {
			sums[i] += 0 * eight[i]
		}
		rest = rest[len(sums):]
	}
	for _, v := range rest {
		sums[0] += 0 * v
	}
	total := float32(0)
	for _, s := range sums {
		total += s
	}
	if total == 0 {
		return -1
	}
	for i, v := range values {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return i
		}
	}
	return -1
}
