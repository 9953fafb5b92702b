package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"easel/internal/base/hint"
)

// Why a running job is stopped.
var (
	errCancelled = errors.New("cancelled")
	errPaused    = errors.New("paused")
	errTooLong   = tooMuch("takes longer", "max_job_time")
	errTooMany   = tooMuch("has more steps", "max_job_steps")
	errTooBig    = tooMuch("takes more disk space", "max_job_disk")
	errStalled   = errors.New("the job made no progress for longer than its lease")
)

// tooMuch is the error of a job that exceeds a limit of its server.
func tooMuch(what, option string) error {
	return hint.New(fmt.Errorf("the job %s than the server allows", what), "make the job smaller, or start the server with a larger {"+option+"}; its files so far are kept")
}

// limitIn returns the limit that an error is about, or nil.
func limitIn(err error) error {
	for _, limit := range []error{errTooLong, errTooMany, errTooBig} {
		if errors.Is(err, limit) {
			return limit
		}
	}
	return nil
}

// tooManySteps reports whether progress of a kind exceeds MaxSteps.
func (q *Queue) tooManySteps(kind string, p Progress) bool {
	return q.rules().MaxSteps > 0 && q.kinds[kind].Steps && max(p.Done, p.Total) > q.rules().MaxSteps
}

// tooManyBytes reports whether the files of a job exceed MaxBytes.
func (q *Queue) tooManyBytes(id string) bool {
	limit := q.rules().MaxBytes
	return limit > 0 && q.bytesOf(id) > limit
}

// bytesOf is the size of a job's files. What cannot be read, such as a file that is just
// being replaced, does not count.
func (q *Queue) bytesOf(id string) (sum int64) {
	_ = filepath.WalkDir(q.records.files(id), func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil
		}
		if info, err := e.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	return sum
}

// active is a job that a worker of this process runs.
type active struct {
	cancel context.CancelCauseFunc
	moves  atomic.Int64
	began  time.Time
}

// interrupt makes a running job save and end.
func (q *Queue) interrupt(id string, why error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if a := q.active[id]; a != nil {
		a.cancel(why)
	}
}

// retryTime is the pause after the list could not be read.
const retryTime = time.Second

