package train

import (
	"errors"
	"fmt"

	"easel/internal/base/hint"
	"easel/internal/file/atomicfile"
)

// ErrInterrupted is wrapped by Train's error if the context was cancelled and the run was
// saved.
var ErrInterrupted = errors.New("interrupted")

// NotFiniteError stops a run when a number is not finite.
type NotFiniteError struct {
	// Step is the step of the bad number, counted from 1; What names the number, and Value
	// is it.
	Step  int
	What  string
	Value float64
	// Checkpoint is the last good one.
	Checkpoint string
}

// Error implements error.
func (e *NotFiniteError) Error() string {
	return fmt.Sprintf("%s is %v at step %d; the last good checkpoint is %s", e.What, e.Value, e.Step, e.Checkpoint)
}

// Hint returns advice for users of the Go package.
func (e *NotFiniteError) Hint() string { return hint.Plain(e.Advice()) }

// Advice returns advice with the placeholders of package hint.
func (e *NotFiniteError) Advice() string {
	return "train again with a lower learning rate ({lr}); you can start from the checkpoint ({init_from})"
}

// unsaved means that a checkpoint could not be written, for example because the disk is
// full. Retrying at once would not help.
type unsaved struct {
	cause error
	run   folder
	last  string // good checkpoint, if any
}

func (e *unsaved) Error() string {
	text := "checkpoint: " + e.cause.Error()
	if e.last != "" {
		text += "; the last good checkpoint is " + e.last
	}
	return text
}

// Unwrap lets errors.Is see the cause.
func (e *unsaved) Unwrap() error { return e.cause }

// Hint returns advice for users of the Go package.
func (e *unsaved) Hint() string { return hint.Plain(e.Advice()) }

// Advice returns advice with the placeholders of package hint.
func (e *unsaved) Advice() string {
	first := "when the cause is fixed"
	if atomicfile.NoSpace(e.cause) {
		first = "make room on the disk"
	}
	if e.last == "" { // the folder is unchanged
		return first + ", repeat the command"
	}
	return first + ", continue with: " + e.run.resume()
}
