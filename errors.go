package easel

import (
	"errors"

	"easel/internal/base/option"
	"easel/internal/work/stylize"
	"easel/internal/work/train"
	"easel/internal/work/translate"
	"easel/internal/work/video"
)

// Errors that those of this package wrap, for errors.Is. An error for a file that must
// not be overwritten wraps fs.ErrExist; one for a context that ended wraps the context's
// error.
var (
	// ErrInterrupted: the context was cancelled, and the run was saved and can continue.
	ErrInterrupted = errors.New("interrupted")
	// ErrClosed: the Model has been closed.
	ErrClosed = translate.ErrClosed
	// ErrOptions: the options are invalid, whatever the data.
	ErrOptions = errors.New("invalid options")
	// ErrMemory: more memory is needed than is free or allowed. The text says what would
	// fit.
	ErrMemory = errors.New("too little memory")
	// ErrNotFinite: the numbers of a training or a style transfer left the range of
	// float32. For a training, the text names the last good checkpoint; a style transfer
	// writes nothing.
	ErrNotFinite = errors.New("not a finite number")
)

// public makes an error from below one of those above, where it is one.
func public(err error) error {
	var wrong *option.Error
	var training *train.NotFiniteError
	var loss *stylize.LossError
	var picture *translate.MemoryError
	var painting *stylize.MemoryError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, train.ErrInterrupted), errors.Is(err, stylize.ErrInterrupted), errors.Is(err, video.ErrInterrupted):
		return known{err, ErrInterrupted}
	case errors.As(err, &wrong):
		return known{err, ErrOptions}
	case errors.As(err, &training), errors.As(err, &loss):
		return known{err, ErrNotFinite}
	case errors.As(err, &picture), errors.As(err, &painting):
		return known{err, ErrMemory}
	}
	return err
}

// known is an error that is also one of those above.
type known struct {
	error
	as error
}

func (k known) Unwrap() []error { return []error{k.error, k.as} }

// Hint returns advice about an error, in a sentence, or "".
func Hint(err error) string {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	return ""
}
