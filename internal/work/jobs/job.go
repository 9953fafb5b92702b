package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// State is where a job stands.
type State string

// The states. The last three are ends.
const (
	Queued    State = "queued"
	Running   State = "running"
	Paused    State = "paused"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Ended reports whether nothing will happen to the job any more.
func (s State) Ended() bool { return s == Done || s == Failed || s == Cancelled }

// Job is a job's record.
type Job struct {
	ID   string `json:"id"`
	Kind string `json:"kind"`
	// Options are those of the kind, resolved: every default is in them.
	Options json.RawMessage `json:"options"`
	// Key is the client's name for the request, by which a repeated one is known,
	// and Request the SHA-256 of what it asked for.
	Key     string `json:"key,omitempty"`
	Request string `json:"request,omitempty"`

	State State `json:"state"`
	// Attempt counts how often the job was begun, but for stops that saved: it is
	// what tells a worker from one before.
	Attempt int `json:"attempt"`
	// Blame is how many attempts in a row came to nothing for which the job may be
	// to blame: see the package.
	Blame float64 `json:"blame,omitempty"`
	// Crash is what the server said when it last crashed with the job at work.
	Crash string `json:"crash,omitempty"`
	// Kept is the most that the kind said it has on the disk.
	Kept   int    `json:"kept,omitempty"`
	Worker string `json:"worker,omitempty"`
	// CancelRequested and PauseRequested are set before a running job is told.
	CancelRequested bool `json:"cancel_requested,omitempty"`
	PauseRequested  bool `json:"pause_requested,omitempty"`

	Created time.Time `json:"created"`
	Started time.Time `json:"started,omitzero"`
	Ended   time.Time `json:"ended,omitzero"`

	// Error and Hint say why it failed, Result what came of it.
	Error  string          `json:"error,omitempty"`
	Hint   string          `json:"hint,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`

	// History is every change of State.
	History []Change `json:"history"`
	// Revision goes up by one with each change of the record.
	Revision uint64 `json:"revision"`
}

// Change is a state that a job came to.
type Change struct {
	State   State     `json:"state"`
	Attempt int       `json:"attempt"`
	Time    time.Time `json:"time"`
}

// to puts the job into a state.
func (j *Job) to(s State) {
	j.State = s
	j.History = append(j.History, Change{s, j.Attempt, now()})
	switch {
	case s == Running:
		j.Started = now()
	case s.Ended():
		j.Ended = now()
	}
}

// again queues a job that was paused or has ended, as if nothing had befallen it.
func (j *Job) again() {
	j.CancelRequested, j.Blame, j.Crash, j.Error, j.Hint, j.Result, j.Ended = false, 0, "", "", "", nil, time.Time{}
	j.to(Queued)
}

func now() time.Time { return time.Now().UTC().Round(time.Millisecond) }

// Progress is how far a job is.
type Progress struct {
	Done  int `json:"done"`
	Total int `json:"total,omitempty"`
	// SecondsLeft is 0 where it is not known.
	SecondsLeft float64 `json:"seconds_left,omitempty"`
	// Preview is a picture, relative to the job's files.
	Preview string `json:"preview,omitempty"`
	// Kept grows with what is on the disk, in units of the kind's own: who is stopped
	// now loses what came after. 0 says nothing.
	Kept int `json:"-"`
}

// View is a job as clients see it.
type View struct {
	Job
	Progress *Progress `json:"progress,omitempty"`
	// Place is how many jobs are before it, and SecondsLeft about how long it
	// takes to its end, 0 where nothing was measured yet.
	Place       int     `json:"place"`
	SecondsLeft float64 `json:"seconds_left,omitempty"`
}

// Kind is a kind of work.
type Kind struct {
	Name string
	// Lane is where it queues: jobs of one lane run one after the other.
	Lane string
	// Check resolves options, and fails for those that no data could make right.
	// Nothing is written yet.
	Check func(options json.RawMessage) (json.RawMessage, error)
	// Run works in r.Folder, goes on with what it finds there, and returns what
	// is shown as the result. When ctx ends it saves and returns soon.
	Run func(ctx context.Context, r *Run) (result any, err error)
}

// Run is a job at work.
type Run struct {
	Folder  string
	Options json.RawMessage
	report  func(event any, p Progress, rare bool)
}

// Report tells that the job moves. Rare events are all kept; of the others, which
// may come many times a second, enough for a curve.
func (r *Run) Report(event any, p Progress, rare bool) { r.report(event, p, rare) }

// The errors of a queue.
var (
	ErrNotFound = errors.New("there is no such job")
	ErrConflict = errors.New("the job was changed by somebody else")
	ErrKind     = errors.New("there is no such kind of job")
	ErrKeyUsed  = errors.New("the key stands for another request")
	ErrClosed   = errors.New("the queue is closed")
	ErrFull     = errors.New("too many jobs are waiting")
	ErrEnded    = errors.New("the job has ended")
	ErrStore    = errors.New("the state folder cannot be written")
)
