package jobs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"easel/internal/file/lock"
	"easel/internal/work/jobs"
)

// counting counts to options.to, a file for each number; with options.wait it then
// hangs until it is told to stop. Begun again, it goes on.
type countOptions struct {
	To    int  `json:"to"`
	Wait  bool `json:"wait"`
	Panic bool `json:"panic"`
}

func counting(runs *atomic.Int64) jobs.Kind {
	return jobs.Kind{
		Name: "count", Lane: "test", Steps: true,
		Check: func(options json.RawMessage) (json.RawMessage, error) {
			var o countOptions
			if err := json.Unmarshal(options, &o); err != nil || o.To < 0 {
				return nil, fmt.Errorf("bad options %s", options)
			}
			return json.Marshal(o)
		},
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			runs.Add(1)
			var o countOptions
			if err := json.Unmarshal(r.Options, &o); err != nil {
				return nil, err
			}
			if o.Panic {
				panic("oh no")
			}
			for n := 1; n <= o.To; n++ {
				name := filepath.Join(r.Folder, fmt.Sprint(n))
				if _, err := os.Stat(name); err == nil {
					continue
				}
				if err := os.WriteFile(name, nil, 0o600); err != nil {
					return nil, err
				}
				r.Report(map[string]int{"n": n}, jobs.Progress{Done: n, Total: o.To, Kept: n}, true)
			}
			if o.Wait {
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return map[string]int{"counted": o.To}, nil
		},
	}
}

func open(t *testing.T, state string, edit func(*jobs.Options)) (*jobs.Queue, *atomic.Int64) {
	t.Helper()
	var runs atomic.Int64
	o := jobs.Options{State: state, Kinds: []jobs.Kind{counting(&runs)}, Lease: time.Minute, StopTime: 10 * time.Second,
		Complain: func(err error) { t.Logf("complaint: %v", err) }}
	if edit != nil {
		edit(&o)
	}
	q, err := jobs.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return q, &runs
}

func submit(t *testing.T, q *jobs.Queue, options, key string) jobs.View {
	t.Helper()
	j, err := q.Submit(t.Context(), "count", json.RawMessage(options), key)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// until waits for a state.
func until(t *testing.T, q *jobs.Queue, id string, s jobs.State) jobs.View {
	t.Helper()
	var j jobs.View
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		var err error
		if j, err = q.Get(id); err != nil {
			t.Fatal(err)
		}
		if j.State == s {
			return j
		}
	}
	t.Fatalf("job %s is %s, not %s: %+v", id, j.State, s, j.History)
	return j
}

// TestDone: from queued to done, once, with everything that was published on the way.
func TestDone(t *testing.T) {
	t.Parallel()
	q, runs := open(t, t.TempDir(), nil)
	defer q.Close()
	j := submit(t, q, `{"to": 3}`, "key")
	again := submit(t, q, `{ "to":3 }`, "key")
	if again.ID != j.ID {
		t.Errorf("the same request made another job")
	}
	if _, err := q.Submit(t.Context(), "count", json.RawMessage(`{"to": 4}`), "key"); !errors.Is(err, jobs.ErrKeyUsed) {
		t.Errorf("another request with the key: %v", err)
	}
	done := until(t, q, j.ID, jobs.Done)
	if string(done.Result) != `{"counted":3}` || runs.Load() != 1 || done.Attempt != 1 || len(done.History) != 3 {
		t.Errorf("%+v after %d runs", done, runs.Load())
	}
	var published []string
	for after := uint64(0); ; {
		e, err := q.Next(t.Context(), j.ID, after)
		if err != nil {
			t.Fatal(err)
		}
		if e.Sequence <= after {
			t.Fatalf("event %d after %d", e.Sequence, after)
		}
		after = e.Sequence
		if e.Type == "progress" {
			published = append(published, string(e.Data))
		}
		var v jobs.View
		if e.Type == "job" && json.Unmarshal(e.Data, &v) == nil && v.State == jobs.Done {
			break
		}
	}
	if got := strings.Join(published, " "); got != `{"n":1} {"n":2} {"n":3}` {
		t.Errorf("published %s", got)
	}
	if _, err := q.Submit(t.Context(), "dream", nil, ""); !errors.Is(err, jobs.ErrKind) {
		t.Errorf("an unknown kind: %v", err)
	}
	if _, err := q.Submit(t.Context(), "count", json.RawMessage(`{"to": -1}`), ""); err == nil || len(q.List()) != 1 {
		t.Errorf("bad options: %v, %d jobs", err, len(q.List()))
	}
	if err := q.Remove(j.ID); err != nil {
		t.Error(err)
	}
	if _, err := q.Get(j.ID); !errors.Is(err, jobs.ErrNotFound) {
		t.Errorf("after removal: %v", err)
	}
}

