package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"easel/internal/base/hint"
	"easel/internal/work/jobs"
)

// Why a job is stopped before its end.
var (
	errOrdered = errors.New("the host wants the job to stop")
	errGone    = errors.New("the job is another worker's now")
	errOut     = errors.New("the host was out of reach for too long")
)

// task is a job that is being done.
type task struct {
	*worker
	*jobs.Loan
	folder string
	paths  paths
	moves  atomic.Int64
	mirror *mirror
	// sends ends when nothing more is to be sent.
	sends  context.Context
	saving sync.WaitGroup

	mu        sync.Mutex
	progress  *jobs.Progress // the last that was reported; nil before
	events    []jobs.ProgressEvent
	lastEvent time.Time // when the last frequent event was
	kept      int
	saved     int // what of kept was sent
	sent      time.Time
	sending   bool
}

// files is the job's folder here. Its name is as on the host, because runs are named by it.
func (t *task) files() string { return filepath.Join(t.folder, "files") }

// do does a job and returns it.
func (w *worker) do(ctx context.Context, l *jobs.Loan) {
	w.Notify(Event{Event: "taken", Job: l.Job, Kind: l.Kind})
	t := &task{worker: w, Loan: l, folder: filepath.Join(w.jobs(), filepath.Base(l.Job)), sent: time.Now()}
	defer func() { _ = os.RemoveAll(t.folder) }()
	run, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	sends, noMore := context.WithCancel(context.WithoutCancel(ctx))
	defer noMore()
	t.sends = sends
	defer context.AfterFunc(ctx, func() { time.AfterFunc(w.StopTime, noMore) })()
	defer context.AfterFunc(run, func() {
		if lost(run) {
			noMore()
		}
	})()
	beats, still := context.WithCancel(context.WithoutCancel(ctx))
	var beating sync.WaitGroup
	beating.Go(func() { t.beat(beats, stop) })
	defer beating.Wait()
	defer still()
	end := t.attempt(run)
	t.saving.Wait()
	if lost(run) {
		t.dropped(context.Cause(run))
		return
	}
	if err := t.give(sends, end); err != nil {
		t.dropped(err)
		return
	}
	w.Notify(Event{Event: "returned", Job: l.Job, Kind: l.Kind, Outcome: end.Outcome, Error: end.Error})
}

// lost reports whether a job was stopped because it is not this worker's any more.
func lost(run context.Context) bool {
	cause := context.Cause(run)
	return errors.Is(cause, errGone) || errors.Is(cause, errOut)
}

func (t *task) dropped(why error) {
	t.Notify(Event{Event: "dropped", Job: t.Job, Kind: t.Kind, Error: why.Error()})
}

// give sends what is left to send, and returns the job.
func (t *task) give(ctx context.Context, end jobs.End) error {
	t.mu.Lock()
	kept := t.kept
	t.mu.Unlock()
	if t.mirror != nil { // there may be files
		if err := t.save(ctx, kept); err != nil {
			return err
		}
	}
	if err := t.report(ctx); err != nil {
		return err
	}
	return t.persist(ctx, func(ctx context.Context, _ func()) error { return t.Host.Return(ctx, t.Ref, end) })
}

// attempt fetches what the job needs and runs it.
func (t *task) attempt(ctx context.Context) jobs.End {
	k, known := t.kinds[t.Kind]
	if !known {
		return jobs.End{Outcome: jobs.Stopped}
	}
	if err := t.prepare(ctx); err != nil {
		return t.ended(ctx, nil, fmt.Errorf("fetch what the job needs: %w", err))
	}
	options := t.paths.toHere(t.Loan.Options)
	result, err := t.call(ctx, k, jobs.NewRun(t.files(), options, t.reported))
	return t.ended(ctx, result, err)
}

// call runs the kind. A panic fails the job, not the worker.
func (t *task) call(ctx context.Context, k jobs.Kind, r *jobs.Run) (result any, err error) {
	defer func() {
		if p := recover(); p != nil {
			t.warn(fmt.Errorf("job %s: panic: %v\n%s", t.Job, p, debug.Stack()))
			err = fmt.Errorf("internal error: %v", p)
		}
	}()
	return k.Run(ctx, r)
}

// ended describes the end of an attempt.
func (t *task) ended(ctx context.Context, result any, err error) jobs.End {
	if err == nil {
		var text json.RawMessage
		if text, err = json.Marshal(result); err == nil {
			return jobs.End{Outcome: jobs.Succeeded, Result: t.paths.toThere(text)}
		}
	}
	if ctx.Err() != nil {
		return jobs.End{Outcome: jobs.Stopped}
	}
	there := func(text string) string { return string(t.paths.toThere([]byte(text))) }
	return jobs.End{Outcome: jobs.Broke, Error: there(err.Error()), Hint: there(hint.Of(err, hint.Keys{}))}
}

