package easel

import (
	"errors"

	"easel/internal/base/option"
	"easel/internal/work/stylize"
	"easel/internal/work/train"
	"easel/internal/work/translate"
)

// What errors of this package wrap, for errors.Is. Refusing to overwrite something
// wraps fs.ErrExist, and a context that ended its own error.
var (
	// ErrInterrupted is that of a run that was saved because its context was
	// cancelled; it can go on.
	ErrInterrupted = errors.New("interrupted")
	// ErrClosed is that of a Model after its Close.
	ErrClosed = translate.ErrClosed
	// ErrOptions is that of options that cannot be right, whatever the data.
	ErrOptions = errors.New("invalid options")
	// ErrMemory is that of what needs more memory than there is or was allowed; its
	// text says what would fit.
	ErrMemory = errors.New("too little memory")
	// ErrNotFinite is that of a training or a style transfer whose numbers left the
	// range of float32. The text of a training's error says where the last good
	// checkpoint is; a style transfer has written nothing.
	ErrNotFinite = errors.New("not a finite number")
)

// public is an error of a floor below that errors.Is knows by the values above.
func public(err error) error {
	var wrong *option.Error
	var training *train.NotFiniteError
	var loss *stylize.LossError
	var picture *translate.MemoryError
	var painting *stylize.MemoryError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, train.ErrInterrupted), errors.Is(err, stylize.ErrInterrupted):
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

// known is an error that is also one of this package's values.
type known struct {
	error
	as error
}

func (k known) Unwrap() []error { return []error{k.error, k.as} }

// Hint is what can be done about an error, in a sentence; "" where that is not known.
func Hint(err error) string {
	var hinted interface{ Hint() string }
	if errors.As(err, &hinted) {
		return hinted.Hint()
	}
	return ""
}
