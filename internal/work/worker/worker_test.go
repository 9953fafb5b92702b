package worker_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"easel/internal/work/jobs"
	"easel/internal/work/worker"
)

// copying copies its input, a line at a time, and says where it was.
func copying() jobs.Kind {
	type options struct {
		Input string `json:"input"`
		Stop  int    `json:"stop"` // after so many lines, until it is stopped
	}
	return jobs.Kind{
		Name: "copy", Lane: "test",
		Check: func(o json.RawMessage) (json.RawMessage, error) { return o, nil },
		Inputs: func(o json.RawMessage) (json.RawMessage, []jobs.Input, error) {
			var c options
			err := json.Unmarshal(o, &c)
			return o, []jobs.Input{{Path: c.Input}}, err
		},
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			var c options
			if err := json.Unmarshal(r.Options, &c); err != nil {
				return nil, err
			}
			if err := os.MkdirAll(filepath.Join(r.Folder, "out"), 0o700); err != nil {
				return nil, err
			}
			text, err := os.ReadFile(filepath.Join(c.Input, "in.txt"))
			if err != nil {
				return nil, err
			}
			lines := strings.Fields(string(text))
			for n, line := range lines {
				at := filepath.Join(r.Folder, "out", fmt.Sprint(n))
				if _, err := os.Stat(at); err == nil {
					continue
				}
				if c.Stop == n+1 && !exists(filepath.Join(r.Folder, "begun.json")) {
					if err := os.WriteFile(filepath.Join(r.Folder, "begun.json"), []byte(fmt.Sprintf("{%q: 1}", c.Input)), 0o600); err != nil {
						return nil, err
					}
					for ctx.Err() == nil { // at work on the next
						r.Report(nil, jobs.Progress{Done: n, Total: len(lines), Kept: 2 * n}, false)
						time.Sleep(5 * time.Millisecond)
					}
				}
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				if err := os.WriteFile(at, []byte(line), 0o600); err != nil {
					return nil, err
				}
				r.Report(map[string]string{"wrote": at}, jobs.Progress{Done: n + 1, Total: len(lines), Kept: 2*n + 1}, true)
			}
			return map[string]any{"from": c.Input, "lines": len(lines)}, nil
		},
	}
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

func openQueue(t *testing.T, edit func(*jobs.Options)) *jobs.Queue {
	t.Helper()
	o := jobs.Options{State: t.TempDir(), Kinds: []jobs.Kind{copying()}, Version: "v1", Bits: "here", OnlyWorkers: true, Complain: func(err error) { t.Log(err) }}
	if edit != nil {
		edit(&o)
	}
	q, err := jobs.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	return q
}

// start starts a worker; stop ends it.
func start(t *testing.T, host worker.Host, name, bits string, edit func(*worker.Options)) (stop func()) {
	t.Helper()
	o := worker.Options{
		Host: host, Machine: jobs.Machine{Name: name, Version: "v1", Bits: bits}, Kinds: []jobs.Kind{copying()},
		Folder: t.TempDir(), SaveEvery: time.Millisecond, Notify: func(e worker.Event) { t.Logf("%s: %+v", name, e) },
	}
	if edit != nil {
		edit(&o)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	wait.Go(func() {
		if err := worker.Run(ctx, o); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	})
	stop = sync.OnceFunc(func() { cancel(); wait.Wait() })
	t.Cleanup(stop)
	return stop
}

func submit(t *testing.T, q *jobs.Queue, input string, stop int) string {
	t.Helper()
	text, _ := json.Marshal(map[string]any{"input": input, "stop": stop})
	j, err := q.Submit(t.Context(), "copy", text, "")
	if err != nil {
		t.Fatal(err)
	}
	return j.ID
}

func until(t *testing.T, q *jobs.Queue, id string, is func(jobs.View) bool) jobs.View {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		j, err := q.Get(id)
		if err != nil {
			t.Fatal(err)
		}
		if is(j) {
			return j
		}
		if time.Now().After(end) {
			t.Fatalf("the job stays %+v", j.Job)
		}
	}
}

