package train

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/data/dataset"
	"easel/internal/file/imgio"
)

// resolved is a run with all options resolved: what they leave to the task, the machine,
// the data or an earlier session is settled.
type resolved struct {
	o          Options // with canonical names, and with numbers in place of 0
	folder     folder
	resumed    bool // there is a checkpoint to continue from
	data       *dataset.Dataset
	numbers    imgio.Range // range of files of more than 8 bits
	perStep    int         // pairs per step on all devices together
	goal       goal
	perceptual string // describes the perceptual loss
}

// resolve resolves valid options, with the run's folder ready and the data open. The caller
// has entered the folder.
func resolve(ctx context.Context, o Options, notify func(Event)) (*resolved, error) {
	o = o.forTask()
	pictures, err := o.dataOptions()
	if err != nil {
		return nil, err
	}
	o = o.spelled(pictures)
	o.LoadSize = o.loadSize()
	if o, err = o.resolveDevices(); err != nil {
		return nil, err
	}
	run := o.folder()
	before, err := open(o, run)
	if err != nil {
		return nil, err
	}
	data, err := openData(ctx, o, pictures, before, notify)
	if err != nil {
		return nil, err
	}
	if o, err = o.resolvePictures(data, before); err != nil {
		return nil, err
	}
	wanted := o.PerceptualWeights
	if o, err = o.resolvePerceptual(before != nil); err != nil {
		return nil, err
	}
	return &resolved{
		o: o, folder: run, resumed: before != nil && run.saved(), data: data, numbers: pictures.Range,
		perStep: o.pairsInStep(), goal: o.goal(), perceptual: perceptualFact(o, wanted),
	}, nil
}

// spelled replaces names by their canonical spelling.
func (o Options) spelled(d dataset.Options) Options {
	o.Direction, o.Labels = d.Direction.String(), d.Labels.String()
	o.PhotographFilter, o.LabelFilter = d.Photograph.String(), d.Label.String()
	return o
}

// earlier is what a resumed run was started with.
type earlier struct {
	options Options
	data    dataset.Record
}

// open checks the run folder. Before is the record of the run to resume.
func open(o Options, run folder) (before *earlier, err error) {
	if o.Resume == "" {
		return nil, run.create()
	}
	if o.Out != "" && filepath.Clean(o.Out) != filepath.Clean(o.Resume) {
		return nil, hint.New(fmt.Errorf("a resumed run continues in its own folder %s, not in %s", run, o.Out), "give only one of them")
	}
	r := &earlier{options: Default()}
	kept, err := run.into(ofPairs, &r.options)
	if err != nil {
		return nil, err
	}
	r.data = kept.Data
	// What the data decided at the start stays decided, even if the options leave it open.
	if o.Network.InputChannels == 0 {
		o.Network.InputChannels = r.options.Network.InputChannels
	}
	if o.Network.OutputChannels == 0 {
		o.Network.OutputChannels = r.options.Network.OutputChannels
	}
	o.Classes = r.options.Classes
	list, err := changes(r.options, o)
	if err != nil {
		return nil, err
	}
	if list != nil {
		return nil, hint.New(option.Errorf("run %s was started with other options: %v", run, list),
			"resume without them, or start a new run from this one's weights with {init_from}")
	}
	return r, run.prepare()
}

// openData opens the pairs, which a resumed run must find unchanged.
func openData(ctx context.Context, o Options, d dataset.Options, before *earlier, notify func(Event)) (*dataset.Dataset, error) {
	if before != nil {
		d.Begun = true
		if d.Labels == dataset.LabelsAuto {
			d.Labels = o.folder().labels(o)
		}
	}
	d.Use, d.MayLack = []dataset.Split{dataset.Train, dataset.Val}, []dataset.Split{dataset.Val}
	d.Progress = func(done, total int) { notify(Event{Kind: Checked, Done: done, Total: total}) }
	data, report, err := dataset.Open(ctx, o.Data, d)
	switch {
	case err != nil && errors.Is(err, ctx.Err()):
		return nil, fmt.Errorf("%w before the first step", ErrInterrupted)
	case before != nil && errors.Is(err, fs.ErrNotExist):
		return nil, hint.New(fmt.Errorf("cannot find the data of run %s: %w", o.Resume, err), "if they were moved, give their folder with {data}")
	case err != nil:
		return nil, err
	}
	if data.Len(dataset.Val) == 0 {
		report.Warnings = append(report.Warnings, "no pair can be held out for validation, so training pairs are measured: over-fitting will not show")
	}
	for _, text := range report.Warnings {
		notify(Event{Kind: Warned, Text: text})
	}
	if before == nil {
		return data, nil
	}
	if err = data.Record().Verify(before.data); err != nil && report.Numbered {
		err = hint.New(err, dataset.ChannelsHint)
	}
	return data, err
}

// resolvePictures sets what the data decide: the channels and, for the task labels, the
// classes, which a resumed run keeps.
func (o Options) resolvePictures(data *dataset.Dataset, before *earlier) (_ Options, err error) {
	o.Network.InputChannels, o.Network.OutputChannels = data.Channels()
	if err = o.checkRecolour(data); err != nil {
		return o, err
	}
	if o.Task != Labels {
		return o, nil
	}
	if before != nil {
		o.Classes = before.options.Classes
	} else if o.Classes, err = findClasses(o, data); err != nil {
		return o, err
	}
	o.Network.OutputChannels = len(o.Classes.Classes)
	return o, nil
}

// checkRecolour refuses to vary colours that carry meaning or that the target shows, too.
func (o Options) checkRecolour(data *dataset.Dataset) error {
	if o.Recolour == 0 {
		return nil
	}
	name := o.Declared().Name(&o.Recolour)
	input, target := data.Named()
	switch {
	case input:
		return hint.New(option.Errorf("%v would change inputs that are label pictures, whose colours are classes", name), "leave {recolour} out")
	case !target:
		return hint.New(option.Errorf("%v would change the colours of the inputs but not of the targets, which are photographs, too", name),
			"leave {recolour} out, or say with {labels} that the targets are label pictures")
	}
	return nil
}
