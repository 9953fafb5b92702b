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

// demoOptions are the parts of a demo that may be chosen.
type demoOptions struct {
	Steps int    `json:"steps"`
	Pairs int    `json:"pairs"`
	Seed  uint64 `json:"seed"`
	// ImageSize and Width are those of the network.
	ImageSize int `json:"image_size"`
	Width     int `json:"width"`
}

func (o demoOptions) options(e Env) demo.Options {
	d := demo.Default()
	d.Train = o.Pairs
	d.Steps(o.Steps)
	// A demo may be short of a server's life: it goes on from here.
	d.Training.CheckpointEvery = max(o.Steps/20, 1)
	d.Training.Seed, d.Training.Backend, d.Training.Threads = o.Seed, e.Backend, e.Threads
	d.Training.Network.ImageSize, d.Training.Network.Width, d.Training.Network.DiscriminatorWidth = o.ImageSize, o.Width, o.Width
	return d
}

// DemoFolder is where a demo is, among the job's files; its run is DemoFolder/run.
const DemoFolder = "demo"

func demoKind(e Env) jobs.Kind {
	return jobs.Kind{
		Name: "demo", Lane: long,
		Check: func(options json.RawMessage) (json.RawMessage, error) {
			d := demo.Default()
			o := demoOptions{d.Training.Length.Steps, d.Train, 0, d.Training.Network.ImageSize, d.Training.Network.Width}
			if err := decode(options, &o); err != nil {
				return nil, err
			}
			t := o.options(e).Training
			t.Data, t.Out, t.LoadSize = DemoFolder, DemoFolder, 0
			if err := t.Validate(); err != nil {
				return nil, err
			}
			if o.Pairs < 1 || o.Pairs > 1e5 {
				return nil, errRange("pairs", o.Pairs, 1, 1e5)
			}
			return json.Marshal(o)
		},
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			var o demoOptions
			if err := decode(r.Options, &o); err != nil {
				return nil, err
			}
			d := o.options(e)
			d.Out = filepath.Join(r.Folder, DemoFolder)
			return demo.Run(ctx, d, func(v demo.Event) {
				if v.Training == nil {
					r.Report(v, jobs.Progress{Done: v.Done, Total: v.Total}, false)
					return
				}
				r.Report(v.Training, trainProgress(*v.Training, DemoFolder+"/run"), v.Training.Kind != train.Stepped)
			})
		},
	}
}

// experimentOptions are those of easel experiment.
type experimentOptions struct {
	Experiments []string `json:"experiments"`
	Data        string   `json:"data"`
	// Scale is small, medium or paper; Steps and Seeds, if not 0, replace its own.
	Scale     string `json:"scale"`
	Steps     int    `json:"steps"`
	Seeds     int    `json:"seeds"`
	Direction string `json:"direction"`
	Labels    string `json:"labels"`
	Seed      uint64 `json:"seed"`
	SkipBad   bool   `json:"skip_bad"`
}

func (o experimentOptions) resolve(e Env, out string) ([]experiment.Experiment, experiment.Options, error) {
	x := experiment.DefaultOptions()
	list, err := experiment.Find(experiment.All(), o.Experiments...)
	if err != nil {
		return nil, x, err
	}
	if x.Scale, err = experiment.ParseScale(o.Scale); err != nil {
		return nil, x, err
	}
	if o.Steps != 0 {
		x.Scale.Length = train.Length{Steps: o.Steps}
	}
	if o.Seeds != 0 {
		x.Scale.Seeds = o.Seeds
	}
	x.Data, x.Out, x.Direction, x.Labels, x.Seed, x.SkipBad = o.Data, out, o.Direction, o.Labels, o.Seed, o.SkipBad
	x.Backend, x.Threads, x.Resume = e.Backend, e.Threads, true
	return list, x, x.Validate()
}

// ExperimentFolder is where an experiment is, among the job's files.
const ExperimentFolder = "experiment"

func experimentKind(e Env) jobs.Kind {
	return jobs.Kind{
		Name: "experiment", Lane: long,
		Check: func(options json.RawMessage) (json.RawMessage, error) {
			d := experiment.DefaultOptions()
			o := experimentOptions{Scale: d.Scale.Name, Direction: d.Direction, Labels: d.Labels}
			if err := decode(options, &o); err != nil {
				return nil, err
			}
			list, _, err := o.resolve(e, ExperimentFolder)
			if err == nil && len(list) == 0 {
				err = errMissing("experiments")
			}
			if err != nil {
				return nil, err
			}
			return json.Marshal(o)
		},
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			var o experimentOptions
			if err := decode(r.Options, &o); err != nil {
				return nil, err
			}
			list, x, err := o.resolve(e, filepath.Join(r.Folder, ExperimentFolder))
			if err != nil {
				return nil, err
			}
			return experiment.Run(ctx, list, x, func(v experiment.Event) {
				r.Report(v, jobs.Progress{Done: v.Done, Total: v.Total, SecondsLeft: v.SecondsLeft}, v.Inside == nil)
			})
		},
	}
}
