package train

import (
	"errors"
	"fmt"

	"easel/internal/base/hint"
	"easel/internal/file/atomicfile"
)

// ErrInterrupted is wrapped by Train's error when the context was cancelled and
// the run is saved.
var ErrInterrupted = errors.New("interrupted")

// NotFiniteError stops a run whose numbers left the range of float32.
type NotFiniteError struct {
	// Step with the bad number, the first being 1; What the number is, and its Value.
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

// Hint is the advice for users of the Go package.
func (e *NotFiniteError) Hint() string { return hint.Plain(e.Advice()) }

// Advice is the advice with the marks of package hint.
func (e *NotFiniteError) Advice() string {
	return "train again with a lower learning rate ({lr}); the checkpoint can be a start ({init_from})"
}

// unsaved is a checkpoint that could not be written, because the disk is full for
// example. Retrying at once would not help.
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

// Hint is the advice for users of the Go package.
func (e *unsaved) Hint() string { return hint.Plain(e.Advice()) }

// Advice is the advice with the marks of package hint.
func (e *unsaved) Advice() string {
	first := "when that is mended"
	if atomicfile.NoSpace(e.cause) {
		first = "make room on the disk"
	}
	if e.last == "" { // the folder is unchanged
		return first + ", give the same command again"
	}
	return first + ", go on with: " + e.run.resume()
}