// fetchers is how many files are fetched at once.
const fetchers = 8

// prepare fetches the inputs and what an earlier worker has kept.
func (t *task) prepare(ctx context.Context) error {
	if err := os.RemoveAll(t.folder); err != nil {
		return err
	}
	if err := os.MkdirAll(t.files(), 0o700); err != nil {
		return err
	}
	t.paths.add(t.Folder, t.files())
	var gets []func() error
	for i, in := range t.Inputs {
		here := t.inputFolder(i, in.Path)
		t.paths.add(in.Path, here)
		if in.Folder {
			if err := os.MkdirAll(here, 0o700); err != nil {
				return err
			}
		}
		for _, f := range in.Files {
			at := here
			if in.Folder {
				at = filepath.Join(here, filepath.FromSlash(f.Name))
			}
			if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
				return fmt.Errorf("%q is not below its folder", f.Name)
			}
			gets = append(gets, func() error { return t.input(ctx, f, at) })
		}
	}
	for _, f := range t.Files {
		if !filepath.IsLocal(filepath.FromSlash(f.Name)) {
			return fmt.Errorf("%q is not below its folder", f.Name)
		}
		gets = append(gets, func() error { return t.own(ctx, f) })
	}
	if err := each(gets); err != nil {
		return err
	}
	if err := t.links(); err != nil {
		return err
	}
	if err := t.cache.trim(); err != nil {
		return err
	}
	var err error
	t.mirror, err = newMirror(t.files())
	return err
}

// inputFolder is where an input appears.
func (t *task) inputFolder(i int, path string) string {
	return filepath.Join(append([]string{t.folder, "inputs", strconv.Itoa(i)}, lastNames(path)...)...)
}

// links links the folders of inputs that have several names.
func (t *task) links() error {
	for i, in := range t.Inputs {
		root := t.inputFolder(i, in.Path)
		for name, first := range in.Links {
			name, first = filepath.FromSlash(name), filepath.FromSlash(first)
			if !filepath.IsLocal(name) || !filepath.IsLocal(first) {
				return fmt.Errorf("%q is not below its folder", name)
			}
			if err := alias(filepath.Join(root, name), filepath.Join(root, first)); err != nil {
				return err
			}
		}
	}
	return nil
}

// alias makes a folder appear at a second path: as a link or, where the system does not
// allow that, as a copy.
func alias(at, folder string) error {
	if err := errors.Join(os.MkdirAll(filepath.Dir(at), 0o700), os.MkdirAll(folder, 0o700)); err != nil {
		return err
	}
	target, err := filepath.Rel(filepath.Dir(at), folder)
	if err == nil {
		err = os.Symlink(target, at)
	}
	if err != nil {
		return os.CopyFS(at, os.DirFS(folder))
	}
	return nil
}

// each makes calls, some at once, and returns the first error.
func each(calls []func() error) error {
	var wait sync.WaitGroup
	todo, failed := make(chan func() error), make(chan error, 1)
	for range min(fetchers, len(calls)) {
		wait.Go(func() {
			for call := range todo {
				if err := call(); err != nil {
					select {
					case failed <- err:
					default:
					}
				}
			}
		})
	}
	var err error
	for _, call := range calls {
		select {
		case todo <- call:
			continue
		case err = <-failed:
		}
		break
	}
	close(todo)
	wait.Wait()
	select {
	case first := <-failed:
		return first
	default:
		return err
	}
}

// lastNames are the last parts of a path of the host: models and runs are named by them.
func lastNames(path string) []string {
	names := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '\\' || r == ':' })
	names = slices.DeleteFunc(names, func(n string) bool { return n == "." || n == ".." })
	if len(names) == 0 {
		return []string{"input"}
	}
	return names[max(len(names)-4, 0):]
}

// input makes an input appear at a path.
func (t *task) input(ctx context.Context, f jobs.File, at string) error {
	if !t.cache.has(f) {
		if err := t.fetch(ctx, f, t.cache.path(f)); err != nil {
			return err
		}
	}
	t.moves.Add(1)
	return t.cache.appear(f, at)
}

// own fetches one of the job's files.
func (t *task) own(ctx context.Context, f jobs.File) error {
	at := filepath.Join(t.files(), filepath.FromSlash(f.Name))
	if err := t.fetch(ctx, f, at); err != nil || !isText(f.Name) {
		return err
	}
	text, err := os.ReadFile(at)
	if err != nil {
		return err
	}
	return os.WriteFile(at, t.paths.toHere(text), 0o600)
}

func (t *task) fetch(ctx context.Context, f jobs.File, at string) error {
	return t.persist(ctx, func(ctx context.Context, alive func()) error {
		from, err := t.Host.Fetch(ctx, t.Ref, f.SHA256)
		if err != nil {
			return err
		}
		defer func() { _ = from.Close() }()
		return receive(moving{from, &t.moves, alive}, f, at)
	})
}
