package experiment

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/data/dataset"
	"easel/internal/data/palette"
)

// Source describes a folder of pairs.
type Source struct {
	Train  int           `json:"train_pairs"`
	Judged int           `json:"judged_pairs"`
	Split  dataset.Split `json:"split"`
	// Held says that some training pairs are held out for validation, because there is no
	// val/.
	Held bool `json:"held_out"`
	// Direction is from labels to photographs if one side is labels, and otherwise as
	// requested.
	Direction dataset.Direction `json:"-"`
	Labels    dataset.Labels    `json:"-"`
	streets   bool              // labels are in the colours of Cityscapes
	// Contents is a hash of all files.
	Contents string `json:"contents"`
}

// Nominal describes an imaginary folder with as many pairs as the façades that the paper
// trains on (§4), from labels to photographs. It serves to estimate times.
func Nominal() *Source {
	return &Source{Train: 400, Judged: 100, Held: true, Split: dataset.Test, Direction: dataset.BtoA, Labels: dataset.LabelsB}
}

// Cityscapes reports whether the pairs seem to be those of the paper's tables: 2975 to
// train on and the 500 validation pictures of the data set to judge by, with labels in its
// colours.
func (s *Source) Cityscapes() bool { return s.cityNumbers() && s.streets }

func (s *Source) cityNumbers() bool { return s.Labelled() && s.Train == 2975 && s.Judged == 500 }

// areStreets reports whether a palette is that of Cityscapes, judging by the names of its
// colours.
func areStreets(p *palette.Palette) bool {
	found := 0
	for _, c := range p.Named(palette.Known()...).Classes {
		if c.Name == "road" || c.Name == "sidewalk" || c.Name == "vegetation" {
			found++
		}
	}
	return found == 3
}

// used returns how many pairs are trained on.
func (s *Source) used() int {
	if !s.Held || s.Train < 2 {
		return s.Train
	}
	held := math.Round(dataset.DefaultOptions().ValFraction * float64(s.Train))
	return s.Train - min(max(int(held), 1), s.Train-1)
}

// Labelled reports whether exactly one side of the pairs is labels.
func (s *Source) Labelled() bool {
	return s.Labels == dataset.LabelsA || s.Labels == dataset.LabelsB
}

// openSource checks the folder. The pairs to judge by come from test/, or if there is none,
// as in the paper's Cityscapes, from val/.
func openSource(ctx context.Context, o Options, notify func(Event)) (*Source, error) {
	d := dataset.DefaultOptions()
	d.SkipBad = o.SkipBad
	labels, err := dataset.ParseLabels(o.Labels)
	if err != nil {
		return nil, err
	}
	d.Labels = labels
	d.Progress = func(done, total int) { notify(Event{Kind: Checked, Done: done, Total: total}) }
	data, report, err := dataset.Open(ctx, o.Data, d)
	if err != nil {
		return nil, err
	}
	for _, text := range report.Warnings {
		notify(Event{Kind: Warned, Text: text})
	}
	s := &Source{Train: report.Train, Judged: report.Test, Split: dataset.Test, Labels: report.Labels, Contents: data.Fingerprint()}
	s.Held = report.Val == 0
	if report.Test == 0 && data.Record().Rule == dataset.RuleFolders {
		s.Split, s.Judged = dataset.Val, report.Val
	}
	if s.Train == 0 || s.Judged == 0 {
		return nil, hint.New(fmt.Errorf("%s has %d pairs in train/ and %d in test/ and val/: an experiment needs some to train on and others to judge by", o.Data, s.Train, report.Test+s.Judged),
			"move some of the pairs to a folder test/ beside train/, as {run prepare split} does")
	}
	if s.cityNumbers() {
		a, b, err := data.Describe()
		if err != nil {
			return nil, err
		}
		for _, side := range []dataset.Description{a, b} {
			s.streets = s.streets || side.Palette != nil && areStreets(side.Palette)
		}
	}
	s.Direction, err = s.direct(o.Direction)
	return s, err
}

// direct chooses the direction: from labels to photographs if there are labels.
func (s *Source) direct(asked string) (dataset.Direction, error) {
	natural := dataset.AtoB
	if s.Labels == dataset.LabelsB {
		natural = dataset.BtoA
	}
	if strings.EqualFold(asked, AutoDirection) {
		return natural, nil
	}
	d, err := dataset.ParseDirection(asked)
	if err == nil && s.Labelled() && d != natural {
		err = hint.New(fmt.Errorf("the labels are on side %s, and experiments translate labels to photographs: expected the direction %s, not %s", s.Labels, natural, d),
			"leave the direction out (segmentation reverses it itself), or say with {labels} which side is labels")
	}
	return d, err
}

// needLabels refuses pairs without label pictures.
func (s *Source) needLabels(data string) error {
	if s.Labelled() {
		return nil
	}
	cause := errors.New("neither side of the pairs consists of label pictures")
	if s.Labels == dataset.LabelsBoth {
		cause = errors.New("both sides of the pairs look like label pictures")
	}
	return hint.New(fmt.Errorf("%s: %w", data, cause), "this experiment needs pairs of a label picture in a few flat colours and a photograph; {labels} says which side that is")
}
