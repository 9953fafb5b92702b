package flow

import (
	"runtime"
	"sync"
)

// rows calls f for every row, on all cores. Rows do not depend on each other, so that the
// result does not depend on their order.
func rows(height int, f func(y int)) {
	workers := min(runtime.GOMAXPROCS(0), height)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for y := height * w / workers; y < height*(w+1)/workers; y++ {
				f(y)
			}
		})
	}
	wait.Wait()
}