func done(j jobs.View) bool { return j.State == jobs.Done }

func input(t *testing.T, lines ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "in.txt"), []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

// wantLines checks what a job wrote on the queue's machine.
func wantLines(t *testing.T, q *jobs.Queue, id string, want ...string) {
	t.Helper()
	files, err := q.Files(id)
	if err != nil {
		t.Fatal(err)
	}
	for n, line := range want {
		if got, err := os.ReadFile(filepath.Join(files, "out", fmt.Sprint(n))); err != nil || string(got) != line {
			t.Errorf("line %d is %q, %v, want %q", n, got, err, line)
		}
	}
}

// TestElsewhere: a job runs on a worker with copies of its inputs, and what it leaves looks
// as if it had run here.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	q := openQueue(t, nil)
	in := input(t, "a", "b", "a")
	start(t, q, "one", "x", nil)
	j := until(t, q, submit(t, q, in, 0), done)
	var result struct {
		From  string `json:"from"`
		Lines int    `json:"lines"`
	}
	if err := json.Unmarshal(j.Result, &result); err != nil || result.From != in || result.Lines != 3 {
		t.Errorf("%s, %v", j.Result, err)
	}
	if j.Worker != "one" || !slices.Equal(j.Bits, []string{"x"}) || j.Attempt != 1 {
		t.Errorf("%+v", j.Job)
	}
	wantLines(t, q, j.ID, "a", "b", "a")
	files, _ := q.Files(j.ID)
	e, err := q.Next(t.Context(), j.ID, 2)
	for err == nil && e.Type != "progress" {
		e, err = q.Next(t.Context(), j.ID, e.Sequence)
	}
	if err != nil || !strings.Contains(string(e.Data), files) {
		t.Errorf("%s, %v, want %s", e.Data, err, files)
	}
}

// TestDrain: a worker that is stopped saves its job and hands it back; another continues,
// one with the same bits if there is one.
func TestDrain(t *testing.T) {
	t.Parallel()
	q := openQueue(t, nil)
	in := input(t, "a", "b", "c")
	stop := start(t, q, "one", "x", nil)
	id := submit(t, q, in, 3)
	until(t, q, id, func(j jobs.View) bool { return j.Kept == 4 })
	start(t, q, "other", "y", nil)
	start(t, q, "twin", "x", nil)
	for end := time.Now().Add(10 * time.Second); len(q.Crew()) < 3 && time.Now().Before(end); time.Sleep(time.Millisecond) {
	}
	stop()
	j := until(t, q, id, done)
	if j.Worker != "twin" || j.Attempt != 1 || j.Epoch != 2 || !slices.Equal(j.Bits, []string{"x"}) {
		t.Errorf("%+v", j.Job)
	}
	wantLines(t, q, id, "a", "b", "c")
	files, _ := q.Files(id)
	if text, err := os.ReadFile(filepath.Join(files, "begun.json")); err != nil || !strings.Contains(string(text), in) {
		t.Errorf("%s, %v", text, err)
	}
}

// TestOtherBits: a job that continues on another kind of machine says so.
func TestOtherBits(t *testing.T) {
	t.Parallel()
	q := openQueue(t, nil)
	stop := start(t, q, "one", "x", nil)
	id := submit(t, q, input(t, "a", "b"), 2)
	until(t, q, id, func(j jobs.View) bool { return j.Kept == 2 })
	stop()
	start(t, q, "two", "y", nil)
	if j := until(t, q, id, done); !slices.Equal(j.Bits, []string{"x", "y"}) {
		t.Errorf("%+v", j.Job)
	}
}

