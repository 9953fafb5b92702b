package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// view adds what is not in a record: the job's progress, its place and the time left.
func (q *Queue) view(j Job) View {
	v := View{Job: j}
	if j.ID == "" || j.State.Ended() {
		return v
	}
	before := q.records.all()
	q.mu.Lock()
	defer q.mu.Unlock()
	if p, ok := q.progress[j.ID]; ok && (j.State == Running || j.State == Paused) {
		v.Progress = &p
	}
	left, known := q.left(j)
	if j.State == Paused {
		return v
	}
	for _, other := range before {
		if j.State != Queued || other.State != Queued && other.State != Running || other.ID == j.ID || q.kinds[other.Kind].Lane != q.kinds[j.Kind].Lane {
			continue
		}
		if other.State == Running || other.ID < j.ID {
			v.Place++
			more, ok := q.left(other)
			left, known = left+more, known && ok
		}
	}
	if known {
		v.SecondsLeft = left
	}
	return v
}

// left estimates how long a job still takes, not counting the jobs ahead of it: by its own
// estimate, or by how long others of its kind took.
func (q *Queue) left(j Job) (seconds float64, known bool) {
	if j.State == Running {
		if p := q.progress[j.ID]; p.SecondsLeft > 0 {
			return p.SecondsLeft, true
		}
		mean, ok := q.pace[j.Kind]
		return max(mean-time.Since(j.Started).Seconds(), 0), ok
	}
	mean, ok := q.pace[j.Kind]
	return mean, ok
}

// measure learns from a job how long its kind takes.
func (q *Queue) measure(j Job) {
	if j.State != Done || j.Started.IsZero() {
		return
	}
	seconds := j.Ended.Sub(j.Started).Seconds()
	q.mu.Lock()
	defer q.mu.Unlock()
	if mean, ok := q.pace[j.Kind]; ok {
		seconds = mean + (seconds-mean)/4
	}
	q.pace[j.Kind] = seconds
}

// announce tells listeners of a job's new state.
func (q *Queue) announce(j Job) {
	data, err := json.Marshal(q.view(j))
	if err == nil {
		err = q.broker.tell(context.WithoutCancel(q.ctx), Event{Job: j.ID, Type: "job", Data: data, Time: now()})
	}
	if err != nil && !errors.Is(err, errBroken) {
		q.options.Complain(err)
	}
}

// retell announces ends that were not announced because the process ended, or the disk was
// full, between the record and its event.
func (q *Queue) retell() error {
	for _, j := range q.records.all() {
		if !j.State.Ended() || time.Since(j.Ended) > eventAge {
			continue
		}
		last, ok, err := q.broker.lastOf(q.ctx, j.ID)
		if err != nil {
			return err
		}
		var told View
		if ok && last.Type == "job" && json.Unmarshal(last.Data, &told) == nil && told.State == j.State {
			continue
		}
		q.announce(j)
	}
	return nil
}
