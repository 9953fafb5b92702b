package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"easel/internal/work/cluster"
	"easel/internal/work/cluster/clustertest"
)

// onOneServer is a queue on a cluster of a single server.
func onOneServer(t *testing.T, k Kind) *Queue {
	t.Helper()
	members, err := clustertest.Plan(1, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s, err := clustertest.Start(members[0])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
	c, err := cluster.Connect(cluster.Options{URLs: clustertest.URLs(members), Replicas: 1})
	if err == nil {
		err = c.Open(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	q, err := Open(Options{State: t.TempDir(), Cluster: c, Kinds: []Kind{k}, Version: "v1", Complain: func(err error) { t.Log(err) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	return q
}

// supplied submits a job, and waits until what it needs is on the cluster.
func supplied(t *testing.T, q *Queue, options string) Job {
	t.Helper()
	j, err := q.Submit(t.Context(), "read", json.RawMessage(options), "")
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if now, err := q.records.get(j.ID); err != nil || now.needs != (blob{}) {
			return now
		}
		if time.Now().After(deadline) {
			t.Fatal("it is not sent")
		}
	}
}

// TestSweep: what waiting jobs need stays on the cluster; what none needs is removed after a
// while, and sent again for the next that needs it.
func TestSweep(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "input")
	if err := os.WriteFile(path, make([]byte, 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	q := onOneServer(t, Kind{
		Name: "read", Lane: "test",
		Check:  func(o json.RawMessage) (json.RawMessage, error) { return o, nil },
		Inputs: func(o json.RawMessage) (json.RawMessage, []Input, error) { return o, []Input{{Path: path}}, nil },
		Run:    func(context.Context, *Run) (any, error) { return nil, nil },
	})
	count := func() int {
		parts, _, err := q.shared.cluster.ListFiles(t.Context(), inputs)
		if err != nil {
			t.Fatal(err)
		}
		return len(parts)
	}
	sweep := func() {
		q.shared.inputs.mu.Lock()
		for place := range q.shared.inputs.last { // long ago
			q.shared.inputs.last[place] = time.Now().Add(-2 * inputTime)
		}
		q.shared.inputs.mu.Unlock()
		if err := q.shared.sweepInputs(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	j := supplied(t, q, "{}")
	if sweep(); count() != 2 { // the file, and the list of what is needed
		t.Errorf("%d files are there for a waiting job", count())
	}
	if _, err := q.Cancel(t.Context(), j.ID); err != nil {
		t.Fatal(err)
	}
	if sweep(); count() != 0 {
		t.Errorf("%d files are there for no job", count())
	}
	supplied(t, q, "{}")
	if sweep(); count() != 2 {
		t.Errorf("%d files are there for the next job", count())
	}
	if err := q.Remove(j.ID); err != nil {
		t.Fatal(err)
	}
	revision := func() uint64 {
		e, err := q.shared.cluster.Get(t.Context(), jobsKey+j.ID)
		if err != nil || e.Value != nil {
			t.Fatalf("%+v, %v", e, err)
		}
		return e.Revision
	}
	if revision() == 0 {
		t.Error("the removal leaves no tombstone")
	}
	if err := q.shared.cluster.WriteFile(t.Context(), writtenBy(j.ID, 1, "late"), strings.NewReader("x")); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); revision() != 0; time.Sleep(5 * time.Millisecond) {
		q.mu.Lock()
		if m, ok := q.shared.tombstones[j.ID]; ok { // long ago
			m.seen = time.Now().Add(-2 * inputTime)
			q.shared.tombstones[j.ID] = m
		}
		q.mu.Unlock()
		if err := q.shared.sweepTombstones(t.Context()); err != nil {
			t.Fatal(err)
		}
		if time.Now().After(deadline) {
			t.Fatal("the tombstone stays")
		}
	}
	if there, _, err := q.shared.cluster.ListFiles(t.Context(), filesOf(j.ID)); err != nil || len(there) > 0 {
		t.Errorf("what was sent after the removal stays: %v, %v", there, err)
	}
}

// TestTidied: of what a worker has sent for a job, what is in no place is removed.
func TestTidied(t *testing.T) {
	t.Parallel()
	q := onOneServer(t, Kind{Name: "read", Lane: "test"})
	s, ctx := blobs{q.shared}, t.Context()
	holds, err := s.store(ctx, filesOf("a")+".2", []held{{File{"one", 1, "x1"}, 1}, {File{"two", 1, "x2"}, 2}})
	if err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{writtenBy("a", 1, "x1"), writtenBy("a", 1, "old"), writtenBy("a", 2, "x2"), writtenBy("a", 2, "unsaved"), writtenBy("a", 3, "x3")} {
		if err := s.cluster.WriteFile(ctx, place, strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
	}
	s.clear(ctx, Job{ID: "a", Epoch: 2, holds: holds})
	there, _, err := s.cluster.ListFiles(ctx, filesOf("a"))
	if err != nil {
		t.Fatal(err)
	}
	for place, want := range map[string]bool{writtenBy("a", 1, "x1"): true, writtenBy("a", 2, "x2"): true, writtenBy("a", 3, "x3"): true, holds.Place: true, writtenBy("a", 1, "old"): false, writtenBy("a", 2, "unsaved"): false} {
		if (there[place] == 1) != want {
			t.Errorf("%s: %d parts", place, there[place])
		}
	}
}

// TestForgetCluster: nothing is left of a state folder whose jobs were on a cluster.
func TestForgetCluster(t *testing.T) {
	t.Parallel()
	q := onOneServer(t, Kind{Name: "read", Lane: "test"})
	q.Close()
	if err := Forget(q.options.State); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(q.options.State); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder stays: %v", err)
	}
}

// TestDamaged: a job whose list of what it needs is damaged on the cluster fails with advice,
// and keeps no worker from the next one.
func TestDamaged(t *testing.T) {
	t.Parallel()
	q := onOneServer(t, Kind{Name: "read", Lane: "test", Check: func(o json.RawMessage) (json.RawMessage, error) { return o, nil }})
	bad, good := supplied(t, q, `{"a": 1}`), supplied(t, q, `{"a": 2}`)
	if err := q.shared.cluster.WriteFile(t.Context(), bad.needs.Place, strings.NewReader(strings.Repeat(" ", int(bad.needs.Size)))); err != nil {
		t.Fatal(err)
	}
	if _, err := q.Join(t.Context(), Machine{Name: "w", Version: "v1", Bits: "x", Kinds: []string{"read"}}); err != nil {
		t.Fatal(err)
	}
	if l, err := q.Lend(t.Context(), "w"); err != nil || l == nil || l.Job != good.ID {
		t.Errorf("%+v, %v", l, err)
	}
	if j, err := q.records.get(bad.ID); err != nil || j.State != Failed || !strings.Contains(j.Hint, "resume") {
		t.Errorf("%+v, %v", j, err)
	}
}
