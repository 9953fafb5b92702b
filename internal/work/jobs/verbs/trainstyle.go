package verbs

import (
	"cmp"
	"context"
	"encoding/json"
	"os"
	"path/filepath"

	"easel/internal/model/feedforward"
	"easel/internal/work/jobs"
	"easel/internal/work/train"
)

// trainStyleKind trains a network that paints in a style.
func trainStyleKind(e Env) jobs.Kind {
	return jobs.Kind{
		Name: "train-style", Lane: long, Steps: true,
		Check: func(options json.RawMessage) (json.RawMessage, error) {
			var given struct {
				Weights string
				Network struct{ Kind feedforward.Kind }
			}
			_ = json.Unmarshal(options, &given) // what is wrong is reported below
			o, err := train.DefaultStyle(given.Network.Kind, given.Weights)
			if err != nil {
				return nil, err
			}
			before := o.Length
			o.Length = train.Length{}
			if err := decode(options, &o); err != nil {
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
		Inputs: func(options json.RawMessage) (json.RawMessage, []jobs.Input, error) {
			var o train.StyleOptions
			if err := decode(options, &o); err != nil {
				return nil, nil, err
			}
			file, err := o.KnownWeights() // those of this machine, for any other
			if err != nil {
				return nil, nil, err
			}
			if options, err = set(options, "weights", file); err != nil {
				return nil, nil, err
			}
			list, err := inputsAt(options, map[string]needed{"styles[]": whole, "data": whole, "weights": whole})
			return options, list, err
		},
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			o, err := e.styleRun(r)
			if err != nil {
				return nil, err
			}
			var last train.Event
			var p jobs.Progress
			err = train.Style(ctx, o, func(t train.Event) {
				last, p = t, trainProgress(t, RunFolder, p)
				r.Report(t, p, t.Kind != train.Stepped && t.Kind != train.Checked)
			})
			return last, err
		},
	}
}

// styleRun returns the options of a run that begins, or goes on.
func (e Env) styleRun(r *jobs.Run) (o train.StyleOptions, err error) {
	out := filepath.Join(r.Folder, RunFolder)
	if _, missing := os.Stat(filepath.Join(out, "config.json")); missing == nil {
		o, err = train.ResumeStyleOptions(out)
	} else {
		err = decode(r.Options, &o)
		o.Out = out
	}
	o.Backend, o.Threads = e.Backend, e.Threads
	return o, err
}
