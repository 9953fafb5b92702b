package train

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/dustin/go-humanize/english"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/data/dataset"
	"easel/internal/engine/backend"
	"easel/internal/engine/device"
)

// Style trains a network to paint in a style until the run has its length (Johnson et al.
// 2016; Huang and Belongie 2017). It reports, stops, saves and fails as Train does.
// StyleOptions.Out is the best model by the total loss on held-out photographs.
func Style(ctx context.Context, o StyleOptions, notify func(Event)) (err error) {
	if notify == nil {
		notify = func(Event) {}
	}
	if err := o.Validate(); err != nil {
		return err
	}
	o = o.named()
	visit, err := o.folder().enter(o.Resume == "")
	if err != nil {
		return err
	}
	defer func() { visit.leave(err != nil) }()
	before, err := openStyle(o)
	if err != nil {
		return err
	}
	p := &painter{}
	p.loop = newLoop(p, notify, time.Now)
	defer p.close()
	if err := p.open(ctx, o, before); err != nil {
		return err
	}
	return p.run(ctx)
}

// earlierStyle is what a resumed run was started with.
type earlierStyle struct {
	options StyleOptions
	data    dataset.Record
}

// openStyle checks the run folder. Before is the record of the run to resume.
func openStyle(o StyleOptions) (before *earlierStyle, err error) {
	run := o.folder()
	if o.Resume == "" {
		if _, err := os.Lstat(o.model()); err == nil {
			return nil, hint.New(fmt.Errorf("training would overwrite %s", o.model()), "choose another name for the model, or move the file away")
		}
		return nil, run.create()
	}
	r := &earlierStyle{}
	kept, err := run.into(ofStyle, &r.options)
	if err != nil {
		return nil, err
	}
	r.data = kept.Data
	list, err := differences(r.options, o, o.Declared())
	if err != nil {
		return nil, err
	}
	if list != nil {
		return nil, hint.New(option.Errorf("run %s was started with other options: %v", run, option.Join("; ", list...)), "resume without them, or start a new run")
	}
	return r, run.prepare()
}

// open makes everything that a run needs, without writing anything.
func (p *painter) open(ctx context.Context, o StyleOptions, before *earlierStyle) (err error) {
	o.LoadSize = o.loadSize()
	run := o.folder()
	p.o, p.kind, p.folder, p.resumed = o, ofStyle, run, before != nil && run.saved()
	p.pace, p.seed, p.perStep = pace{o.Length, o.CheckpointEvery, o.ValEvery, o.Keep}, o.Seed, o.Batch
	p.goal = goal{"total", false}
	p.jitter = dataset.Jitter{LoadSize: o.LoadSize, ImageSize: o.ImageSize, Mirror: o.Mirror}
	if p.data, err = p.photographs(ctx, before); err != nil {
		return err
	}
	if p.paintings, err = openPaintings(ctx, o); err != nil {
		return err
	}
	if err := p.countStyles(); err != nil {
		return err
	}
	precision, err := device.ParsePrecision(o.Precision)
	if err != nil {
		return err
	}
	if p.device, err = backend.Open(o.Backend, backend.Options{Threads: o.Threads, Precision: precision}); err != nil {
		return fmt.Errorf("open backend %s: %w", o.Backend, err)
	}
	if err := p.openWeights(); err != nil {
		return err
	}
	return p.compile(ctx)
}

// countStyles sets the number of styles to the number of pictures.
func (p *painter) countStyles() error {
	n, has := p.paintings.Len(dataset.Train), p.o.Network.Styles
	if p.o.Network.Any() {
		return nil
	}
	if has > 0 && has != n {
		return fmt.Errorf("the network has %s, but there are %s", english.Plural(has, "style", ""), english.Plural(n, "picture", ""))
	}
	if n > 1 {
		p.o.Network.Styles = n
	}
	return nil
}

// photographs opens the photographs, which a resumed run must find unchanged.
func (p *painter) photographs(ctx context.Context, before *earlierStyle) (*dataset.Dataset, error) {
	d := dataset.DefaultOptions()
	d.Seed, d.ValFraction, d.HoldOut, d.SkipBad, d.Begun = p.o.Seed, p.o.ValFraction, true, p.o.SkipBad, before != nil
	d.Use, d.MayLack = []dataset.Split{dataset.Train, dataset.Val}, []dataset.Split{dataset.Val}
	d.Progress = func(done, total int) { p.notify(Event{Kind: Checked, Done: done, Total: total}) }
	data, report, err := dataset.OpenSingles(ctx, []string{p.o.Data}, d)
	switch {
	case err != nil && errors.Is(err, ctx.Err()):
		return nil, fmt.Errorf("%w before the first step", ErrInterrupted)
	case before != nil && errors.Is(err, fs.ErrNotExist):
		return nil, hint.New(fmt.Errorf("cannot find the photographs of run %s: %w", p.o.Resume, err), "if they were moved, give their folder with {data}")
	case err != nil:
		return nil, err
	}
	if data.Len(dataset.Val) == 0 {
		report.Warnings = append(report.Warnings, "no photograph can be held out for validation, so training photographs are measured")
	}
	for _, text := range report.Warnings {
		p.notify(Event{Kind: Warned, Text: text})
	}
	if before == nil {
		return data, nil
	}
	return data, data.Record().Verify(before.data)
}

// openPaintings opens the pictures of the style, or of styles.
func openPaintings(ctx context.Context, o StyleOptions) (*dataset.Dataset, error) {
	d := dataset.DefaultOptions()
	d.FlatAs, d.Use, d.SkipBad = dataset.Train, []dataset.Split{dataset.Train}, o.SkipBad
	paintings, _, err := dataset.OpenSingles(ctx, o.Styles, d)
	if err != nil {
		return nil, fmt.Errorf("the style: %w", err)
	}
	return paintings, nil
}
