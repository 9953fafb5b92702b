package experiment

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
)

// Request is a job that is to be done elsewhere, as on another machine.
type Request struct {
	// Options are those of the experiments, whose plan is made again there.
	Options Options `json:"options"`
	// Job names the job as the folder of its result does: KIND/NAME-HASH.
	Job string `json:"job"`
	// Needs are the folders of the results that it uses, by such names.
	Needs map[string]string `json:"needs,omitempty"`
	// VGG is the file of Options.PerceptualWeights.
	VGG string `json:"vgg,omitempty"`
}

// Elsewhere does jobs in other places, several at once.
type Elsewhere interface {
	// Do does a job and puts its result into dir, which may have to be made.
	Do(ctx context.Context, r Request, dir string, notify func(Progress)) error
}

// RunElsewhere is Run with the jobs done elsewhere: each as soon as there are the results
// that it needs. Tables are made here.
func RunElsewhere(ctx context.Context, list []Experiment, o Options, there Elsewhere, notify func(Event)) ([]Result, error) {
	return runAll(ctx, list, o, there, notify)
}

// spread does all jobs elsewhere.
func (s *session) spread(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	finished := map[string]chan struct{}{}
	for dir := range s.by {
		finished[dir] = make(chan struct{})
	}
	var wait sync.WaitGroup
	for _, p := range s.jobs {
		wait.Go(func() {
			for _, need := range p.Needs {
				select {
				case <-finished[s.folder(need)]:
				case <-ctx.Done():
					return
				}
			}
			if err := s.do(ctx, p.experiment, p); err != nil {
				stop(err)
				return
			}
			close(finished[p.dir])
		})
	}
	wait.Wait()
	return context.Cause(ctx)
}

// request describes a job for another place.
func (s *session) request(j Job) (Request, error) {
	r := Request{Options: s.Options, Needs: map[string]string{}}
	var err error
	if r.Job, err = j.slashed(); err != nil {
		return r, err
	}
	for _, need := range j.Needs {
		name, err := need.slashed()
		if err != nil {
			return r, err
		}
		if r.Needs[name], err = filepath.Abs(s.folder(need)); err != nil {
			return r, err
		}
	}
	if s.PerceptualWeights != "" {
		if r.VGG, err = filepath.Abs(s.PerceptualWeights); err != nil {
			return r, err
		}
	}
	r.Options.Data, err = filepath.Abs(r.Options.Data)
	return r, err
}

// slashed names a job like the folder of its result.
func (j Job) slashed() (string, error) {
	folder, err := j.folder("")
	return filepath.ToSlash(folder), err
}

// Serve does a job that was requested elsewhere, in a folder that may have what an
// interrupted attempt left there. The list has the experiment that it is of.
func Serve(ctx context.Context, list []Experiment, r Request, dir string, notify func(Progress)) error {
	s, err := newSession(r.Options, nil)
	if err != nil {
		return err
	}
	if s.vgg, err = openVGG(r.VGG); err != nil {
		return err
	}
	j, err := s.find(ctx, list, r.Job)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return j.Do(ctx, Place{Dir: dir, Notify: notify, Folder: func(need Job) string {
		name, _ := need.slashed() // it was encoded for the request
		return r.Needs[name]
	}})
}

// find plans experiments until it meets a job. What does not suit the data has none.
func (s *session) find(ctx context.Context, list []Experiment, name string) (Job, error) {
	for _, e := range list {
		setting, err := s.setting(ctx, e)
		if err != nil {
			return Job{}, err
		}
		plan, err := s.plan(e, setting)
		if err != nil {
			continue
		}
		for _, j := range plan.Jobs {
			if is, err := j.slashed(); err == nil && is == name {
				return j, nil
			}
		}
	}
	return Job{}, fmt.Errorf("no experiment has a job %s with these options and data", name)
}
