package stylize

import (
	"errors"
	"fmt"

	"github.com/dustin/go-humanize"

	"easel/internal/base/hint"
)

// ErrInterrupted is what Run's error wraps when the context was cancelled and
// the picture so far is written.
var ErrInterrupted = errors.New("interrupted")

// MemoryError says that a run needs more memory than allowed, in any tiles.
type MemoryError struct {
	Width, Height   int
	Needed, Allowed int64 // bytes; Needed with the smallest tiles
}

func (e *MemoryError) Error() string {
	return fmt.Sprintf("a picture of %d×%d needs at least %s of memory, %s are allowed", e.Width, e.Height, humanize.BytesN(uint64(e.Needed), 3), humanize.BytesN(uint64(e.Allowed), 3))
}

// Hint is the advice for users of the Go package.
func (e *MemoryError) Hint() string { return hint.Plain(e.Advice()) }

// Advice says what would work, with the marks of package hint.
func (e *MemoryError) Advice() string {
	return "ask for a smaller {size}, keep fewer steps with {history}, use {optimizer=adam}, or allow more with {max_memory}"
}
