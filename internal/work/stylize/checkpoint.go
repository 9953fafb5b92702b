package stylize

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/base/strictjson"
	"easel/internal/engine/optimise"
	"easel/internal/file/safetensors"
)

// A checkpoint is a safetensors file: the picture and the optimiser's state are tensors,
// and everything else is JSON under this key of its metadata.
const stateKey = "easel-stylize"

// stateVersion is the version of the JSON.
const stateVersion = 1

// checkpointState is the state of a run.
type checkpointState struct {
	Version   int                `json:"version"`
	Options   Options            `json:"options"`
	Pictures  string             `json:"pictures"` // their hash
	Stage     int                `json:"stage"`
	Iteration int                `json:"iteration"`
	Done      int                `json:"done"`
	Seconds   float64            `json:"seconds"`
	Losses    Losses             `json:"losses"`
	Numbers   map[string]float64 `json:"numbers"` // state of the optimiser
	// Result is the SHA-256 of the picture so far at Options.Out, "" if there is none.
	// Checkpoints of earlier versions do not have it.
	Result *string `json:"result,omitempty"`

	x       []float32
	vectors map[string][]float32
}

const (
	pictureTensor = "picture"
	vectorPrefix  = "optimizer/"
)

// save writes a checkpoint next to the result.
func (r *runner) save() error {
	if r.o.Out == "" {
		return nil
	}
	state := r.method.State()
	options, err := r.o.absolute()
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	result := ""
	if r.written {
		if result, err = sumOf(r.o.Out); err != nil {
			return fmt.Errorf("checkpoint: %w", err)
		}
	}
	text, err := json.Marshal(checkpointState{
		Version: stateVersion, Options: options, Pictures: r.in.sum, Result: &result,
		Stage: r.stage, Iteration: r.iteration, Done: r.done, Seconds: r.seconds(),
		Losses: *lossesOf(r.last), Numbers: state.Numbers,
	})
	if err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	tensors := []safetensors.Tensor{{Name: pictureTensor, Shape: []int{len(r.x)}, Data: r.x}}
	for _, name := range slices.Sorted(maps.Keys(state.Vectors)) {
		v := state.Vectors[name]
		tensors = append(tensors, safetensors.Tensor{Name: vectorPrefix + name, Shape: []int{len(v)}, Data: v})
	}
	path := r.o.checkpoint()
	if err := safetensors.Write(path, map[string]string{stateKey: string(text)}, tensors); err != nil {
		return fmt.Errorf("checkpoint: %w", err)
	}
	r.notify(r.report(Event{Kind: Saved, Path: path}))
	return nil
}

func readCheckpoint(path string) (*checkpointState, error) {
	f, err := safetensors.Load(path)
	if err != nil {
		return nil, fmt.Errorf("resume: %w", err)
	}
	text, ok := f.Metadata[stateKey]
	if !ok {
		return nil, hint.New(
			fmt.Errorf("resume: %s is not a checkpoint of easel stylize", path),
			"an interrupted run leaves one beside its picture, named ….checkpoint.safetensors",
		)
	}
	c := &checkpointState{vectors: map[string][]float32{}}
	if err := strictjson.Decode([]byte(text), c); err != nil {
		return nil, fmt.Errorf("resume %s: %w", path, err)
	}
	if c.Version != stateVersion {
		return nil, fmt.Errorf("resume %s: it has version %d, but this version of easel reads %d", path, c.Version, stateVersion)
	}
	for _, t := range f.Tensors {
		if t.Name == pictureTensor {
			c.x = t.Data
		} else if len(t.Name) > len(vectorPrefix) {
			c.vectors[t.Name[len(vectorPrefix):]] = t.Data
		}
	}
	return c, nil
}

// restore returns to the state of a checkpoint.
func (r *runner) restore(c *checkpointState) error {
	if c.Pictures != r.in.sum {
		return hint.New(
			errors.New("resume: a picture has changed since the run began"),
			"start a new run, or restore the old pictures",
		)
	}
	if c.Stage < 0 || c.Stage >= len(r.plan.Stages) || c.Iteration < 0 || c.Iteration > r.plan.Stages[c.Stage].Iterations || c.Done < 0 {
		return errors.New("resume: the checkpoint is in a stage that the run does not have")
	}
	s := r.plan.Stages[c.Stage]
	n := 3 * s.Width * s.Height
	if len(c.x) != n {
		return fmt.Errorf("resume: the checkpoint's picture has %d numbers, the stage's has %d", len(c.x), n)
	}
	for name, v := range c.vectors {
		if len(v) != n {
			return fmt.Errorf("resume: %s has %d numbers, the picture has %d", name, len(v), n)
		}
	}
	if err := r.method.Restore(optimise.State{Numbers: c.Numbers, Vectors: c.vectors}); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	r.entered = true
	r.stage, r.iteration, r.done, r.x, r.earlier = c.Stage, c.Iteration, c.Done, c.x, c.Seconds
	r.last.Total, r.last.Content, r.last.Style, r.last.Variation = c.Losses.Total, c.Losses.Content, c.Losses.Style, c.Losses.Variation
	r.last.Layers = c.Losses.Layers
	r.plan.Resumed, r.plan.Done = true, c.Done
	return nil
}

func layersNamed(names []string) (layers []layer) {
	for _, name := range names {
		if l, err := findLayer(name); err == nil {
			layers = append(layers, l)
		}
	}
	return layers
}