// work does a lane's jobs until the queue is closed.
func (q *Queue) work(lane string) {
	for q.ctx.Err() == nil {
		i, err := q.broker.take(q.ctx, lane)
		switch {
		case err == nil:
			q.do(i)
		case q.ctx.Err() != nil:
		case errors.Is(err, errNothing):
			q.relist(lane)
		default:
			q.options.Complain(fmt.Errorf("jobs: %s: %w", lane, err))
			pause(q.ctx, retryTime)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// do does one job, if it still needs doing.
func (q *Queue) do(i item) {
	if q.options.OneAtATime {
		if !q.turn(i) {
			q.complain(i.handBack())
			return
		}
		defer func() { <-q.device }()
	}
	j, err := q.claim(i.id)
	if errors.Is(err, errNotToDo) {
		q.complain(i.finish())
		return
	}
	if err != nil { // such as a full disk: try again later
		q.options.Complain(err)
		pause(q.ctx, retryTime)
		q.complain(i.handBack())
		return
	}
	if j.State != Running { // the claim ended or paused it
		q.announce(j)
		q.complain(i.finish())
		return
	}
	q.announce(j)
	began := time.Now()
	result, err := q.supervise(i, j)
	q.conclude(i, j, result, err, time.Since(began))
}

// turn waits until no other job runs here.
func (q *Queue) turn(i item) bool {
	for {
		select {
		case q.device <- struct{}{}:
			return true
		case <-q.ctx.Done():
			return false
		case <-time.After(q.rules().Lease / 3):
			q.complain(i.extend())
		}
	}
}

func (q *Queue) complain(err error) {
	if err != nil {
		q.options.Complain(err)
	}
}

// errNotToDo means that an id on the list needs no work.
var errNotToDo = errors.New("not to be done")

// claim makes a job this worker's. A job that is already running has lost its lease, since
// its id was handed out again. One that was started too often, or is to be cancelled, ends.
// One that is lent, or should continue elsewhere, is not to be done here.
func (q *Queue) claim(id string) (Job, error) {
	for {
		j, err := q.records.get(id)
		if errors.Is(err, ErrNotFound) || err == nil && (j.State.Ended() || j.State == Paused || j.Lent || q.elsewhere(&j)) {
			return Job{}, errNotToDo
		}
		if err != nil {
			return Job{}, err
		}
		begun := q.records.hasFiles(id)
		j, err = q.records.update(j, func(j *Job) {
			if j.State == Running {
				j.Blame++
			}
			q.claimed(j, q.worker, q.options.Bits, begun, false)
		})
		if !errors.Is(err, ErrConflict) {
			return j, err
		}
	}
}

// elsewhere reports whether another machine is there that should rather do a job: one on
// which it continues with the same bits, or a worker if this one is to be spared.
func (q *Queue) elsewhere(j *Job) bool {
	same := j.Kept == 0 || j.sameBits(q.options.Bits)
	spared := j.spares(q.worker)
	if same && !spared {
		return false
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.other("", func(m Machine) bool {
		return m.can(j) && (same || j.sameBits(m.Bits)) && !(spared && j.spares(m.Name))
	})
}

// claimed changes the record of a job that a worker takes, unless it ends or pauses it.
// Begun says that there are files to continue from.
func (q *Queue) claimed(j *Job, worker, bits string, begun, lent bool) {
	switch {
	case j.CancelRequested:
		j.to(Cancelled)
	case j.PauseRequested:
		j.PauseRequested = false
		j.to(Paused)
	case j.spent(q.rules().MaxAttempts):
		j.giveUp()
	default:
		j.Attempt++
		j.Epoch++
		j.Worker = worker
		switch {
		case bits == "":
		case !begun:
			j.Bits = []string{bits}
		case !slices.Contains(j.Bits, bits):
			j.Bits = append(slices.Clone(j.Bits), bits)
		}
		j.to(Running)
		j.Lent = lent
	}
}

// outcome is the result of a kind's Run.
type outcome struct {
	result any
	err    error
}

// supervise runs a job and extends its lease as long as it makes progress.
func (q *Queue) supervise(i item, j Job) (any, error) {
	ctx, cancel := context.WithCancelCause(q.ctx)
	defer cancel(nil)
	if q.rules().MaxTime > 0 {
		defer time.AfterFunc(q.rules().MaxTime, func() { cancel(errTooLong) }).Stop()
	}
	a := &active{cancel: cancel, began: time.Now()}
	q.mu.Lock()
	q.active[j.ID] = a
	delete(q.progress, j.ID)
	q.mu.Unlock()
	defer func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.active[j.ID] == a {
			delete(q.active, j.ID)
		}
	}()
	// Requests from before the job was known to be active.
	if current, err := q.records.get(j.ID); err == nil && current.CancelRequested {
		cancel(errCancelled)
	} else if err == nil && current.PauseRequested {
		cancel(errPaused)
	}
	if !q.alone(ctx, j.ID) {
		return nil, errStalled
	}
	done := make(chan outcome, 1)
	go func() {
		defer q.leave(j.ID)
		done <- q.run(ctx, j, a)
	}()
	period := q.rules().Lease / 3
	tick := time.NewTicker(period)
	defer tick.Stop()
	seen, since, looked := int64(0), time.Now(), time.Now()
	for {
		select {
		case o := <-done:
			if o.err != nil && ctx.Err() != nil {
				o.err = errors.Join(context.Cause(ctx), o.err)
			}
			return o.result, o.err
		case <-tick.C:
			// A process that was frozen looks late, but its job is not to blame.
			frozen := time.Since(looked) > 2*period
			looked = time.Now()
			if q.tooManyBytes(j.ID) {
				cancel(errTooBig)
			}
			if moves := a.moves.Load(); moves != seen || frozen {
				seen, since = moves, looked
				q.complain(i.extend())
			} else if time.Since(since) > q.rules().Lease {
				cancel(errStalled)
				return last(done, q.rules().Lease)
			}
		}
	}
}

// alone waits a while until nobody else is in a job's folder: a worker that hung may still
// be there, or files of one on another machine. It reports whether the caller has the
// folder; the caller must say when it leaves.
func (q *Queue) alone(ctx context.Context, id string) bool {
	patience := time.After(q.rules().Lease)
	for {
		q.mu.Lock()
		before := q.inside[id]
		if before == nil {
			q.inside[id] = make(chan struct{})
			q.mu.Unlock()
			return true
		}
		q.mu.Unlock()
		select {
		case <-before:
		case <-ctx.Done():
			return false
		case <-patience:
			return false
		}
	}
}

func (q *Queue) leave(id string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	close(q.inside[id])
	delete(q.inside, id)
}

// last waits a while for a job that made no progress and was told to end. What it does
// after that is not committed.
func last(done <-chan outcome, wait time.Duration) (any, error) {
	select {
	case o := <-done:
		if o.err == nil { // it was slow, not stuck
			return o.result, nil
		}
	case <-time.After(wait):
	}
	return nil, errStalled
}

// run calls the kind. A panic fails the job, not the server.
func (q *Queue) run(ctx context.Context, j Job, a *active) (o outcome) {
	defer func() {
		if p := recover(); p != nil {
			q.options.Complain(fmt.Errorf("job %s: panic: %v\n%s", j.ID, p, debug.Stack()))
			o.err = fmt.Errorf("internal error: %v", p)
		}
	}()
	r := &Run{Folder: q.records.files(j.ID), Options: j.Options}
	var mu sync.Mutex
	var last, noted time.Time
	kept := j.Kept
	r.report = func(event any, p Progress, rare bool) {
		a.moves.Add(1)
		if q.tooManySteps(j.Kind, p) {
			a.cancel(errTooMany)
		}
		q.mu.Lock()
		if q.active[j.ID] != a { // another worker has it
			q.mu.Unlock()
			return
		}
		if p.Preview == "" {
			p.Preview = q.progress[j.ID].Preview
		}
		q.progress[j.ID] = p
		q.mu.Unlock()
		mu.Lock()
		due := rare || time.Since(last) >= eventEvery
		if due {
			last = time.Now()
		}
		note := p.Kept > kept && time.Since(noted) >= noteEvery
		if note {
			kept, noted = p.Kept, time.Now()
		}
		mu.Unlock()
		if note { // record new progress, so that crashes of the server are not blamed on the job
			if _, err := q.commit(j, func(j *Job) { j.Kept, j.Blame, j.Crash = p.Kept, 0, "" }); err != nil && !errors.Is(err, errNotToDo) {
				q.options.Complain(err)
			}
		}
		if due {
			_ = q.publishProgress(context.WithoutCancel(q.ctx), j.ID, event, p)
		}
		q.options.Yield(ctx)
	}
	o.result, o.err = q.kinds[j.Kind].Run(ctx, r)
	return o
}

// eventEvery is how often a job's frequent events are published: each is written to the
// disk.
const eventEvery = 200 * time.Millisecond

// noteEvery is how often a record stores the job's progress.
const noteEvery = time.Second

// publishProgress publishes an event of a job's kind, and complains if it cannot.
func (q *Queue) publishProgress(ctx context.Context, id string, event any, p Progress) error {
	data, err := json.Marshal(event)
	if err == nil {
		err = q.events.publish(ctx, Event{Job: id, Type: "progress", Data: data, Progress: &p, Time: q.now()})
	}
	if err != nil && q.ctx.Err() == nil && !errors.Is(err, errBroken) {
		q.options.Complain(err)
	}
	return err
}

// conclude records how a job ended, if it is still this worker's, and then removes it from
// the list.
func (q *Queue) conclude(i item, j Job, result any, failed error, took time.Duration) {
	if errors.Is(failed, errStalled) {
		q.options.Complain(fmt.Errorf("job %s: %w", j.ID, failed))
		q.complain(i.handBack())
		return
	}
	interrupted := failed != nil && q.ctx.Err() != nil && !errors.Is(failed, errCancelled) && !errors.Is(failed, errPaused)
	data, err := json.Marshal(result)
	if err != nil && failed == nil {
		failed = err
	}
	j, err = q.conclusion(j, func(j *Job) {
		switch {
		case j.PauseRequested && (interrupted || errors.Is(failed, errPaused)):
			j.Attempt--
			j.PauseRequested = false
			j.to(Paused)
		case interrupted || errors.Is(failed, errPaused): // a stop that saved is not a failed attempt
			j.Attempt--
			j.to(Queued)
		case errors.Is(failed, errCancelled):
			j.to(Cancelled)
		case failed != nil:
			j.fail(cmp.Or(limitIn(failed), failed))
		default:
			j.Result, j.Seconds = data, took.Seconds()
			j.to(Done)
		}
	})
	if errors.Is(err, errNotToDo) {
		return // another worker has it, and its id
	}
	if err != nil { // not recorded before the queue closed: to be done again
		return
	}
	q.measure(j)
	q.announce(j)
	if j.State == Queued {
		q.complain(i.handBack())
		return
	}
	q.complain(i.finish())
}

// conclusion is commit with retries: the disk may be full, which must not cause finished
// work to be done again. It ends with the queue at the latest.
func (q *Queue) conclusion(mine Job, edit func(*Job)) (Job, error) {
	for {
		j, err := q.commit(mine, edit)
		if err == nil || errors.Is(err, errNotToDo) {
			return j, err
		}
		q.options.Complain(fmt.Errorf("job %s: %w", mine.ID, err))
		if q.ctx.Err() != nil {
			return mine, err
		}
		pause(q.ctx, retryTime)
	}
}

// fail ends a job with an error.
func (j *Job) fail(err error) {
	j.Error = err.Error()
	j.Hint = hint.Of(err, hint.Keys{})
	j.to(Failed)
}

// commit changes the record of a job that is a worker's: it runs, since the same claim.
func (q *Queue) commit(mine Job, edit func(*Job)) (Job, error) {
	for {
		j, err := q.records.get(mine.ID)
		if err != nil || j.State != Running || j.Epoch != mine.Epoch {
			return mine, errNotToDo
		}
		if j, err = q.records.update(j, edit); !errors.Is(err, ErrConflict) {
			return j, err
		}
	}
}
