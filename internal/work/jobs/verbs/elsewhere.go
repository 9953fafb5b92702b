package verbs

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"time"

	"easel/internal/base/hint"
	"easel/internal/work/experiment"
	"easel/internal/work/jobs"
	"easel/internal/work/train"
)

// ExperimentPart is the kind of a single job of experiments, such as a training. Only
// Elsewhere asks for it.
const ExperimentPart = "experiment-part"

func experimentPartKind(e Env) jobs.Kind {
	return jobs.Kind{
		Name: ExperimentPart, Lane: long,
		Check: func(options json.RawMessage) (json.RawMessage, error) {
			var r experiment.Request
			if err := decode(options, &r); err != nil {
				return nil, err
			}
			return options, r.Options.ValidateList()
		},
		Inputs: func(options json.RawMessage) (json.RawMessage, []jobs.Input, error) {
			var r experiment.Request
			if err := decode(options, &r); err != nil {
				return nil, nil, err
			}
			list := []jobs.Input{{Path: r.Options.Data}}
			if r.VGG != "" {
				list = append(list, jobs.Input{Path: r.VGG})
			}
			for _, name := range slices.Sorted(maps.Keys(r.Needs)) {
				in, err := model(r.Needs[name])
				if err != nil {
					return nil, nil, err
				}
				list = append(list, in)
			}
			return options, list, nil
		},
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			var request experiment.Request
			if err := decode(r.Options, &request); err != nil {
				return nil, err
			}
			request.Options.Backend, request.Options.Threads = e.Backend, e.Threads
			dir := filepath.Join(r.Folder, path.Base(request.Job))
			return nil, experiment.Serve(ctx, experiment.All(), request, dir, func(p experiment.Progress) {
				now := jobs.Progress{Done: p.Done, Total: p.Total, SecondsLeft: p.SecondsLeft}
				t := p.Training
				if t != nil && t.Kind == train.Saved {
					now.Kept = t.Step
				}
				r.Report(p, now, t != nil && t.Kind != train.Stepped && t.Kind != train.Checked)
			})
		},
	}
}

// Queue is what Elsewhere needs of a queue.
type Queue interface {
	Submit(ctx context.Context, kind string, options json.RawMessage, key string) (jobs.View, error)
	Get(id string) (jobs.View, error)
	Resume(ctx context.Context, id string) (jobs.View, error)
	Next(ctx context.Context, id string, after uint64) (jobs.Event, error)
	Files(id string) (string, error)
	Gather(ctx context.Context, id string) error
	Remove(id string) error
}

// Elsewhere does jobs of experiments as jobs of a queue, on its workers. Results are moved
// out of the queue's folder, which has to be on the same file system. A repeated request
// continues with the job that there is.
func Elsewhere(q Queue) experiment.Elsewhere { return elsewhere{q} }

type elsewhere struct{ Queue }

// Do implements experiment.Elsewhere.
func (q elsewhere) Do(ctx context.Context, r experiment.Request, dir string, notify func(experiment.Progress)) error {
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	j, err := q.Submit(ctx, ExperimentPart, text, fmt.Sprintf("%s %x", r.Job, sha256.Sum256(text)))
	if err != nil {
		return err
	}
	if j.State == jobs.Failed || j.State == jobs.Cancelled || j.State == jobs.Paused {
		if j, err = q.Resume(ctx, j.ID); err != nil {
			return err
		}
	}
	if j, err = follow(ctx, q, j.ID, func(event json.RawMessage) {
		var p experiment.Progress
		if json.Unmarshal(event, &p) == nil {
			notify(p)
		}
	}); err != nil {
		return err
	}
	if j.State != jobs.Done {
		return hint.New(errors.New(cmp.Or(j.Error, "it was cancelled")), j.Hint)
	}
	if err := q.Gather(ctx, j.ID); err != nil {
		return err
	}
	return q.collect(j.ID, path.Base(r.Job), dir)
}

// lookAgain is how often a job's record is read where no event of it arrives.
const lookAgain = 5 * time.Second

// follow passes on the events of a job's kind until it has ended.
func follow(ctx context.Context, q Queue, id string, handle func(event json.RawMessage)) (jobs.View, error) {
	for after := uint64(0); ; {
		j, err := q.Get(id)
		if err != nil || j.State.Ended() {
			return j, err
		}
		wait, cancel := context.WithTimeout(ctx, lookAgain)
		e, err := q.Next(wait, id, after)
		late := wait.Err() != nil && ctx.Err() == nil
		cancel()
		if late {
			continue // an event may be lost, the record is not
		}
		if err != nil {
			return j, err
		}
		after = e.Sequence
		if e.Type == "progress" {
			handle(e.Data)
		}
	}
}

// collect moves a job's result to where it belongs.
func (q elsewhere) collect(id, name, dir string) error {
	files, err := q.Files(id)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(files, name), dir); err != nil {
		return err
	}
	return q.Remove(id)
}