// TestPauseAndCancel: a worker's job saves and waits, continues, and ends.
func TestPauseAndCancel(t *testing.T) {
	t.Parallel()
	q := openQueue(t, nil)
	start(t, q, "one", "x", nil)
	id := submit(t, q, input(t, "a", "b"), 2)
	until(t, q, id, func(j jobs.View) bool { return j.State == jobs.Running })
	if _, err := q.Pause(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	until(t, q, id, func(j jobs.View) bool { return j.State == jobs.Paused })
	wantLines(t, q, id, "a")
	if _, err := q.Resume(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	until(t, q, id, done)
	other := submit(t, q, input(t, "a"), 1)
	until(t, q, other, func(j jobs.View) bool { return j.State == jobs.Running })
	if _, err := q.Cancel(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	until(t, q, other, func(j jobs.View) bool { return j.State == jobs.Cancelled })
}

// cut is a host that a worker cannot reach while it is cut off.
type cut struct {
	worker.Host
	mu  sync.Mutex
	off bool
}

func (c *cut) set(off bool) { c.mu.Lock(); c.off = off; c.mu.Unlock() }

func (c *cut) Beat(ctx context.Context, ref jobs.Ref, b jobs.Beat) (jobs.Order, error) {
	c.mu.Lock()
	off := c.off
	c.mu.Unlock()
	if off {
		return jobs.Order{}, errors.New("no route to the host")
	}
	return c.Host.Beat(ctx, ref, b)
}

// TestSilent: the job of a worker that is not heard from goes to another, and the first
// cannot finish it when it is back.
func TestSilent(t *testing.T) {
	t.Parallel()
	q := openQueue(t, func(o *jobs.Options) { o.Contact = 400 * time.Millisecond })
	c := &cut{Host: q}
	dropped := make(chan struct{})
	var once sync.Once
	start(t, c, "one", "x", func(o *worker.Options) {
		o.Notify = func(e worker.Event) {
			if e.Event == "dropped" {
				once.Do(func() { close(dropped) })
			}
		}
	})
	id := submit(t, q, input(t, "a", "b"), 2)
	until(t, q, id, func(j jobs.View) bool { return j.Kept == 2 })
	c.set(true)
	start(t, q, "two", "x", nil)
	j := until(t, q, id, done)
	if j.Worker != "two" || j.Attempt != 2 {
		t.Errorf("%+v", j.Job)
	}
	c.set(false)
	select {
	case <-dropped:
	case <-time.After(20 * time.Second):
		t.Error("the first worker keeps the job")
	}
	wantLines(t, q, id, "a", "b")
}

// TestRestart: a job goes on at its worker while its queue is closed and opened again.
func TestRestart(t *testing.T) {
	t.Parallel()
	var o jobs.Options
	q := openQueue(t, func(given *jobs.Options) { o = *given })
	s := &switching{}
	s.set(q)
	start(t, s, "one", "x", nil)
	id := submit(t, q, input(t, "a", "b"), 2)
	until(t, q, id, func(j jobs.View) bool { return j.Kept == 2 })
	q.Close()
	q = openQueue(t, func(given *jobs.Options) { *given = o })
	if j, err := q.Get(id); err != nil || j.State != jobs.Running || j.Epoch != 1 {
		t.Fatalf("%+v, %v", j.Job, err)
	}
	s.set(q)
	if _, err := q.Pause(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	until(t, q, id, func(j jobs.View) bool { return j.State == jobs.Paused })
	if _, err := q.Resume(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if j := until(t, q, id, done); j.Attempt != 1 {
		t.Errorf("%+v", j.Job)
	}
}

// switching is a host that may be replaced.
type switching struct {
	mu sync.Mutex
	q  *jobs.Queue
}

func (s *switching) set(q *jobs.Queue) { s.mu.Lock(); s.q = q; s.mu.Unlock() }
func (s *switching) now() *jobs.Queue  { s.mu.Lock(); defer s.mu.Unlock(); return s.q }
func (s *switching) Join(ctx context.Context, m jobs.Machine) (jobs.Terms, error) {
	return s.now().Join(ctx, m)
}
func (s *switching) Lend(ctx context.Context, w string) (*jobs.Loan, error) {
	return s.now().Lend(ctx, w)
}
func (s *switching) Beat(ctx context.Context, r jobs.Ref, b jobs.Beat) (jobs.Order, error) {
	return s.now().Beat(ctx, r, b)
}
func (s *switching) Fetch(ctx context.Context, r jobs.Ref, hash string) (io.ReadCloser, error) {
	return s.now().Fetch(ctx, r, hash)
}
func (s *switching) Send(ctx context.Context, r jobs.Ref, f jobs.File, from io.Reader) error {
	return s.now().Send(ctx, r, f, from)
}
func (s *switching) Save(ctx context.Context, r jobs.Ref, w jobs.Written) error {
	return s.now().Save(ctx, r, w)
}
func (s *switching) Return(ctx context.Context, r jobs.Ref, e jobs.End) error {
	return s.now().Return(ctx, r, e)
}
func (s *switching) Leave(ctx context.Context, w string) error { return s.now().Leave(ctx, w) }

// slow is a host that sends files slowly.
type slow struct{ worker.Host }

func (s slow) Fetch(ctx context.Context, r jobs.Ref, hash string) (io.ReadCloser, error) {
	from, err := s.Host.Fetch(ctx, r, hash)
	return trickle{ctx, from}, err
}

// trickle reads a byte at a time.
type trickle struct {
	ctx context.Context
	io.ReadCloser
}

func (r trickle) Read(p []byte) (int, error) {
	time.Sleep(100 * time.Millisecond)
	if r.ctx.Err() != nil {
		return 0, r.ctx.Err()
	}
	return r.ReadCloser.Read(p[:1])
}

// TestSlow: a transfer may take longer than Patience, as long as bytes arrive.
func TestSlow(t *testing.T) {
	t.Parallel()
	q := openQueue(t, nil)
	id := submit(t, q, input(t, "a", "line", "of-many-bytes"), 0)
	start(t, slow{q}, "w", "x", func(o *worker.Options) { o.Patience = time.Second })
	if j := until(t, q, id, func(j jobs.View) bool { return j.State.Ended() || len(j.FailedOn) > 0 }); j.State != jobs.Done {
		t.Errorf("%+v", j.Job)
	}
}

// TestLinkedTwice: a folder under two names is one here, too, under both.
func TestLinkedTwice(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "a"), 0o700), os.WriteFile(filepath.Join(dir, "a", "1.txt"), []byte("1"), 0o600), os.Mkdir(filepath.Join(dir, "c"), 0o700)); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "a"), filepath.Join(dir, "c", "b")); err != nil {
		t.Skip(err)
	}
	kind := copying()
	kind.Run = func(_ context.Context, r *jobs.Run) (any, error) {
		var o struct{ Input string }
		if err := json.Unmarshal(r.Options, &o); err != nil {
			return nil, err
		}
		text, err := os.ReadFile(filepath.Join(o.Input, "c", "b", "1.txt"))
		if err != nil {
			return nil, err
		}
		one, err := filepath.EvalSymlinks(filepath.Join(o.Input, "a"))
		if err != nil {
			return nil, err
		}
		other, err := filepath.EvalSymlinks(filepath.Join(o.Input, "c", "b"))
		return fmt.Sprintf("%s %v", text, one == other && o.Input != dir), err
	}
	q := openQueue(t, nil)
	start(t, q, "w", "x", func(o *worker.Options) { o.Kinds = []jobs.Kind{kind} })
	if j := until(t, q, submit(t, q, dir, 0), func(j jobs.View) bool { return j.State.Ended() }); string(j.Result) != `"1 true"` {
		t.Errorf("%s %s", j.Result, j.Error)
	}
}
