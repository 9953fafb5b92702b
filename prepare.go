package easel

import (
	"context"

	"easel/internal/data/edge"
	"easel/internal/data/prepare"
)

// below are the options of package prepare, if they are valid.
func (o PrepareOptions) below() (prepare.Options, error) {
	below := convert[prepare.Options](o)
	return below, below.Validate()
}

// made runs a verb of package prepare.
func (o PrepareOptions) made(notify func(PrepareEvent), verb func(prepare.Options, func(prepare.Event)) (prepare.Result, error)) (PrepareResult, error) {
	below, err := o.below()
	if err != nil {
		return PrepareResult{}, err
	}
	r, err := verb(below, hearing[prepare.Event](notify))
	return convert[PrepareResult](r), err
}

// PrepareEdges pairs each picture in a folder with its outlines, black on white, as the
// paper does for edges→shoes. Begin with DefaultEdges.
//
// All Prepare functions write pairs to the folder out. A picture that fails does not stop
// the others: notify, which may be nil, hears of each. If ctx ends, finished pairs stay,
// and the same call continues.
func PrepareEdges(ctx context.Context, in, out string, e EdgeOptions, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Edges(ctx, in, out, convert[edge.Options](e), o, notify)
	})
}

// DefaultEdges returns the defaults of easel prepare edges.
func DefaultEdges() EdgeOptions { return convert[EdgeOptions](edge.DefaultOptions()) }

// PrepareCombine joins each picture in folder a with the picture of the same name in
// folder b; a is on the left. A name that is in only one folder is an error before
// anything is written, unless c.SkipUnmatched is set.
func PrepareCombine(ctx context.Context, a, b, out string, c CombineOptions, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		_, r, err := prepare.Combine(ctx, a, b, out, convert[prepare.CombineOptions](c), o, notify)
		return r, err
	})
}

// PrepareGray pairs each picture with its grey version, to learn colouring.
func PrepareGray(ctx context.Context, in, out string, g GrayOptions, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Gray(ctx, in, out, convert[prepare.GrayOptions](g), o, notify)
	})
}

// DefaultGray returns the default: the target is RGB.
func DefaultGray() GrayOptions { return convert[GrayOptions](prepare.DefaultGrayOptions()) }

// PrepareColours is the way back from PrepareGray with Colours "ab". It takes the
// lightness of the pictures in folder in, and a and b from the pictures with the same
// names in folder ab.
func PrepareColours(ctx context.Context, in, ab, out string, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Colours(ctx, in, ab, out, o, notify)
	})
}

// PrepareHoles pairs each picture with a copy that has holes, to learn inpainting.
func PrepareHoles(ctx context.Context, in, out string, h HoleOptions, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Holes(ctx, in, out, convert[prepare.HoleOptions](h), o, notify)
	})
}

// DefaultHoles returns the defaults of easel prepare holes.
func DefaultHoles() HoleOptions { return convert[HoleOptions](prepare.DefaultHoleOptions()) }

// DefaultLowres shrinks to a quarter of the width and height.
func DefaultLowres() LowresOptions { return convert[LowresOptions](prepare.DefaultLowresOptions()) }

// PrepareLowres pairs each picture with a version of the same size but less detail, to
// learn super-resolution.
func PrepareLowres(ctx context.Context, in, out string, l LowresOptions, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Lowres(ctx, in, out, convert[prepare.LowresOptions](l), o, notify)
	})
}

// PrepareNoise pairs each picture with a noisy copy, to learn denoising.
func PrepareNoise(ctx context.Context, in, out string, n NoiseOptions, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Noise(ctx, in, out, convert[prepare.NoiseOptions](n), o, notify)
	})
}

// DefaultNoise returns the defaults of easel prepare noise.
func DefaultNoise() NoiseOptions { return convert[NoiseOptions](prepare.DefaultNoiseOptions()) }

// PrepareLabels converts label pictures: index maps to colours, colours to index maps, or
// colours to clean colours without JPEG noise.
func PrepareLabels(ctx context.Context, in, out string, l LabelOptions, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Labels(ctx, in, out, convert[prepare.LabelOptions](l), o, notify)
	})
}

// PrepareSplit copies pairs into train/, val/ and test/. Begin with DefaultSplit.
func PrepareSplit(ctx context.Context, in, out string, s SplitOptions, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		_, r, err := prepare.Split(ctx, in, out, convert[prepare.SplitOptions](s), o, notify)
		return r, err
	})
}

// DefaultSplit returns the fractions of easel prepare split.
func DefaultSplit() SplitOptions { return convert[SplitOptions](prepare.DefaultSplitOptions()) }

// FindPalette finds the colours of label pictures, even in JPEG files, the most frequent
// first, and writes them to the file out, for LabelOptions.Palette. Half is as in
// LabelOptions. An existing file is replaced only if it is a palette and o.Force is set.
// Notify, which may be nil, gets the number of pictures that have been read.
func FindPalette(ctx context.Context, in, half, out string, o PrepareOptions, notify func(done, total int)) ([]Class, error) {
	below, err := o.below()
	if err != nil {
		return nil, err
	}
	if err := prepare.MayWritePalette(out, o.Force); err != nil {
		return nil, err
	}
	p, err := prepare.FindPalette(ctx, in, half, below, notify)
	if err != nil {
		return nil, err
	}
	return convert[[]Class](p.Classes), p.Save(out)
}

// DefaultInspect returns the defaults of easel prepare inspect: copies are found even if
// they were recompressed or resized, and the contact sheet shows 12 pairs of each split.
func DefaultInspect() InspectOptions { return convert[InspectOptions](prepare.DefaultInspectOptions()) }

// Inspect checks all pairs of a folder as training would, and describes them. Pairs with
// problems are listed and otherwise left out. Of o, only Threads is used.
func Inspect(ctx context.Context, dir string, i InspectOptions, o PrepareOptions) (*Inspection, error) {
	below, err := o.below()
	if err != nil {
		return nil, err
	}
	found, err := prepare.Inspect(ctx, dir, convert[prepare.InspectOptions](i), below)
	return convert[*Inspection](found), err
}
