package stylize

import (
	"errors"
	"fmt"

	"github.com/dustin/go-humanize"
)

// ErrInterrupted is what Run's error wraps when the context was cancelled and
// the picture so far is written.
var ErrInterrupted = errors.New("interrupted")

// ErrExists is what refusing to overwrite a file wraps.
var ErrExists = errors.New("exists already")

// hinted is an error with advice.
type hinted struct {
	error
	hint string
}

// Unwrap lets errors.Is see the cause.
func (h hinted) Unwrap() error { return h.error }

// Hint is the advice.
func (h hinted) Hint() string { return h.hint }

// MemoryError says that a run needs more memory than allowed, in any tiles.
type MemoryError struct {
	Width, Height   int
	Needed, Allowed int64 // bytes; Needed with the smallest tiles
}

func (e *MemoryError) Error() string {
	return fmt.Sprintf("a picture of %d×%d needs at least %s of memory, %s are allowed", e.Width, e.Height, humanize.BytesN(uint64(e.Needed), 3), humanize.BytesN(uint64(e.Allowed), 3))
}

// Hint says what would work.
func (e *MemoryError) Hint() string {
	return "ask for a smaller --size, keep fewer steps with --history, use --optimizer adam, or allow more with --max-memory"
}
