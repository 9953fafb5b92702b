package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"time"

	"easel/internal/work/cluster"
)

// view adds what is not in a record: the job's progress, its place and the time left.
func (q *Queue) view(j Job) View {
	v := View{Job: j}
	if j.ID == "" || j.State.Ended() {
		return v
	}
	var line line
	if j.State == Queued {
		lane := q.kinds[j.Kind].Lane
		q.mu.Lock()
		q.records.unfinished(func(other *Job) bool {
			if (other.State == Running || other.State == Queued && other.ID < j.ID) && q.kinds[other.Kind].Lane == lane {
				line.add(q.left(*other))
			}
			return true
		})
		q.mu.Unlock()
	}
	return q.viewBehind(j, line)
}

// line is what is ahead of a job: how many, and how long they take.
type line struct {
	jobs    int
	left    float64
	unknown bool // left is not known for all
}

func (l *line) add(left float64, known bool) {
	l.jobs++
	l.left += left
	l.unknown = l.unknown || !known
}

func (q *Queue) viewBehind(j Job, ahead line) View {
	v := View{Job: j, Place: ahead.jobs}
	q.mu.Lock()
	defer q.mu.Unlock()
	if p, ok := q.progress[j.ID]; ok && (j.State == Running || j.State == Paused) {
		v.Progress = &p
	}
	if j.State == Paused || j.State.Ended() {
		return v
	}
	if j.State == Queued {
		v.Waits = q.waits(&j)
	}
	if left, known := q.left(j); known && !ahead.unknown {
		v.SecondsLeft = ahead.left + left
	}
	return v
}

// List returns all jobs, the oldest first.
func (q *Queue) List() []View {
	all, lanes := q.records.all(), map[string]*line{}
	for _, k := range q.kinds {
		lanes[k.Lane] = &line{}
	}
	q.mu.Lock()
	for _, j := range all {
		if lane := lanes[q.kinds[j.Kind].Lane]; j.State == Running && lane != nil {
			lane.add(q.left(j))
		}
	}
	q.mu.Unlock()
	var list []View
	for _, j := range all {
		lane := lanes[q.kinds[j.Kind].Lane]
		if j.State != Queued || lane == nil {
			list = append(list, q.viewBehind(j, line{}))
			continue
		}
		list = append(list, q.viewBehind(j, *lane))
		q.mu.Lock()
		lane.add(q.left(j))
		q.mu.Unlock()
	}
	return list
}

// left estimates how long a job still takes, not counting the jobs ahead of it: by its own
// estimate, or by how long others of its kind took.
func (q *Queue) left(j Job) (seconds float64, known bool) {
	if j.State == Running {
		if p := q.progress[j.ID]; p.SecondsLeft > 0 {
			return p.SecondsLeft, true
		}
		mean, ok := q.pace[j.Kind]
		return max(mean-q.running(j.ID).Seconds(), 0), ok
	}
	mean, ok := q.pace[j.Kind]
	return mean, ok
}

// running returns how long a job has been running.
func (q *Queue) running(id string) time.Duration {
	if a := q.active[id]; a != nil {
		return time.Since(a.began)
	}
	if l := q.loans[id]; l != nil {
		return time.Since(l.began)
	}
	return 0
}

// measure learns from a job how long its kind takes.
func (q *Queue) measure(j Job) {
	if j.State != Done || j.Started.IsZero() {
		return
	}
	seconds := cmp.Or(j.Seconds, j.Ended.Sub(j.Started).Seconds())
	q.mu.Lock()
	defer q.mu.Unlock()
	if mean, ok := q.pace[j.Kind]; ok {
		seconds = mean + (seconds-mean)/4
	}
	q.pace[j.Kind] = seconds
}

// announce publishes a job's new state.
func (q *Queue) announce(j Job) {
	data, err := json.Marshal(q.view(j))
	if err == nil {
		err = q.events.publish(context.WithoutCancel(q.ctx), Event{Job: j.ID, Type: "job", Data: data, Time: q.now()})
	}
	if err != nil && !errors.Is(err, errBroken) {
		q.options.Complain(err)
	}
}

// republish announces ends that were not announced because the process ended, or the disk was
// full, between the record and its event.
func (q *Queue) republish() error {
	for _, j := range q.records.all() {
		if !j.State.Ended() || q.now().Sub(j.Ended) > cluster.EventAge {
			continue
		}
		last, ok, err := q.events.lastOf(q.ctx, j.ID)
		if err != nil {
			return err
		}
		var published View
		if ok && last.Type == "job" && json.Unmarshal(last.Data, &published) == nil && published.State == j.State {
			continue
		}
		q.announce(j)
	}
	return nil
}
