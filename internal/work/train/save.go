package train

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"easel/internal/data/dataset"
	"easel/internal/file/safetensors"
	"easel/internal/model/nn"
	"easel/internal/model/stored"
)

// save writes a checkpoint and removes old ones.
func (t *trainer) save() error {
	defer t.clock.aside(&t.clock.checkpoint)()
	tensors, err := t.tensors(t.average.all(t.step.Parameters))
	if err != nil {
		return err
	}
	if err := t.log.sync(); err != nil {
		return t.unsaved(err)
	}
	path := t.folder.checkpoint(t.done)
	training, err := t.training()
	if err == nil {
		err = stored.Write(path, stored.KindCheckpoint, t.modelConfig(), training, tensors)
	}
	if err != nil {
		return t.unsaved(err)
	}
	t.saved = t.done
	if err := stored.Prune(t.folder.checkpoints(), t.o.Keep); err != nil {
		return err
	}
	return t.report(Event{Kind: Saved, Path: path})
}

func (t *trainer) unsaved(cause error) error {
	e := &unsaved{cause: cause, run: t.folder}
	if t.saved >= 0 {
		e.last = t.folder.checkpoint(t.saved)
	}
	return e
}

// saveBest writes the weights alone; for the generator, their average if there is
// one.
func (t *trainer) saveBest() error {
	tensors, err := t.tensors(t.average.all(t.step.Parameters.Trainable()))
	if err != nil {
		return err
	}
	training, err := t.training()
	if err != nil {
		return err
	}
	return stored.Write(t.folder.best(), stored.KindModel, t.modelConfig(), training, t.average.model(tensors))
}

// tensors copies parameters out of the device. Numbers that are not finite are
// a NotFiniteError, so that a bad checkpoint never replaces a good one: losses
// show the weights before a step, not after it.
func (t *trainer) tensors(parameters nn.Parameters) ([]safetensors.Tensor, error) {
	tensors := make([]safetensors.Tensor, len(parameters))
	for i, p := range parameters {
		shape, value, err := t.device.Parameter(p.Name)
		if err != nil {
			return nil, fmt.Errorf("checkpoint: %s: %w", p.Name, err)
		}
		for _, v := range value {
			if v := float64(v); math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, &NotFiniteError{Step: t.done, What: p.Name, Value: v, Checkpoint: t.folder.checkpoint(max(t.saved, 0))}
			}
		}
		tensors[i] = safetensors.Tensor{Name: p.Name, Shape: shape, Data: value}
	}
	return tensors, nil
}

func (t *trainer) training() (stored.Training, error) {
	text, err := json.Marshal(t.state)
	return stored.Training{
		Step: t.done, Epoch: t.epoch(t.done) - 1, LearningRate: t.rate(t.done), Seed: t.o.Seed,
		Seconds: t.clock.total(), Fingerprint: t.data.Record().Fingerprint, Contents: t.data.Contents(dataset.Train),
		Metrics: t.state.Metrics, State: text,
	}, err
}

func (t *trainer) modelConfig() stored.Config {
	input, target := t.data.Filters()
	inputs, targets := samples(t.inputs), samples(t.targets)
	inputs.Depth, targets.Depth = t.data.Depths()
	inputAlpha, targetAlpha := t.data.Alphas()
	inputs.Alpha, targets.Alpha = &inputAlpha, &targetAlpha
	for _, side := range []*stored.Samples{&inputs, &targets} {
		if side.Depth > 8 {
			side.Range = t.numbers
		}
	}
	return stored.Config{Network: t.o.Network, Images: stored.Images{
		Range: stored.Range, Direction: t.o.Direction, LoadSize: t.o.LoadSize,
		InputFilter: input.String(), TargetFilter: target.String(),
		Inputs: inputs, Targets: targets,
	}, Labels: t.o.Classes}
}

// samples describes the pictures of one side for a model's file.
func samples(d dataset.Description) stored.Samples {
	s := stored.Samples{Content: string(d.Content)}
	if d.Palette != nil {
		s.Palette = d.Palette.Classes
	}
	return s
}

// restore goes back to the latest checkpoint.
func (t *trainer) restore() (err error) {
	path, step, err := stored.Latest(t.folder.checkpoints())
	if err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	m, err := stored.Open(path)
	if err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	if m.Config.Network != t.o.Network {
		return fmt.Errorf("resume: the architecture in %s differs from the run's", path)
	}
	if m.Training.Seed != t.o.Seed || m.Training.Step != step {
		return fmt.Errorf("resume: %s says seed %d and step %d, the run is at seed %d and step %d",
			path, m.Training.Seed, m.Training.Step, t.o.Seed, step)
	}
	if m.Training.Fingerprint != t.data.Record().Fingerprint {
		return fmt.Errorf("resume: %s was trained on other data", path)
	}
	if err := json.Unmarshal(m.Training.State, &t.state); err != nil {
		return fmt.Errorf("resume: %s: state: %w", path, err)
	}
	if err := m.Restore(t.device, t.average.all(t.step.Parameters)); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	t.state.Metrics = m.Training.Metrics
	t.clock.before = m.Training.Seconds
	t.done, t.saved = step, step
	return nil
}
