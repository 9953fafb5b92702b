package experiment

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"easel/internal/base/hint"
	"easel/internal/file/lock"
	"easel/internal/work/train"
)

// Kind says what an event is about.
type Kind string

// The kinds of events.
const (
	// Checked is progress in checking the data: Done of Total.
	Checked Kind = "check"
	// Warned has a Text.
	Warned Kind = "warning"
	// Planned comes once, before the first job: Total jobs, Done of them already finished,
	// and SecondsLeft.
	Planned Kind = "plan"
	// Started begins Job, the Done+1st of Total; SecondsLeft is for all jobs.
	Started Kind = "start"
	// Advanced is progress in Job.
	Advanced Kind = "progress"
	// Finished ends Job; Reused says that it was finished before.
	Finished Kind = "finish"
	Reused   Kind = "reuse"
	// Written reports a table: Experiment, and Path of its page.
	Written Kind = "table"
)

// Event is something that happened.
type Event struct {
	Kind        Kind         `json:"event"`
	Experiment  string       `json:"experiment,omitempty"`
	Job         string       `json:"job,omitempty"`
	Done        int          `json:"done"`
	Total       int          `json:"total"`
	SecondsLeft float64      `json:"seconds_left,omitempty"`
	Seconds     float64      `json:"seconds,omitempty"`
	Text        string       `json:"text,omitempty"`
	Path        string       `json:"path,omitempty"`
	Inside      *InsideEvent `json:"inside,omitempty"`
}

// InsideEvent is the progress within the current job: Done of Total in its own units, and
// the event of its training run.
type InsideEvent struct {
	Done     int          `json:"done"`
	Total    int          `json:"total"`
	Training *train.Event `json:"training,omitempty"`
}

// Result is the outcome of one experiment.
type Result struct {
	Report
	// Page, Markdown and JSON are paths.
	Page     string `json:"page"`
	Markdown string `json:"markdown"`
	JSON     string `json:"json"`
}

// Run runs experiments one after the other, and shared jobs once. It calls notify, which
// may be nil, from one goroutine.
func Run(ctx context.Context, list []Experiment, o Options, notify func(Event)) ([]Result, error) {
	return runAll(ctx, list, o, nil, notify)
}

// runAll runs experiments, their jobs elsewhere if there is such a place.
func runAll(ctx context.Context, list []Experiment, o Options, there Elsewhere, notify func(Event)) ([]Result, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	s, err := newSession(o, notify)
	if err != nil {
		return nil, err
	}
	s.elsewhere = there
	owned, err := own(o.Out)
	if err != nil {
		return nil, fmt.Errorf("experiment: %w", err)
	}
	defer owned.Release()
	if err := s.open(ctx, list); err != nil {
		return nil, fmt.Errorf("experiment: %w", err)
	}
	if there != nil {
		if err := s.spread(ctx); err != nil {
			return nil, s.stopped(ctx, fmt.Errorf("experiment: %w", err))
		}
	}
	var results []Result
	for i, e := range list {
		r, err := s.run(ctx, e, s.plans[i])
		if err != nil {
			return results, s.stopped(ctx, fmt.Errorf("experiment %s: %w", e.Name, err))
		}
		results = append(results, r)
	}
	return results, nil
}

func newSession(o Options, notify func(Event)) (*session, error) {
	if notify == nil {
		notify = func(Event) {}
	}
	scale, err := o.ResolvedScale()
	if err != nil {
		return nil, err
	}
	return &session{Options: o, scale: scale, notify: notify, meter: NewMeter(o.Backend, o.Threads), by: map[string]*pending{}}, nil
}

// session is a running set of experiments.
type session struct {
	Options
	scale  Scale
	notify func(Event)
	meter  *Meter
	source *Source
	vgg    *VGG
	plans  []Plan
	// jobs are all jobs in order, each once; by has the same, keyed by folder.
	jobs []*pending
	by   map[string]*pending
	// elsewhere does the jobs, unless it is nil. Several are then done at once; mu is for
	// the fields below, and for one event at a time.
	elsewhere Elsewhere
	mu        sync.Mutex
	done      int // number of finished jobs
	working   int // number of jobs that are being done
	// took is how long the finished jobs took, and estimated how long they were expected to
	// take.
	took, estimated float64
}

