package verbs

import (
	"cmp"
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"easel/internal/model/weights"
	"easel/internal/work/demo"
	"easel/internal/work/experiment"
	"easel/internal/work/jobs"
	"easel/internal/work/train"
)

// RunFolder is where a training job has its run, among its files.
const RunFolder = "run"

func trainKind(e Env) jobs.Kind {
	return jobs.Kind{
		Name: "train", Lane: long, Steps: true,
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
			if err := cmp.Or(o.Validate(), e.tooMany(o.Length.Steps)); err != nil {
				return nil, err
			}
			return json.Marshal(o)
		},
		Inputs: trainInputs,
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
			o.Backend, o.Threads = e.Backend, e.Threads
			var last train.Event
			var p jobs.Progress
			err := train.Train(ctx, o, func(t train.Event) {
				last, p = t, trainProgress(t, RunFolder, p)
				r.Report(t, p, t.Kind != train.Stepped && t.Kind != train.Checked)
			})
			return last, err
		},
	}
}

// trainInputs settles which weights the perceptual loss may have, which depends on what this
// machine has fetched. Whether the run can use them depends on its pictures.
func trainInputs(options json.RawMessage) (json.RawMessage, []jobs.Input, error) {
	var o train.Options
	if err := decode(options, &o); err != nil {
		return nil, nil, err
	}
	used := o.PerceptualWeights
	if used == train.AutoWeights {
		file, err := weights.Cached()
		if err != nil {
			return nil, nil, err
		}
		used, o.PerceptualWeights = file, train.AutoWeightsFrom(file)
	}
	options, err := json.Marshal(o)
	if err != nil {
		return nil, nil, err
	}
	list, err := inputsAt(options, map[string]needed{"data": whole, "init_from": model, "palette": whole})
	if used != "" {
		list = append(list, jobs.Input{Path: used})
	}
	return options, list, err
}

// trainProgress is how far a run is whose folder has a name among the job's files. What
// comes before the first step leaves it where it was.
func trainProgress(t train.Event, folder string, before jobs.Progress) jobs.Progress {
	p := jobs.Progress{Done: max(t.Step, before.Done), Total: cmp.Or(t.Steps, before.Total), SecondsLeft: t.SecondsLeft}
	switch t.Kind {
	case train.Saved:
		p.Kept = t.Step
	case train.Sampled:
		p.Preview = filepath.ToSlash(filepath.Join(folder, "samples", filepath.Base(t.Path)))
	}
	return p
}

// DemoFolder is where a demo is, among the job's files; its run is DemoFolder/run.
const DemoFolder = "demo"

func demoKind(e Env) jobs.Kind {
	return jobs.Kind{
		Name: "demo", Lane: long, // its steps are checked before, and it counts pairs, too
		Check: func(options json.RawMessage) (json.RawMessage, error) {
			o := demo.Default()
			if err := decode(options, &o); err != nil {
				return nil, err
			}
			o.Backend, o.Threads = e.Backend, e.Threads
			if o.CheckpointEvery == 0 { // a server may stop before the demo ends
				o.CheckpointEvery = max(o.Steps/20, 1)
			}
			if err := cmp.Or(o.Validate(), e.tooMany(o.Steps)); err != nil {
				return nil, err
			}
			return json.Marshal(o)
		},
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			o := demo.Default()
			if err := decode(r.Options, &o); err != nil {
				return nil, err
			}
			o.Backend, o.Threads, o.Out = e.Backend, e.Threads, filepath.Join(r.Folder, DemoFolder)
			m := demoMeter{Options: o}
			return demo.Continue(ctx, o, func(v demo.Event) {
				p := m.progress(v)
				if v.Training == nil {
					r.Report(v, p, false)
					return
				}
				r.Report(v.Training, p, v.Training.Kind != train.Stepped)
			})
		},
	}
}

// demoMeter counts pairs drawn, steps, and pairs judged, one after the other.
type demoMeter struct {
	demo.Options
	drawn, done int
}

func (m *demoMeter) progress(v demo.Event) (p jobs.Progress) {
	switch v.Stage {
	case demo.Drawing:
		m.drawn = v.Total
		p.Done, p.Kept = v.Done, v.Done
	case demo.Training:
		p = trainProgress(*v.Training, DemoFolder+"/run", jobs.Progress{})
		p.Done += m.drawn
		if p.Kept > 0 {
			p.Kept += m.drawn
		}
	case demo.Translating:
		p.Done = m.drawn + m.Steps + v.Done
	}
	m.done = max(p.Done, m.done) // what comes before the first step of a run has none
	p.Done, p.Total = m.done, m.Parts()
	return p
}

// experimentOptions are those of easel experiment, and which experiments to make.
type experimentOptions struct {
	Experiments []string `json:"experiments"`
	experiment.Options
}

// stepsOfJob is more than a training of an experiment has.
const stepsOfJob = 1e9

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
			if err := cmp.Or(o.Validate(), e.tooMany(o.Steps)); err != nil {
				return nil, err
			}
			return json.Marshal(o)
		},
		Inputs: inputs(map[string]needed{"data": whole}),
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			o := experimentOptions{Options: experiment.DefaultOptions()}
			if err := decode(r.Options, &o); err != nil {
				return nil, err
			}
			list, err := experiment.Find(experiment.All(), o.Experiments...)
			if err != nil {
				return nil, err
			}
			o.Backend, o.Threads, o.Out, o.Resume = e.Backend, e.Threads, filepath.Join(r.Folder, ExperimentFolder), true
			return experiment.Run(ctx, list, o.Options, func(v experiment.Event) {
				p := jobs.Progress{Done: v.Done, Total: v.Total, SecondsLeft: v.SecondsLeft, Kept: v.Done * stepsOfJob}
				if v.Inside != nil && v.Inside.Training != nil && v.Inside.Training.Kind == train.Saved {
					p.Kept += min(v.Inside.Training.Step, stepsOfJob-1)
				}
				r.Report(v, p, v.Inside == nil)
			})
		},
	}
}
