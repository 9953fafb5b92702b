package train

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/dustin/go-humanize"

	"easel/internal/base/hint"
	"easel/internal/data/dataset"
	"easel/internal/engine/device"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
	"easel/internal/option"
)

// Train trains until the run has its length, and reports to notify (which may
// be nil), from one goroutine at a time. It fails before the first step for options,
// data and folders that will not do. See the package's guarantees for what the
// other errors leave behind.
func Train(ctx context.Context, o Options, notify func(Event)) (err error) {
	if notify == nil {
		notify = func(Event) {}
	}
	if err := o.Validate(); err != nil {
		return err
	}
	if o, err = o.normal().resolveDevices(); err != nil {
		return err
	}
	run := o.folder()
	visit, err := run.enter(o.Resume == "")
	if err != nil {
		return err
	}
	defer func() { visit.leave(err != nil) }()
	before, err := open(o, run)
	if err != nil {
		return err
	}
	data, report, err := openData(ctx, o, notify)
	if err != nil && errors.Is(err, ctx.Err()) {
		return fmt.Errorf("%w before the first step", ErrInterrupted)
	}
	if err != nil {
		return err
	}
	for _, text := range report.Warnings {
		notify(Event{Kind: Warned, Text: text})
	}
	if before != nil {
		if err := data.Record().Verify(before.Data); err != nil {
			if report.Numbered {
				err = hint.New(err, dataset.ChannelsHint)
			}
			return err
		}
	}
	o.Network.InputChannels, o.Network.OutputChannels = data.Channels()
	if o.Task == Labels {
		if before != nil {
			o.Classes = before.Options.Classes
		} else if o.Classes, err = findClasses(o, data); err != nil {
			return err
		}
		o.Network.OutputChannels = len(o.Classes.Classes)
	}
	o.LoadSize = o.loadSize()
	wanted := o.PerceptualWeights
	if o, err = o.resolvePerceptual(); err != nil {
		return err
	}
	t, err := newTrainer(o, run, data, notify)
	if err != nil {
		return err
	}
	defer t.close()
	t.perceptual = perceptualFact(o, wanted)
	return t.run(ctx, before != nil && run.saved())
}

// open checks the run folder. Before is the record of a run to be resumed.
func open(o Options, run folder) (before *record, err error) {
	if o.Resume == "" {
		return nil, run.create()
	}
	if o.Out != "" && filepath.Clean(o.Out) != filepath.Clean(o.Resume) {
		return nil, hint.New(fmt.Errorf("a resumed run goes on in its own folder %s, not in %s", run, o.Out), "give only one of them")
	}
	r, err := run.read()
	if err != nil {
		return nil, err
	}
	// What the data decided is decided: a resumption may leave it open again.
	if o.Network.InputChannels == 0 {
		o.Network.InputChannels = r.Options.Network.InputChannels
	}
	if o.Network.OutputChannels == 0 {
		o.Network.OutputChannels = r.Options.Network.OutputChannels
	}
	o.LoadSize, o.Classes = o.loadSize(), r.Options.Classes
	list, err := changes(r.Options, o)
	if err != nil {
		return nil, err
	}
	if list != nil {
		return nil, hint.New(option.Errorf("run %s was started with other options: %v", run, list),
			"resume without them, or start a new run from this one's weights with {init_from}")
	}
	return &r, run.prepare()
}

func openData(ctx context.Context, o Options, notify func(Event)) (*dataset.Dataset, *dataset.Report, error) {
	d, err := o.dataOptions()
	if err != nil {
		return nil, nil, err
	}
	if o.Resume != "" {
		d.Begun = true
		if d.Labels == dataset.LabelsAuto {
			d.Labels = o.folder().labels(o)
		}
	}
	d.Use, d.MayLack = []dataset.Split{dataset.Train, dataset.Val}, []dataset.Split{dataset.Val}
	d.Progress = func(done, total int) { notify(Event{Kind: Checked, Done: done, Total: total}) }
	data, report, err := dataset.Open(ctx, o.Data, d)
	switch {
	case err == nil && data.Len(dataset.Val) == 0:
		report.Warnings = append(report.Warnings, "no pair can be held out for validation, so that training pairs are measured: it will not show whether the model has learnt them by heart")
	case o.Resume != "" && errors.Is(err, fs.ErrNotExist):
		err = hint.New(fmt.Errorf("the data of run %s are not where they were: %w", o.Resume, err), "say with {data} where they are now")
	}
	return data, report, err
}

