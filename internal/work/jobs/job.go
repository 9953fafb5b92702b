package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// State is the state of a job.
type State string

// The states. The last three are final.
const (
	Queued    State = "queued"
	Running   State = "running"
	Paused    State = "paused"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Ended reports whether the job has reached a final state.
func (s State) Ended() bool { return s == Done || s == Failed || s == Cancelled }

// Job is a job's record.
type Job struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	// Options are those of the kind, resolved: they include every default.
	Options json.RawMessage `json:"options"`
	// Key is the client's name for the request, to recognise a repeated one, and Request
	// the SHA-256 of its content.
	Key     string `json:"key,omitempty"`
	Request string `json:"request,omitempty"`

	State State `json:"state"`
	// Attempt counts how often the job was started, except after stops that saved.
	Attempt int `json:"attempt"`
	// Epoch counts claims, and tells the worker that made the last one from all earlier
	// ones.
	Epoch uint64 `json:"epoch,omitempty"`
	// Bits are the machines that worked at it since it began, by what decides the bits of
	// results (Machine.Bits). With two or more, the bits are not those of any single one.
	Bits []string `json:"bits,omitempty"`
	// FailedOn are workers on other machines on which it failed.
	FailedOn []string `json:"failed_on,omitempty"`
	// Blame is how many attempts in a row failed for reasons that the job may have caused:
	// see the package.
	Blame float64 `json:"blame,omitempty"`
	// Crash is what the server reported when it last crashed with the job running.
	Crash string `json:"crash,omitempty"`
	// Kept is the most that the kind has reported to be on the disk.
	Kept int `json:"kept,omitempty"`
	// Worker runs it or ran it last. Lent says that it is on another machine.
	Worker string `json:"worker,omitempty"`
	Lent   bool   `json:"lent,omitempty"`
	// CancelRequested and PauseRequested are set before a running job is notified.
	CancelRequested bool `json:"cancel_requested,omitempty"`
	PauseRequested  bool `json:"pause_requested,omitempty"`

	Created time.Time `json:"created"`
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`
	// Seconds is how long the attempt took that finished it, however the clock was set
	// meanwhile.
	Seconds float64 `json:"seconds,omitempty"`

	// Error and Hint say why it failed; Result is its result.
	Error  string          `json:"error,omitempty"`
	Hint   string          `json:"hint,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`

	// History is every change of State.
	History []Change `json:"history"`
	// Revision increases by one with each change of the record.
	Revision uint64 `json:"revision"`

	// If a cluster has the job: its own revision of the record; the loan of what the job
	// needs; and the list of its files.
	sequence     uint64
	needs, holds blob
}

// Change is a change to a new state.
type Change struct {
	State   State     `json:"state"`
	Attempt int       `json:"attempt"`
	Time    time.Time `json:"time"`
}

// to changes the job's state. The records add the time.
func (j *Job) to(s State) {
	j.State = s
	j.Lent = false
	j.History = append(j.History, Change{State: s, Attempt: j.Attempt})
}

// stamp adds the time to new changes of state. If somebody has set the clock back, they get
// that of the change before: a job does not end before it began.
func (j *Job) stamp(now time.Time) {
	last := j.Created
	for i := range j.History {
		c := &j.History[i]
		if c.Time.IsZero() {
			if c.Time = now; now.Before(last) {
				c.Time = last
			}
			switch {
			case c.State == Running:
				j.Started = c.Time
			case c.State.Ended():
				j.Ended = c.Time
			}
		}
		last = c.Time
	}
}

// again queues a job that was paused or has ended, with its failures forgotten.
func (j *Job) again() {
	j.CancelRequested, j.Blame, j.Crash, j.Error, j.Hint, j.Result, j.Ended, j.FailedOn = false, 0, "", "", "", nil, time.Time{}, nil
	j.needs = blob{} // they may have changed
	j.to(Queued)
}

// Progress is the progress of a job.
type Progress struct {
	Done  int `json:"done"`
	Total int `json:"total,omitempty"`
	// SecondsLeft is 0 if unknown.
	SecondsLeft float64 `json:"seconds_left,omitempty"`
	// Preview is a picture, relative to the job's files.
	Preview string `json:"preview,omitempty"`
	// Kept grows with what is on the disk, in units of the kind: a stop now would lose what
	// came after. 0 means unknown.
	Kept int `json:"-"`
}

// View is a job as clients see it.
type View struct {
	Job
	Progress *Progress `json:"progress,omitempty"`
	// Place is how many jobs are ahead of it, and SecondsLeft about how long it takes to
	// finish, 0 before anything was measured.
	Place       int     `json:"place"`
	SecondsLeft float64 `json:"seconds_left,omitempty"`
	// Waits says why nobody can do it now; empty if somebody can.
	Waits string `json:"waits,omitempty"`
}

// Kind is a kind of work.
type Kind struct {
	Name string
	// Lane is its queue: jobs of one lane run one after the other.
	Lane string
	// Check resolves options, and fails for those that are wrong for any data. Nothing is
	// written yet.
	Check func(options json.RawMessage) (json.RawMessage, error)
	// Steps says that progress counts steps, such as those of a training.
	Steps bool
	// Inputs lists the files and folders that checked options name, for a worker on another
	// machine, which gets copies. It returns the options with everything settled that they
	// leave to this machine, such as where the weights of VGG-19 are. Nil means that the
	// kind has none.
	Inputs func(options json.RawMessage) (settled json.RawMessage, inputs []Input, err error)
	// Run works in r.Folder, continues from what it finds there, and returns what to show
	// as the result. When ctx ends, it saves and returns soon.
	Run func(ctx context.Context, r *Run) (result any, err error)
}

// Input is a file or folder that a job reads.
type Input struct {
	Path string
	// Only are the files that are needed of a folder, relative to it; nil means all.
	Only []string
}

// Run is a running job.
type Run struct {
	Folder  string
	Options json.RawMessage
	report  func(event any, p Progress, rare bool)
}

// NewRun is a run in a folder for a worker that is not a queue's own.
func NewRun(folder string, options json.RawMessage, report func(event any, p Progress, rare bool)) *Run {
	return &Run{folder, options, report}
}

// Report reports progress. Rare events are all kept; of frequent ones, which may come many
// times per second, enough for a curve.
func (r *Run) Report(event any, p Progress, rare bool) { r.report(event, p, rare) }

// The errors of a queue.
var (
	ErrNotFound = errors.New("no such job")
	ErrConflict = errors.New("the job was changed by somebody else")
	ErrKind     = errors.New("unknown kind of job")
	ErrKeyUsed  = errors.New("the key belongs to another request")
	ErrClosed   = errors.New("the queue is closed")
	ErrFull     = errors.New("too many jobs are waiting")
	ErrEnded    = errors.New("the job has ended")
	ErrStore    = errors.New("the state folder cannot be written")
	ErrGone     = errors.New("the job is not this worker's any more")
	ErrStranger = errors.New("this worker has not joined")
)
