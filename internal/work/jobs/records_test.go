package jobs

import (
	"errors"
	"testing"
	"time"
)

// unacknowledged is a keeper whose answers are lost: that a record was written is only seen by
// watching.
type unacknowledged struct{ *records }

func (u *unacknowledged) write(j *Job) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.keep(*j)
	return errors.New("no answer")
}

func (u *unacknowledged) remove(Job) error { return nil }

// TestWrittenUnacknowledged: a job that was written is accepted, although the answer was
// lost, and a repeated request finds it.
func TestWrittenUnacknowledged(t *testing.T) {
	t.Parallel()
	u := &unacknowledged{}
	u.records = newRecords(t.TempDir(), time.Now, u)
	j := Job{ID: "a", Key: "key", State: Queued}
	if made, isNew, err := u.create(j); err != nil || !isNew || made.ID != "a" {
		t.Fatalf("%+v, %v, %v", made, isNew, err)
	}
	j.ID = "b"
	if again, isNew, err := u.create(j); err != nil || isNew || again.ID != "a" {
		t.Errorf("%+v, %v, %v", again, isNew, err)
	}
}

// TestHeld: inputs are not swept while they are held, nor forgotten before they are swept.
func TestHeld(t *testing.T) {
	t.Parallel()
	u, swept := newUsed(), 0
	sweep := func() {
		if u.last["a"] != (time.Time{}) {
			u.last["a"] = time.Now().Add(-2 * inputTime)
		}
		if err := u.sweep("a", func() error { swept++; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	release := u.hold([]string{"a", "b"})
	if sweep(); swept > 0 {
		t.Error("what is held is swept")
	}
	release()
	if sweep(); swept != 1 || len(u.last) != 1 || len(u.held) != 0 {
		t.Errorf("swept %d times, and left %v, %v", swept, u.last, u.held)
	}
	if sweep(); swept != 1 {
		t.Error("what is seen for the first time is swept")
	}
}

// TestUnable: that a job's files cannot be copied is reported when it was tried twice, once
// for each record.
func TestUnable(t *testing.T) {
	t.Parallel()
	reported := 0
	q := newQueue(Options{Complain: func(error) { reported++ }}.withDefaults())
	defer q.stop()
	q.records = newRecords(t.TempDir(), time.Now, nil)
	c := newCopies(&shared{Queue: q})
	for n, want := range []int{0, 1, 1} {
		q.records.keep(Job{ID: "a", Revision: 1, holds: blob{"here", 1}})
		if c.unable("a", errors.New("not there")); reported != want {
			t.Errorf("reported %d times after %d", reported, n+1)
		}
	}
	q.records.keep(Job{ID: "a", Revision: 2, holds: blob{"there", 1}})
	for n, want := range []int{1, 2, 2} {
		if c.unable("a", errors.New("not there")); reported != want {
			t.Errorf("reported %d times after %d of the next", reported, n+1)
		}
	}
}
