package prepare

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"sync"
)

// each calls do for 0 to n−1, several concurrently, and tell for each one done, in
// order and one at a time. It starts nothing new when ctx ends or do returns
// false; what was started is finished and told. It returns ctx's error.
func each(ctx context.Context, n, workers int, do func(i int) bool, tell func(i int)) error {
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var (
		wg         sync.WaitGroup
		mu         sync.Mutex
		next, told int
		stopped    bool
		done       = make([]bool, n)
	)
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		if stopped || next == n || ctx.Err() != nil {
			return 0, false
		}
		next++
		return next - 1, true
	}
	finish := func(i int, more bool) {
		mu.Lock()
		defer mu.Unlock()
		done[i], stopped = true, stopped || !more
		for ; told < n && done[told]; told++ {
			tell(told)
		}
	}
	for range min(workers, n) {
		wg.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				finish(i, do(i))
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// guarded turns a panic of f into an error, so that a bug costs one picture and not
// the run.
func guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("internal error: %v\n%s", r, debug.Stack())
		}
	}()
	return f()
}
