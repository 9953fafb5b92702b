package verbs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"easel/internal/engine/backend"
	"easel/internal/model/stored"
	"easel/internal/model/weights"
	"easel/internal/work/eval"
	"easel/internal/work/jobs"
	"easel/internal/work/stylize"
	"easel/internal/work/translate"
)

// errMissing is that an option has to be given.
func errMissing(name string) error { return fmt.Errorf("options: there are no %s", name) }

// ResultPicture is a style transfer's picture, among the job's files.
const ResultPicture = "result.png"

// Where a style transfer is saved and shown, in iterations.
const (
	saveEvery    = 10
	previewEvery = 20
)

func stylizeKind(e Env) jobs.Kind {
	return jobs.Kind{
		Name: "stylize", Lane: short, Steps: true,
		Check: func(options json.RawMessage) (json.RawMessage, error) {
			var given struct {
				Weights string `json:"weights"`
			}
			_ = json.Unmarshal(options, &given) // what is wrong is reported below
			preset, err := stylize.PresetFor(given.Weights)
			if err != nil {
				return nil, err
			}
			preset, rest, err := presetOf(options, preset)
			if err != nil {
				return nil, err
			}
			o, err := stylize.Preset(preset)
			if err != nil {
				return nil, err
			}
			o.SaveEvery, o.CheckpointEvery = previewEvery, saveEvery
			if err := decode(rest, &o); err != nil {
				return nil, err
			}
			if o.Out != "" {
				return nil, errors.New("options: out: where results go is the job's affair")
			}
			o.Backend, o.Threads = e.Backend, e.Threads
			if err := o.Validate(); err != nil {
				return nil, err
			}
			if err := cmp.Or(e.tooLarge(o.Size, o.Size), e.tooLarge(o.Width, o.Height), e.tooMany(max(o.Iterations, o.FinalIterations))); err != nil {
				return nil, err
			}
			return json.Marshal(o)
		},
		Inputs: func(options json.RawMessage) (json.RawMessage, []jobs.Input, error) {
			var o stylize.Options
			if err := decode(options, &o); err != nil {
				return nil, nil, err
			}
			file, err := weights.Known(o.Weights)
			if err != nil {
				return nil, nil, err
			}
			if options, err = set(options, "weights", file); err != nil {
				return nil, nil, err
			}
			list, err := inputsAt(options, map[string]needed{"content": whole, "styles[].path": whole, "styles[].mask": whole, "init": whole, "continue": whole, "weights": whole})
			return options, list, err
		},
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			out := filepath.Join(r.Folder, ResultPicture)
			var o stylize.Options
			if err := decode(r.Options, &o); err != nil {
				return nil, err
			}
			o.Backend, o.Threads = e.Backend, e.Threads
			notify := func(i stylize.Event) {
				p := jobs.Progress{Done: i.Done, Total: i.Total, SecondsLeft: i.SecondsLeft}
				switch i.Kind {
				case stylize.Pictured, stylize.Ended:
					p.Preview = filepath.Base(i.Path)
				case stylize.Saved:
					p.Kept = i.Done
				}
				r.Report(i, p, i.Kind != stylize.Iterated && i.Kind != stylize.Saved)
			}
			checkpoint := filepath.Join(r.Folder, "result.checkpoint.safetensors")
			if _, err := os.Stat(checkpoint); err == nil {
				_, result, err := stylize.Resume(ctx, stylize.ResumeOptions{Checkpoint: checkpoint, Force: true, Backend: e.Backend, Threads: e.Threads, Moved: &o}, notify)
				return result, err
			}
			o.Out, o.Force = out, true
			_, result, err := stylize.Run(ctx, o, notify)
			return result, err
		},
	}
}

// translateOptions are those of easel translate.
type translateOptions struct {
	Model  string   `json:"model"`
	Inputs []string `json:"inputs"`
	Seed   uint64   `json:"seed"`
	// NoNoise switches the model's noise off.
	NoNoise   bool  `json:"no_noise"`
	MaxMemory int64 `json:"max_memory"`
	// Tile and Overlap are for pictures that do not fit into memory.
	Tile    int `json:"tile,omitempty"`
	Overlap int `json:"overlap,omitempty"`
}

func (o translateOptions) translation() translate.Options {
	return translate.Options{Seed: o.Seed, NoNoise: o.NoNoise, MaxMemory: o.MaxMemory, Tile: o.Tile, Overlap: o.Overlap}
}

// PicturesFolder is where translations are, among the job's files.
const PicturesFolder = "pictures"

