package prepare

import (
	"math"
	"slices"
	"strings"

	"easel/internal/base/option"
	"easel/internal/base/shard"
	"easel/internal/data/dataset"
	"easel/internal/file/imgio"
)

// maxSize is a bound against typing errors.
const maxSize = 16384

// Declared are the options of every verb with their limits, in the order of help.
func (o *Options) Declared() option.List {
	return option.Of(o, option.Group("Folders",
		option.Bool(&o.Force, "force", "replace outputs of an earlier call"),
	), option.Group("Pictures",
		option.Int(&o.Size, "size", "width and height that pictures are first brought to", 1, maxSize).OrZero("their own"),
		option.Choice(&o.Fit, "fit", "how to do that, where pad adds white", Crop, Pad, Stretch).Optional(),
		option.Bool(&o.Apart, "apart", "write A/ and B/ instead of side-by-side pictures"),
	), option.Group("Run",
		option.Custom(&o.Shard, "shard", "K/N", "make only this part of the outputs, such as 3/7; others may be made at the same time, into the same folder", shard.Shard.String, shard.Parse).
			Checked(func() error { return o.Shard.Validate() }),
		option.Seed(&o.Seed, "seed", "seed of everything random").ByAll(),
		option.Int(&o.Threads, "threads", "threads to work with", 0, math.MaxInt).OrZero("one a core").ByAll(),
	))
}

// Declared are the options of Combine, in the order of help.
func (c *CombineOptions) Declared() option.List {
	return option.Of(c, option.Group("Names and labels",
		option.Text(&c.StripA, "strip-a", "ending of the names in A that those in B do not have"),
		option.Text(&c.StripB, "strip-b", "ending of the names in B that those in A do not have"),
		option.Bool(&c.SkipUnmatched, "skip-unmatched", "leave out pictures without a partner"),
		option.Choice(&c.Labels, "labels", "sides with labels, whose colours resizing must not mix", "none", "a", "b", "both").Optional(),
	))
}

// Declared are the options of Gray, in the order of help.
func (g *GrayOptions) Declared() option.List {
	return option.Of(g, option.Group("Colours",
		option.Choice(&g.Colours, "colors", "what the network learns", "rgb", "ab"),
	))
}

// Declared are the options of Holes, in the order of help.
func (h *HoleOptions) Declared() option.List {
	return option.Of(h, option.Group("Holes",
		option.Text(&h.Shape, "shape", "shape of the holes: centre, blocks or strokes").As("NAME").
			Checked(func() error { _, err := h.draw(); return err }),
		option.Number(&h.Fraction, "fraction", "fraction of the picture that is missing", option.Between(0, 1)),
		option.Text(&h.Fill, "fill", "colour of holes: white, black, gray, mean or #rrggbb").As("COLOUR").
			Checked(func() error { _, _, err := h.colour(); return err }),
		option.Bool(&h.Mask, "mask", "add a channel that tells the network where the holes are"),
	))
}

// Declared are the options of Lowres, in the order of help.
func (l *LowresOptions) Declared() option.List {
	return option.Of(l, option.Group("Detail",
		option.Number(&l.Factor, "factor", "factor by which width and height shrink", option.AboveTo(1, 64)),
		option.Choice(&l.Down, "down", "filter for shrinking", imgio.Filters()...),
		option.Choice(&l.Up, "up", "filter for enlarging", imgio.Filters()...),
	))
}

// Declared are the options of Noise, in the order of help.
func (n *NoiseOptions) Declared() option.List {
	return option.Of(n, option.Group("Noise",
		option.Choice(&n.Kind, "kind", "kind of noise, where poisson is that of photons", "gaussian", "poisson", "impulse"),
		option.Number(&n.Sigma, "sigma", "standard deviation, of values from 0 to 255; for poisson, at middle grey", option.AboveTo(0, 255)),
		option.Number(&n.SigmaMax, "sigma-max", "each picture's deviation is between sigma and this", option.AboveTo(0, 255)).
			Must("from sigma to 255", func() bool { return n.SigmaMax >= n.Sigma && n.SigmaMax <= 255 }).OrZero("sigma for all"),
		option.Number(&n.Fraction, "fraction", "fraction of the pixels that impulses replace", option.Between(0, 1)),
	))
}

// Declared are the options of Split, in the order of help.
func (s *SplitOptions) Declared() option.List {
	return option.Of(s, option.Group("Fractions",
		option.Number(&s.Val, "val", "fraction for validation", option.FromBelow(0, 1)),
		option.Number(&s.Test, "test", "fraction for tests; the rest is for training", option.FromBelow(0, 1)).Checked(s.checkFractions),
	), option.Group("Pairs that stay together",
		option.Text(&s.Group, "group", "regular expression: pairs with the same text in its first parenthesis stay together").As("REGEXP").
			Checked(func() error { _, err := s.pattern(); return err }),
		option.Int(&s.Similar, "similar", "keep pictures together that look alike: how many bits of 64 may differ", 1, 32).OrZero("off"),
	))
}

// Declared are the options of Labels, in the order of help.
func (l *LabelOptions) Declared() option.List {
	return option.Of(l, option.Group("Labels",
		option.Text(&l.Palette, "palette", "palette file").As("FILE"),
		labelForm(&l.To, "to", "what to make: index or color", "index", "colours"),
		labelForm(&l.From, "from", "what the pictures are: index, color, or auto (index if they have one channel)", "auto", "index", "colours").Optional(),
		labelHalf(&l.Half),
	))
}

// labelForm is one of several words. As a flag, "colours" has all of its spellings.
func labelForm(field *string, flag, help string, words ...string) option.Option {
	parse := func(text string) (string, error) {
		if slices.Contains([]string{"color", "colors", "colour"}, text) {
			return "colours", nil
		}
		return text, nil
	}
	return option.Custom(field, flag, "NAME", help, func(word string) string { return word }, parse).
		Must(strings.Join(words[:len(words)-1], ", ")+" or "+words[len(words)-1], func() bool { return slices.Contains(words, *field) })
}

func labelHalf(field *string) option.Option {
	return option.Choice(field, "half", "half of side-by-side pairs that has the labels", "left", "right").Optional()
}

// Declared are the options of Inspect, in the order of help.
func (i *InspectOptions) Declared() option.List {
	return option.Of(i, option.Group("Pairs",
		option.Text(&i.Pairs, "pairs", "side-by-side: the pictures are pairs, although they look like single pictures").As("KIND").
			Checked(func() error { _, err := dataset.ParsePairs(i.Pairs); return err }),
		option.Int(&i.Similar, "similar", "how many bits of 64 may differ between pictures that look the same", 0, 32),
		option.Int(&i.Sheet, "sheet", "pairs of each split on the contact sheet", 1, 1000).OrZero("none"),
	))
}
