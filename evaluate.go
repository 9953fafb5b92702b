package easel

import (
	"context"

	"easel/internal/base/shard"
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
	return publicEvaluation(made), nil
}

func publicEvaluation(made *eval.Evaluation) *Evaluation {
	e := convert[Evaluation](*made)
	e.made = made
	return &e
}

// Write writes evaluation.json and evaluation.html to a folder.
func (e *Evaluation) Write(dir string) error { return e.made.Write(dir) }

// EvaluateShard measures one of several shards of the pairs, counted from 1, and writes what
// they add to the measures into a folder: a part, for [MergeEvaluation]. Shards can be
// measured on several machines that have the same data and models. A folder that has a part
// already is refused.
func EvaluateShard(ctx context.Context, o EvaluationOptions, number, of int, dir string, notify func(EvaluationEvent)) error {
	return public(eval.WriteShard(ctx, convert[eval.Options](o), shard.Shard{Number: number, Of: of}, dir, false, hearing[eval.Event](notify)))
}

// MergeEvaluation makes one evaluation from the folders of all shards. Its numbers are those
// of [Evaluate], to the bit, however many shards there are. Data and models must be where
// they were.
func MergeEvaluation(ctx context.Context, dirs []string, notify func(EvaluationEvent)) (*Evaluation, error) {
	made, err := eval.Merge(ctx, dirs, 0, hearing[eval.Event](notify))
	if err != nil {
		return nil, public(err)
	}
	return publicEvaluation(made), nil
}
