package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"easel/internal/file/lock"
	"easel/internal/work/jobs"
)

// Host is the queue that a worker works for. Errors other than those of package jobs may
// pass: calls are repeated.
type Host interface {
	Join(ctx context.Context, m jobs.Machine) (jobs.Terms, error)
	// Lend returns nil if there is nothing to do for a while.
	Lend(ctx context.Context, worker string) (*jobs.Loan, error)
	Beat(ctx context.Context, ref jobs.Ref, b jobs.Beat) (jobs.Order, error)
	Fetch(ctx context.Context, ref jobs.Ref, hash string) (io.ReadCloser, error)
	Send(ctx context.Context, ref jobs.Ref, f jobs.File, r io.Reader) error
	Save(ctx context.Context, ref jobs.Ref, w jobs.Written) error
	Return(ctx context.Context, ref jobs.Ref, e jobs.End) error
	Leave(ctx context.Context, worker string) error
}

// Options of a worker.
type Options struct {
	Host Host
	// Machine says who works; its Kinds are those of Kinds.
	Machine jobs.Machine
	Kinds   []jobs.Kind
	// Folder is for jobs and fetched files, used by one worker at a time.
	Folder string
	// Cache is how many bytes of fetched files are kept between jobs.
	Cache int64
	// SaveEvery is the least time between sending what a job keeps; 0 is ten seconds.
	SaveEvery time.Duration
	// Patience is how long the host may be out of reach, or a call to it fail, before the job
	// is dropped; 0 is ten minutes.
	Patience time.Duration
	// StopTime is how long a job that stops may take to be saved and sent; 0 is 20 seconds.
	StopTime time.Duration
	// Notify, if not nil, receives what happens, from several goroutines.
	Notify func(Event)
}

// Event is something that happened to a worker.
type Event struct {
	// Event is joined, taken, returned, dropped, left or warning.
	Event string `json:"event"`
	Job   string `json:"job,omitempty"`
	Kind  string `json:"kind,omitempty"`
	// Outcome is how a returned job ended.
	Outcome jobs.Outcome `json:"outcome,omitempty"`
	Error   string       `json:"error,omitempty"`
}

// worker is a running worker.
type worker struct {
	Options
	kinds map[string]jobs.Kind
	cache *cache
	terms jobs.Terms
	// failing is the error of the last request for a job, if it failed.
	failing string
}

// Run works until ctx ends, which is no error. It fails at once if the host does not let it
// join.
func Run(ctx context.Context, o Options) (err error) {
	w := &worker{Options: o.withDefaults(), kinds: map[string]jobs.Kind{}}
	for _, k := range o.Kinds {
		w.kinds[k.Name] = k
		w.Machine.Kinds = append(w.Machine.Kinds, k.Name)
	}
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	owned, err := lock.Folder(o.Folder)
	if err != nil {
		return err
	}
	defer owned.Release()
	if w.cache, err = openCache(filepath.Join(o.Folder, "cache"), o.Cache); err != nil {
		return fmt.Errorf("worker: %w", err)
	}
	if err := os.RemoveAll(w.jobs()); err != nil { // of a worker that was killed
		return fmt.Errorf("worker: %w", err)
	}
	if err := w.join(ctx); err != nil {
		return err
	}
	for ctx.Err() == nil {
		if err := w.next(ctx); err != nil {
			return err
		}
	}
	leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.StopTime)
	defer cancel()
	if err := w.Host.Leave(leave, w.Machine.Name); err != nil {
		w.warn(err)
	}
	w.Notify(Event{Event: "left"})
	return nil
}

func (o Options) withDefaults() Options {
	if o.SaveEvery == 0 {
		o.SaveEvery = 10 * time.Second
	}
	if o.Patience == 0 {
		o.Patience = 10 * time.Minute
	}
	if o.StopTime == 0 {
		o.StopTime = 20 * time.Second
	}
	if o.Notify == nil {
		o.Notify = func(Event) {}
	}
	return o
}

// jobs is the folder with a folder for each job.
func (w *worker) jobs() string { return filepath.Join(w.Folder, "jobs") }

func (w *worker) warn(err error) { w.Notify(Event{Event: "warning", Error: err.Error()}) }

func (w *worker) join(ctx context.Context) error {
	return w.persist(ctx, func(ctx context.Context, _ func()) (err error) {
		if w.terms, err = w.Host.Join(ctx, w.Machine); err == nil {
			w.Notify(Event{Event: "joined"})
		}
		return err
	})
}

// next asks for a job and does it.
func (w *worker) next(ctx context.Context) error {
	l, err := w.Host.Lend(ctx, w.Machine.Name)
	switch {
	case ctx.Err() != nil && l == nil:
		return nil
	case errors.Is(err, jobs.ErrStranger): // the host has started again
		return w.join(ctx)
	case refused(err):
		return err
	case err != nil:
		if w.failing != err.Error() { // once: a command that lets workers in may have ended
			w.failing = err.Error()
			w.warn(err)
		}
		pause(ctx, retryTime)
		return nil
	}
	if w.failing = ""; l != nil {
		w.do(ctx, l)
	}
	return nil
}

// retryTime is the pause before a call is repeated.
const retryTime = time.Second

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// refused reports whether repeating a call is of no use.
func refused(err error) bool {
	var version *jobs.VersionError
	var final interface{ Final() bool }
	return errors.As(err, &version) || errors.As(err, &final) && final.Final() || errors.Is(err, jobs.ErrMachine) || errors.Is(err, jobs.ErrGone) || errors.Is(err, jobs.ErrFile)
}

// persist repeats a call until it succeeds or is refused. It gives up when no answer came
// for Patience, or the call has failed for as long. A call says when something arrives: a
// transfer may take any time.
func (w *worker) persist(ctx context.Context, call func(ctx context.Context, alive func()) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	quiet := time.AfterFunc(w.Patience, func() { cancel(errOut) })
	defer quiet.Stop()
	var failed time.Time // for the first time
	for {
		err := call(ctx, func() { quiet.Reset(w.Patience) })
		if err == nil || refused(err) {
			return err
		}
		if ctx.Err() != nil {
			return errors.Join(context.Cause(ctx), err)
		}
		if failed.IsZero() {
			failed = time.Now()
			w.warn(err)
		} else if time.Since(failed) > w.Patience {
			return errors.Join(errOut, err)
		}
		pause(ctx, retryTime)
	}
}
