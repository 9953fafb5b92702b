package easel

import (
	"context"

	"easel/internal/model/feedforward"
	"easel/internal/work/train"
)

// TrainStyle trains a network that paints in a style in one pass, on a folder of
// photographs (Johnson et al. 2016; Huang and Belongie 2017), and writes the model that
// had the lowest loss on photographs that were held out. Model files are run by easel
// stylize --model. It reports, saves, stops and fails as Train does.
func TrainStyle(ctx context.Context, o StyleTrainOptions, notify func(TrainEvent)) error {
	return public(train.Style(ctx, convert[train.StyleOptions](o), hearing[train.Event](notify)))
}

// StyleTrainDefaults returns the options of a kind of network, for the given weights of
// VGG-19, as in StyleTrainOptions.Weights. Styles, Data and Out are left to be filled
// in; Length may be shortened.
func StyleTrainDefaults(kind StyleKind, weights string) (StyleTrainOptions, error) {
	o, err := train.DefaultStyle(feedforward.Kind(kind), weights)
	return convert[StyleTrainOptions](o), public(err)
}

// ResumeStyleTraining returns the options of a run folder of TrainStyle, ready to be
// passed to it to go on. Only its length, which is a total, and what does not touch its
// numbers may be changed.
func ResumeStyleTraining(run string) (StyleTrainOptions, error) {
	o, err := train.ResumeStyleOptions(run)
	return convert[StyleTrainOptions](o), public(err)
}

// Validate reports the first option that no picture could make right.
func (o StyleTrainOptions) Validate() error {
	return public(convert[train.StyleOptions](o).Validate())
}
