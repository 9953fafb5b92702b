// Package demo shows everything in about two minutes, without data and without an
// internet connection: it draws pairs (package facade), trains on them, translates
// held-out pairs, compares the translations with simple baselines, and writes a
// page to look at.
//
// Call Run. Everything is in Options.Out:
//
//	index.html   the page, self-contained
//	demo.png     input, output and target of held-out pairs
//	demo.json    its options
//	data/        the pairs: train, val and test
//	run/         the training run
//
// # Guarantees
//
// The numbers depend on the options only, not on the number of threads. The time is bounded
// by the number of steps, which take about a minute and a half on two cores. An interrupted
// or killed demo continues when it is run again. Only what demo.json shows to be a demo's
// is overwritten or removed.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"

	"easel/internal/base/hint"
	"easel/internal/data/facade"
	"easel/internal/file/imgio"
	"easel/internal/file/lock"
	"easel/internal/work/train"
)

// Stage is a part of the demo.
type Stage string

// The stages, in order.
const (
	Drawing     Stage = "draw"
	Training    Stage = "train"
	Translating Stage = "translate"
)

// Event is progress: Done of Total, with details during training.
type Event struct {
	Stage    Stage        `json:"stage"`
	Done     int          `json:"done,omitempty"`
	Total    int          `json:"total,omitempty"`
	Training *train.Event `json:"training,omitempty"`
}

// Result is the outcome of a demo.
type Result struct {
	// Page, Picture and Run are paths.
	Page    string `json:"page"`
	Picture string `json:"picture"`
	Run     string `json:"run"`
	// The run trained Steps on Pairs in Seconds; Held is the number of judged pairs.
	Steps   int     `json:"steps"`
	Pairs   int     `json:"pairs"`
	Held    int     `json:"held_out"`
	Seconds float64 `json:"seconds"`
	// Scores of easel first, then of the baselines.
	Scores []Score `json:"scores"`
	// Verdicts are the comparisons that the translations should win.
	Verdicts []Verdict `json:"verdicts"`
}

// Run runs the demo. It calls notify, which may be nil, from one goroutine. If ctx ends
// during training, it leaves a run that can be resumed and returns train.ErrInterrupted.
func Run(ctx context.Context, o Options, notify func(Event)) (Result, error) {
	return newSession(o, notify).result(ctx)
}

// Continue is Run for a caller whose own folder Options.Out is: where a demo with the same
// options is complete, it is judged again and returned, while Run refuses to replace it. So
// a caller that was killed before it noted the result still gets it.
func Continue(ctx context.Context, o Options, notify func(Event)) (Result, error) {
	s := newSession(o, notify)
	s.own = true
	return s.result(ctx)
}

func newSession(o Options, notify func(Event)) *session {
	if notify == nil {
		notify = func(Event) {}
	}
	return &session{Options: o, training: o.training(), notify: notify}
}

// result does everything, with advice in its errors.
func (s *session) result(ctx context.Context) (Result, error) {
	result, err := s.run(ctx)
	switch {
	case err == nil:
		return result, nil
	case ctx.Err() != nil || errors.Is(err, train.ErrInterrupted):
		err = hint.New(err, "repeat the command to continue")
	}
	return Result{}, fmt.Errorf("demo: %w", err)
}

// run does everything, in a folder locked for this process.
func (s *session) run(ctx context.Context) (Result, error) {
	if err := s.Validate(); err != nil {
		return Result{}, err
	}
	if err := os.MkdirAll(s.Out, 0o777); err != nil {
		return Result{}, fmt.Errorf("make folder: %w", err)
	}
	owned, err := lock.Folder(s.Out)
	if err != nil {
		return Result{}, err
	}
	defer owned.Release()
	if err := s.settle(); err != nil {
		return Result{}, err
	}
	for _, do := range []func(context.Context) error{s.draw, s.train, s.judge} {
		if err := do(ctx); err != nil {
			return Result{}, err
		}
	}
	result := s.outcome()
	if err := s.show(&result); err != nil {
		return Result{}, err
	}
	return result, s.save(true)
}

// session is a running demo.
type session struct {
	Options
	training train.Options
	notify   func(Event)
	own      bool    // whoever asks owns the folder and may have a finished demo again
	seconds  float64 // of training
	trained  string  // the model's file
	pairs    []pair  // for the baselines
	held     []held
	scores   []Score
}

// pair is an input and its target.
type pair struct{ labels, photo *imgio.Picture }

// draw writes the missing pairs, with labels on the left; no façade is in two splits.
func (s *session) draw(ctx context.Context) error {
	paths := s.paths(s.record())
	for i, p := range s.ahead(ctx, len(paths)) {
		if err := s.write(paths[i], p); err != nil {
			return err
		}
		if i < s.Pairs {
			s.pairs = append(s.pairs, p)
		}
		s.notify(Event{Stage: Drawing, Done: i + 1, Total: len(paths)})
	}
	return ctx.Err()
}

// ahead draws the pairs on all cores and yields them in order, until ctx ends.
func (s *session) ahead(ctx context.Context, total int) iter.Seq2[int, pair] {
	return func(yield func(int, pair) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		workers := max(s.Threads, 0)
		if workers == 0 {
			workers = runtime.NumCPU()
		}
		drawn := make([]chan pair, total)
		for i := range drawn {
			drawn[i] = make(chan pair, 1)
		}
		for w := range workers {
			go func() {
				for i := w; i < total && ctx.Err() == nil; i += workers {
					drawn[i] <- s.pair(i)
				}
			}()
		}
		for i := range drawn {
			select {
			case p := <-drawn[i]:
				if !yield(i, p) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

func (s *session) pair(index int) pair {
	labels, photo := facade.Generate(s.Seed, index, s.ImageSize)
	return pair{labels, imgio.Quantise(photo)}
}

func (s *session) write(path string, p pair) error {
	if _, err := os.Lstat(path); err == nil {
		return nil // files are complete or missing
	}
	side, err := imgio.SideBySide(p.labels, p.photo)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	return imgio.Write(path, side)
}

// train trains, or continues an interrupted run.
func (s *session) train(ctx context.Context) error {
	o := s.training
	switch before, err := train.ResumeOptions(o.Out); {
	case err == nil:
		before.Data, before.Backend, before.Threads = o.Data, o.Backend, o.Threads
		o = before
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return train.Train(ctx, o, func(e train.Event) {
		if e.Kind == train.Ended {
			s.seconds = e.Seconds
		}
		s.notify(Event{Stage: Training, Training: &e})
	})
}

func (s *session) page() string    { return filepath.Join(s.Out, "index.html") }
func (s *session) picture() string { return filepath.Join(s.Out, "demo.png") }

func (s *session) outcome() Result {
	return Result{
		Page: s.page(), Picture: s.picture(), Run: s.training.Out,
		Steps: s.Steps, Pairs: s.Pairs, Held: s.HeldOut, Seconds: s.seconds,
		Scores: s.scores, Verdicts: verdicts(s.scores),
	}
}
