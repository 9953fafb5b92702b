package eval

import (
	"context"
	"errors"
	"fmt"

	"easel/internal/base/hint"
	"easel/internal/data/dataset"
	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/file/imgio"
	"easel/internal/model/stored"
	"easel/internal/work/translate"
)

// candidate is a model to judge, as its file describes it.
type candidate struct {
	name, path string
	config     stored.Config
	training   stored.Training
}

// channels of its input and output pictures.
func (c candidate) channels() (input, output int) { return c.config.Channels() }

func describeAll(names []string) ([]candidate, error) {
	all := make([]candidate, len(names))
	for i, name := range names {
		m, err := stored.Open(name)
		if err != nil {
			return nil, err
		}
		all[i] = candidate{name, m.Path, m.Config, m.Training}
		if err := m.Close(); err != nil {
			return nil, err
		}
		for _, earlier := range all[:i] {
			if earlier.path == m.Path {
				return nil, fmt.Errorf("evaluate: %s and %s are the same model", earlier.name, name)
			}
		}
	}
	return all, nil
}

// agree chooses the size, and refuses models that cannot be judged on the same pictures.
func (e *evaluator) agree(all []candidate) error {
	first := all[0]
	firstIn, firstOut := first.channels()
	for _, c := range all[1:] {
		a, b := first.config, c.config
		in, out := c.channels()
		switch {
		case a.Images.Direction != b.Images.Direction:
			return hint.New(fmt.Errorf("evaluate: %s translates %s, %s %s", first.name, a.Images.Direction, c.name, b.Images.Direction),
				"models are compared on the same pairs, so judge these one by one")
		case in != firstIn || out != firstOut:
			return hint.New(fmt.Errorf("evaluate: %s is for %d to %d channels, %s for %d to %d", first.name, firstIn, firstOut, c.name, in, out),
				"models are compared on the same pairs, so judge these one by one")
		case e.Size == 0 && a.Network.ImageSize != b.Network.ImageSize:
			return hint.New(fmt.Errorf("evaluate: %s is for %d pixels, %s for %d", first.name, a.Network.ImageSize, c.name, b.Network.ImageSize),
				"choose the size of the comparison with {size}")
		}
	}
	if e.Size == 0 {
		e.Size = first.config.Network.ImageSize
	}
	return nil
}

// subject calls do with the model, loaded.
func (c candidate) subject(e *evaluator, number int, do func(*subject) error) (err error) {
	t, err := c.translator(e.Options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	return do(&subject{
		Model: Model{Name: c.name, Path: c.path, Step: c.training.Step}, number: number, contents: c.training.Contents,
		judges: e.judges, features: e.features,
		produce: func(ctx context.Context, p dataset.Pair, seed uint64) (*imgio.Picture, error) {
			return t.Sample(ctx, p.Input, seed)
		},
	})
}

// translator loads the model.
func (c candidate) translator(o Options) (t *translate.Translator, err error) {
	m, err := stored.Open(c.path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	precision, err := device.ParsePrecision(o.Precision)
	if err != nil {
		return nil, err
	}
	t, err = translate.Load(m, o.Backend, backend.Options{Threads: o.Threads, Precision: precision}, translate.Options{Seed: o.Seed, NoNoise: o.NoNoise})
	if err != nil {
		return nil, fmt.Errorf("evaluate %s: %w", c.name, err)
	}
	return t, nil
}
