package stylize

import (
	"errors"
	"fmt"
	"math"

	"github.com/dustin/go-humanize"

	"easel/internal/base/hint"
)

// ErrInterrupted is wrapped by Run's error if the context was cancelled and the picture so
// far was written.
var ErrInterrupted = errors.New("interrupted")

// ErrNoTexture is wrapped by Run's error if a style picture has a single colour.
var ErrNoTexture = errors.New("it has a single colour and therefore no texture")

// LossError means that the loss or its gradient is not a finite number, and that the
// optimiser has no better picture to return to. No result is written.
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

// Hint returns advice for users of the Go package.
func (e *LossError) Hint() string { return hint.Plain(e.Advice()) }

// Advice returns advice with the placeholders of package hint.
func (e *LossError) Advice() string {
	return "check for a {content_weight}, {style_weight} or {tv_weight} that is far too large, a style picture with hardly any texture, or a damaged file of {weights}"
}

// MemoryError means that a run needs more memory than allowed, however it is tiled.
type MemoryError struct {
	Width, Height   int
	Needed, Allowed int64 // bytes; Needed with the smallest tiles
}

func (e *MemoryError) Error() string {
	return fmt.Sprintf("a picture of %d×%d needs at least %s of memory, the limit is %s", e.Width, e.Height, humanize.BytesN(uint64(e.Needed), 3), humanize.BytesN(uint64(e.Allowed), 3))
}

// Hint returns advice for users of the Go package.
func (e *MemoryError) Hint() string { return hint.Plain(e.Advice()) }

// Advice returns advice with the placeholders of package hint.
func (e *MemoryError) Advice() string {
	return "choose a smaller {size}, keep fewer steps with {history}, use {optimizer=adam}, or allow more with {max_memory}"
}
