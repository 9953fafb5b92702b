package easel

import (
	"context"

	"easel/internal/data/edge"
	"easel/internal/data/palette"
	"easel/internal/data/prepare"
	"easel/internal/file/imgio"
)

// PrepareOptions are for every way to make pairs. The zero value is the default.
type PrepareOptions struct {
	// Force replaces outputs that exist.
	Force bool
	// Seed of everything random.
	Seed uint64
	// Threads that work; 0 is one a core. The result is the same for any number.
	Threads int
	// Size is the width and height, in pixels, that pictures are brought to first; 0
	// leaves them as they are.
	Size int
	// Fit is how they are brought to Size: "crop" (or ""), "pad" (with white) or
	// "stretch".
	Fit string
	// Apart writes A/ and B/ instead of side-by-side pictures.
	Apart bool
}

func (o PrepareOptions) below() (prepare.Options, error) {
	below := prepare.Options{Force: o.Force, Seed: o.Seed, Workers: o.Threads, Size: o.Size, Apart: o.Apart}
	if o.Fit != "" {
		var err error
		if below.Fit, err = prepare.ParseFit(o.Fit); err != nil {
			return below, err
		}
	}
	return below, nil
}

// made runs one of package prepare's verbs.
func (o PrepareOptions) made(notify func(PrepareEvent), verb func(prepare.Options, func(prepare.Event)) (prepare.Result, error)) (PrepareResult, error) {
	below, err := o.below()
	if err != nil {
		return PrepareResult{}, err
	}
	r, err := verb(below, hearing[prepare.Event](notify))
	return convert[PrepareResult](r), err
}

// PrepareEdges pairs each picture of the folder in with its outlines, black on white,
// as the paper does for edges→shoes. Begin with DefaultEdges. Here and in the other
// ways to make pairs: pairs go to the folder out; a picture that fails does not stop
// the others; notify, which may be nil, hears of each; and when ctx ends, what is made
// stays, and the same call goes on.
func PrepareEdges(ctx context.Context, in, out string, e EdgeOptions, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Edges(ctx, in, out, convert[edge.Options](e), o, notify)
	})
}

// DefaultEdges are the outlines that easel prepare edges draws.
func DefaultEdges() EdgeOptions { return convert[EdgeOptions](edge.DefaultOptions()) }

// PrepareCombine joins each picture of folder a with that of the same name in folder
// b, a on the left. Names that only one folder has are an error before anything is
// written, unless c.SkipUnmatched.
func PrepareCombine(ctx context.Context, a, b, out string, c CombineOptions, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		_, r, err := prepare.Combine(ctx, a, b, out, convert[prepare.CombineOptions](c), o, notify)
		return r, err
	})
}

// PrepareGray pairs each picture with its grey values, to learn colouring.
func PrepareGray(ctx context.Context, in, out string, g GrayOptions, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Gray(ctx, in, out, convert[prepare.GrayOptions](g), o, notify)
	})
}

// DefaultGray is from grey values to RGB.
func DefaultGray() GrayOptions { return convert[GrayOptions](prepare.DefaultGrayOptions()) }

// PrepareColours joins the pictures of a folder, of which it takes the lightness,
// with the translated a and b of the same name in folder ab: the way back from
// PrepareGray with Colours "ab".
func PrepareColours(ctx context.Context, in, ab, out string, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Colours(ctx, in, ab, out, o, notify)
	})
}

// PrepareHoles pairs each picture with itself less some parts, to learn inpainting.
func PrepareHoles(ctx context.Context, in, out string, h HoleOptions, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Holes(ctx, in, out, convert[prepare.HoleOptions](h), o, notify)
	})
}

// DefaultHoles are those of easel prepare holes.
func DefaultHoles() HoleOptions { return convert[HoleOptions](prepare.DefaultHoleOptions()) }

