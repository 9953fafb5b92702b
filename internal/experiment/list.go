package experiment

import (
	"context"
	"fmt"
)

// Listing says what an experiment would do.
type Listing struct {
	Name   string `json:"name"`
	Source string `json:"source"`
	About  string `json:"about"`
	Needs  string `json:"needs"`
	// Jobs are those that take time, each once; of those in Options.Out Finished are there already.
	Jobs     []string `json:"jobs"`
	Finished int      `json:"finished"`
	// Seconds are for what is not finished, if only this experiment is made.
	Seconds float64 `json:"seconds"`
	// Why it cannot be made on these data, if it cannot.
	Why string `json:"why,omitempty"`
}

// List says what experiments would do, and measures how long that takes. Without
// Options.Data it is for the nominal data, without Options.Out nothing is there
// yet. Together is the time of all, with what they share done once.
func List(ctx context.Context, list []Experiment, o Options, notify func(Event)) (listings []Listing, together float64, err error) {
	if notify == nil {
		notify = func(Event) {}
	}
	s := &session{Options: o, notify: notify, meter: NewMeter(o.Threads), done: map[string]bool{}}
	if o.Data == "" {
		s.source = Nominal()
	}
	known := map[string]bool{}
	for _, e := range list {
		l, jobs, err := s.list(ctx, e)
		if err != nil {
			return nil, 0, fmt.Errorf("experiment %s: %w", e.Name, err)
		}
		for _, j := range jobs {
			if !known[j.dir] {
				known[j.dir] = true
				together += j.seconds
			}
		}
		listings = append(listings, l)
	}
	return listings, together, nil
}

// list plans one experiment and measures its jobs.
func (s *session) list(ctx context.Context, e Experiment) (Listing, []pending, error) {
	l := Listing{Name: e.Name, Source: e.Source, About: e.About, Needs: e.Needs.String()}
	setting, err := s.setting(ctx, e)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return l, nil, err
	}
	plan, err := s.plan(e, setting)
	if err != nil {
		l.Why = err.Error()
		return l, nil, nil
	}
	var jobs []pending
	known := map[string]bool{}
	for _, j := range plan.Jobs {
		p := pending{Job: j}
		if p.dir, err = j.folder(s.Out); err != nil {
			return l, nil, err
		}
		if j.Seconds == nil || known[p.dir] {
			continue
		}
		known[p.dir] = true
		l.Jobs = append(l.Jobs, j.Name)
		if state, err := stateOf(p.dir); s.Out != "" && (err != nil || state == finished) {
			l.Finished++
			continue
		}
		if p.seconds, err = j.Seconds(s.meter, p.dir); err != nil {
			return l, nil, err
		}
		l.Seconds += p.seconds
		jobs = append(jobs, p)
	}
	return l, jobs, nil
}
