package jobs

import (
	"context"
	"errors"
	"sync"
	"time"
)

// used is when inputs on the cluster were last needed.
type used struct {
	mu   sync.Mutex
	last map[string]time.Time // by place
	held map[string]int       // how often an input is held
}

func newUsed() used { return used{last: map[string]time.Time{}, held: map[string]int{}} }

func (u *used) use(place string) {
	u.mu.Lock()
	u.last[place] = time.Now()
	u.mu.Unlock()
}

// hold keeps inputs, however long it takes to send the others of a job, until release.
func (u *used) hold(places []string) (release func()) {
	add := func(n int) {
		u.mu.Lock()
		defer u.mu.Unlock()
		for _, place := range places {
			u.last[place] = time.Now()
			if u.held[place] += n; u.held[place] == 0 {
				delete(u.held, place)
			}
		}
	}
	add(1)
	return func() { add(-1) }
}

// sweep removes an input that was not needed for long, since it was first seen. Who needs it
// meanwhile waits, and then finds it gone.
func (u *used) sweep(place string, remove func() error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	last, known := u.last[place]
	if !known {
		u.last[place] = time.Now()
	}
	if !known || u.held[place] > 0 || time.Since(last) <= inputTime {
		return nil
	}
	err := remove()
	if err == nil {
		delete(u.last, place)
	}
	return err
}

// How often the cluster is swept, and how long inputs that no job needs and the tombstones
// of removed jobs are kept: a worker that knows less has to ask for them again.
const (
	sweepTime = 10 * time.Minute
	inputTime = time.Hour
)

// sweep removes what is not needed any more, until the queue is closed.
func (s *shared) sweep() {
	for {
		if pause(s.ctx, sweepTime); s.ctx.Err() != nil {
			return
		}
		s.complain(passing(errors.Join(s.sweepInputs(s.ctx), s.sweepTombstones(s.ctx))))
	}
}

// tombstone is the entry that a removed job leaves in the table.
type tombstone struct {
	revision uint64
	seen     time.Time
}

// sweepTombstones purges the tombstones of jobs, and files of theirs that are there still: a
// worker that was cut off may have sent them after the removal.
func (s *shared) sweepTombstones(ctx context.Context) error {
	s.mu.Lock()
	old := map[string]uint64{}
	for id, m := range s.tombstones {
		if time.Since(m.seen) > inputTime {
			old[id] = m.revision
		}
	}
	s.mu.Unlock()
	for id, revision := range old {
		err := s.cluster.RemoveFiles(ctx, filesOf(id), 0)
		if err == nil {
			err = s.cluster.PurgeTombstone(ctx, jobsKey+id, revision)
		}
		if err != nil {
			return err
		}
		s.mu.Lock()
		delete(s.tombstones, id)
		s.mu.Unlock()
	}
	return nil
}

// sweepInputs removes inputs that no job needs.
func (s *shared) sweepInputs(ctx context.Context) error {
	var waiting []Job
	s.records.unfinished(func(j *Job) bool { waiting = append(waiting, *j); return true })
	for _, j := range waiting {
		if j.needs == (blob{}) {
			continue
		}
		var loaned Loan
		if err := s.load(ctx, j.needs, &loaned); err != nil {
			return err // nothing is removed
		}
		s.inputs.use(j.needs.Place)
		for _, t := range loaned.Inputs {
			for _, f := range t.Files {
				s.inputs.use(inputs + "." + f.SHA256)
			}
		}
	}
	there, end, err := s.cluster.ListFiles(ctx, inputs)
	if err != nil {
		return err
	}
	for place := range there {
		if err := s.inputs.sweep(place, func() error { return s.cluster.RemoveFiles(ctx, place, end) }); err != nil {
			return err
		}
	}
	return nil
}
