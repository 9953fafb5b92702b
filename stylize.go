package easel

import (
	"context"
	"image"

	"easel/internal/file/imgio"
	"easel/internal/work/experiment/figure"
	"easel/internal/work/stylize"
)

type (
	// StylizeOptions are everything about a style transfer: the pictures, the
	// network, the objective, sizes and iterations. Begin with StylizePreset.
	StylizeOptions = stylize.Options
	// StylizeStyle is a picture whose style is taken, with weight and mask.
	StylizeStyle = stylize.Style
	// Iteration is one iteration of a style transfer, or something that happened
	// between two: its Kind says which of its fields are set.
	Iteration = stylize.Iteration
	// StylizeResult says how a style transfer ended.
	StylizeResult = stylize.Result
	// ResumeStylizeOptions say how to go on with an interrupted style transfer.
	ResumeStylizeOptions = stylize.ResumeOptions
)

// ErrStylizeInterrupted is what Stylize's error wraps when its context was
// cancelled after it had written the picture so far.
var ErrStylizeInterrupted = stylize.ErrInterrupted

// StylizePreset returns the options of a name: "easel" (what looks best in a few
// minutes), "random" (the same for a network without trained weights), "paper",
// "gatys", "neural-style" or "crowsonkb". Pictures are left to be filled in.
func StylizePreset(name string) (StylizeOptions, error) { return stylize.Preset(name) }

// StylizePresetFor is the name of the preset for the given weights, as in
// StylizeOptions.Weights: "random" for random ones and, where it is "" and none
// were fetched, "easel" otherwise.
func StylizePresetFor(weights string) (string, error) { return stylize.PresetFor(weights) }

// Stylize paints the content of one picture in the style of others (Gatys et
// al. 2016) and returns the picture, which it also writes to o.Out if that is
// not empty. Notify, which may be nil, hears of the plan, before any work, and
// of every iteration; it is called from one goroutine at a time and should
// return soon.
//
// Cancelling ctx writes the picture so far and a checkpoint, and returns an
// error that wraps ErrStylizeInterrupted; ResumeStylize goes on to the bits of a
// run that was never stopped.
func Stylize(ctx context.Context, o StylizeOptions, notify func(Iteration)) (image.Image, StylizeResult, error) {
	return asImage(stylize.Run(ctx, o, notify))
}

// ResumeStylize goes on with a style transfer from the checkpoint that an
// interrupted one has left.
func ResumeStylize(ctx context.Context, o ResumeStylizeOptions, notify func(Iteration)) (image.Image, StylizeResult, error) {
	return asImage(stylize.Resume(ctx, o, notify))
}

func asImage(p *imgio.Picture, r StylizeResult, err error) (image.Image, StylizeResult, error) {
	if p == nil {
		return nil, r, err
	}
	img, failed := imgio.ToImage(p)
	if err == nil {
		err = failed
	}
	return img, r, err
}

type (
	// StyleFigure is a figure of Gatys et al. 2016 that can be made anew.
	StyleFigure = figure.Figure
	// StyleFigureOptions say of which pictures and how.
	StyleFigureOptions = figure.Options
	// StyleFigureProgress is an iteration of one of a figure's pictures.
	StyleFigureProgress = figure.Progress
	// StyleFigureResult is where a figure is, with its numbers.
	StyleFigureResult = figure.Result
)

// StyleFigures are the figures that there are.
func StyleFigures() []StyleFigure { return figure.Figures() }

// RunStyleFigure makes a figure of the paper on the given pictures: a labelled
// grid, the single pictures and the numbers as JSON.
func RunStyleFigure(ctx context.Context, f StyleFigure, o StyleFigureOptions, notify func(StyleFigureProgress)) (StyleFigureResult, error) {
	return figure.Run(ctx, f, o, notify)
}
