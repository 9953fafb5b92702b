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
}

func (u *used) use(place string) {
	u.mu.Lock()
	u.last[place] = time.Now()
	u.mu.Unlock()
}

// old reports whether an input was not needed for long, since it was first seen.
func (u *used) old(place string) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	last, known := u.last[place]
	if !known {
		u.last[place] = time.Now()
	}
	return known && time.Since(last) > inputTime
}

// How often the cluster is swept, and how long inputs that no job needs and the marks of
// removed jobs are kept: a worker that knows less has to ask for them again.
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
		s.complain(passing(errors.Join(s.sweepInputs(s.ctx), s.sweepMarks(s.ctx))))
	}
}

// mark is what is left in the table of a job that was removed.
type mark struct {
	revision uint64
	seen     time.Time
}

// sweepMarks removes the marks of jobs that were removed.
func (s *shared) sweepMarks(ctx context.Context) error {
	s.mu.Lock()
	old := map[string]uint64{}
	for id, m := range s.marks {
		if time.Since(m.seen) > inputTime {
			old[id] = m.revision
			delete(s.marks, id)
		}
	}
	s.mu.Unlock()
	for id, revision := range old {
		if err := s.cluster.Drop(ctx, jobsKey+id, revision); err != nil {
			return err
		}
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
		if s.inputs.old(place) {
			if err := s.cluster.RemoveFiles(ctx, place, end); err != nil {
				return err
			}
		}
	}
	return nil
}
