package jobs_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"easel/internal/work/jobs"
)

// lending is a queue that only lends, and its workers.
func lending(t *testing.T, state string, workers ...string) *jobs.Queue {
	t.Helper()
	q, err := jobs.Open(jobs.Options{State: state, Kinds: []jobs.Kind{appending()}, OnlyWorkers: true, Version: "v1", Complain: func(err error) { t.Log(err) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	for _, name := range workers {
		if _, err := q.Join(t.Context(), jobs.Machine{Name: name, Version: "v1", Bits: "x", Kinds: []string{"append"}}); err != nil {
			t.Fatal(err)
		}
	}
	return q
}

func submitted(t *testing.T, q *jobs.Queue) string {
	t.Helper()
	j, err := q.Submit(t.Context(), "append", json.RawMessage("{}"), "")
	if err != nil {
		t.Fatal(err)
	}
	return j.ID
}

// lend gets a worker a job, or nil if there is none for it.
func lend(t *testing.T, q *jobs.Queue, worker string) *jobs.Loan {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	l, err := q.Lend(ctx, worker)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func state(t *testing.T, q *jobs.Queue, id string) jobs.View {
	t.Helper()
	j, err := q.Get(id)
	if err != nil {
		t.Fatal(err)
	}
	return j
}

// TestPrecision: a job in bf16 waits for a worker that has it.
func TestPrecision(t *testing.T) {
	t.Parallel()
	q := lending(t, t.TempDir(), "plain")
	j, err := q.Submit(t.Context(), "append", json.RawMessage(`{"precision":"bf16"}`), "")
	if err != nil {
		t.Fatal(err)
	}
	if l := lend(t, q, "plain"); l != nil {
		t.Fatalf("a worker without bf16 has got %+v", l)
	}
	if _, err := q.Join(t.Context(), jobs.Machine{Name: "fast", Version: "v1", Bits: "x +bf16", Kinds: []string{"append"}}); err != nil {
		t.Fatal(err)
	}
	if l := lend(t, q, "fast"); l == nil || l.Job != j.ID {
		t.Errorf("the worker with bf16 has got %+v", l)
	}
	submitted(t, q)
	if lend(t, q, "plain") == nil {
		t.Error("a job in no precision is not lent")
	}
}

// TestWaits: a job that nobody can do says why, and so does the log, once.
func TestWaits(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var log []string
	o := jobs.Options{State: t.TempDir(), Kinds: []jobs.Kind{appending()}, OnlyWorkers: true, Version: "v1", Contact: time.Second, Complain: func(err error) {
		mu.Lock()
		defer mu.Unlock()
		log = append(log, err.Error())
	}}
	q, err := jobs.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	j, err := q.Submit(t.Context(), "append", json.RawMessage(`{"precision":"bf16"}`), "")
	if err != nil {
		t.Fatal(err)
	}
	join := func(m jobs.Machine) {
		m.Name = "w"
		if _, err := q.Join(t.Context(), m); err != nil && m.Version == "v1" {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		join jobs.Machine
		want string
	}{
		{jobs.Machine{Version: "v2", Bits: "x", Kinds: []string{"append"}}, "no worker is there; one was not let in, because it is easel v2 and this is v1"},
		{jobs.Machine{Version: "v1", Bits: "x", Kinds: []string{"other"}}, "no worker does jobs of kind append"},
		{jobs.Machine{Version: "v1", Bits: "x", Kinds: []string{"append"}}, "no worker that does jobs of kind append multiplies in bf16"},
	} {
		for reported := false; !reported; time.Sleep(time.Millisecond) {
			join(c.join) // and stay
			if waits := state(t, q, j.ID).Waits; !strings.Contains(waits, c.want) {
				t.Fatalf("%q, want %q", waits, c.want)
			}
			mu.Lock()
			reported = slices.ContainsFunc(log, func(line string) bool { return strings.Contains(line, c.want) })
			mu.Unlock()
		}
	}
	join(jobs.Machine{Version: "v1", Bits: "x +bf16", Kinds: []string{"append"}})
	if waits := state(t, q, j.ID).Waits; waits != "" {
		t.Errorf("it could be done, but waits: %s", waits)
	}
	mu.Lock()
	defer mu.Unlock()
	for i, line := range log {
		if slices.Contains(log[:i], line) {
			t.Errorf("reported twice: %s", line)
		}
	}
}

// TestAvoided: a job that wants to avoid a worker goes to it only if there is no other.
func TestAvoided(t *testing.T) {
	t.Parallel()
	q := lending(t, t.TempDir(), "a", "b")
	j, err := q.Submit(t.Context(), "append", json.RawMessage(`{"avoid":"a"}`), "")
	if err != nil {
		t.Fatal(err)
	}
	if lend(t, q, "a") != nil {
		t.Error("it goes to the worker to avoid")
	}
	l := lend(t, q, "b")
	if l == nil || l.Job != j.ID {
		t.Fatal("the other does not get it")
	}
	if err := q.Return(t.Context(), l.Ref, jobs.End{Outcome: jobs.Broke, Error: "no disk"}); err != nil {
		t.Fatal(err)
	}
	if lend(t, q, "a") == nil { // one is as bad as the other
		t.Error("nobody gets it")
	}
}

// TestShared: what a worker sees itself is not sent to it.
func TestShared(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "1.png"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	kind := appending()
	kind.Inputs = func(o json.RawMessage) (json.RawMessage, []jobs.Input, error) {
		return o, []jobs.Input{{Path: dir}}, nil
	}
	q := lendingKind(t, kind, nil)
	for name, c := range map[string]struct {
		shared string
		want   int
	}{"sees": {filepath.Dir(dir), 0}, "itself": {dir, 0}, "beside": {dir + "2", 1}, "inside": {filepath.Join(dir, "x"), 1}} {
		if _, err := q.Join(t.Context(), jobs.Machine{Name: name, Version: "v1", Bits: "x", Kinds: []string{"append"}, Shared: []string{c.shared}}); err != nil {
			t.Fatal(err)
		}
		submitted(t, q)
		if l := lend(t, q, name); len(l.Inputs) != c.want {
			t.Errorf("%s: %d inputs are sent", name, len(l.Inputs))
		}
	}
}

// TestOneOfTwo: a job that failed on one worker goes to another, and has failed only when
// it fails there too.
func TestOneOfTwo(t *testing.T) {
	t.Parallel()
	q := lending(t, t.TempDir(), "a", "b")
	id := submitted(t, q)
	l := lend(t, q, "a")
	if err := q.Return(t.Context(), l.Ref, jobs.End{Outcome: jobs.Broke, Error: "no disk"}); err != nil {
		t.Fatal(err)
	}
	if j := state(t, q, id); j.State != jobs.Queued || !slices.Equal(j.FailedOn, []string{"a"}) {
		t.Errorf("%+v", j.Job)
	}
	if l := lend(t, q, "a"); l != nil {
		t.Error("the same worker gets it again, though there is another")
	}
	l = lend(t, q, "b")
	if err := q.Return(t.Context(), l.Ref, jobs.End{Outcome: jobs.Broke, Error: "bad data", Hint: "mend them"}); err != nil {
		t.Fatal(err)
	}
	if j := state(t, q, id); j.State != jobs.Failed || j.Error != "bad data" || j.Hint != "mend them" {
		t.Errorf("%+v", j.Job)
	}
	for _, m := range q.Crew() {
		if m.State != "idle" || m.Failed != 1 {
			t.Errorf("%+v", m)
		}
	}
	q = lending(t, t.TempDir(), "a")
	id = submitted(t, q)
	for range 2 {
		if err := q.Return(t.Context(), lend(t, q, "a").Ref, jobs.End{Outcome: jobs.Broke, Error: "bad data"}); err != nil {
			t.Fatal(err)
		}
	}
	if j := state(t, q, id); j.State != jobs.Failed {
		t.Errorf("alone: %+v", j.Job)
	}
}

// TestQuarantine: a machine on which everything fails gets no more jobs; one that merely
// got bad jobs does.
func TestQuarantine(t *testing.T) {
	t.Parallel()
	q := lending(t, t.TempDir(), "bad", "good")
	var ids []string
	for range 4 {
		ids = append(ids, submitted(t, q))
	}
	for range 3 {
		if err := q.Return(t.Context(), lend(t, q, "bad").Ref, jobs.End{Outcome: jobs.Broke, Error: "no device"}); err != nil {
			t.Fatal(err)
		}
	}
	if lend(t, q, "bad") != nil {
		t.Error("it still gets jobs")
	}
	for range ids {
		if err := q.Return(t.Context(), lend(t, q, "good").Ref, jobs.End{Outcome: jobs.Succeeded}); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range ids {
		if j := state(t, q, id); j.State != jobs.Done {
			t.Errorf("%+v", j.Job)
		}
	}
	crew := q.Crew()
	if crew[0].State != "quarantined" || crew[0].Fault != "no device" || crew[1].State != "idle" || crew[1].Done != 4 {
		t.Errorf("%+v", crew)
	}
}

// TestAskingAgain: a worker that asks for another job has lost the one that it had, and a
// claim that is not the last counts for nothing.
func TestAskingAgain(t *testing.T) {
	t.Parallel()
	q := lending(t, t.TempDir(), "a", "b")
	id := submitted(t, q)
	first := lend(t, q, "a")
	second := lend(t, q, "a")
	if second == nil || second.Job != id || second.Epoch != first.Epoch+1 {
		t.Fatalf("%+v, then %+v", first, second)
	}
	for _, ref := range []jobs.Ref{first.Ref, {Worker: "b", Job: id, Epoch: second.Epoch}} {
		_, beat := q.Beat(t.Context(), ref, jobs.Beat{})
		for what, err := range map[string]error{
			"beat": beat, "save": q.Save(t.Context(), ref, jobs.Written{}), "return": q.Return(t.Context(), ref, jobs.End{Outcome: jobs.Succeeded}),
			"send": q.Send(t.Context(), ref, jobs.File{}, strings.NewReader("")),
		} {
			if !errors.Is(err, jobs.ErrGone) {
				t.Errorf("%s of %+v: %v", what, ref, err)
			}
		}
	}
	if err := q.Leave(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if j := state(t, q, id); j.State != jobs.Queued {
		t.Errorf("%+v", j.Job)
	}
}

func fileOf(name, content string) jobs.File {
	return jobs.File{Name: name, Size: int64(len(content)), SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte(content)))}
}

// TestSaveAfterKill: files of which only some were put in place when the queue's process
// ended are all in place when it starts again.
func TestSaveAfterKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	q := lending(t, dir, "a")
	id := submitted(t, q)
	l := lend(t, q, "a")
	w := jobs.Written{Put: []jobs.File{fileOf("one", "1"), fileOf("sub/two", "2"), fileOf("again", "1")}}
	for _, content := range []string{"1", "2"} {
		if err := q.Send(t.Context(), l.Ref, fileOf("", content), strings.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	q.Close()
	folder := filepath.Join(dir, "jobs", id)
	text, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	// As if it had ended between the first file and the second.
	if err := errors.Join(os.WriteFile(filepath.Join(folder, "change.json"), text, 0o600), os.WriteFile(filepath.Join(folder, "files", "one"), []byte("1"), 0o600)); err != nil {
		t.Fatal(err)
	}
	q = lending(t, dir, "a")
	for name, content := range map[string]string{"one": "1", "sub/two": "2", "again": "1"} {
		if got, err := os.ReadFile(filepath.Join(folder, "files", name)); err != nil || string(got) != content {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	if _, err := os.Stat(filepath.Join(folder, "change.json")); err == nil {
		t.Error("the change is not complete")
	}
	if err := q.Save(t.Context(), l.Ref, w); err != nil { // its answer got lost
		t.Errorf("again: %v", err)
	}
	if err := q.Save(t.Context(), l.Ref, jobs.Written{Remove: []string{"sub"}}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "files", "sub")); err == nil {
		t.Error("a folder is still there")
	}
}

// TestLinksInFiles: a link among a job's files leads nothing out of them.
func TestLinksInFiles(t *testing.T) {
	t.Parallel()
	dir, outside := t.TempDir(), t.TempDir()
	q := lending(t, dir, "a")
	id := submitted(t, q)
	if err := os.Symlink(outside, filepath.Join(dir, "jobs", id, "files", "link")); err != nil {
		t.Skip(err)
	}
	l := lend(t, q, "a")
	if err := q.Send(t.Context(), l.Ref, fileOf("", "1"), strings.NewReader("1")); err != nil {
		t.Fatal(err)
	}
	if err := q.Save(t.Context(), l.Ref, jobs.Written{Put: []jobs.File{fileOf("link/x", "1")}}); err == nil {
		t.Error("it is saved")
	}
	if _, err := os.Stat(filepath.Join(dir, "jobs", id, "change.json")); err == nil {
		t.Error("the change is tried again and again")
	}
	if left, _ := os.ReadDir(outside); len(left) > 0 {
		t.Errorf("outside: %v", left)
	}
}

// FuzzSave: whatever a worker says that it has written, only the files of its job change.
func FuzzSave(f *testing.F) {
	dir := f.TempDir()
	q, err := jobs.Open(jobs.Options{State: filepath.Join(dir, "state"), Kinds: []jobs.Kind{appending()}, OnlyWorkers: true, Version: "v1"})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(q.Close)
	if _, err := q.Join(f.Context(), jobs.Machine{Name: "a", Version: "v1", Bits: "x", Kinds: []string{"append"}}); err != nil {
		f.Fatal(err)
	}
	if _, err := q.Submit(f.Context(), "append", json.RawMessage("{}"), ""); err != nil {
		f.Fatal(err)
	}
	l, err := q.Lend(f.Context(), "a")
	if err != nil {
		f.Fatal(err)
	}
	record := filepath.Join(dir, "state", "jobs", l.Job, "job.json")
	before, err := os.ReadFile(record)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(`{"put": [{"name": "a/b", "size": 1, "sha256": "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"}]}`)
	f.Add(`{"put": [{"name": "../job.json", "size": 1, "sha256": "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b"}], "remove": ["../../x"]}`)
	f.Add(`{"remove": [".", "", "a/.."]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var w jobs.Written
		if json.Unmarshal([]byte(text), &w) != nil {
			return
		}
		w.Kept = 0
		if err := q.Send(t.Context(), l.Ref, fileOf("", "1"), strings.NewReader("1")); err != nil {
			t.Fatal(err)
		}
		_ = q.Save(t.Context(), l.Ref, w)
		if after, err := os.ReadFile(record); err != nil || string(after) != string(before) {
			t.Errorf("the record is %s, %v", after, err)
		}
		for folder, want := range map[string]int{dir: 1, filepath.Join(dir, "state", "jobs"): 1} {
			if entries, err := os.ReadDir(folder); err != nil || len(entries) != want {
				t.Errorf("%s has %v, %v", folder, entries, err)
			}
		}
	})
}

// TestLinksAmongInputs: what links lead to is sent, too, once, and a cycle ends.
func TestLinksAmongInputs(t *testing.T) {
	t.Parallel()
	dir, other := t.TempDir(), t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(other, "1.png"), nil, 0o600), os.Mkdir(filepath.Join(dir, "C"), 0o700), os.WriteFile(filepath.Join(dir, "C", "2.png"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{"A": other, "B": other, "D": "C", "C/up": dir, "C/nothing": filepath.Join(dir, "none")} {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	kind := appending()
	kind.Inputs = func(o json.RawMessage) (json.RawMessage, []jobs.Input, error) {
		return o, []jobs.Input{{Path: dir}}, nil
	}
	q := lendingKind(t, kind, nil)
	submitted(t, q)
	var names []string
	got := lend(t, q, "a").Inputs[0]
	for _, f := range got.Files {
		names = append(names, f.Name)
	}
	if want := []string{"A/1.png", "C/2.png"}; !slices.Equal(names, want) || !maps.Equal(got.Links, map[string]string{"B": "A", "D": "C"}) {
		t.Errorf("%v and %v, want %v", names, got.Links, want)
	}
}

// lendingKind is a queue with one kind and a worker, a.
func lendingKind(t *testing.T, kind jobs.Kind, edit func(*jobs.Options)) *jobs.Queue {
	t.Helper()
	o := jobs.Options{State: t.TempDir(), Kinds: []jobs.Kind{kind}, OnlyWorkers: true, Version: "v1", Complain: func(err error) { t.Log(err) }}
	if edit != nil {
		edit(&o)
	}
	q, err := jobs.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	if _, err := q.Join(t.Context(), jobs.Machine{Name: "a", Version: "v1", Bits: "x", Kinds: []string{kind.Name}}); err != nil {
		t.Fatal(err)
	}
	return q
}

// TestRemovedWhileDescribed: a worker gets the next job if one is removed while its files
// are looked at.
func TestRemovedWhileDescribed(t *testing.T) {
	t.Parallel()
	var q *jobs.Queue
	var first string
	kind := appending()
	kind.Inputs = func(o json.RawMessage) (json.RawMessage, []jobs.Input, error) {
		if j, err := q.Get(first); err == nil {
			_, err = q.Cancel(t.Context(), j.ID)
			if err := errors.Join(err, q.Remove(j.ID)); err != nil {
				t.Error(err)
			}
		}
		return o, nil, nil
	}
	q = lendingKind(t, kind, nil)
	first = submitted(t, q)
	second := submitted(t, q)
	if l := lend(t, q, "a"); l == nil || l.Job != second {
		t.Errorf("%+v", l)
	}
}

// TestNobodyWaits: a job stays queued if the worker that asked has gone meanwhile.
func TestNobodyWaits(t *testing.T) {
	t.Parallel()
	ctx, gone := context.WithCancel(t.Context())
	kind := appending()
	kind.Inputs = func(o json.RawMessage) (json.RawMessage, []jobs.Input, error) {
		gone()
		return o, nil, nil
	}
	q := lendingKind(t, kind, nil)
	id := submitted(t, q)
	if l, err := q.Lend(ctx, "a"); l != nil || err != nil {
		t.Errorf("%+v, %v", l, err)
	}
	if j := state(t, q, id); j.State != jobs.Queued || j.Attempt != 0 {
		t.Errorf("%+v", j.Job)
	}
}

// TestLentTooBig: a lent job whose files exceed MaxBytes is told to stop, and has failed.
func TestLentTooBig(t *testing.T) {
	t.Parallel()
	q := lendingKind(t, appending(), func(o *jobs.Options) { o.MaxBytes = 3 })
	id := submitted(t, q)
	l := lend(t, q, "a")
	for i, text := range []string{"123", "4"} {
		f := fileOf(text, text)
		if err := errors.Join(q.Send(t.Context(), l.Ref, f, strings.NewReader(text)), q.Save(t.Context(), l.Ref, jobs.Written{Put: []jobs.File{f}})); err != nil {
			t.Fatal(err)
		}
		if o, err := q.Beat(t.Context(), l.Ref, jobs.Beat{}); err != nil || o.Stop != (i == 1) {
			t.Errorf("after %q: %+v, %v", text, o, err)
		}
	}
	if err := q.Return(t.Context(), l.Ref, jobs.End{Outcome: jobs.Stopped}); err != nil {
		t.Fatal(err)
	}
	if j := state(t, q, id); j.State != jobs.Failed || !strings.Contains(j.Error, "disk") {
		t.Errorf("%+v", j.Job)
	}
}

// TestSavedWhenTakenBack: files whose Save was accepted, but for which there was no room,
// are put in place before the job goes to another worker.
func TestSavedWhenTakenBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	q := lending(t, dir, "a", "b")
	id := submitted(t, q)
	l := lend(t, q, "a")
	if err := q.Send(t.Context(), l.Ref, fileOf("", "1"), strings.NewReader("1")); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(jobs.Written{Put: []jobs.File{fileOf("one", "1")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "jobs", id, "change.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := q.Leave(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if l := lend(t, q, "b"); l == nil || len(l.Files) != 1 || l.Files[0].Name != "one" {
		t.Errorf("%+v", l)
	}
}
