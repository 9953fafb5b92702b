package bulk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"sync"
	"time"

	"easel/internal/file/atomicfile"
	"easel/internal/file/blobs"
	"easel/internal/file/imgio"
)

// atOnce is how many pictures are read, translated and written at the same time: while one
// is translated, on all threads, others are on their way.
const atOnce = 4

// tries are how often a picture or a record is tried whose place does not answer. After hopeless
// pictures in a row that were given up so, the run ends.
const (
	tries    = 3
	hopeless = 20
)

// work goes through all pictures.
func (r *run) work(ctx context.Context) error {
	next, stop := iter.Pull2(r.visible(ctx))
	defer stop()
	q := &queue{next: next}
	for {
		pictures, err := q.gather(r.records)
		if err != nil {
			return err
		}
		if len(pictures) == 0 {
			return ctx.Err()
		}
		rec, ok := r.records[pictures[0].Name]
		if ok && r.recordOf(pictures, nil).Pictures == rec.Pictures {
			err = r.again(ctx, rec, pictures)
		} else {
			err = r.batch(ctx, pictures)
		}
		if err != nil {
			return err
		}
	}
}

// again tries the pictures of a batch that failed in an earlier run.
func (r *run) again(ctx context.Context, rec record, pictures []blobs.Object) error {
	todo := failedIn(rec, pictures)
	r.result.Kept += len(pictures) - len(todo)
	r.notify(r.progress())
	if len(todo) == 0 {
		return nil
	}
	n, failed, err := r.translate(ctx, todo, time.Time{})
	if n < len(todo) {
		return err // the record still says that they failed
	}
	return errors.Join(err, r.save(ctx, r.recordOf(pictures, failed)))
}

// batch translates pictures and records them, those that are done after a while at once.
func (r *run) batch(ctx context.Context, pictures []blobs.Object) error {
	for len(pictures) > 0 {
		n, failed, err := r.translate(ctx, pictures, r.now().Add(batchTime))
		if n > 0 {
			err = errors.Join(err, r.save(ctx, r.recordOf(pictures[:n], failed)))
		}
		if err != nil {
			return err
		}
		pictures = pictures[n:]
	}
	return nil
}

// translate translates pictures until a time, if there is one. It returns how many from the
// first on are done, and which of them failed. The error is for what stops everything.
func (r *run) translate(ctx context.Context, pictures []blobs.Object, until time.Time) (n int, failed []failure, err error) {
	var (
		mu     sync.Mutex
		wg     sync.WaitGroup
		slots  = make(chan struct{}, atOnce)
		done   = make([]bool, len(pictures))
		errs   = make([]error, len(pictures))
		ending error
	)
	finish := func(i int, warnings []imgio.Warning, err error) {
		mu.Lock()
		defer mu.Unlock()
		if err != nil && ctx.Err() != nil {
			return // it did not fail, it was stopped
		}
		done[i], errs[i] = true, err
		if e := r.count(pictures[i], warnings, err); ending == nil {
			ending = e
		}
	}
	more := func(i int) bool {
		mu.Lock()
		defer mu.Unlock()
		return ctx.Err() == nil && ending == nil && (i == 0 || until.IsZero() || r.now().Before(until))
	}
	for i, o := range pictures {
		slots <- struct{}{}
		if !more(i) {
			break
		}
		wg.Go(func() {
			defer func() { <-slots }()
			warnings, err := r.one(ctx, o)
			finish(i, warnings, err)
		})
	}
	wg.Wait()
	for n < len(done) && done[n] {
		if errs[n] != nil {
			failed = append(failed, failure{pictures[n].Name, errs[n].Error()})
		}
		n++
	}
	return n, failed, errors.Join(ctx.Err(), ending)
}

// count counts a picture and reports it. It returns an error if the others would fail, too.
func (r *run) count(o blobs.Object, warnings []imgio.Warning, err error) error {
	if err == nil {
		r.result.Translated++
	} else {
		r.result.Failed++
	}
	e := r.progress()
	e.Input, e.Output, e.Warnings, e.Err = o.Name, r.output(o.Name), warnings, err
	r.notify(e)
	if !errors.As(err, new(unanswered)) {
		r.broken = 0
		return nil
	}
	r.broken++
	switch {
	case atomicfile.NoSpace(err):
		return &atomicfile.NoSpaceError{Folder: r.out.String(), Way: "make room and repeat the command"}
	case r.broken == hopeless:
		return fmt.Errorf("%d pictures in a row could not be read or written, the last because: %w", hopeless, err)
	}
	return nil
}

// unanswered is the error of a place.
type unanswered struct{ error }

func (u unanswered) Unwrap() error { return u.error }

// one translates a picture, and tries again if a place does not answer.
func (r *run) one(ctx context.Context, o blobs.Object) (warnings []imgio.Warning, err error) {
	err = r.patiently(ctx, func() (err error) {
		warnings, err = r.try(ctx, o)
		return err
	})
	return warnings, err
}

// patiently does something, again if a place does not answer.
func (r *run) patiently(ctx context.Context, do func() error) error {
	for try, pause := 1, r.pause; ; try, pause = try+1, 4*pause {
		err := do()
		final := try == tries || atomicfile.NoSpace(err) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission)
		if final || !errors.As(err, new(unanswered)) {
			return err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
	}
}

func (r *run) try(ctx context.Context, o blobs.Object) ([]imgio.Warning, error) {
	data, err := r.in.Read(ctx, o.Name)
	if err == nil {
		err = o.Check(data)
	}
	if err != nil {
		return nil, unanswered{err}
	}
	files, made := r.Files, bytes.Buffer{}
	files.Name = o.Name
	warnings, err := r.translator.Stream(ctx, bytes.NewReader(data), &made, files)
	if err != nil {
		return warnings, err
	}
	if err := r.out.Write(ctx, r.output(o.Name), made.Bytes()); err != nil {
		return warnings, unanswered{err}
	}
	return warnings, nil
}
