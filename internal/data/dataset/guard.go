package dataset

import (
	"fmt"
	"runtime/debug"
)

// guarded turns a panic of f into an error: otherwise a bug in a goroutine would end the
// process, and a night's training with it.
func guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("internal error: %v\n%s", r, debug.Stack())
		}
	}()
	return f()
}
