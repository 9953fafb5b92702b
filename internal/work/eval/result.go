package eval

import (
	"encoding/json"
	"fmt"
	"math"
	"os"

	"easel/internal/base/strictjson"
	"easel/internal/data/dataset"
	"easel/internal/file/atomicfile"
)

// Evaluation is the result of Evaluate: evaluation.json.
type Evaluation struct {
	Version int     `json:"version"`
	Options Options `json:"options"`
	Data    Data    `json:"data"`
	// Measures explain the keys of values, in display order.
	Measures []Measure `json:"measures"`
	Models   []Model   `json:"models"`
	// Targets are a scorer's values for the targets: what a perfect model would reach.
	Targets *Model `json:"targets,omitempty"`
	// Differences of every model but the first from the first.
	Differences []Difference `json:"differences,omitempty"`
	// Notes are remarks for readers of the numbers.
	Notes []string `json:"notes,omitempty"`

	gallery gallery
}

// Data describes the pairs that the models were judged on.
type Data struct {
	Split       dataset.Split `json:"split"`
	Pairs       int           `json:"pairs"` // judged
	Size        int           `json:"size"`  // side length in pixels
	Direction   string        `json:"direction"`
	Fingerprint string        `json:"fingerprint"` // of the split
	// Skipped are unusable pairs and files of the folder.
	Skipped []Skipped `json:"skipped,omitempty"`
}

// Skipped is something left out, with the reason.
type Skipped struct {
	File string `json:"file"`
	Text string `json:"text"`
}

// Model holds the measurements of one model.
type Model struct {
	Name string `json:"name"` // as given
	Path string `json:"path"` // the file
	Step int    `json:"step"` // number of training steps
	// Values over the set, by Measure.Key. A measure without a finite value is missing.
	Values map[Key]Value `json:"values"`
	// Pictures in the order of the set.
	Pictures []Picture `json:"pictures"`

	Histograms       *Histograms `json:"histograms,omitempty"`
	TargetHistograms *Histograms `json:"target_histograms,omitempty"`
	// Distances use the requested features.
	Distances []Distance `json:"distances,omitempty"`
	// Labels is for outputs that are labels.
	Labels *Confusion `json:"labels,omitempty"`
	// Scorer is for labels that a scorer read in the outputs.
	Scorer *Confusion `json:"scorer,omitempty"`
}

// Value is a measure with its confidence interval, if it has one.
type Value struct {
	Value float64  `json:"value"`
	Low   *float64 `json:"low,omitempty"`
	High  *float64 `json:"high,omitempty"`
}

// Picture holds the measurements of one picture.
type Picture struct {
	Name   string          `json:"name"`
	Values map[Key]float64 `json:"values"`
}

// Difference says how the values of a model differ from those of another, with intervals
// over the same bootstrap samples. An interval that excludes 0 is a difference that this
// set can show.
type Difference struct {
	Model  string        `json:"model"`
	Than   string        `json:"than"`
	Values map[Key]Value `json:"values"`
}

// Certain reports whether the value has an interval that excludes 0.
func (v Value) Certain() bool { return v.Low != nil && (*v.Low > 0 || *v.High < 0) }

// Measure returns the meaning of a key.
func (e *Evaluation) Measure(key Key) (Measure, bool) {
	for _, m := range e.Measures {
		if m.Key == key {
			return m, true
		}
	}
	return Measure{}, false
}

const version = 1

// JSONFile and PageFile are the files that Write writes.
const (
	JSONFile = "evaluation.json"
	PageFile = "evaluation.html"
)

func (e *Evaluation) writeJSON(path string) error {
	text, err := json.MarshalIndent(e, "", " ")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return atomicfile.WriteBytes(path, append(text, '\n'))
}

// Read reads an evaluation.json.
func Read(path string) (*Evaluation, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read evaluation: %w", err)
	}
	e, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("read evaluation %s: %w", path, err)
	}
	return e, nil
}

func decode(text []byte) (*Evaluation, error) {
	e := &Evaluation{}
	if err := strictjson.Decode(text, e); err != nil {
		return nil, err
	}
	if e.Version != version {
		return nil, fmt.Errorf("version %d; this easel knows %d", e.Version, version)
	}
	return e, nil
}

// finite reports whether JSON has a number for v.
func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
