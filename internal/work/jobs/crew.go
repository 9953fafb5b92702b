package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"easel/internal/engine/backend"
)

// Machine is what a worker on another machine says of itself when it joins.
type Machine struct {
	// Name is the worker's own, of one process.
	Name string `json:"name"`
	// Version of easel: it must be the queue's, because another one has other options.
	Version string `json:"version"`
	// Bits names what decides the bits of results, such as the processor's instruction set,
	// and the precisions that it multiplies in: see backend.Bits.
	Bits string `json:"bits"`
	// Kinds of jobs that it does.
	Kinds   []string `json:"kinds"`
	Threads int      `json:"threads"`
	// Shared are folders of the queue's machine that it sees under the same paths. What is
	// below them it uses in place.
	Shared []string `json:"shared,omitempty"`
}

// Shares reports whether a path is one of some folders, or below one.
func Shares(folders []string, path string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool {
		name, err := filepath.Rel(folder, path)
		return err == nil && filepath.IsLocal(name)
	})
}

// Terms are what a queue expects of a worker that has joined.
type Terms struct {
	// Beat is how often it reports.
	Beat time.Duration `json:"beat"`
	// Contact is how long it may be out of touch before its job is given to others.
	Contact time.Duration `json:"contact"`
}

// VersionError means that a worker has another version of easel than the queue.
type VersionError struct{ Worker, Queue string }

// Error implements error.
func (e *VersionError) Error() string {
	return fmt.Sprintf("the worker is easel %s, the server easel %s", e.Worker, e.Queue)
}

// Hint returns advice.
func (e *VersionError) Hint() string { return "install the same version on both" }

// What a queue asks of a machine.
const (
	maxWorkers = 4096
	// beatTime is how often a worker reports.
	beatTime = time.Second
	// quarantineAfter is how many jobs in a row must fail on a machine, and do not fail
	// elsewhere, for it to get none for quarantineTime.
	quarantineAfter = 3
	quarantineTime  = 10 * time.Minute
	// forgetTime is how long a worker is listed after it was last heard from.
	forgetTime = time.Hour
)

