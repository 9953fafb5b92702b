package easel

import (
	"context"

	"easel/internal/work/eval"
)

// DefaultEvaluation returns the defaults of easel evaluate. Set Models and Data.
func DefaultEvaluation() EvaluationOptions { return convert[EvaluationOptions](eval.Default()) }

// Evaluate judges models on one split of a data folder. Notify, which may be nil, gets
// the progress. If ctx ends, Evaluate returns ctx's error.
func Evaluate(ctx context.Context, o EvaluationOptions, notify func(EvaluationEvent)) (*Evaluation, error) {
	made, err := eval.Evaluate(ctx, convert[eval.Options](o), hearing[eval.Event](notify))
	if err != nil {
		return nil, public(err)
	}
	e := convert[Evaluation](*made)
	e.made = made
	return &e, nil
}

// Write writes evaluation.json and evaluation.html to a folder.
func (e *Evaluation) Write(dir string) error { return e.made.Write(dir) }
