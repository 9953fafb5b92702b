package jobs

import (
	"context"
	"errors"
)

// What is asked of a job that is there.

// Get returns a job.
func (q *Queue) Get(id string) (View, error) {
	j, err := q.records.get(id)
	if err != nil {
		return View{}, err
	}
	return q.view(j), nil
}

// Files returns the folder of a job's files.
func (q *Queue) Files(id string) (string, error) {
	if _, err := q.records.get(id); err != nil {
		return "", err
	}
	return q.records.files(id), nil
}

// Gather waits until the files of a job that has ended are in its folder, if workers have
// put them elsewhere.
func (q *Queue) Gather(ctx context.Context, id string) error {
	j, err := q.records.get(id)
	if err != nil {
		return err
	}
	return q.shelf.gather(ctx, j)
}

// Cancel ends a job in any state: a waiting one at once, a running one as soon as it has
// saved. Its files stay. It does nothing to a job that has ended.
func (q *Queue) Cancel(ctx context.Context, id string) (View, error) {
	before, j, err := q.change(id, func(j *Job) {
		j.CancelRequested = true
		if j.State != Running {
			j.to(Cancelled)
		}
	})
	switch {
	case err != nil:
		return View{}, err
	case before == Running:
		q.interrupt(id, errCancelled)
	case !before.Ended():
		q.setAside(ctx, j)
	}
	return q.view(j), nil
}

// Pause makes a job wait until Resume. A running one saves first, and later continues from
// there to the same bits. It does nothing to a paused job; for one that has ended, the
// error is ErrEnded.
func (q *Queue) Pause(ctx context.Context, id string) (View, error) {
	before, j, err := q.change(id, func(j *Job) {
		switch j.State {
		case Queued:
			j.to(Paused)
		case Running:
			j.PauseRequested = true
		}
	})
	switch {
	case err != nil:
		return View{}, err
	case before.Ended():
		return View{}, ErrEnded
	case before == Running:
		q.interrupt(id, errPaused)
	case before == Queued:
		q.setAside(ctx, j)
	}
	return q.view(j), nil
}

// Resume queues a paused job again, at its place by age; one that has failed or was
// cancelled continues from what it has kept. It does nothing to a job that waits or runs;
// for one that is done, the error is ErrEnded.
func (q *Queue) Resume(ctx context.Context, id string) (View, error) {
	for {
		j, err := q.records.get(id)
		switch {
		case err != nil:
			return View{}, err
		case j.State == Done:
			return View{}, ErrEnded
		case j.State == Queued:
			return q.view(j), nil
		}
		before := j.State
		j, err = q.records.update(j, func(j *Job) {
			j.PauseRequested = false // a job that is saving then continues
			if j.State != Running {
				j.again()
			}
		})
		if errors.Is(err, ErrConflict) {
			continue
		}
		if err != nil || before == Running {
			return q.view(j), err
		}
		q.announce(j)
		q.list(ctx, j)
		return q.view(j), nil
	}
}

// change changes a job that has not ended, and returns its previous state.
func (q *Queue) change(id string, edit func(*Job)) (before State, j Job, err error) {
	for {
		if j, err = q.records.get(id); err != nil || j.State.Ended() {
			return j.State, j, err
		}
		before = j.State
		if j, err = q.records.update(j, edit); !errors.Is(err, ErrConflict) {
			return before, j, err
		}
	}
}

// setAside removes a job from the list that no longer waits, and announces it.
func (q *Queue) setAside(ctx context.Context, j Job) {
	q.announce(j)
	if q.options.OnlyWorkers {
		return
	}
	if err := q.broker.withdraw(ctx, q.kinds[j.Kind].Lane, j.ID); err != nil {
		q.options.Complain(err) // a worker that takes it will see that it is not to be done
	}
}

// Remove removes a job that has ended, with its files.
func (q *Queue) Remove(id string) error {
	j, err := q.records.get(id)
	if err != nil {
		return err
	}
	if !j.State.Ended() {
		return ErrConflict
	}
	return q.records.remove(j)
}

// Next returns the first event after a position, of one job or of all (""), as soon as
// there is one. A slow reader misses only events that became too old.
func (q *Queue) Next(ctx context.Context, id string, after uint64) (Event, error) {
	return q.events.next(ctx, id, after)
}

// Last returns the position of the newest event.
func (q *Queue) Last(ctx context.Context) (uint64, error) { return q.events.last(ctx) }
