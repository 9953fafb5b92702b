package easel

import (
	"context"

	"easel/internal/work/eval"
)

// DefaultEvaluation returns the options that easel evaluate begins with; Models
// and Data are left to be filled in.
func DefaultEvaluation() EvaluationOptions { return convert[EvaluationOptions](eval.Default()) }

// Evaluate judges models on the pairs of a split of a data folder. Notify, which
// may be nil, hears how far it is. Cancelling ctx ends it with ctx's error.
func Evaluate(ctx context.Context, o EvaluationOptions, notify func(EvaluationEvent)) (*Evaluation, error) {
	made, err := eval.Evaluate(ctx, convert[eval.Options](o), hearing[eval.Event](notify))
	if err != nil {
		return nil, public(err)
	}
	e := convert[Evaluation](*made)
	e.made = made
	return &e, nil
}

// Write leaves evaluation.json and a page, evaluation.html, in a folder.
func (e *Evaluation) Write(dir string) error { return e.made.Write(dir) }
