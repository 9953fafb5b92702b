package eval

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/data/dataset"
)

// open opens the pairs as the first model was trained on them: with its direction, its
// channels, and its seed for what is held out of a folder without val/.
func (e *evaluator) open(ctx context.Context, c candidate) error {
	o := dataset.DefaultOptions()
	var err error
	if e.split, err = dataset.ParseSplit(e.Split); err != nil {
		return err
	}
	if o.Labels, err = dataset.ParseLabels(e.Labels); err != nil {
		return err
	}
	if o.Direction, err = dataset.ParseDirection(c.config.Images.Direction); err != nil {
		return fmt.Errorf("evaluate %s: %w", c.path, err)
	}
	if o.Pairs, err = dataset.ParsePairs(e.Pairs); err != nil {
		return err
	}
	images := c.config.Images
	o.Range = cmp.Or(images.Inputs.Range, images.Targets.Range) // that of training, for files of more than 8 bits
	o.InputChannels, o.OutputChannels = c.channels()
	o.Seed, o.HoldOut, o.SkipBad = c.training.Seed, true, e.SkipBad
	o.Use = []dataset.Split{e.split}
	if e.split == dataset.Test {
		o.FlatAs = dataset.Test
	}
	o.Progress = func(done, total int) { e.notify(Event{Stage: Checking, Done: done, Total: total}) }
	data, report, err := dataset.Open(ctx, e.Data, o)
	if err != nil {
		return noPairs(err, report)
	}
	e.data = data
	for _, w := range report.Warnings {
		e.notify(Event{Stage: Warning, Text: w})
	}
	e.inputLabels, e.targetLabels = labelSides(report.Labels, o.Direction)
	d := &e.result.Data
	d.Split, d.Size, d.Direction, d.Fingerprint = e.split, e.Size, o.Direction.String(), data.Fingerprint(e.split)
	for _, p := range report.Problems {
		e.skip(p.File, p.Text)
	}
	return nil
}

// labelSides says whether inputs and targets are labels.
func labelSides(l dataset.Labels, d dataset.Direction) (input, target bool) {
	a, b := l == dataset.LabelsA || l == dataset.LabelsBoth, l == dataset.LabelsB || l == dataset.LabelsBoth
	if d == dataset.BtoA {
		return b, a
	}
	return a, b
}

// noPairs adds advice to the error about a missing split.
func noPairs(err error, r *dataset.Report) error {
	if len(r.Problems) > 0 || r.Train+r.Val+r.Test == 0 {
		return err
	}
	var there []string
	for _, s := range []struct {
		name string
		n    int
	}{{"train", r.Train}, {"val", r.Val}, {"test", r.Test}} {
		if s.n > 0 {
			there = append(there, hint.Set("split", s.name))
		}
	}
	return hint.New(err, "the folder has pairs for "+strings.Join(there, " and "))
}

// skip records something that is left out, once.
func (e *evaluator) skip(file, text string) {
	for _, s := range e.result.Data.Skipped {
		if s.File == file {
			return
		}
	}
	e.result.Data.Skipped = append(e.result.Data.Skipped, Skipped{file, text})
	e.notify(Event{Stage: Warning, Text: fmt.Sprintf("left out: %s: %s", file, text)})
}

// note adds a remark about the numbers to the result.
func (e *evaluator) note(text string) { e.result.Notes = append(e.result.Notes, text) }
