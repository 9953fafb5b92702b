package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"easel/internal/file/atomicfile"
)

// Ref names a job that a worker has: only the last claim's epoch is valid.
type Ref struct {
	Worker string `json:"worker"`
	Job    string `json:"job"`
	Epoch  uint64 `json:"epoch"`
}

// Loan is a job that is lent to a worker on another machine.
type Loan struct {
	Ref
	Kind    string          `json:"kind"`
	Options json.RawMessage `json:"options"`
	// Inputs are what the options name. Paths are those of the queue's machine: the worker
	// puts its own in their place, and the reverse in what it returns.
	Inputs []Tree `json:"inputs"`
	// Folder is the job's folder there, and Files are in it, left by an earlier worker.
	Folder string `json:"folder"`
	Files  []File `json:"files"`
}

// Beat is a worker's report on its job.
type Beat struct {
	// Moves grows while the job makes progress.
	Moves    int64           `json:"moves"`
	Progress *Progress       `json:"progress,omitempty"`
	Events   []ProgressEvent `json:"events,omitempty"`
}

// ProgressEvent is an event of a job's kind.
type ProgressEvent struct {
	Event    json.RawMessage `json:"event"`
	Progress Progress        `json:"progress"`
}

// Order is the answer to a report.
type Order struct {
	// Stop means to save and return the job.
	Stop bool `json:"stop"`
}

// Outcome is how a worker's attempt ended.
type Outcome string

// The outcomes. A stopped job has saved.
const (
	Succeeded Outcome = "done"
	Broke     Outcome = "failed"
	Stopped   Outcome = "stopped"
)

