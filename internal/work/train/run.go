package train

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/dustin/go-humanize"

	"easel/internal/base/hint"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/model/nn"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// Train trains until the run has its length, and reports to notify, which may be nil, from
// one goroutine at a time. Options, data and folders that cannot be used fail before the
// first step. The package's guarantees say what the other errors leave behind.
func Train(ctx context.Context, o Options, notify func(Event)) error {
	return trainBy(ctx, o, notify, time.Now)
}

// trainBy is Train with another clock.
func trainBy(ctx context.Context, o Options, notify func(Event), now func() time.Time) (err error) {
	if notify == nil {
		notify = func(Event) {}
	}
	if err := o.Validate(); err != nil {
		return err
	}
	visit, err := o.folder().enter(o.Resume == "")
	if err != nil {
		return err
	}
	defer func() { visit.leave(err != nil) }()
	r, err := resolve(ctx, o, notify)
	if err != nil {
		return err
	}
	t, err := newTrainer(ctx, r, notify, now)
	if err != nil {
		return err
	}
	defer t.close()
	return t.run(ctx)
}

// newTrainer builds everything that a run needs; it writes nothing yet.
func newTrainer(ctx context.Context, r *resolved, notify func(Event), now func() time.Time) (_ *trainer, err error) {
	t := &trainer{o: r.o, numbers: r.numbers, perceptual: r.perceptual}
	t.loop = newLoop(t, notify, now)
	t.folder, t.resumed, t.seed, t.perStep, t.goal, t.data = r.folder, r.resumed, r.o.Seed, r.perStep, r.goal, r.data
	t.pace = pace{r.o.Length, r.o.CheckpointEvery, r.o.ValEvery, r.o.Keep}
	t.jitter = r.o.jitter()
	defer func() {
		if err != nil {
			t.close()
		}
	}()
	if t.device, err = openDevice(r.o); err != nil {
		return nil, err
	}
	if t.seen, err = openPerceptual(r.o); err != nil {
		return nil, err
	}
	size, options := r.o.Network.ImageSize, r.o.stepOptions()
	if t.seen != nil {
		options.PerceptualWidth = t.seen.Width
	}
	if t.network, err = pix2pix.TrainStep(r.o.Network, r.o.Batch, size, size, options); err != nil {
		return nil, err
	}
	if err = t.checkMemory(ctx, t.network.Graph, t.network.Parameters); err != nil {
		return nil, err
	}
	free, known := device.AvailableMemory() // before the run allocates its share
	if t.program, err = t.device.Compile(t.network.Graph); err != nil {
		return nil, fmt.Errorf("plan the training step: %w", err)
	}
	if t.average, err = newAverage(r.o.Network, t.device); err != nil {
		return nil, err
	}
	if err = stopped(ctx); err != nil {
		return nil, err
	}
	if t.validator, err = newValidator(r, device.One(t.device)); err != nil {
		return nil, err
	}
	t.parameters, t.losses = t.average.all(t.network.Parameters), t.network.Losses
	taken := t.memory()
	if device.HasMemory(t.device) {
		taken = 0 // memory used of the machine's
	}
	t.cache = planCache(t.pairsBytes(), free, known, taken)
	if t.inputs, t.targets, err = r.data.Describe(); err != nil {
		return nil, err
	}
	return t, nil
}

// checkMemory reports how much memory a step needs, and refuses a step that does not fit into
// the machine's memory, before any of it is allocated.
func (l *loop) checkMemory(ctx context.Context, g *graph.Graph, parameters nn.Parameters) error {
	free, known := device.FreeMemory(l.device)
	needed, err := l.device.Estimate(g)
	if err != nil {
		return fmt.Errorf("plan the training step: %w", err)
	}
	needed += 4 * int64(device.Count(l.device)*parameters.Count())
	if known && needed > free {
		return hint.New(fmt.Errorf("a training step needs %s of memory, but only %s are free", humanize.BytesN(uint64(needed), 3), humanize.BytesN(uint64(free), 3)),
			"reduce the batch, the image size, the width or the number of devices")
	}
	l.notify(Event{Kind: Sized, MemoryNeeded: needed, MemoryFree: free})
	return stopped(ctx)
}

// begin implements subject.
func (t *trainer) begin(ctx context.Context) error {
	err := t.restored(ctx)
	if err == nil && t.seen != nil {
		err = t.seen.Store(t.device, t.network.Perceptual)
	}
	return err
}

// restored gives the weights the run's current state.
func (t *trainer) restored(ctx context.Context) error {
	if t.resumed {
		return t.restore()
	}
	if err := initialise(ctx, t.device, t.network.Parameters, t.o.Seed); err != nil {
		return err
	}
	if t.o.InitFrom != "" {
		if err := t.takeFrom(t.o.InitFrom); err != nil {
			return err
		}
	}
	return t.average.begin()
}

// options implements subject.
func (t *trainer) options() any {
	o := t.o
	if abs, err := filepath.Abs(o.Data); err == nil {
		o.Data = abs
	}
	return o
}

// facts implements subject.
func (t *trainer) facts() *Facts {
	r := t.data.Record()
	weights := t.network.Parameters.Trainable()
	return &Facts{
		Perceptual: t.perceptual,
		Resumed:    t.resumed, Train: r.Train, Val: r.Val, Test: r.Test, Labels: t.data.Labels().String(), SuggestedRange: t.data.Suggested().String(), Backend: t.device.Name(), Devices: device.Count(t.device),
		GeneratorWeights: weights.Under("generator").Count(), Weights: weights.Count(),
		Memory: t.memory() + t.cache,
	}
}

// memory is what the programs and the parameters need.
func (t *trainer) memory() int64 {
	kept := t.parameters.Count() + t.network.Perceptual.Count()
	return t.program.Memory() + t.validator.program.Memory() + 4*int64(device.Count(t.device)*kept)
}

// initialise gives parameters their first values. It heeds a stop between any two, because
// all of a large network take many seconds.
func initialise(ctx context.Context, d device.Device, parameters nn.Parameters, seed uint64) error {
	for i := range parameters {
		if err := stopped(ctx); err != nil {
			return err
		}
		if err := parameters[i:i+1].Store(d, seed); err != nil {
			return err
		}
	}
	return stopped(ctx)
}

// takeFrom takes the weights of another model where they fit.
func (t *trainer) takeFrom(path string) (err error) {
	m, err := stored.Open(path)
	if err != nil {
		return fmt.Errorf("init from: %w", err)
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	e := Event{Kind: Fitted, Path: m.Path}
	for _, p := range t.network.Parameters.Trainable() {
		shape, ok := m.Shape(p.Name)
		if !ok || !shape.Equal(p.Shape) {
			e.Misfits = append(e.Misfits, p.Name)
			continue
		}
		_, value, err := m.Tensor(m.Weight(p.Name))
		if err != nil {
			return fmt.Errorf("init from: %w", err)
		}
		if err := t.device.SetParameter(p.Name, p.Shape, value); err != nil {
			return fmt.Errorf("init from %s: %w", m.Path, err)
		}
		e.Fits = append(e.Fits, p.Name)
	}
	if len(e.Fits) == 0 {
		return hint.New(fmt.Errorf("init from %s: none of its weights fit", m.Path), "the model to start from must have the same generator, width and channels")
	}
	t.fitted = &e
	return nil
}
