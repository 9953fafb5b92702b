// Package verbs has easel's verbs as kinds of jobs: train, train-style, stylize, translate,
// evaluate, experiment, inspect and demo.
//
// All returns them for jobs.Open. A job's options are the JSON form of the verb's
// own options struct, on top of the defaults (a preset, if "preset" names one), and
// are checked by the verb's own Validate. Unknown keys are errors. Where results go is
// the job's affair: a folder in the options is an error.
//
// Each goes on from what it finds in its folder, as the verb itself does after an
// interruption: train, experiment and demo from their checkpoints, stylize from its
// own, translate after the last picture that is there. evaluate and inspect begin anew.
package verbs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"

	"easel/internal/base/hint"
	"easel/internal/base/strictjson"
	"easel/internal/file/imgio"
	"easel/internal/work/eval"
	"easel/internal/work/inspection"
	"easel/internal/work/jobs"
)

// The lanes: what takes seconds or minutes does not wait for what takes days.
const (
	long  = "long"
	short = "short"
	quick = "quick"
)

// Env is what all jobs of a server have in common.
type Env struct {
	Backend string
	Threads int
	// MaxPixels is the largest picture that is painted or looked over, width × height; 0
	// is that of the verbs. What is translated may be larger: it is cut into tiles.
	MaxPixels int64
	// Shared are the folders that this machine sees as the queue's does: a batch of a bulk
	// translation is written there directly.
	Shared []string
	// MaxSteps is the most steps of a training or iterations of a style transfer that may be
	// asked for; 0 is no limit.
	MaxSteps int
}

// tooMany fails for more steps than allowed.
func (e Env) tooMany(steps int) error {
	if e.MaxSteps > 0 && steps > e.MaxSteps {
		return hint.New(fmt.Errorf("options: %d steps are more than the %d that the server allows", steps, e.MaxSteps), "make it shorter, or start the server with a larger {max_job_steps}")
	}
	return nil
}

// read limits the pictures that are read.
func (e Env) read() imgio.ReadOptions {
	return imgio.ReadOptions{MaxSamples: maxChannels * e.MaxPixels}
}

// maxChannels is how many channels count for a pixel.
const maxChannels = 4

// tooLarge fails for a picture that is larger than allowed.
func (e Env) tooLarge(width, height int) error {
	if e.MaxPixels > 0 && int64(width)*int64(height) > e.MaxPixels {
		return fmt.Errorf("options: a picture of %d×%d is more than %d pixels", width, height, e.MaxPixels)
	}
	return nil
}

// All are the kinds of jobs that there are.
func All(e Env) []jobs.Kind {
	return []jobs.Kind{trainKind(e), trainStyleKind(e), stylizeKind(e), translateKind(e), evaluateKind(e), experimentKind(e), inspectKind(e), demoKind(e), experimentPartKind(e), batchKind(e)}
}

// decode reads options strictly on top of what is there.
func decode(options json.RawMessage, into any) error {
	if len(bytes.TrimSpace(options)) == 0 {
		options = json.RawMessage("{}")
	}
	if err := strictjson.Decode(options, into); err != nil {
		return fmt.Errorf("options: %w", err)
	}
	return nil
}

// presetOf takes the key "preset" out of options.
func presetOf(options json.RawMessage, otherwise string) (preset string, rest json.RawMessage, err error) {
	keys := map[string]json.RawMessage{}
	if len(bytes.TrimSpace(options)) > 0 {
		if err := json.Unmarshal(options, &keys); err != nil {
			return "", nil, fmt.Errorf("options: %w", err)
		}
	}
	preset = otherwise
	if text, ok := keys["preset"]; ok {
		if err := json.Unmarshal(text, &preset); err != nil {
			return "", nil, fmt.Errorf("options: preset: %w", err)
		}
		delete(keys, "preset")
	}
	rest, err = json.Marshal(keys)
	return preset, rest, err
}

// Pages are the pages that a job of a kind has written so far, the most important
// first: names among its files.
func Pages(kind, files string) (names []string) {
	patterns := map[string][]string{
		"train":       {RunFolder + "/report.html"},
		"train-style": {RunFolder + "/report.html"},
		"demo":        {DemoFolder + "/index.html", DemoFolder + "/run/report.html"},
		"evaluate":    {EvaluationFolder + "/" + eval.PageFile},
		"inspect":     {InspectionFolder + "/" + inspection.PageFile},
		"experiment":  {ExperimentFolder + "/*.html"},
	}
	for _, p := range patterns[kind] {
		found, _ := filepath.Glob(filepath.Join(files, filepath.FromSlash(p))) // the pattern is well-formed
		for _, path := range found {
			if name, err := filepath.Rel(files, path); err == nil {
				names = append(names, filepath.ToSlash(name))
			}
		}
	}
	return names
}