// pending is a job with its folder and its estimated time.
type pending struct {
	Job
	experiment string // the first that needs it
	dir        string
	done       bool
	now        bool // done by this call, and told
	seconds    float64
}

// open checks the data and the folder, plans the jobs and estimates their time.
func (s *session) open(ctx context.Context, list []Experiment) error {
	var err error
	if s.vgg, err = openVGG(s.PerceptualWeights); err != nil {
		return err
	}
	for _, e := range list {
		setting, err := s.setting(ctx, e)
		if err != nil {
			return err
		}
		plan, err := s.plan(e, setting)
		if err != nil {
			return fmt.Errorf("plan %s: %w", e.Name, err)
		}
		s.plans = append(s.plans, plan)
	}
	if err := s.collect(list); err != nil {
		return err
	}
	for _, j := range s.jobs {
		if err := errors.Join(ctx.Err(), j.estimate(s.meter)); err != nil {
			return err
		}
	}
	s.notify(Event{Kind: Planned, Done: s.done, Total: len(s.jobs), SecondsLeft: s.secondsLeft(0, 0)})
	return nil
}

// estimate measures how long the rest of a job will take.
func (p *pending) estimate(m *Meter) (err error) {
	if p.done || p.Seconds == nil {
		return nil
	}
	if p.seconds, err = p.Seconds(m, p.dir); err != nil {
		return fmt.Errorf("estimate %s: %w", p.Name, err)
	}
	return nil
}

func (s *session) setting(ctx context.Context, e Experiment) (Setting, error) {
	setting := Setting{Data: s.Data, Scale: s.scale, Seed: s.Seed, VGG: s.vgg, Backend: s.Backend, Threads: s.Threads, SkipBad: s.SkipBad}
	if e.Needs == Pictures {
		return setting, nil
	}
	if s.source == nil {
		var err error
		if s.source, err = openSource(ctx, s.Options, s.notify); err != nil {
			return setting, err
		}
	}
	setting.Source = s.source
	return setting, nil
}

// plan plans an experiment, if the data suit it.
func (s *session) plan(e Experiment, setting Setting) (Plan, error) {
	if e.Needs == LabelledPairs {
		if err := s.source.needLabels(s.Data); err != nil {
			return Plan{}, err
		}
	}
	return e.Plan(setting)
}

// collect lists the jobs of all plans, each once, and finds out which are finished.
func (s *session) collect(list []Experiment) error {
	for i, plan := range s.plans {
		for _, j := range plan.Jobs {
			p, err := s.look(j)
			if err != nil {
				return err
			}
			p.experiment = list[i].Name
			if s.by[p.dir] != nil {
				continue
			}
			s.by[p.dir] = p
			s.jobs = append(s.jobs, p)
			if p.done {
				s.done++
			}
		}
	}
	return nil
}

// look finds out whether a job is finished. One that was begun continues only with
// Options.Resume.
func (s *session) look(j Job) (*pending, error) {
	dir, err := j.folder(s.Out)
	if err != nil || s.Out == "" { // listing without a folder: nothing is finished
		return &pending{Job: j, dir: dir}, err
	}
	state, err := stateOf(dir)
	if err != nil {
		return nil, err
	}
	if state == begun && !s.Resume {
		return nil, hint.New(fmt.Errorf("%s was begun but not finished", dir), "continue it with {resume}, or choose another folder with {out}")
	}
	return &pending{Job: j, dir: dir, done: state == finished}, nil
}

