package cli

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"easel/internal/data/edge"
	"easel/internal/data/prepare"
	"easel/internal/file/imgio"
)

func (a *app) combineCommand() *cobra.Command {
	var (
		left, right string
		f           prepareFlags
		c           = prepare.CombineOptions{Labels: "none"}
	)
	cmd := &cobra.Command{
		Use:   "combine --a DIR --b DIR --out DIR",
		Short: "Join two folders of pictures with equal names",
		Long: `Join each picture of folder A with that of the same name in folder B into one
picture, A on the left. Endings may differ; sizes may not, unless --size makes them
equal.

Where names differ at their ends, --strip-a and --strip-b take these off; pictures
whose names do not end so are left out then. Pictures without a partner are listed,
and nothing is written, unless --skip-unmatched.`,
		Example: `  easel prepare combine --a labels --b photos --out pairs
  easel prepare combine --a gtFine --strip-a _gtFine_color --b leftImg8bit --strip-b _leftImg8bit --labels a --size 256 --fit stretch --out pairs`,
		Args: noArguments,
	}
	do := func(ctx context.Context, o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		m, result, err := prepare.Combine(ctx, left, right, f.out, c, o, notify)
		if c.SkipUnmatched {
			a.leftOut(m)
		}
		return result, err
	}
	cmd.RunE = a.makes(&f, "pair", func() error { return c.Validate() }, do, "a", "b", "out")
	flags := cmd.Flags()
	flags.StringVar(&left, "a", "", "folder of the left halves")
	flags.StringVar(&right, "b", "", "folder of the right halves")
	flags.StringVar(&c.StripA, "strip-a", "", "what names in A end in that those in B do not")
	flags.StringVar(&c.StripB, "strip-b", "", "what names in B end in that those in A do not")
	flags.BoolVar(&c.SkipUnmatched, "skip-unmatched", false, "leave out pictures without a partner")
	flags.StringVar(&c.Labels, "labels", c.Labels, "sides that --size must not mix colours of: none, a, b or both")
	f.add(cmd, "pairs")
	f.addShape(cmd)
	return cmd
}

// leftOut reports pictures without a partner.
func (a *app) leftOut(m prepare.Matching) {
	for _, side := range []struct {
		name  string
		files []string
	}{{"A", m.OnlyA}, {"B", m.OnlyB}} {
		for i, file := range side.files {
			switch {
			case a.json:
				a.emit(map[string]any{"event": "unmatched", "side": side.name, "file": file})
			case i == listedFiles:
				a.warn(fmt.Sprintf("and %d more of %s", len(side.files)-i, side.name))
			case i < listedFiles:
				a.warn(file + " has no partner and was left out")
			}
		}
	}
}

// listedFiles is how many of many files are named.
const listedFiles = 10

// ofPhotographs completes a command that pairs photographs with something that is
// made of them. Own validates the command's own options.
func (a *app) ofPhotographs(cmd *cobra.Command, own func() error, do photographs) *cobra.Command {
	var f prepareFlags
	cmd.RunE = a.makes(&f, "pair", own, func(ctx context.Context, o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return do(ctx, f.in, f.out, o, notify)
	}, "in", "out")
	f.addIn(cmd, "photographs")
	f.add(cmd, "pairs")
	f.addShape(cmd)
	return cmd
}

// photographs is one of package prepare's functions from a folder to another.
type photographs func(ctx context.Context, in, out string, o prepare.Options, notify func(prepare.Event)) (prepare.Result, error)

func (a *app) edgesCommand() *cobra.Command {
	e := edge.DefaultOptions()
	cmd := &cobra.Command{
		Use:   "edges --in DIR --out DIR",
		Short: "Pair photographs with their outlines, to learn edges → photo",
		Long: `Pair each picture, on the right, with its outlines, black on white, on the left, as
the paper's edges→shoes and edges→handbags have them: thin lines, few of them in
textures, no small pieces. The paper uses a trained detector; this one is classical
and needs no weights.

Outlines depend on the size of pictures: give --size the size that you train at.
A higher --high draws fewer lines.`,
		Example: `  easel prepare edges --in photos --out pairs --size 256
  easel train --data pairs --out run --image-size 256`,
		Args: noArguments,
	}
	do := func(ctx context.Context, in, out string, o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Edges(ctx, in, out, e, o, notify)
	}
	flags := cmd.Flags()
	flags.Float64Var(&e.Scale, "scale", e.Scale, "smallest detail, in pixels")
	flags.Float64Var(&e.High, "high", e.High, "contrast from which a line begins (0 to 100)")
	flags.Float64Var(&e.Low, "low", e.Low, "contrast down to which it goes on")
	flags.Float64Var(&e.Suppression, "suppression", e.Suppression, "how much textures are suppressed (0: not)")
	flags.IntVar(&e.MinLength, "min-length", e.MinLength, "pixels from which a line stays")
	return a.ofPhotographs(cmd, func() error { return e.Validate() }, do)
}