// newTrainer makes what a run needs; nothing is written yet.
func newTrainer(o Options, run folder, data *dataset.Dataset, notify func(Event)) (_ *trainer, err error) {
	t := &trainer{o: o, folder: run, data: data, notify: notify, history: newHistory(), health: newHealth()}
	defer func() {
		if err != nil {
			t.close()
		}
	}()
	if t.device, err = openDevice(o); err != nil {
		return nil, err
	}
	if t.seen, err = openPerceptual(o); err != nil {
		return nil, err
	}
	size, options := o.Network.ImageSize, o.stepOptions()
	if t.seen != nil {
		options.PerceptualWidth = t.seen.Width
	}
	if t.step, err = pix2pix.TrainStep(o.Network, o.Batch, size, size, options); err != nil {
		return nil, err
	}
	if err = checkMemory(t.device, t.step); err != nil {
		return nil, err
	}
	free, known := device.AvailableMemory() // before the run takes its part
	if t.program, err = t.device.Compile(t.step.Graph); err != nil {
		return nil, fmt.Errorf("plan the training step: %w", err)
	}
	if t.average, err = newAverage(o.Network, t.device); err != nil {
		return nil, err
	}
	if t.validator, err = newValidator(o, data, device.One(t.device)); err != nil {
		return nil, err
	}
	taken := t.memory()
	if device.HasMemory(t.device) {
		taken = 0 // of the machine's
	}
	t.cache = planCache(t.pairsBytes(), free, known, taken)
	if t.inputs, t.targets, err = data.Describe(dataset.Train); err != nil {
		return nil, err
	}
	return t, nil
}

// checkMemory refuses a step that the machine has no room for, before any of it
// is taken.
func checkMemory(d device.Device, step *pix2pix.Step) error {
	free, known := device.FreeMemory(d)
	if !known {
		return nil
	}
	needed, err := d.Estimate(step.Graph)
	if err != nil {
		return fmt.Errorf("plan the training step: %w", err)
	}
	if needed += 4 * int64(device.Count(d)*step.Parameters.Count()); needed > free {
		return hint.New(fmt.Errorf("a training step needs %s of memory, %s are free", humanize.BytesN(uint64(needed), 3), humanize.BytesN(uint64(free), 3)),
			"make the batch, the image size, the width or the number of devices smaller")
	}
	return nil
}

// start brings the weights to where the run stands and opens the log.
func (t *trainer) start(resumed bool) error {
	var err error
	keep := -1 // the last step of the log that stays: of a new run, none
	if resumed {
		err = t.restore()
		keep = t.done
	} else {
		err = t.begin()
	}
	if err == nil && t.seen != nil {
		err = t.seen.Store(t.device, t.step.Perceptual)
	}
	if err != nil {
		return err
	}
	if t.log, err = openLog(t.folder.log(), keep, t.history.record); err != nil {
		return err
	}
	if err := t.writeRecord(); err != nil {
		return err
	}
	if err := t.startLoader(); err != nil {
		return err
	}
	if err := t.report(Event{Kind: Started, Path: string(t.folder), Facts: t.facts(resumed)}); err != nil || t.fitted == nil {
		return err
	}
	return t.report(*t.fitted)
}

// begin gives the weights their first values.
func (t *trainer) begin() error {
	if err := t.step.Parameters.Store(t.device, t.o.Seed); err != nil {
		return err
	}
	t.saved = -1
	if t.o.InitFrom != "" {
		if err := t.initialise(t.o.InitFrom); err != nil {
			return err
		}
	}
	return t.average.begin()
}

func (t *trainer) writeRecord() error {
	o := t.o
	if abs, err := filepath.Abs(o.Data); err == nil {
		o.Data = abs
	}
	return t.folder.write(record{Options: o, Data: t.data.Record()})
}

func (t *trainer) facts(resumed bool) *Facts {
	r := t.data.Record()
	weights := t.step.Parameters.Trainable()
	return &Facts{
		Perceptual: t.perceptual,
		Resumed:    resumed, Train: r.Train, Val: r.Val, Test: r.Test, Labels: t.data.Labels().String(), Backend: t.device.Name(), Devices: device.Count(t.device),
		GeneratorWeights: weights.Under("generator").Count(), Weights: weights.Count(),
		Memory: t.memory() + t.cache,
	}
}

// memory is what the programs and the parameters take.
func (t *trainer) memory() int64 {
	kept := t.average.all(t.step.Parameters).Count() + t.step.Perceptual.Count()
	return t.program.Memory() + t.validator.program.Memory() + 4*int64(device.Count(t.device)*kept)
}

// initialise takes the weights of another model where they fit.
func (t *trainer) initialise(path string) (err error) {
	m, err := stored.Open(path)
	if err != nil {
		return fmt.Errorf("init from: %w", err)
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	e := Event{Kind: Fitted, Path: m.Path}
	for _, p := range t.step.Parameters.Trainable() {
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
		return hint.New(fmt.Errorf("init from %s: none of its weights fits", m.Path), "a start has to have the same generator, width and channels")
	}
	t.fitted = &e
	return nil
}
