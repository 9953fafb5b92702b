package bulk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"easel/internal/file/atomicfile"
	"easel/internal/file/imgio"
	"easel/internal/work/translate"
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

// here translates pictures on this machine.
type here struct {
	translator Translator
	in, out    Place
	files      translate.FileOptions
	// heard hears of each picture, one at a time.
	heard func(p Picture, warnings []imgio.Warning, err error)
	now   func() time.Time
	pause time.Duration // before the second try; the third waits four times as long
	// broken counts the pictures in a row that could not be read or written.
	broken int
}

// translate translates pictures until a time, if there is one. It returns how many from the
// first on are done, and which of them failed. The error is for what stops everything.
func (h *here) translate(ctx context.Context, pictures []Picture, until time.Time) (n int, failed []Failure, err error) {
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
		h.heard(pictures[i], warnings, err)
		if e := h.tolerate(err); ending == nil {
			ending = e
		}
	}
	more := func(i int) bool {
		mu.Lock()
		defer mu.Unlock()
		return ctx.Err() == nil && ending == nil && (i == 0 || until.IsZero() || h.now().Before(until))
	}
	for i, p := range pictures {
		slots <- struct{}{}
		if !more(i) {
			break
		}
		wg.Go(func() {
			defer func() { <-slots }()
			warnings, err := h.one(ctx, p)
			finish(i, warnings, err)
		})
	}
	wg.Wait()
	for n < len(done) && done[n] {
		if errs[n] != nil {
			failed = append(failed, Failure{pictures[n].Name, errs[n].Error()})
		}
		n++
	}
	return n, failed, errors.Join(ctx.Err(), ending)
}

// tolerate returns an error if a picture failed for what the others would fail for, too.
func (h *here) tolerate(err error) error {
	if !errors.As(err, new(unanswered)) {
		h.broken = 0
		return nil
	}
	h.broken++
	switch {
	case atomicfile.NoSpace(err):
		return &atomicfile.NoSpaceError{Folder: h.out.String(), Way: "make room and repeat the command"}
	case h.broken == hopeless:
		return fmt.Errorf("%d pictures in a row could not be read or written, the last because: %w", hopeless, err)
	}
	return nil
}

// unanswered is the error of a place.
type unanswered struct{ error }

func (u unanswered) Unwrap() error { return u.error }

// one translates a picture, and tries again if a place does not answer.
func (h *here) one(ctx context.Context, p Picture) (warnings []imgio.Warning, err error) {
	err = h.patiently(ctx, func() (err error) {
		warnings, err = h.try(ctx, p)
		return err
	})
	return warnings, err
}

// patiently does something, again if a place does not answer.
func (h *here) patiently(ctx context.Context, do func() error) error {
	for try, pause := 1, h.pause; ; try, pause = try+1, 4*pause {
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

func (h *here) try(ctx context.Context, p Picture) ([]imgio.Warning, error) {
	data, err := h.in.Read(ctx, p.Name)
	if err == nil {
		err = p.Check(data)
	}
	if err != nil {
		return nil, unanswered{err}
	}
	files, made := h.files, bytes.Buffer{}
	files.Name = p.Name
	warnings, err := h.translator.Stream(ctx, bytes.NewReader(data), &made, files)
	if err != nil {
		return warnings, err
	}
	if err := h.out.Write(ctx, p.Output, made.Bytes()); err != nil {
		return warnings, unanswered{err}
	}
	return warnings, nil
}
