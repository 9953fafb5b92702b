package stylize

import (
	"errors"
	"fmt"
	"math"

	"github.com/dustin/go-humanize"

	"easel/internal/base/hint"
)

// ErrInterrupted is wrapped by Run's error when the context was cancelled and
// the picture so far is written.
var ErrInterrupted = errors.New("interrupted")

// ErrNoTexture is what Run's error wraps when a style picture is of one colour.
var ErrNoTexture = errors.New("it is of one colour, so it has no texture that could be taken")

// LossError says that the loss, or its gradient, is not a finite number, and that
// the optimiser has no better picture to go on from. No result is written.
type LossError struct {
	Iteration int // of the run, the first being 1
	Loss      float64
}

func (e *LossError) Error() string {
	if math.IsNaN(e.Loss) || math.IsInf(e.Loss, 0) {
		return fmt.Sprintf("iteration %d: the loss is %g, not a finite number", e.Iteration, e.Loss)
	}
	return fmt.Sprintf("iteration %d: the gradient of the loss has numbers that are not finite", e.Iteration)
}

// Hint is the advice for users of the Go package.
func (e *LossError) Hint() string { return hint.Plain(e.Advice()) }

// Advice says what to look at, with the marks of package hint.
func (e *LossError) Advice() string {
	return "look for a {content_weight}, {style_weight} or {tv_weight} that is far too large, for a style picture with hardly any texture, and for a damaged file of {weights}"
}

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
