package verbs

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"easel/internal/work/demo"
	"easel/internal/work/experiment"
	"easel/internal/work/jobs"
	"easel/internal/work/train"
)

// RunFolder is where a training job has its run, among its files.
const RunFolder = "run"

func trainKind(e Env) jobs.Kind {
	return jobs.Kind{
		Name: "train", Lane: long,
		Check: func(options json.RawMessage) (json.RawMessage, error) {
			preset, rest, err := presetOf(options, "laptop")
			if err != nil {
				return nil, err
			}
			o, err := train.Preset(preset)
			if err != nil {
				return nil, err
			}
			before := o.Length
			o.Length = train.Length{}
			if err := decode(rest, &o); err != nil {
				return nil, err
			}
			if o.Length == (train.Length{}) {
				o.Length = before
			}
			o.Backend, o.Threads, o.Out = e.Backend, e.Threads, RunFolder
			if err := o.Validate(); err != nil {
				return nil, err
			}
			return json.Marshal(o)
		},
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			out := filepath.Join(r.Folder, RunFolder)
			var o train.Options
			if _, err := os.Stat(filepath.Join(out, "config.json")); err == nil {
				if o, err = train.ResumeOptions(out); err != nil {
					return nil, err
				}
			} else {
				if err := decode(r.Options, &o); err != nil {
					return nil, err
				}
				o.Out = out
			}
			o.Threads = e.Threads
			var last train.Event
			err := train.Train(ctx, o, func(t train.Event) {
				last = t
				r.Report(t, trainProgress(t, RunFolder), t.Kind != train.Stepped && t.Kind != train.Checked)
			})
			return last, err
		},
	}
}

// trainProgress is how far a run is whose folder has a name among the job's files.
func trainProgress(t train.Event, folder string) jobs.Progress {
	p := jobs.Progress{Done: t.Step, Total: t.Steps, SecondsLeft: t.SecondsLeft}
	if t.Kind == train.Checked {
		p.Done, p.Total = t.Done, t.Total
	}
	if t.Kind == train.Sampled {
		p.Preview = filepath.ToSlash(filepath.Join(folder, "samples", filepath.Base(t.Path)))
	}
	return p
}

// DemoFolder is where a demo is, among the job's files; its run is DemoFolder/run.
const DemoFolder = "demo"

func demoKind(e Env) jobs.Kind {
	return jobs.Kind{
		Name: "demo", Lane: long,
		Check: func(options json.RawMessage) (json.RawMessage, error) {
			o := demo.Default()
			if err := decode(options, &o); err != nil {
				return nil, err
			}
			o.Backend, o.Threads = e.Backend, e.Threads
			if o.CheckpointEvery == 0 { // a server may stop before the demo ends
				o.CheckpointEvery = max(o.Steps/20, 1)
			}
			if err := o.Validate(); err != nil {
				return nil, err
			}
			return json.Marshal(o)
		},
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			o := demo.Default()
			if err := decode(r.Options, &o); err != nil {
				return nil, err
			}
			o.Threads, o.Out = e.Threads, filepath.Join(r.Folder, DemoFolder)
			return demo.Run(ctx, o, func(v demo.Event) {
				if v.Training == nil {
					r.Report(v, jobs.Progress{Done: v.Done, Total: v.Total}, false)
					return
				}
				r.Report(v.Training, trainProgress(*v.Training, DemoFolder+"/run"), v.Training.Kind != train.Stepped)
			})
		},
	}
}

// experimentOptions are those of easel experiment, and which experiments to make.
type experimentOptions struct {
	Experiments []string `json:"experiments"`
	experiment.Options
}

// ExperimentFolder is where an experiment is, among the job's files.
const ExperimentFolder = "experiment"

func experimentKind(e Env) jobs.Kind {
	return jobs.Kind{
		Name: "experiment", Lane: long,
		Check: func(options json.RawMessage) (json.RawMessage, error) {
			o := experimentOptions{Options: experiment.DefaultOptions()}
			if err := decode(options, &o); err != nil {
				return nil, err
			}
			if len(o.Experiments) == 0 {
				return nil, errMissing("experiments")
			}
			if _, err := experiment.Find(experiment.All(), o.Experiments...); err != nil {
				return nil, err
			}
			o.Backend, o.Threads, o.Out = e.Backend, e.Threads, ExperimentFolder
			if err := o.Validate(); err != nil {
				return nil, err
			}
			return json.Marshal(o)
		},
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			o := experimentOptions{Options: experiment.DefaultOptions()}
			if err := decode(r.Options, &o); err != nil {
				return nil, err
			}
			list, err := experiment.Find(experiment.All(), o.Experiments...)
			if err != nil {
				return nil, err
			}
			o.Threads, o.Out, o.Resume = e.Threads, filepath.Join(r.Folder, ExperimentFolder), true
			return experiment.Run(ctx, list, o.Options, func(v experiment.Event) {
				r.Report(v, jobs.Progress{Done: v.Done, Total: v.Total, SecondsLeft: v.SecondsLeft}, v.Inside == nil)
			})
		},
	}
}