func (a *app) grayCommand() *cobra.Command {
	var (
		ab string
		g  = prepare.DefaultGrayOptions()
	)
	cmd := &cobra.Command{
		Use:   "gray --in DIR --out DIR",
		Short: "Pair photographs with their grey values, to learn colouring",
		Long: `Pair each picture, on the right, with its grey values, on the left. Train on the
pairs with --input-channels 1.

With --colors ab a network learns only what grey values do not say: A/ has the
lightness L of CIELAB and B/ its a and b, TIFF files of two channels, as in the
paper. Translate pictures of A/, and --ab puts the translations back on them.`,
		Example: `  easel prepare gray --in photos --out pairs
  easel train --data pairs --out run --input-channels 1

  easel prepare gray --in photos --out pairs --colors ab
  easel train --data pairs --out run
  easel translate --model run --out ab pairs/A
  easel prepare gray --in pairs/A --ab ab --out coloured`,
		Args: noArguments,
	}
	do := func(ctx context.Context, in, out string, o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		if ab != "" {
			return prepare.Colours(ctx, in, ab, out, o, notify)
		}
		return prepare.Gray(ctx, in, out, g, o, notify)
	}
	own := func() error {
		if ab != "" && (cmd.Flags().Changed("colors") || cmd.Flags().Changed("size") || cmd.Flags().Changed("apart")) {
			return fmt.Errorf("--ab puts colours back, which --colors, --size and --apart have no part in")
		}
		return g.Validate()
	}
	flags := cmd.Flags()
	flags.StringVar(&g.Colours, "colors", g.Colours, "what the network learns: rgb or ab")
	flags.StringVar(&ab, "ab", "", "folder of translated a and b to put back on the pictures")
	return a.ofPhotographs(cmd, own, do)
}

func (a *app) holesCommand() *cobra.Command {
	h := prepare.DefaultHoleOptions()
	cmd := &cobra.Command{
		Use:   "holes --in DIR --out DIR",
		Short: "Pair photographs with holed ones, to learn inpainting",
		Long: `Pair each picture, on the right, with itself less some parts, on the left. What is
missing is drawn from --seed and the picture's name.

With --mask inputs have a fourth channel that is 0 in holes, and pairs are in A/
and B/.`,
		Example: `  easel prepare holes --in photos --out pairs --size 256
  easel prepare holes --in photos --out pairs --shape strokes --fraction 0.3 --fill mean`,
		Args: noArguments,
	}
	do := func(ctx context.Context, in, out string, o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Holes(ctx, in, out, h, o, notify)
	}
	flags := cmd.Flags()
	flags.StringVar(&h.Shape, "shape", h.Shape, "of the holes: centre, blocks or strokes")
	flags.Float64Var(&h.Fraction, "fraction", h.Fraction, "of the picture that is missing")
	flags.StringVar(&h.Fill, "fill", h.Fill, "colour of holes: white, black, gray, mean or #rrggbb")
	flags.BoolVar(&h.Mask, "mask", h.Mask, "tell the network where holes are, in a fourth channel")
	return a.ofPhotographs(cmd, func() error { return h.Validate() }, do)
}

func (a *app) lowresCommand() *cobra.Command {
	var (
		l        = prepare.DefaultLowresOptions()
		down, up string
	)
	cmd := &cobra.Command{
		Use:   "lowres --in DIR --out DIR",
		Short: "Pair photographs with coarse ones, to learn detail",
		Long: `Pair each picture, on the right, with one of fewer pixels, enlarged to the same
size, on the left.`,
		Example: "  easel prepare lowres --in photos --out pairs --factor 4",
		Args:    noArguments,
	}
	own := func() (err error) {
		if l.Down, err = imgio.ParseFilter(down); err != nil {
			return fmt.Errorf("--down: %w", err)
		}
		if l.Up, err = imgio.ParseFilter(up); err != nil {
			return fmt.Errorf("--up: %w", err)
		}
		return l.Validate()
	}
	do := func(ctx context.Context, in, out string, o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Lowres(ctx, in, out, l, o, notify)
	}
	flags := cmd.Flags()
	flags.Float64Var(&l.Factor, "factor", l.Factor, "how many times fewer pixels a side")
	flags.StringVar(&down, "down", l.Down.String(), "filter to shrink with: nearest, bilinear, bicubic, area or lanczos")
	flags.StringVar(&up, "up", l.Up.String(), "filter to enlarge with")
	return a.ofPhotographs(cmd, own, do)
}

func (a *app) noiseCommand() *cobra.Command {
	n := prepare.DefaultNoiseOptions()
	cmd := &cobra.Command{
		Use:   "noise --in DIR --out DIR",
		Short: "Pair photographs with noisy ones, to learn denoising",
		Long: `Pair each picture, on the right, with a noisy one, on the left. Noise is drawn from
--seed and the picture's name.`,
		Example: `  easel prepare noise --in photos --out pairs --sigma 25
  easel prepare noise --in photos --out pairs --sigma 5 --sigma-max 50
  easel prepare noise --in photos --out pairs --kind impulse --fraction 0.2`,
		Args: noArguments,
	}
	do := func(ctx context.Context, in, out string, o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Noise(ctx, in, out, n, o, notify)
	}
	flags := cmd.Flags()
	flags.StringVar(&n.Kind, "kind", n.Kind, "gaussian, poisson (photons) or impulse")
	flags.Float64Var(&n.Sigma, "sigma", n.Sigma, "standard deviation, of 0 to 255; that of photons at middle grey")
	flags.Float64Var(&n.SigmaMax, "sigma-max", n.SigmaMax, "if given, each picture's is one from --sigma to this")
	flags.Float64Var(&n.Fraction, "fraction", n.Fraction, "of the pixels that impulses hit")
	return a.ofPhotographs(cmd, func() error { return n.Validate() }, do)
}