// keeps waits until a job has kept something.
func keeps(t *testing.T, q *jobs.Queue, id string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if j, _ := q.Get(id); j.Kept > 0 && j.Progress != nil && j.Progress.Done == 2 {
			return
		}
	}
	t.Fatal("the job keeps nothing")
}

// TestRepublished: an end that was recorded and not published is published at the next start,
// once.
func TestRepublished(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	q, _ := open(t, state, nil)
	j := submit(t, q, `{"to": 1}`, "")
	until(t, q, j.ID, jobs.Done)
	q.Close()
	if err := os.RemoveAll(filepath.Join(state, "nats")); err != nil { // with its events
		t.Fatal(err)
	}
	for range 2 {
		q, _ = open(t, state, nil)
		if n, err := q.Last(t.Context()); err != nil || n != 1 {
			t.Fatalf("%d events, %v", n, err)
		}
		e, err := q.Next(t.Context(), j.ID, 0)
		var published jobs.View
		if err != nil || json.Unmarshal(e.Data, &published) != nil || published.State != jobs.Done {
			t.Errorf("%s, %v", e.Data, err)
		}
		q.Close()
	}
}

// TestCancel: in every state, and again; what was made stays.
func TestCancel(t *testing.T) {
	t.Parallel()
	q, _ := open(t, t.TempDir(), nil)
	defer q.Close()
	runs := submit(t, q, `{"to": 2, "wait": true}`, "")
	waits := submit(t, q, `{"to": 1}`, "")
	until(t, q, runs.ID, jobs.Running)
	if j, _ := q.Get(waits.ID); j.Place != 1 {
		t.Errorf("place %d", j.Place)
	}
	for range 2 {
		if j, err := q.Cancel(t.Context(), waits.ID); err != nil || j.State != jobs.Cancelled {
			t.Errorf("waiting: %v, %v", j.State, err)
		}
	}
	for {
		if j, _ := q.Get(runs.ID); j.Progress != nil && j.Progress.Done == 2 {
			break
		}
	}
	if _, err := q.Cancel(t.Context(), runs.ID); err != nil {
		t.Fatal(err)
	}
	until(t, q, runs.ID, jobs.Cancelled)
	files, _ := q.Files(runs.ID)
	if _, err := os.Stat(filepath.Join(files, "2")); err != nil {
		t.Errorf("what was made is gone: %v", err)
	}
	if _, err := q.Cancel(t.Context(), "nothing"); !errors.Is(err, jobs.ErrNotFound) {
		t.Errorf("nothing: %v", err)
	}
}