// LowresOptions are how inputs lose their pixels.
type LowresOptions struct {
	// Factor is how many times fewer pixels a side has; above 1.
	Factor float64
	// Down is the filter to shrink with, and Up the one to enlarge with: "nearest",
	// "bilinear", "bicubic", "area" or "lanczos".
	Down, Up string
}

// DefaultLowres is a quarter of the pixels a side.
func DefaultLowres() LowresOptions {
	l := prepare.DefaultLowresOptions()
	return LowresOptions{l.Factor, l.Down.String(), l.Up.String()}
}

// PrepareLowres pairs each picture with a coarse version of it of the same size, to
// learn detail.
func PrepareLowres(ctx context.Context, in, out string, l LowresOptions, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		below := prepare.LowresOptions{Factor: l.Factor}
		var err error
		if below.Down, err = imgio.ParseFilter(l.Down); err != nil {
			return prepare.Result{}, err
		}
		if below.Up, err = imgio.ParseFilter(l.Up); err != nil {
			return prepare.Result{}, err
		}
		return prepare.Lowres(ctx, in, out, below, o, notify)
	})
}

// PrepareNoise pairs each picture with a noisy one, to learn denoising.
func PrepareNoise(ctx context.Context, in, out string, n NoiseOptions, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Noise(ctx, in, out, convert[prepare.NoiseOptions](n), o, notify)
	})
}

// DefaultNoise is Gaussian noise as easel prepare noise adds it.
func DefaultNoise() NoiseOptions { return convert[NoiseOptions](prepare.DefaultNoiseOptions()) }

// LabelOptions are how label pictures are changed.
type LabelOptions struct {
	// Palette is a file of classes and their colours.
	Palette string
	// To is "index", maps of one channel that hold class indices, or "colours".
	To string
	// From is "index", "colours" or "auto": pictures of one channel are index maps.
	From string
	// Half is where labels are in side-by-side pairs: "left", "right", or "" where
	// pictures are labels alone.
	Half string
}

// PrepareLabels changes label pictures: index maps into colours, colours into index
// maps, or colours into clean colours, rid of JPEG noise.
func PrepareLabels(ctx context.Context, in, out string, l LabelOptions, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	p, err := palette.Read(l.Palette)
	if err != nil {
		return PrepareResult{}, err
	}
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Labels(ctx, in, out, prepare.LabelOptions{Palette: p, To: l.To, From: l.From, Half: l.Half}, o, notify)
	})
}

// PrepareSplit copies pairs into train/, val/ and test/. Begin with DefaultSplit.
func PrepareSplit(ctx context.Context, in, out string, s SplitOptions, o PrepareOptions, notify func(PrepareEvent)) (PrepareResult, error) {
	return o.made(notify, func(o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		_, r, err := prepare.Split(ctx, in, out, convert[prepare.SplitOptions](s), o, notify)
		return r, err
	})
}

// DefaultSplit are the fractions of easel prepare split.
func DefaultSplit() SplitOptions { return convert[SplitOptions](prepare.DefaultSplitOptions()) }

// FindPalette finds the colours of label pictures, JPEG or not, the most frequent first,
// and writes them to the file out, for LabelOptions.Palette. Half is where labels are in
// side-by-side pairs, as in LabelOptions. A file that exists is replaced only if it is a
// palette and o.Force is set. Notify, which may be nil, hears how many pictures have been
// looked at.
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

// DefaultInspect finds recompressed and resized copies, and shows 12 pairs of each split
// on the contact sheet.
func DefaultInspect() InspectOptions { return convert[InspectOptions](prepare.DefaultInspectOptions()) }

// Inspect looks at all pairs of a folder as training would. Pairs with problems are
// listed and otherwise left out. Of o only Threads matters.
func Inspect(ctx context.Context, dir string, i InspectOptions, o PrepareOptions) (*Inspection, error) {
	below, err := o.below()
	if err != nil {
		return nil, err
	}
	found, err := prepare.Inspect(ctx, dir, convert[prepare.InspectOptions](i), below)
	return convert[*Inspection](found), err
}
