package eval

import (
	"context"
	"fmt"

	"easel/internal/data/dataset"
	"easel/internal/file/imgio"
)

// subject is what is judged: a model, or the targets.
type subject struct {
	Model           // its name
	number   int    // of the model; before the first for the targets
	contents string // of the pairs that it was trained on
	judges   []judge
	features []*features
	produce  producer
}

// numberOfTargets is the number of the targets as a subject.
const numberOfTargets = -1

// producer makes an output for a pair with noise from a seed.
type producer func(ctx context.Context, p dataset.Pair, seed uint64) (*imgio.Picture, error)

// targets is the subject of the scorer's ceiling.
func (e *evaluator) targets() *subject {
	return &subject{
		Model: Model{Name: "targets"}, number: numberOfTargets, judges: []judge{scorerJudge{e.scorer}},
		produce: func(_ context.Context, p dataset.Pair, _ uint64) (*imgio.Picture, error) { return p.Target, nil },
	}
}

// additions are what a picture adds to the sums of a subject: all that its measures need.
type additions struct {
	Name string   `json:"name"`
	Sums []vector `json:"sums"` // by judge
	// Features of the output and of the target, by layer.
	Features []pairOfFeatures `json:"features,omitempty"`
}

type pairOfFeatures struct {
	Made   vector `json:"made"`
	Target vector `json:"target"`
}

// unreadable is the error of a pair that cannot be read.
type unreadable struct{ error }

func (u unreadable) Unwrap() error { return u.error }

// sample reads a pair and makes the output.
func (e *evaluator) sample(ctx context.Context, s *subject, i int) (*sample, error) {
	pair, err := e.data.Sample(e.split, i, e.Size)
	if err != nil {
		return nil, unreadable{err}
	}
	made, err := s.produce(ctx, pair, e.Seed)
	if err != nil {
		return nil, fmt.Errorf("evaluate %s: %s: %w", s.Name, pair.Name, err)
	}
	return &sample{index: i, name: pair.Name, input: pair.Input, target: pair.Target, made: imgio.Quantise(made),
		again: func(ctx context.Context, k int) (*imgio.Picture, error) {
			return s.produce(ctx, pair, e.Seed+uint64(k))
		}}, nil
}

// measure is sample with what it adds to the sums.
func (e *evaluator) measure(ctx context.Context, s *subject, i int) (*sample, additions, error) {
	one, err := e.sample(ctx, s, i)
	if err != nil {
		return nil, additions{}, err
	}
	a, err := s.additions(ctx, one)
	if err != nil {
		return nil, a, fmt.Errorf("evaluate %s: %s: %w", s.Name, one.name, err)
	}
	return one, a, nil
}

func (s *subject) additions(ctx context.Context, one *sample) (additions, error) {
	a := additions{Name: one.name}
	for _, j := range s.judges {
		part, err := j.summands(ctx, one)
		if err != nil {
			return a, err
		}
		a.Sums = append(a.Sums, part)
	}
	for _, f := range s.features {
		made, err := f.of(one.made)
		if err != nil {
			return a, err
		}
		target, err := f.of(one.target)
		if err != nil {
			return a, err
		}
		a.Features = append(a.Features, pairOfFeatures{made, target})
	}
	return a, nil
}
