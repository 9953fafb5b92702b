package easel

import (
	"context"

	"easel/internal/work/eval"
)

type (
	// EvaluationOptions say which models are judged on which pairs. Begin with
	// DefaultEvaluation.
	EvaluationOptions = eval.Options
	// EvaluationEvent is progress of an evaluation.
	EvaluationEvent = eval.Event
	// Evaluation is what was measured: values with confidence intervals by
	// measure, model and picture. Its method Write leaves evaluation.json and
	// evaluation.html in a folder.
	Evaluation = eval.Evaluation
)

// DefaultEvaluation returns the options that easel evaluate begins with; Models
// and Data are left to be filled in.
func DefaultEvaluation() EvaluationOptions { return eval.Default() }

// Evaluate judges models on the pairs of a split of a data folder. Listen, which
// may be nil, hears how far it is.
func Evaluate(ctx context.Context, o EvaluationOptions, listen func(EvaluationEvent)) (*Evaluation, error) {
	return eval.Evaluate(ctx, o, listen)
}