// run does the jobs of one experiment and writes its report.
func (s *session) run(ctx context.Context, e Experiment, p Plan) (Result, error) {
	for _, j := range p.Jobs {
		if err := s.do(ctx, e.Name, s.by[s.folder(j)]); err != nil {
			return Result{}, err
		}
	}
	report, err := p.Report(s.folder)
	if err != nil {
		return Result{}, fmt.Errorf("tables: %w", err)
	}
	report.describe(e, s)
	r, err := report.write(s.Out)
	if err == nil {
		s.notify(Event{Kind: Written, Experiment: e.Name, Path: r.Page, Done: s.done, Total: len(s.jobs), SecondsLeft: s.secondsLeft(0, 0)})
	}
	return r, err
}

// folder returns the folder of a job's result. Its configuration was encoded before, so
// encoding cannot fail.
func (s *session) folder(j Job) string {
	dir, _ := j.folder(s.Out)
	return dir
}

// do does a job unless it is finished.
func (s *session) do(ctx context.Context, experiment string, p *pending) error {
	event := Event{Experiment: experiment, Job: p.Name, Total: len(s.jobs)}
	say := func(kind Kind, inside *InsideEvent, now float64, change func()) {
		s.mu.Lock()
		defer s.mu.Unlock()
		if change != nil {
			change()
		}
		ofThis := 0.0
		if now > 0 {
			ofThis = p.seconds
		}
		event.Kind, event.Done, event.Inside, event.SecondsLeft = kind, s.done, inside, s.secondsLeft(ofThis, now)
		s.notify(event)
	}
	if p.done {
		if s.elsewhere == nil || !p.now {
			say(Reused, nil, 0, nil)
		}
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	say(Started, nil, 0, func() { s.working++ })
	began := time.Now()
	if err := s.work(ctx, p, func(now Progress) {
		say(Advanced, &InsideEvent{now.Done, now.Total, now.Training}, now.SecondsLeft, nil)
	}); err != nil {
		return fmt.Errorf("%s: %w", p.Name, err)
	}
	took := time.Since(began)
	if err := p.finish(p.dir, took); err != nil {
		return err
	}
	event.Seconds = took.Seconds()
	say(Finished, nil, 0, func() {
		p.done, p.now = true, true
		s.done++
		s.working--
		if p.seconds > 0 {
			s.took += took.Seconds()
			s.estimated += p.seconds
		}
	})
	return nil
}

// work does a job here or elsewhere.
func (s *session) work(ctx context.Context, p *pending, notify func(Progress)) error {
	if s.elsewhere != nil {
		r, err := s.request(p.Job)
		if err != nil {
			return err
		}
		return s.elsewhere.Do(ctx, r, p.dir, notify)
	}
	if err := os.MkdirAll(p.dir, 0o755); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	return p.Do(ctx, Place{Dir: p.dir, Folder: s.folder, Notify: notify})
}

// secondsLeft is the estimate for the unfinished jobs, corrected by how long the finished
// ones took. The current job has an estimate, and now seconds left if that is known.
func (s *session) secondsLeft(ofThis, now float64) float64 {
	left := 0.0
	for _, j := range s.jobs {
		if !j.done {
			left += j.seconds
		}
	}
	pace := 1.0
	if s.estimated > 0 {
		pace = s.took / s.estimated
	}
	atOnce := float64(max(s.working, 1))
	if now > 0 {
		return (left-ofThis)*pace/atOnce + now
	}
	return left * pace / atOnce
}

// stopped adds advice on how to continue after an interruption.
func (s *session) stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, train.ErrInterrupted) {
		return hint.New(err, "repeat the command with {resume} to continue")
	}
	return err
}

// own makes the folder and locks it for this process, which also shows that it is writable.
func own(dir string) (*lock.Lock, error) {
	err := os.MkdirAll(dir, 0o755)
	if err == nil {
		var l *lock.Lock
		if l, err = lock.Folder(dir); err == nil {
			return l, nil
		}
	}
	var held *lock.HeldError
	if errors.As(err, &held) {
		return nil, err
	}
	return nil, hint.New(fmt.Errorf("the folder for the results cannot be written: %w", err), "choose a folder that you may write to")
}
