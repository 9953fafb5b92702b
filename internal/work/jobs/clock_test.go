package jobs_test

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"easel/internal/work/jobs"
)

// clock is a time of day that can be set.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time       { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *clock) jump(d time.Duration) { c.ahead.Add(int64(d)) }

// TestClock: the clock is set back and forward by hours while jobs wait, run, hold leases
// and are paused, and the queue is closed and opened again. All are done, each once, in
// order; the times of a record never go back; nothing is learnt from the jumps.
func TestClock(t *testing.T) {
	t.Parallel()
	c, state := &clock{}, t.TempDir()
	with := func(o *jobs.Options) { o.Clock = c.now }
	q, runs := open(t, state, with)
	var ids []string
	add := func(options string) string {
		ids = append(ids, submit(t, q, options, fmt.Sprint("key ", len(ids))).ID)
		return ids[len(ids)-1]
	}
	until(t, q, add(`{"to": 2}`), jobs.Done)

	held := add(`{"to": 1, "wait": true}`)
	until(t, q, held, jobs.Running)
	for _, hours := range []time.Duration{-5, 9, -2, 7, -20} { // a lease is held meanwhile
		c.jump(hours * time.Hour)
		add(`{"to": 3}`)
		time.Sleep(50 * time.Millisecond)
	}
	if v, err := q.Get(held); err != nil || v.State != jobs.Running || v.Attempt != 1 {
		t.Errorf("a job that runs became %s, attempt %d, %v", v.State, v.Attempt, err)
	}
	if _, err := q.Pause(t.Context(), held); err != nil {
		t.Fatal(err)
	}
	until(t, q, held, jobs.Paused)
	for _, id := range ids[2:] {
		until(t, q, id, jobs.Done)
	}
	q.Close()
	first := runs.Load()

	c.jump(-30 * time.Hour) // the machine comes up with a wrong clock
	q, again := open(t, state, with)
	defer q.Close()
	until(t, q, add(`{"to": 3}`), jobs.Done)
	if _, err := q.Cancel(t.Context(), held); err != nil {
		t.Fatal(err)
	}
	c.jump(100 * time.Hour)
	if j := submit(t, q, `{"to": 2}`, "key 0"); j.ID != ids[0] {
		t.Error("a repeated request became another job")
	}
	if first+again.Load() != int64(len(ids)) {
		t.Errorf("%d jobs were begun %d times", len(ids), first+again.Load())
	}
	var order []string
	for _, v := range q.List() {
		order = append(order, v.ID)
		if want := jobs.Done; v.ID != held && (v.State != want || v.Attempt != 1 || v.Blame != 0) {
			t.Errorf("%s: %s after %d attempts, blame %g", v.ID, v.State, v.Attempt, v.Blame)
		}
		last := v.Created
		for _, change := range v.History {
			if change.Time.Before(last) {
				t.Errorf("%s: %s at %s, after %s", v.ID, change.State, change.Time, last)
			}
			last = change.Time
		}
		if v.State == jobs.Done && !(v.Seconds > 0 && v.Seconds < 60) {
			t.Errorf("%s took %g seconds", v.ID, v.Seconds)
		}
	}
	if !slices.Equal(order, ids) {
		t.Errorf("listed %q, submitted %q", order, ids)
	}
	if waiting := submit(t, q, `{"to": 1, "wait": true}`, ""); waiting.SecondsLeft > 60 {
		t.Errorf("%g seconds are expected", waiting.SecondsLeft)
	}
}