// translated is what came of a job of translations.
type translated struct {
	Translated int `json:"translated"`
	// Failed are inputs, by number, and why.
	Failed map[int]string `json:"failed,omitempty"`
}

func translateKind(e Env) jobs.Kind {
	return jobs.Kind{
		Name: "translate", Lane: short,
		Check: func(options json.RawMessage) (json.RawMessage, error) {
			var o translateOptions
			if err := decode(options, &o); err != nil {
				return nil, err
			}
			if o.Model == "" {
				return nil, errMissing("model")
			}
			if len(o.Inputs) == 0 {
				return nil, errMissing("inputs")
			}
			if err := o.translation().Validate(); err != nil {
				return nil, err
			}
			if _, err := stored.Find(o.Model); err != nil {
				return nil, err
			}
			return json.Marshal(o)
		},
		Inputs: inputs(map[string]needed{"model": model, "inputs[]": whole}),
		Run: func(ctx context.Context, r *jobs.Run) (_ any, err error) {
			var o translateOptions
			if err := decode(r.Options, &o); err != nil {
				return nil, err
			}
			m, err := stored.OpenMapped(o.Model)
			if err != nil {
				return nil, err
			}
			defer func() { err = errors.Join(err, m.Close()) }()
			d, err := backend.Open(e.Backend, backend.Options{Threads: e.Threads})
			if err != nil {
				return nil, err
			}
			t, err := translate.New(d, m.Config, m, o.translation())
			if err != nil {
				return nil, err
			}
			defer func() { err = errors.Join(err, t.Close()) }()
			return translateAll(ctx, r, t, o.Inputs, t.Format().Ending())
		},
	}
}

// translateAll translates what has no translation yet: pictures are written whole
// or not at all.
func translateAll(ctx context.Context, r *jobs.Run, t *translate.Translator, inputs []string, ending string) (any, error) {
	out := filepath.Join(r.Folder, PicturesFolder)
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, err
	}
	result := translated{Failed: map[int]string{}}
	for i, input := range inputs {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		name := fmt.Sprintf("%06d%s", i, ending)
		path := filepath.Join(out, name)
		_, err := os.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			err = translateOne(ctx, t, input, path, func(e translate.Event) {
				r.Report(map[string]any{"event": "tile", "input": i, "pass": e.Pass, "passes": e.Passes, "tile": e.Tile, "tiles": e.Tiles},
					jobs.Progress{Done: i, Total: len(inputs)}, false)
			})
		}
		if err != nil && ctx.Err() != nil {
			return nil, err
		}
		p := jobs.Progress{Done: i + 1, Total: len(inputs), Preview: PicturesFolder + "/" + name, Kept: i + 1}
		event := map[string]any{"event": "translated", "input": i, "output": name}
		if err != nil {
			result.Failed[i] = err.Error()
			event["event"], event["error"] = "failed", err.Error()
		} else {
			result.Translated++
		}
		r.Report(event, p, err != nil)
	}
	return result, nil
}

// translateOne translates a file; tile gets the events of tiles.
func translateOne(ctx context.Context, t *translate.Translator, input, output string, tile func(translate.Event)) error {
	var failed error
	_, err := t.Files(ctx, []string{input}, output, translate.FileOptions{}, func(e translate.Event) {
		if e.Tiles > 0 {
			tile(e)
		} else {
			failed = e.Err
		}
	})
	return cmp.Or(err, failed)
}

// EvaluationFolder is where an evaluation is, among the job's files.
const EvaluationFolder = "evaluation"

func evaluateKind(e Env) jobs.Kind {
	return jobs.Kind{
		Name: "evaluate", Lane: short,
		Check: func(options json.RawMessage) (json.RawMessage, error) {
			o := eval.Default()
			if err := decode(options, &o); err != nil {
				return nil, err
			}
			o.Backend, o.Threads = e.Backend, e.Threads
			if err := o.Validate(); err != nil {
				return nil, err
			}
			return json.Marshal(o)
		},
		Inputs: inputs(map[string]needed{"models[]": model, "data": whole, "scorer": model, "palette": whole, "perceptual": whole}),
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			var o eval.Options
			if err := decode(r.Options, &o); err != nil {
				return nil, err
			}
			o.Backend, o.Threads = e.Backend, e.Threads
			result, err := eval.Evaluate(ctx, o, func(v eval.Event) {
				r.Report(v, jobs.Progress{Done: v.Done, Total: v.Total}, v.Stage == eval.Warning)
			})
			if err != nil {
				return nil, err
			}
			return map[string]string{"page": EvaluationFolder + "/evaluation.html"}, result.Write(filepath.Join(r.Folder, EvaluationFolder))
		},
	}
}