// End is what a worker returns. The job's files were saved before.
type End struct {
	Outcome Outcome         `json:"outcome"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   string          `json:"error,omitempty"`
	Hint    string          `json:"hint,omitempty"`
}

// loan is what the queue remembers of a job that is lent.
type loan struct {
	Ref
	contact, moved time.Time
	moves          int64
	began          time.Time
	over           error             // the limit that it exceeds, or nil
	staged         int64             // bytes that were sent since the last Save
	sources        map[string]source // files that it may fetch, by hash; nil after a restart
}

// maxEvent is the largest event that is passed on, in bytes; NATS takes 1 MiB.
const maxEvent = 256 << 10

// silence is how much of an attempt a silent worker costs its job. Machines are switched
// off and cables pulled, but a job may also end its worker each time.
const silence = 0.25

// offer wakes workers that wait for a job.
func (q *Queue) offer() { q.offers.broadcast() }

// Lend waits for a job that a worker can do. It returns nil if there is none until ctx
// ends. A worker has one job at a time: what it had before goes back.
func (q *Queue) Lend(ctx context.Context, worker string) (*Loan, error) {
	q.reclaim(worker)
	for {
		offers := q.offers.wait()
		m, machine, err := q.meet(worker)
		if err != nil {
			return nil, err
		}
		if j, ok := q.pick(m); ok {
			l, err := q.lend(ctx, m, machine, j)
			q.mu.Lock()
			delete(q.reserved, j.ID)
			q.mu.Unlock()
			if errors.Is(err, errNotToDo) || errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
				continue // it was taken, or removed
			}
			if l == nil && err == nil {
				q.offer() // others may have it
			}
			return l, err
		}
		select {
		case <-offers:
		case <-ctx.Done():
			return nil, nil
		case <-q.ctx.Done():
			return nil, ErrClosed
		}
	}
}

// pick reserves the oldest waiting job for a worker.
func (q *Queue) pick(m *member) (found Job, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.ctx.Err() != nil || !q.working(m) {
		return Job{}, false
	}
	q.records.unfinished(func(j *Job) bool {
		ok = j.State == Queued && q.suits(m, j)
		if ok {
			found = *j
		}
		return !ok
	})
	if ok {
		q.reserved[found.ID] = true
	}
	return found, ok
}

// lend makes a job a worker's. Only this worker has it reserved, but a lane of this process
// may take it. It returns nil if ctx has ended before.
func (q *Queue) lend(ctx context.Context, m *member, machine Machine, j Job) (*Loan, error) {
	l := &loan{Ref: Ref{Worker: machine.Name, Job: j.ID}, sources: map[string]source{}}
	loaned, err := q.shelf.describe(ctx, l, j, machine.Shared)
	if ctx.Err() != nil { // hashing takes a while, and the worker waits no more
		return nil, nil
	}
	if errors.Is(err, errUnreachable) {
		return nil, err
	}
	if err != nil { // such as a model that was removed
		return nil, q.unlendable(ctx, j, err)
	}
	j, err = q.records.update(j, func(j *Job) { q.claimed(j, machine.Name, machine.Bits, len(loaned.Files) > 0, true) })
	if err != nil {
		return nil, err
	}
	if j.State != Running {
		q.setAside(ctx, j)
		return nil, errNotToDo
	}
	l.Epoch, loaned.Epoch = j.Epoch, j.Epoch
	l.contact, l.moved, l.began = time.Now(), time.Now(), time.Now()
	q.mu.Lock()
	q.loans[j.ID] = l
	m.job = j.ID
	delete(q.progress, j.ID)
	q.mu.Unlock()
	q.shelf.clear(ctx, j) // of what a worker that is gone has sent
	q.setAside(ctx, j)
	return loaned, nil
}

// unlendable fails a job whose inputs are not there.
func (q *Queue) unlendable(ctx context.Context, j Job, cause error) error {
	j, err := q.records.update(j, func(j *Job) { j.fail(cause) })
	if err == nil {
		q.setAside(ctx, j)
		err = errNotToDo
	}
	return err
}

// borrowed returns a job that a worker has, and notes that the worker was heard from.
func (q *Queue) borrowed(ref Ref) (Job, *loan, error) {
	j, err := q.records.get(ref.Job)
	if err != nil || j.State != Running || !j.Lent || j.Epoch != ref.Epoch || j.Worker != ref.Worker {
		return j, nil, ErrGone
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.loans[ref.Job]
	if l == nil || l.Epoch != ref.Epoch {
		return j, nil, ErrGone
	}
	l.contact = time.Now()
	if m := q.crew[ref.Worker]; m != nil {
		m.seen, m.job = l.contact, ref.Job
	}
	return j, l, nil
}

// Beat takes a worker's report and keeps its job from going to others, as long as the job
// makes progress.
func (q *Queue) Beat(ctx context.Context, ref Ref, b Beat) (Order, error) {
	j, l, err := q.borrowed(ref)
	if err != nil {
		return Order{}, err
	}
	q.mu.Lock()
	if b.Moves > l.moves {
		l.moves, l.moved = b.Moves, l.contact
	}
	if b.Progress != nil {
		q.progress[j.ID] = *b.Progress
	}
	switch {
	case l.over != nil:
	case q.rules().MaxTime > 0 && time.Since(l.began) > q.rules().MaxTime:
		l.over = errTooLong
	case b.Progress != nil && q.tooManySteps(j.Kind, *b.Progress):
		l.over = errTooMany
	}
	stop := l.over != nil
	q.mu.Unlock()
	for _, e := range b.Events {
		if len(e.Event) > maxEvent || !json.Valid(e.Event) {
			continue
		}
		if q.publishProgress(ctx, j.ID, e.Event, e.Progress) != nil {
			break // to wait as long for each of the others would delay the next report
		}
	}
	return Order{Stop: stop || j.CancelRequested || j.PauseRequested}, nil
}

// Return ends a worker's attempt. Repeating it does nothing; for a job that has gone to
// others, the error is ErrGone.
func (q *Queue) Return(_ context.Context, ref Ref, e End) error {
	j, l, err := q.borrowed(ref)
	if err != nil {
		if j.State.Ended() && j.Epoch == ref.Epoch && j.Worker == ref.Worker {
			return nil // it was returned, and the answer got lost
		}
		return err
	}
	if !q.alone(q.ctx, j.ID) { // its files are being saved
		return ErrGone
	}
	defer q.leave(j.ID)
	q.mu.Lock()
	over, began := l.over, l.began
	q.mu.Unlock()
	j, err = q.commit(j, func(j *Job) { j.returned(e, over, time.Since(began)) })
	if errors.Is(err, errNotToDo) {
		return ErrGone
	}
	if err != nil {
		return err
	}
	switch e.Outcome {
	case Succeeded:
		q.noteSuccess(ref.Worker)
	case Broke:
		q.noteFailure(ref.Worker, j, e.Error)
	}
	q.settle(ref, j)
	return nil
}

// returned changes the record of a job that a worker has returned.
func (j *Job) returned(e End, over error, took time.Duration) {
	switch {
	case e.Outcome == Succeeded:
		j.Result, j.Seconds = e.Result, took.Seconds()
		j.to(Done)
	case j.CancelRequested:
		j.to(Cancelled)
	case e.Outcome == Broke && len(j.FailedOn) > 0:
		j.Error, j.Hint = e.Error, e.Hint
		j.FailedOn = append(slices.Clone(j.FailedOn), j.Worker)
		j.to(Failed)
	case e.Outcome == Broke: // by its own fault, or by the machine's: see another
		j.FailedOn = []string{j.Worker}
		j.to(Queued)
	case over != nil:
		j.fail(over)
	case j.PauseRequested:
		j.Attempt--
		j.PauseRequested = false
		j.to(Paused)
	default: // a stop that saved is not a failed attempt
		j.Attempt--
		j.to(Queued)
	}
}

// settle does what follows from a loan's end.
func (q *Queue) settle(ref Ref, j Job) {
	q.mu.Lock()
	delete(q.loans, ref.Job)
	if m := q.crew[ref.Worker]; m != nil && m.job == ref.Job {
		m.job = ""
	}
	q.mu.Unlock()
	q.shelf.clear(q.ctx, j)
	q.measure(j)
	q.announce(j)
	if j.State == Queued {
		q.list(q.ctx, j)
	}
}

// list puts a waiting job on the list, and offers it to workers. If it cannot be put there,
// relist finds it.
func (q *Queue) list(ctx context.Context, j Job) {
	if err := q.put(ctx, q.kinds[j.Kind].Lane, j.ID, j.Revision); err != nil && q.ctx.Err() == nil {
		q.options.Complain(err)
	}
	q.supply(j)
	q.offer()
}

// reclaim takes back what a worker still has, which has asked for another job or left.
func (q *Queue) reclaim(worker string) {
	q.mu.Lock()
	var had []Ref
	for _, l := range q.loans {
		if l.Worker == worker {
			had = append(had, l.Ref)
		}
	}
	q.mu.Unlock()
	for _, ref := range had {
		q.takeBack(ref, silence, "")
	}
}

// takeBack queues a job again whose worker is gone, or hangs, and complains about that.
func (q *Queue) takeBack(ref Ref, blame float64, complaint string) {
	if !q.alone(q.ctx, ref.Job) {
		return
	}
	defer q.leave(ref.Job)
	if err := q.shelf.finish(ref.Job); err != nil { // Save was accepted, but there was no room
		q.options.Complain(fmt.Errorf("job %s: files of its worker are not all in place: %w", ref.Job, err))
		if atomicfile.NoSpace(err) {
			return // watchLoans tries again
		}
	}
	j, err := q.commit(Job{ID: ref.Job, Epoch: ref.Epoch}, func(j *Job) {
		j.Blame += blame
		switch {
		case j.CancelRequested:
			j.to(Cancelled)
		case j.spent(q.rules().MaxAttempts):
			j.giveUp()
		default:
			j.to(Queued)
		}
	})
	if err != nil {
		if !errors.Is(err, errNotToDo) {
			q.options.Complain(err) // watchLoans tries again
		}
		return
	}
	if complaint != "" {
		q.complain(fmt.Errorf("job %s is taken from worker %s, which %s", ref.Job, ref.Worker, complaint))
	}
	q.settle(ref, j)
}

// watchLoans takes jobs from workers that are silent or hang.
func (q *Queue) watchLoans() {
	for looked := time.Now(); ; {
		if pause(q.ctx, min(q.rules().Contact, q.rules().Lease)/4); q.ctx.Err() != nil {
			return
		}
		isolated := time.Since(looked) > q.rules().Contact/2 || !q.connected() // this process was frozen, or is cut off
		looked = time.Now()
		gone := q.gone(isolated)
		if len(gone) > 0 && q.shared != nil && q.shared.health(q.ctx) != nil {
			gone = q.gone(true) // a change without an answer might be made later, when workers are in contact again
		}
		for _, l := range gone {
			q.takeBack(l.Ref, l.blame, "was silent or made no progress")
		}
		if !q.assists() {
			q.reportWaits()
		}
		q.offer() // machines that are gone leave their share to others
	}
}

// gone is a job whose worker is silent or hangs, and what that costs it.
type gone struct {
	Ref
	blame float64
}

// gone lists them, and forgets workers that were not heard from for long. To a process that is
// isolated, nobody is silent.
func (q *Queue) gone(isolated bool) (list []gone) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, l := range q.loans {
		switch {
		case isolated:
			l.contact = time.Now()
		case time.Since(l.contact) > q.rules().Contact:
			list = append(list, gone{l.Ref, silence})
		case time.Since(l.moved) > q.rules().Lease:
			list = append(list, gone{l.Ref, 1})
		}
	}
	for name, m := range q.crew {
		if time.Since(m.seen) > forgetTime {
			delete(q.crew, name)
		}
	}
	return list
}

// readopt remembers a job that was lent before this process started: its worker may still
// be at it.
func (q *Queue) readopt(j Job) {
	now := time.Now()
	began := now.Add(-max(0, q.now().Sub(j.Started)))
	q.loans[j.ID] = &loan{Ref: Ref{j.Worker, j.ID, j.Epoch}, contact: now, moved: now, began: began}
}
