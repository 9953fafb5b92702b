package jobs

import (
	"fmt"
	"maps"
	"slices"
)

// refuse notes that a worker of another version was not let in.
func (q *Queue) refuse(version string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.refused = version
}

// waits says why nobody can do a waiting job; it is empty if somebody can. The caller has
// q.mu.
func (q *Queue) waits(j *Job) string {
	if !q.options.OnlyWorkers {
		return ""
	}
	if !q.sent(j) {
		return "what it needs is being sent to the cluster"
	}
	var present, ofKind, able []*member
	wanted := j.wants().Precision
	for _, m := range q.crew {
		if !q.present(m) {
			continue
		}
		present = append(present, m)
		if !slices.Contains(m.Kinds, j.Kind) {
			continue
		}
		if ofKind = append(ofKind, m); m.has(wanted) {
			able = append(able, m)
		}
	}
	why := ""
	switch {
	case len(present) == 0:
		why = "no worker is there"
	case len(ofKind) == 0:
		why = fmt.Sprintf("no worker does jobs of kind %s", j.Kind)
	case len(able) == 0:
		why = fmt.Sprintf("no worker that does jobs of kind %s multiplies in %s", j.Kind, wanted)
	case !slices.ContainsFunc(able, q.working):
		return "every job fails on the workers that could do it, so they rest for a while"
	default:
		return ""
	}
	if q.refused != "" {
		why += fmt.Sprintf("; one was not let in, because it is easel %s and this is %s", q.refused, q.rules().Version)
	}
	return why
}

// reportWaits complains about jobs that nobody can do, once for each reason as long as there
// is one.
func (q *Queue) reportWaits() {
	first := map[string]string{} // job, by reason
	q.mu.Lock()
	q.records.unfinished(func(j *Job) bool {
		if j.State == Queued && q.sent(j) {
			if why := q.waits(j); why != "" && first[why] == "" {
				first[why] = j.ID
			}
		}
		return true
	})
	before := q.reported
	q.reported = map[string]bool{}
	for why := range first {
		q.reported[why] = true
	}
	q.mu.Unlock()
	for _, why := range slices.Sorted(maps.Keys(first)) {
		if !before[why] {
			q.complain(fmt.Errorf("job %s waits: %s", first[why], why))
		}
	}
}