// TestPause: in every state but the last, with what was made; a paused job waits for
// somebody to resume it, over a restart too.
func TestPause(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	q, _ := open(t, state, nil)
	runs := submit(t, q, `{"to": 2, "wait": true}`, "")
	waits := submit(t, q, `{"to": 1}`, "")
	keeps(t, q, runs.ID)
	for range 2 {
		if j, err := q.Pause(t.Context(), waits.ID); err != nil || j.State != jobs.Paused {
			t.Errorf("waiting: %v, %v", j.State, err)
		}
		if _, err := q.Pause(t.Context(), runs.ID); err != nil {
			t.Error(err)
		}
	}
	if j := until(t, q, runs.ID, jobs.Paused); j.Progress == nil || j.Progress.Done != 2 || j.Attempt != 0 {
		t.Errorf("%+v, progress %+v", j.Job, j.Progress)
	}
	q.Close()
	q, begun := open(t, state, nil)
	defer q.Close()
	free := submit(t, q, `{"to": 1}`, "")
	until(t, q, free.ID, jobs.Done)
	if j, _ := q.Get(waits.ID); j.State != jobs.Paused || begun.Load() != 1 {
		t.Errorf("after a restart it is %s, %d were begun", j.State, begun.Load())
	}
	for range 2 {
		if _, err := q.Resume(t.Context(), waits.ID); err != nil {
			t.Error(err)
		}
	}
	if j := until(t, q, waits.ID, jobs.Done); j.Attempt != 1 {
		t.Errorf("attempt %d", j.Attempt)
	}
	for what, err := range map[string]error{
		"pause": second(q.Pause(t.Context(), waits.ID)), "resume": second(q.Resume(t.Context(), waits.ID)),
	} {
		if !errors.Is(err, jobs.ErrEnded) {
			t.Errorf("%s of what has ended: %v", what, err)
		}
	}
	if j, err := q.Cancel(t.Context(), runs.ID); err != nil || j.State != jobs.Cancelled {
		t.Errorf("cancelled while paused: %v, %v", j.State, err)
	}
	if _, err := q.Resume(t.Context(), runs.ID); err != nil {
		t.Error(err)
	}
	until(t, q, runs.ID, jobs.Running)
	if j, err := q.Cancel(t.Context(), runs.ID); err != nil || j.CancelRequested != true {
		t.Errorf("cancelled again: %v, %v", j.State, err)
	}
	until(t, q, runs.ID, jobs.Cancelled)
}

func second[A any](_ A, err error) error { return err }

// TestPausedAndResumedAtOnce: a job that has no time to save in between goes on.
func TestPausedAndResumedAtOnce(t *testing.T) {
	t.Parallel()
	q, _ := open(t, t.TempDir(), nil)
	defer q.Close()
	j := submit(t, q, `{"to": 1, "wait": true}`, "")
	until(t, q, j.ID, jobs.Running)
	for range 5 {
		if err := errors.Join(second(q.Pause(t.Context(), j.ID)), second(q.Resume(t.Context(), j.ID))); err != nil {
			t.Fatal(err)
		}
	}
	until(t, q, j.ID, jobs.Running)
	if _, err := q.Cancel(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	until(t, q, j.ID, jobs.Cancelled)
}

// TestMaxTime: a job that takes longer than allowed has failed; what it made stays.
func TestMaxTime(t *testing.T) {
	t.Parallel()
	q, _ := open(t, t.TempDir(), func(o *jobs.Options) { o.MaxTime = 50 * time.Millisecond })
	defer q.Close()
	j := submit(t, q, `{"to": 1, "wait": true}`, "")
	if failed := until(t, q, j.ID, jobs.Failed); !strings.Contains(failed.Error, "longer than") || failed.Hint == "" {
		t.Errorf("%+v", failed.Job)
	}
	files, _ := q.Files(j.ID)
	if _, err := os.Stat(filepath.Join(files, "1")); err != nil {
		t.Error(err)
	}
}

// TestMaxSteps: a job that counts more steps than allowed has failed, with advice.
func TestMaxSteps(t *testing.T) {
	t.Parallel()
	q, _ := open(t, t.TempDir(), func(o *jobs.Options) { o.MaxSteps = 3 })
	defer q.Close()
	until(t, q, submit(t, q, `{"to": 3}`, "").ID, jobs.Done)
	j := submit(t, q, `{"to": 4, "wait": true}`, "")
	if failed := until(t, q, j.ID, jobs.Failed); failed.Error != "the job has more steps than the server allows" || !strings.Contains(failed.Hint, "max_job_steps") {
		t.Errorf("%+v", failed.Job)
	}
}

// TestMaxBytes: so has one with more files than allowed, which it keeps.
func TestMaxBytes(t *testing.T) {
	t.Parallel()
	kind := jobs.Kind{
		Name: "write", Lane: "test",
		Check: func(options json.RawMessage) (json.RawMessage, error) { return options, nil },
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			if err := os.WriteFile(filepath.Join(r.Folder, "large"), make([]byte, 1001), 0o600); err != nil {
				return nil, err
			}
			<-ctx.Done()
			return nil, ctx.Err()
		},
	}
	q, _ := open(t, t.TempDir(), func(o *jobs.Options) { o.MaxBytes, o.Kinds, o.Lease = 1000, []jobs.Kind{kind}, time.Second })
	defer q.Close()
	j, err := q.Submit(t.Context(), "write", json.RawMessage(`{}`), "")
	if err != nil {
		t.Fatal(err)
	}
	if failed := until(t, q, j.ID, jobs.Failed); failed.Error != "the job takes more disk space than the server allows" || !strings.Contains(failed.Hint, "max_job_disk") {
		t.Errorf("%+v", failed.Job)
	}
	files, _ := q.Files(j.ID)
	if _, err := os.Stat(filepath.Join(files, "large")); err != nil {
		t.Error(err)
	}
}

