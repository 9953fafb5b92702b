package jobs

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"testing"
	"time"
)

// TestHandedOutAgain: NATS measures leases by the time of day, so that it hands out a
// running job again if the clock jumps ahead. Whoever takes it finds it done.
func TestHandedOutAgain(t *testing.T) {
	t.Parallel()
	var runs atomic.Int64
	release := make(chan struct{})
	kind := Kind{
		Name: "wait", Lane: "test",
		Check: func(options json.RawMessage) (json.RawMessage, error) { return options, nil },
		Run: func(context.Context, *Run) (any, error) {
			runs.Add(1)
			<-release
			return "done", nil
		},
	}
	q, err := Open(Options{State: t.TempDir(), Kinds: []Kind{kind}, Lease: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	j, err := q.Submit(t.Context(), "wait", json.RawMessage(`{}`), "")
	if err != nil {
		t.Fatal(err)
	}
	for runs.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	if err := q.broker.put(t.Context(), "test", j.ID, 1000); err != nil {
		t.Fatal(err)
	}
	close(release)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		on, err := q.broker.listed(t.Context(), "test", j.ID)
		if err != nil {
			t.Fatal(err)
		}
		if !on {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("it stays on the list")
		}
	}
	if v, err := q.Get(j.ID); err != nil || v.State != Done || v.Attempt != 1 || runs.Load() != 1 {
		t.Errorf("%s after %d attempts and %d runs, %v", v.State, v.Attempt, runs.Load(), err)
	}
}
