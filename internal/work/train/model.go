package train

import (
	"errors"
	"fmt"

	"easel/internal/data/dataset"
	"easel/internal/file/safetensors"
	"easel/internal/model/stored"
)

// write implements subject.
func (t *trainer) write(path string, training stored.Training, tensors []safetensors.Tensor) error {
	return stored.Write(path, stored.KindCheckpoint, t.modelConfig(), training, tensors)
}

// writeBest implements subject. It writes only the weights; for the generator their
// average, if there is one.
func (t *trainer) writeBest(training stored.Training) error {
	tensors, err := t.tensors(t.average.all(t.network.Parameters.Trainable()))
	if err != nil {
		return err
	}
	return stored.Write(t.folder.best(), stored.KindModel, t.modelConfig(), training, t.average.model(tensors))
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

// restore returns to the latest checkpoint.
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
	if err := t.resume(path, step, m.Training); err != nil {
		return err
	}
	if err := m.Restore(t.device, t.parameters); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	return nil
}
