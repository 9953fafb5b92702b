package experiment

import (
	"context"
	"errors"
	"fmt"
)

// Listing says what an experiment would do.
type Listing struct {
	Name   string `json:"name"`
	Source string `json:"source"`
	About  string `json:"about"`
	Needs  string `json:"needs"`
	// Jobs counts the different jobs that take time; Finished of them are already in
	// Options.Out.
	Jobs     []string `json:"jobs"`
	Finished int      `json:"finished"`
	// Seconds is the time for the unfinished jobs, if only this experiment is run.
	Seconds float64 `json:"seconds"`
	// Why says why it cannot be run on these data, if it cannot.
	Why string `json:"why,omitempty"`
}

// List says what experiments would do, and measures how long that takes. Without
// Options.Data it assumes the nominal data, without Options.Out that nothing is finished.
// Together is the time of all, with shared jobs counted once.
func List(ctx context.Context, list []Experiment, o Options, notify func(Event)) (listings []Listing, together float64, err error) {
	if err := o.ValidateList(); err != nil {
		return nil, 0, err
	}
	o.Resume = true // unfinished jobs are not an error here
	s, err := newSession(o, notify)
	if err != nil {
		return nil, 0, err
	}
	if o.Data == "" {
		s.source = Nominal()
	}
	for _, e := range list {
		l, err := s.list(ctx, e)
		if err != nil {
			return nil, 0, fmt.Errorf("experiment %s: %w", e.Name, err)
		}
		listings = append(listings, l)
	}
	for _, p := range s.by {
		together += p.seconds
	}
	return listings, together, nil
}

// list plans one experiment and estimates the time of its jobs.
func (s *session) list(ctx context.Context, e Experiment) (Listing, error) {
	l := Listing{Name: e.Name, Source: e.Source, About: e.About, Needs: e.Needs.String()}
	setting, err := s.setting(ctx, e)
	if err != nil {
		return l, err
	}
	plan, err := s.plan(e, setting)
	if err != nil {
		l.Why = err.Error()
		return l, nil
	}
	known := map[string]bool{}
	for _, j := range plan.Jobs {
		p, err := s.look(j)
		if err != nil {
			return l, err
		}
		if j.Seconds == nil || known[p.dir] {
			continue
		}
		known[p.dir] = true
		l.Jobs = append(l.Jobs, j.Name)
		if err := errors.Join(ctx.Err(), p.estimate(s.meter)); err != nil {
			return l, err
		}
		if p.done {
			l.Finished++
		}
		l.Seconds += p.seconds
		s.by[p.dir] = p
	}
	return l, nil
}
