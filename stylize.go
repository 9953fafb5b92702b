package easel

import (
	"context"

	"easel/internal/file/imgio"
	"easel/internal/work/experiment/figure"
	"easel/internal/work/stylize"
	"easel/internal/work/video"
)

// StylizePreset returns a preset by its name: "easel" (what looks best in a few minutes),
// "random" (the same, for random weights), "paper" (as in Gatys et al. 2016), "gatys",
// "neural-style" or "crowsonkb" (as in those programs). Set the pictures.
func StylizePreset(name string) (StylizeOptions, error) {
	o, err := stylize.Preset(name)
	return convert[StylizeOptions](o), err
}

// StylizePresets lists the names that StylizePreset knows.
func StylizePresets() []string { return stylize.Presets() }

// StylizePresetFor returns the name of the preset that suits a value of
// StylizeOptions.Weights: "random" for random weights, otherwise "easel".
func StylizePresetFor(weights string) (string, error) { return stylize.PresetFor(weights) }

// Validate reports the first option that is invalid whatever the pictures.
func (o StylizeOptions) Validate() error { return public(convert[stylize.Options](o).Validate()) }

// Stylize paints the content of one picture in the style of others (Gatys et al. 2016). It
// returns the picture and, unless o.Out is "", also writes it there. Pictures are files, or
// those of o.Pictures. Notify, which may be nil, gets the plan before any work and then
// every iteration; it is called from one goroutine at a time and should return quickly.
//
// If ctx ends, Stylize finishes the iteration and returns the picture so far with an error
// that wraps ErrInterrupted. Unless o.Out is "", it writes the picture and a checkpoint,
// from which ResumeStylize continues to the same bits as an uninterrupted run.
func Stylize(ctx context.Context, o StylizeOptions, notify func(StylizeEvent)) (Picture, StylizeResult, error) {
	return painted(stylize.Run(ctx, convert[stylize.Options](o), hearing[stylize.Event](notify)))
}

// ResumeStylize continues a style transfer from the checkpoint of an interrupted one.
func ResumeStylize(ctx context.Context, o ResumeStylizeOptions, notify func(StylizeEvent)) (Picture, StylizeResult, error) {
	return painted(stylize.Resume(ctx, convert[stylize.ResumeOptions](o), hearing[stylize.Event](notify)))
}

// ContinueStylize returns the options with which Stylize goes on with a finished picture, at
// twice its size: those that made it, which a PNG says. Its pictures and weights are where
// places says, as far as it names any, or else under their names, here or beside it. They
// must show what they showed then.
func ContinueStylize(painting string, places StylizeOptions) (StylizeOptions, error) {
	p, err := stylize.ReadPainting(painting)
	if err != nil {
		return StylizeOptions{}, public(err)
	}
	p.Move(convert[stylize.Options](places))
	o, err := p.Larger()
	return convert[StylizeOptions](o), public(err)
}

// StylizeVariants says in which ways StylizeEvery paints: if styles are folders, each
// picture in them is a variant; with a strip of so many pictures, which is 0 for none, they
// lead from the first of two styles to the second. Otherwise there is one variant, without a
// name.
func StylizeVariants(styles []StylizeStyle, strip int) ([]StylizeVariant, error) {
	variants, err := stylize.Variants(convert[[]stylize.Style](styles), strip)
	return convert[[]StylizeVariant](variants), public(err)
}

// StylizeEvery paints every content in every variant, into the folder out, with a sheet of
// all. o.Content is a picture or a folder; o.Styles and o.Out are of no account. What an
// earlier call painted in the same way is kept, and what was interrupted goes on.
func StylizeEvery(ctx context.Context, o StylizeOptions, variants []StylizeVariant, out string, notify func(StylizeEvent)) (StylizeMade, error) {
	made, err := stylize.Every(ctx, convert[stylize.Options](o), convert[[]stylize.Variant](variants), out, hearing[stylize.Event](notify))
	return convert[StylizeMade](made), public(err)
}

// DefaultStylizeFrames returns the default options for StylizeVideo.
func DefaultStylizeFrames() StylizeFrames { return convert[StylizeFrames](stylize.DefaultFrames()) }

// StylizeVideo paints a video, or a folder of frames, as Stylize paints pictures: each frame
// begins with the one before, moved to where things are now, and is kept near it (Ruder et
// al. 2016). The video's options say which frames, how large, and where to; from o it takes
// all but Content, Init, Out and sizes. If ctx ends, the frames so far are kept, and the
// same call goes on from there. A network paints a video in a fraction of the time: see
// Model.Video.
func StylizeVideo(ctx context.Context, o StylizeOptions, frames StylizeFrames, film VideoOptions, notify func(VideoEvent)) (VideoResult, error) {
	r, err := stylize.Video(ctx, convert[stylize.Options](o), convert[stylize.FrameOptions](frames), convert[video.Options](film), nil, hearing[video.Event](notify))
	return convert[VideoResult](r), public(err)
}

func painted(p *imgio.Picture, r stylize.Result, err error) (Picture, StylizeResult, error) {
	if p == nil {
		return Picture{}, convert[StylizeResult](r), public(err)
	}
	return pictureOf(p), convert[StylizeResult](r), public(err)
}

// StyleFigures lists the figures of Gatys et al. 2016 that can be reproduced.
func StyleFigures() (names []string) {
	for _, f := range figure.Figures() {
		names = append(names, f.Name)
	}
	return names
}

// MakeStyleFigure reproduces a figure of the paper with the given pictures: a labelled
// grid, the single pictures, and the numbers as JSON. If ctx ends, it returns an error, and
// only finished pictures are there.
func MakeStyleFigure(ctx context.Context, name string, o StyleFigureOptions, notify func(StyleFigureEvent)) (StyleFigureResult, error) {
	f, err := figure.Find(name)
	if err != nil {
		return StyleFigureResult{}, err
	}
	r, err := figure.Run(ctx, f, convert[figure.Options](o), hearing[figure.Event](notify))
	return convert[StyleFigureResult](r), public(err)
}
