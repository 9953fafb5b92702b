package easel

import (
	"context"

	"easel/internal/file/imgio"
	"easel/internal/work/experiment/figure"
	"easel/internal/work/stylize"
)

// StylizePreset returns the options of a name of StylizePresets: "easel" (what looks
// best in a few minutes), "random" (the same for a network without trained weights),
// "paper" (as Gatys et al. 2016 write), "gatys", "neural-style" or "crowsonkb" (as
// their programs do). Pictures are left to be filled in.
func StylizePreset(name string) (StylizeOptions, error) {
	o, err := stylize.Preset(name)
	return convert[StylizeOptions](o), err
}

// StylizePresets are the names that StylizePreset knows.
func StylizePresets() []string { return stylize.Presets() }

// StylizePresetFor is the name of the preset for the given weights, as in
// StylizeOptions.Weights: "random" for random ones and, where it is "" and none
// were fetched, "easel" otherwise.
func StylizePresetFor(weights string) (string, error) { return stylize.PresetFor(weights) }

// Validate reports the first option that no picture could make right.
func (o StylizeOptions) Validate() error { return public(convert[stylize.Options](o).Validate()) }

// Stylize paints the content of one picture in the style of others (Gatys et
// al. 2016) and returns the picture, which it also writes to o.Out if that is
// not empty. Pictures are files, or those of o.Pictures. Notify, which may be nil,
// hears of the plan, before any work, and of every iteration; it is called from one
// goroutine at a time and should return soon.
//
// Cancelling ctx ends the iteration at hand, writes the picture so far and a
// checkpoint if there is an o.Out, and returns the picture so far with an error
// that wraps ErrInterrupted; ResumeStylize goes on to the bits of a run that was
// never stopped.
func Stylize(ctx context.Context, o StylizeOptions, notify func(StylizeEvent)) (Picture, StylizeResult, error) {
	return painted(stylize.Run(ctx, convert[stylize.Options](o), hearing[stylize.Event](notify)))
}

// ResumeStylize goes on with a style transfer from the checkpoint that an
// interrupted one has left.
func ResumeStylize(ctx context.Context, o ResumeStylizeOptions, notify func(StylizeEvent)) (Picture, StylizeResult, error) {
	return painted(stylize.Resume(ctx, convert[stylize.ResumeOptions](o), hearing[stylize.Event](notify)))
}

func painted(p *imgio.Picture, r stylize.Result, err error) (Picture, StylizeResult, error) {
	if p == nil {
		return Picture{}, convert[StylizeResult](r), public(err)
	}
	return pictureOf(p), convert[StylizeResult](r), public(err)
}

// StyleFigures are the names of the figures of Gatys et al. 2016 that can be made.
func StyleFigures() (names []string) {
	for _, f := range figure.Figures() {
		names = append(names, f.Name)
	}
	return names
}

// MakeStyleFigure makes a figure of the paper on the given pictures: a labelled
// grid, the single pictures and the numbers as JSON. Cancelling ctx ends it with an
// error; what was not finished is not there.
func MakeStyleFigure(ctx context.Context, name string, o StyleFigureOptions, notify func(StyleFigureEvent)) (StyleFigureResult, error) {
	f, err := figure.Find(name)
	if err != nil {
		return StyleFigureResult{}, err
	}
	r, err := figure.Run(ctx, f, convert[figure.Options](o), hearing[figure.Event](notify))
	return convert[StyleFigureResult](r), public(err)
}