// TestPanic is a failure of the job alone.
func TestPanic(t *testing.T) {
	t.Parallel()
	q, _ := open(t, t.TempDir(), func(o *jobs.Options) { o.Complain = func(error) {} })
	defer q.Close()
	bad := submit(t, q, `{"panic": true}`, "")
	good := submit(t, q, `{"to": 1}`, "")
	if j := until(t, q, bad.ID, jobs.Failed); !strings.Contains(j.Error, "oh no") {
		t.Errorf("%+v", j)
	}
	until(t, q, good.ID, jobs.Done)
}

// TestStop: a running job is told, goes back to the queue, and goes on at the next
// start without having lost an attempt.
func TestStop(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	q, _ := open(t, state, nil)
	j := submit(t, q, `{"to": 2, "wait": true}`, "")
	until(t, q, j.ID, jobs.Running)
	q.Close()
	q, runs := open(t, state, nil)
	defer q.Close()
	back := until(t, q, j.ID, jobs.Running)
	if back.Attempt != 1 {
		t.Errorf("attempt %d", back.Attempt)
	}
	if _, err := q.Cancel(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	until(t, q, j.ID, jobs.Cancelled)
	if runs.Load() != 1 {
		t.Errorf("%d runs", runs.Load())
	}
}

// TestStalled: a job that hangs is taken from its worker, and has failed when that
// happened too often; the late worker's result is nobody's.
func TestStalled(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	var late atomic.Int64
	hang := jobs.Kind{
		Name: "hang", Lane: "test",
		Check: func(o json.RawMessage) (json.RawMessage, error) { return o, nil },
		Run: func(context.Context, *jobs.Run) (any, error) { // deaf to its context
			<-release
			late.Add(1)
			return "late", nil
		},
	}
	q, _ := open(t, t.TempDir(), func(o *jobs.Options) {
		o.Kinds, o.Lease, o.MaxAttempts = append(o.Kinds, hang), 150*time.Millisecond, 2
	})
	defer q.Close()
	j, err := q.Submit(t.Context(), "hang", json.RawMessage(`{}`), "")
	if err != nil {
		t.Fatal(err)
	}
	other := submit(t, q, `{"to": 1}`, "")
	failed := until(t, q, j.ID, jobs.Failed)
	if failed.Attempt != 2 || !strings.Contains(failed.Error, "started 2 times") {
		t.Errorf("%+v", failed.Job)
	}
	until(t, q, other.ID, jobs.Done)
	close(release)
	for late.Load() < 1 {
		time.Sleep(time.Millisecond)
	}
	if after, _ := q.Get(j.ID); after.State != jobs.Failed || after.Result != nil || after.Revision != failed.Revision {
		t.Errorf("a late worker wrote: %+v", after.Job)
	}
}

// TestSteadyJobKeepsItsLease although it takes many times as long.
func TestSteadyJobKeepsItsLease(t *testing.T) {
	t.Parallel()
	steady := jobs.Kind{
		Name: "steady", Lane: "test",
		Check: func(o json.RawMessage) (json.RawMessage, error) { return o, nil },
		Run: func(_ context.Context, r *jobs.Run) (any, error) {
			for n := range 60 {
				time.Sleep(25 * time.Millisecond)
				r.Report(n, jobs.Progress{Done: n}, false)
			}
			return nil, nil
		},
	}
	q, _ := open(t, t.TempDir(), func(o *jobs.Options) { o.Kinds, o.Lease = []jobs.Kind{steady}, 300*time.Millisecond })
	defer q.Close()
	j, err := q.Submit(t.Context(), "steady", json.RawMessage(`{}`), "")
	if err != nil {
		t.Fatal(err)
	}
	if done := until(t, q, j.ID, jobs.Done); done.Attempt != 1 {
		t.Errorf("attempt %d", done.Attempt)
	}
}

// TestOneOwner: the second process is told who has the folder.
func TestOneOwner(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	q, _ := open(t, state, nil)
	defer q.Close()
	_, err := jobs.Open(jobs.Options{State: state})
	var held *lock.HeldError
	if !errors.As(err, &held) || held.Owner.PID != os.Getpid() {
		t.Errorf("%v", err)
	}
}

// damage makes the list unreadable in one of several ways.
var damages = map[string]func(t *testing.T, folder string){
	"gone": func(t *testing.T, folder string) {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
	},
	"a file in its place": func(t *testing.T, folder string) {
		if err := os.RemoveAll(folder); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(folder, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	},
	"truncated": func(t *testing.T, folder string) { each(t, folder, func(b []byte) []byte { return b[:len(b)/2] }) },
	"flipped": func(t *testing.T, folder string) {
		each(t, folder, func(b []byte) []byte {
			for i := range b {
				if i%7 == 3 {
					b[i] ^= 0x40
				}
			}
			return b
		})
	},
}

func each(t *testing.T, folder string, edit func([]byte) []byte) {
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(path, edit(b), 0o600)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestDamagedList: whatever became of the list, no job that has a folder is lost.
func TestDamagedList(t *testing.T) {
	t.Parallel()
	for name, damage := range damages {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state := t.TempDir()
			q, _ := open(t, state, nil)
			blocks := submit(t, q, `{"to": 1, "wait": true}`, "")
			until(t, q, blocks.ID, jobs.Running)
			var ids []string
			for range 5 {
				ids = append(ids, submit(t, q, `{"to": 2}`, "").ID)
			}
			q.Close()
			damage(t, filepath.Join(state, "nats"))
			q, _ = open(t, state, nil)
			defer q.Close()
			if _, err := q.Cancel(t.Context(), blocks.ID); err != nil {
				t.Fatal(err)
			}
			for _, id := range ids {
				until(t, q, id, jobs.Done)
			}
		})
	}
}

// TestDamagedRecord is said, and leaves the others alone.
func TestDamagedRecord(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	q, _ := open(t, state, nil)
	bad, good := submit(t, q, `{"to": 1}`, ""), submit(t, q, `{"to": 1}`, "")
	until(t, q, good.ID, jobs.Done)
	q.Close()
	if err := os.WriteFile(filepath.Join(state, "jobs", bad.ID, "job.json"), []byte(`{"id": "`), 0o600); err != nil {
		t.Fatal(err)
	}
	var complaints []string
	q, _ = open(t, state, func(o *jobs.Options) { o.Complain = func(err error) { complaints = append(complaints, err.Error()) } })
	defer q.Close()
	if _, err := q.Get(bad.ID); !errors.Is(err, jobs.ErrNotFound) || len(complaints) != 1 || !strings.Contains(complaints[0], bad.ID) {
		t.Errorf("%v, %q", err, complaints)
	}
	if j, err := q.Get(good.ID); err != nil || j.State != jobs.Done {
		t.Errorf("%v, %v", j.State, err)
	}
}

// TestSecret: nobody else reads the state.
func TestSecret(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "state")
	q, _ := open(t, state, nil)
	defer q.Close()
	info, err := os.Stat(state)
	if err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
}

// TestStranger: somebody's own folder of the same name stays as it is.
func TestStranger(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"jobs/mine/notes.txt", "nats/jetstream/notes.txt"} {
		state := t.TempDir()
		path := filepath.Join(state, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte("mine"), 0o666)); err != nil {
			t.Fatal(err)
		}
		q, err := jobs.Open(jobs.Options{State: state})
		var stranger *jobs.StrangerError
		if !errors.As(err, &stranger) || stranger.Hint() == "" {
			t.Errorf("%s: error is %v", name, err)
		}
		if err == nil {
			q.Close()
		}
		if text, _ := os.ReadFile(path); string(text) != "mine" {
			t.Errorf("%s is gone", name)
		}
		if left, _ := os.ReadDir(state); len(left) != 1 {
			t.Errorf("%v is left", left)
		}
	}
}