var workerName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$`)

// ErrMachine means that a worker's description of itself is no good.
var ErrMachine = errors.New("a worker has a name, a version, what decides its bits, and kinds of jobs")

// member is a worker that has joined.
type member struct {
	Machine
	seen   time.Time
	job    string // "" if it has none
	done   int
	failed int
	// faults are jobs that failed here last, not known to fail elsewhere.
	faults           map[string]bool
	fault            string    // the last
	quarantinedUntil time.Time // it gets no jobs before
	// Of a worker on a cluster: it is in this process, and has to join again.
	here, mustRejoin bool
}

// Member is a worker as clients see it.
type Member struct {
	Machine
	// State is idle, busy, quarantined (all jobs fail there) or lost (not heard from).
	State string `json:"state"`
	Job   string `json:"job,omitempty"`
	// Done and Failed count jobs since it joined; Fault is the last error.
	Done   int       `json:"done"`
	Failed int       `json:"failed"`
	Fault  string    `json:"fault,omitempty"`
	Seen   time.Time `json:"seen"`
}

// Join lets a worker on another machine take jobs. It may join again at any time.
func (q *Queue) Join(_ context.Context, m Machine) (Terms, error) {
	if !workerName.MatchString(m.Name) || m.Version == "" || m.Bits == "" || len(m.Bits) > 200 || len(m.Kinds) == 0 || len(m.Kinds) > 100 || m.Threads < 0 {
		return Terms{}, ErrMachine
	}
	if want := q.rules().Version; m.Version != want {
		q.refuse(m.Version)
		return Terms{}, &VersionError{Worker: m.Version, Queue: want}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.crew[m.Name] == nil {
		if len(q.crew) >= maxWorkers {
			return Terms{}, ErrFull
		}
		q.crew[m.Name] = &member{faults: map[string]bool{}}
	}
	known := q.crew[m.Name]
	known.Machine, known.seen, known.here, known.mustRejoin = m, time.Now(), q.assists(), false
	return Terms{Beat: min(beatTime, q.rules().Contact/4), Contact: q.rules().Contact}, nil
}

// Leave removes a worker, which has returned its job.
func (q *Queue) Leave(_ context.Context, worker string) error {
	q.mu.Lock()
	delete(q.crew, worker)
	q.mu.Unlock()
	q.reclaim(worker)
	q.publishLeave(worker)
	q.offer() // what only it was to do may go to others now
	return nil
}

// Crew lists the workers on other machines.
func (q *Queue) Crew() []Member {
	q.mu.Lock()
	defer q.mu.Unlock()
	var list []Member
	for _, m := range q.crew {
		list = append(list, q.member(m))
	}
	slices.SortFunc(list, func(a, b Member) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// member shows a worker. The caller has q.mu.
func (q *Queue) member(m *member) Member {
	v := Member{Machine: m.Machine, State: "idle", Job: m.job, Done: m.done, Failed: m.failed, Fault: m.fault, Seen: m.seen.UTC().Round(time.Millisecond)}
	switch {
	case !q.present(m):
		v.State = "lost"
	case !q.working(m):
		v.State = "quarantined"
	case m.job != "":
		v.State = "busy"
	}
	return v
}

// present reports whether a worker was heard from lately. The caller has q.mu.
func (q *Queue) present(m *member) bool { return time.Since(m.seen) < q.rules().Contact }

// working reports whether a worker gets jobs. The caller has q.mu.
func (*Queue) working(m *member) bool { return !time.Now().Before(m.quarantinedUntil) }

// meet returns a worker that has joined, with what it is now, and notes that it was heard
// from.
func (q *Queue) meet(worker string) (*member, Machine, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	m := q.crew[worker]
	if m == nil || m.mustRejoin {
		return nil, Machine{}, ErrStranger
	}
	m.seen = time.Now()
	return m, m.Machine, nil
}

// suits reports whether a worker should do a waiting job. The caller has q.mu.
func (q *Queue) suits(m *member, j *Job) bool {
	if _, known := q.kinds[j.Kind]; !known || q.reserved[j.ID] || q.inside[j.ID] != nil || !m.can(j) || !q.sent(j) {
		return false
	}
	if j.Kept > 0 && !j.sameBits(m.Bits) && q.other(m.Name, func(o Machine) bool { return j.sameBits(o.Bits) && o.can(j) }) {
		return false // it continues with the same bits elsewhere
	}
	return !j.spares(m.Name) || !q.other(m.Name, func(o Machine) bool { return o.can(j) && !j.spares(o.Name) })
}

// wants is what options of any kind may say about who does a job.
type wants struct {
	// Precision of products that the machine must have, if there is one.
	Precision string `json:"precision"`
	// Avoid is a worker that does it only if no other can.
	Avoid string `json:"avoid"`
}

func (j *Job) wants() (w wants) {
	_ = json.Unmarshal(j.Options, &w) // options of another shape want nothing
	return w
}

// spares reports whether others should rather do a job than a worker.
func (j *Job) spares(worker string) bool {
	return slices.Contains(j.FailedOn, worker) || worker != "" && j.wants().Avoid == worker
}

// can reports whether a machine does jobs of the kind, in the precision that the job wants.
func (m Machine) can(j *Job) bool {
	return slices.Contains(m.Kinds, j.Kind) && m.has(j.wants().Precision)
}

// has reports whether a machine has a precision; "" is any.
func (m Machine) has(precision string) bool {
	_, precisions := backend.Precisions(m.Bits)
	return precision == "" || slices.Contains(precisions, precision)
}

// sameBits reports whether a job ends with the same bits on a machine as without it.
func (j *Job) sameBits(bits string) bool {
	if len(j.Bits) != 1 {
		return true
	}
	was, _ := backend.Precisions(j.Bits[0])
	now, _ := backend.Precisions(bits)
	return was == now
}

// other reports whether there is another machine of some sort, this one included. The
// caller has q.mu.
func (q *Queue) other(than string, sort func(Machine) bool) bool {
	if than != "" && !q.options.OnlyWorkers && sort(q.here()) {
		return true
	}
	for _, m := range q.crew {
		if m.Name != than && q.present(m) && q.working(m) && sort(m.Machine) {
			return true
		}
	}
	return false
}

// here is this machine.
func (q *Queue) here() Machine {
	return Machine{Name: q.worker, Bits: q.options.Bits, Version: q.rules().Version, Kinds: slices.Collect(maps.Keys(q.kinds))}
}

// noteFailure notes that a job failed on a worker. If it has failed elsewhere too, no machine
// is to blame.
func (q *Queue) noteFailure(worker string, j Job, fault string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if j.State.Ended() {
		for _, m := range q.crew {
			delete(m.faults, j.ID)
		}
	}
	m := q.crew[worker]
	if m == nil {
		return
	}
	m.failed++
	m.fault = fault
	if !j.State.Ended() {
		m.faults[j.ID] = true
	}
	if len(m.faults) >= quarantineAfter {
		m.quarantinedUntil = time.Now().Add(quarantineTime)
		m.faults = map[string]bool{}
		go q.complain(fmt.Errorf("worker %s gets no jobs for %s: %d in a row failed there, the last with: %s", worker, quarantineTime, quarantineAfter, fault))
	}
}

// noteSuccess notes that a job was done on a worker.
func (q *Queue) noteSuccess(worker string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if m := q.crew[worker]; m != nil {
		m.done++
		m.faults = map[string]bool{}
	}
}
