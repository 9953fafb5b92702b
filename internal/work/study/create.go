package study

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"easel/internal/data/dataset"
	"easel/internal/engine/backend"
	"easel/internal/file/imgio"
	"easel/internal/model/stored"
	"easel/internal/work/translate"
)

// Create makes a study: the pictures of every model and pair, and the plan. It fails if Out
// exists, and leaves nothing behind on an error.
func Create(ctx context.Context, o Options, notify func(Event)) (err error) {
	if notify == nil {
		notify = func(Event) {}
	}
	if err := o.Validate(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(o.Out), 0o777); err != nil {
		return fmt.Errorf("create study: %w", err)
	}
	if err := os.Mkdir(o.Out, 0o700); err != nil {
		return fmt.Errorf("create study: %w", err)
	}
	c := &creator{Options: o, notify: notify, random: rand.New(rand.NewPCG(o.Seed, 1))} // #nosec G404 -- names that can be drawn again
	defer func() {
		if err != nil {
			err = errors.Join(err, c.remove())
		}
	}()
	return c.run(ctx)
}

// creator makes one study.
type creator struct {
	Options
	notify func(Event)
	random *rand.Rand
	plan   Plan

	direction string // the direction of the first model
	written   []string
	done      int
}

func (c *creator) run(ctx context.Context) error {
	c.plan = Plan{
		Version: planVersion, Seed: c.Seed, Practice: c.Practice, Scored: c.Scored,
		ExposureMS: c.Exposure, Size: c.Size, Unpaired: c.Unpaired,
	}
	if err := os.Mkdir(filepath.Join(c.Out, picturesFolder), 0o700); err != nil {
		return fmt.Errorf("create study: %w", err)
	}
	var pairs []dataset.Pair
	for i, path := range c.Models {
		m, err := stored.Open(path)
		if err != nil {
			return err
		}
		if i == 0 {
			pairs, err = c.pairs(ctx, m.Config)
		}
		if err == nil {
			err = c.judge(ctx, path, m, pairs)
		}
		if err = errors.Join(err, m.Close()); err != nil {
			return err
		}
	}
	if err := c.plan.check(); err != nil {
		return fmt.Errorf("create study: %w", err)
	}
	return c.plan.write(c.Out)
}

// pairs reads the pairs and writes their real pictures.
func (c *creator) pairs(ctx context.Context, config stored.Config) ([]dataset.Pair, error) {
	c.direction = config.Images.Direction
	direction, err := dataset.ParseDirection(c.direction)
	if err != nil {
		return nil, err
	}
	if c.plan.Size == 0 {
		c.plan.Size = config.Network.ImageSize
	}
	o := dataset.DefaultOptions()
	o.Direction, o.Use = direction, []dataset.Split{c.Split}
	data, _, err := dataset.Open(ctx, c.Data, o)
	if err != nil {
		return nil, err
	}
	n := data.Len(c.Split)
	if c.Pairs > 0 {
		n = min(n, c.Pairs)
	}
	var pairs []dataset.Pair
	for i := range n {
		pair, err := data.Sample(c.Split, i*data.Len(c.Split)/n, c.plan.Size)
		if err != nil {
			return nil, err
		}
		name, err := c.write(pair.Target)
		if err != nil {
			return nil, err
		}
		c.plan.Pairs = append(c.plan.Pairs, Pair{Name: pair.Name, Real: name})
		pairs = append(pairs, pair)
		c.told(pair.Name, n)
	}
	return pairs, nil
}

// judge writes a model's outputs for the pairs' inputs.
func (c *creator) judge(ctx context.Context, path string, m *stored.Model, pairs []dataset.Pair) (err error) {
	if direction := m.Config.Images.Direction; direction != c.direction {
		return fmt.Errorf("create study: %s translates %s, but %s %s: they cannot be judged on the same pairs", c.Models[0], c.direction, path, direction)
	}
	d, err := backend.Open(c.Backend, backend.Options{Threads: c.Threads})
	if err != nil {
		return err
	}
	t, err := translate.New(d, m.Config, m, translate.Options{Seed: c.Seed})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	c.plan.Algorithms = append(c.plan.Algorithms, Algorithm{Name: c.name(path), Model: m.Path, Step: m.Training.Step})
	for i, pair := range pairs {
		made, err := t.Picture(ctx, pair.Input)
		if err != nil {
			return fmt.Errorf("create study: %s: %s: %w", path, pair.Name, err)
		}
		name, err := c.write(made)
		if err != nil {
			return err
		}
		c.plan.Pairs[i].Fakes = append(c.plan.Pairs[i].Fakes, name)
		c.told(pair.Name, len(pairs))
	}
	return nil
}

// name returns the last part of a model's path, with a number if that is taken.
func (c *creator) name(path string) string {
	base := filepath.Base(filepath.Clean(path))
	name := base
	for n := 2; ; n++ {
		taken := false
		for _, a := range c.plan.Algorithms {
			taken = taken || a.Name == name
		}
		if !taken {
			return name
		}
		name = fmt.Sprintf("%s-%d", base, n)
	}
}

// write writes a picture under a name that reveals nothing: real and generated ones are
// treated alike.
func (c *creator) write(p *imgio.Picture) (string, error) {
	rgb, err := p.Convert(3)
	if err != nil {
		return "", fmt.Errorf("create study: %w", err)
	}
	if rgb.Width != c.plan.Size || rgb.Height != c.plan.Size {
		rgb = imgio.Resize(rgb, c.plan.Size, c.plan.Size, imgio.Bilinear)
	}
	rgb.Depth = 8
	var word [8]byte
	for i := range word {
		word[i] = byte(c.random.UintN(256))
	}
	name := hex.EncodeToString(word[:])
	path := filepath.Join(c.Out, picturesFolder, name+".png")
	if err := imgio.Write(path, rgb); err != nil {
		return "", err
	}
	c.written = append(c.written, path)
	return name, nil
}

func (c *creator) told(name string, pairs int) {
	c.done++
	c.notify(Event{c.done, pairs * (len(c.Models) + 1), name})
}

// remove removes what was written, and the folders if nothing else is in them.
func (c *creator) remove() error {
	var failed []error
	for _, path := range append(c.written, filepath.Join(c.Out, planFile), filepath.Join(c.Out, picturesFolder), c.Out) {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}
