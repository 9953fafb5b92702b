package train

import (
	"encoding/json"
	"fmt"
	"math"

	"easel/internal/data/dataset"
	"easel/internal/file/safetensors"
	"easel/internal/model/nn"
	"easel/internal/model/stored"
)

// save writes a checkpoint and removes old ones.
func (l *loop) save() error {
	defer l.clock.outside(&l.clock.checkpoint)()
	tensors, err := l.tensors(l.parameters)
	if err != nil {
		return err
	}
	if err := l.log.sync(); err != nil {
		return l.unsaved(err)
	}
	path := l.folder.checkpoint(l.done)
	training, err := l.training()
	if err == nil {
		err = l.subject.write(path, training, tensors)
	}
	if err != nil {
		return l.unsaved(err)
	}
	l.saved = l.done
	if err := stored.Prune(l.folder.checkpoints(), l.pace.keep); err != nil {
		return err
	}
	return l.report(Event{Kind: Saved, Path: path})
}

func (l *loop) unsaved(cause error) error {
	e := &unsaved{cause: cause, run: l.folder}
	if l.saved >= 0 {
		e.last = l.folder.checkpoint(l.saved)
	}
	return e
}

// tensors copies parameters from the device. Numbers that are not finite are a
// NotFiniteError, so that a bad checkpoint never replaces a good one. The losses cannot
// show this: they reflect the weights before a step, not after it.
func (l *loop) tensors(parameters nn.Parameters) ([]safetensors.Tensor, error) {
	tensors := make([]safetensors.Tensor, len(parameters))
	for i, p := range parameters {
		shape, value, err := l.device.Parameter(p.Name)
		if err != nil {
			return nil, fmt.Errorf("checkpoint: %s: %w", p.Name, err)
		}
		for _, v := range value {
			if v := float64(v); math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, &NotFiniteError{Step: l.done, What: p.Name, Value: v, Checkpoint: l.folder.checkpoint(max(l.saved, 0))}
			}
		}
		tensors[i] = safetensors.Tensor{Name: p.Name, Shape: shape, Data: value}
	}
	return tensors, nil
}

func (l *loop) training() (stored.Training, error) {
	text, err := json.Marshal(l.state)
	return stored.Training{
		Step: l.done, Epoch: l.epoch(l.done) - 1, LearningRate: l.subject.rate(l.done), Seed: l.seed,
		Seconds: l.clock.total(), Fingerprint: l.data.Record().Fingerprint, Contents: l.data.Contents(dataset.Train),
		Metrics: l.state.Metrics, State: text,
	}, err
}

// resume sets the loop to the state of a checkpoint.
func (l *loop) resume(path string, step int, t stored.Training) error {
	if t.Seed != l.seed || t.Step != step {
		return fmt.Errorf("resume: %s has seed %d and step %d, but the run has seed %d and step %d", path, t.Seed, t.Step, l.seed, step)
	}
	if t.Fingerprint != l.data.Record().Fingerprint {
		return fmt.Errorf("resume: %s was trained on other data", path)
	}
	if err := json.Unmarshal(t.State, &l.state); err != nil {
		return fmt.Errorf("resume: %s: state: %w", path, err)
	}
	l.state.Metrics = t.Metrics
	l.clock.before = t.Seconds
	l.done, l.saved = step, step
	return nil
}
