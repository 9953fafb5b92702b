package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"easel/internal/base/option"
	"easel/internal/data/edge"
	"easel/internal/data/prepare"
)

func (a *app) combineCommand() *cobra.Command {
	var (
		left, right string
		f           = newPrepareFlags()
		c           = prepare.CombineOptions{Labels: "none"}
	)
	cmd := &cobra.Command{
		Use:   "combine --a DIR --b DIR --out DIR",
		Short: "Join two folders of pictures with equal names",
		Long: `Join each picture in folder A with the picture of the same name in folder B into one
picture, with A on the left. File extensions may differ; sizes may not, unless --size
makes them equal.

If names differ at their ends, --strip-a and --strip-b cut these off; pictures whose
names do not have the ending are left out. Pictures without a partner are listed, and
then nothing is written unless --skip-unmatched is given.`,
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
	cmd.RunE = a.makes(f, "pair", do, "a", "b", "out")
	f.add(cmd, option.Group("Folders",
		folderOption(&left, "a", "folder of the left halves"),
		folderOption(&right, "b", "folder of the right halves"),
		folderOption(&f.out, "out", "folder for the pairs"),
	), c.Declared(), f.options.Declared())
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

// ofPhotographs completes a command that pairs photographs with something made of them.
// own are the command's own options.
func (a *app) ofPhotographs(cmd *cobra.Command, own option.List, do photographs) *cobra.Command {
	f := newPrepareFlags()
	cmd.RunE = a.makes(f, "pair", func(ctx context.Context, o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return do(ctx, f.in, f.out, o, notify)
	}, "in", "out")
	f.add(cmd, f.folders("photographs", "pairs"), own, f.options.Declared())
	return cmd
}

// photographs is a function of package prepare from a folder to another.
type photographs func(ctx context.Context, in, out string, o prepare.Options, notify func(prepare.Event)) (prepare.Result, error)

func (a *app) edgesCommand() *cobra.Command {
	e := edge.DefaultOptions()
	cmd := &cobra.Command{
		Use:   "edges --in DIR --out DIR",
		Short: "Pair photographs with their outlines, to learn edges → photo",
		Long: `Pair each picture, on the right, with its outlines, black on white, on the left, as in
the paper's edges→shoes and edges→handbags: thin lines, few in textures, no small
pieces. The paper uses a trained detector; this one is classical and needs no weights.

Outlines depend on the size of pictures: set --size to the size that you train at. A
higher --high draws fewer lines.`,
		Example: `  easel prepare edges --in photos --out pairs --size 256
  easel train --data pairs --out run --image-size 256`,
		Args: noArguments,
	}
	do := func(ctx context.Context, in, out string, o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Edges(ctx, in, out, e, o, notify)
	}
	return a.ofPhotographs(cmd, e.Declared(), do)
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

With --colors ab a network learns only what grey values do not contain: A/ has the
lightness L of CIELAB and B/ its a and b, as TIFF files with two channels, as in the
paper. To use it, translate the pictures in A/ and join them with --ab.`,
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
	own := append(g.Declared(), option.Group("Colours",
		folderOption(&ab, "ab", "folder of translated a and b to put back on the pictures").Checked(func() error {
			if ab != "" && (cmd.Flags().Changed("colors") || cmd.Flags().Changed("size") || cmd.Flags().Changed("apart")) {
				return errors.New("--ab puts colours back and excludes --colors, --size and --apart")
			}
			return nil
		}),
	)...)
	return a.ofPhotographs(cmd, own, do)
}

func (a *app) holesCommand() *cobra.Command {
	h := prepare.DefaultHoleOptions()
	cmd := &cobra.Command{
		Use:   "holes --in DIR --out DIR",
		Short: "Pair photographs with copies that have holes, to learn inpainting",
		Long: `Pair each picture, on the right, with a copy that has holes, on the left. Where the
holes are depends on --seed and the picture's name.

With --mask inputs have a fourth channel that is 0 in holes, and pairs are in A/
and B/.`,
		Example: `  easel prepare holes --in photos --out pairs --size 256
  easel prepare holes --in photos --out pairs --shape strokes --fraction 0.3 --fill mean`,
		Args: noArguments,
	}
	do := func(ctx context.Context, in, out string, o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Holes(ctx, in, out, h, o, notify)
	}
	return a.ofPhotographs(cmd, h.Declared(), do)
}

func (a *app) lowresCommand() *cobra.Command {
	l := prepare.DefaultLowresOptions()
	cmd := &cobra.Command{
		Use:   "lowres --in DIR --out DIR",
		Short: "Pair photographs with versions of less detail, to learn super-resolution",
		Long: `Pair each picture, on the right, with a version that was shrunk and enlarged again, on
the left.`,
		Example: "  easel prepare lowres --in photos --out pairs --factor 4",
		Args:    noArguments,
	}
	do := func(ctx context.Context, in, out string, o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Lowres(ctx, in, out, l, o, notify)
	}
	return a.ofPhotographs(cmd, l.Declared(), do)
}

func (a *app) noiseCommand() *cobra.Command {
	n := prepare.DefaultNoiseOptions()
	cmd := &cobra.Command{
		Use:   "noise --in DIR --out DIR",
		Short: "Pair photographs with noisy copies, to learn denoising",
		Long: `Pair each picture, on the right, with a noisy copy, on the left. The noise depends on
--seed and the picture's name.`,
		Example: `  easel prepare noise --in photos --out pairs --sigma 25
  easel prepare noise --in photos --out pairs --sigma 5 --sigma-max 50
  easel prepare noise --in photos --out pairs --kind impulse --fraction 0.2`,
		Args: noArguments,
	}
	do := func(ctx context.Context, in, out string, o prepare.Options, notify func(prepare.Event)) (prepare.Result, error) {
		return prepare.Noise(ctx, in, out, n, o, notify)
	}
	return a.ofPhotographs(cmd, n.Declared(), do)
}
