package cli

import (
	"context"
	"fmt"
	"math"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"easel/internal/base/option"
	"easel/internal/work/stylize"
)

// stylizeFlags are the flags of easel stylize that are no options of a run.
type stylizeFlags struct {
	preset, resume, model string
	strength              float64
	tile, overlap         int
}

func (f *stylizeFlags) declared() option.List {
	return option.Group("Run",
		option.Choice(&f.preset, "preset", "options to start from (default: easel, or random without weights)", stylize.Presets()...),
		option.Text(&f.resume, "resume", "checkpoint of an interrupted run to go on with").As("FILE"),
		option.Text(&f.model, "model", "network of a style, as easel import makes it: paints the pictures named into the folder --out, in one pass each").As("FILE"),
		option.Number(&f.strength, "strength", "how much of the style a network for any style takes (with --model)", option.From(0, 1)),
		option.Int(&f.tile, "tile", "side of the tiles in which pictures are painted that do not fit into memory (with --model)", 1, math.MaxInt32).OrZero("the whole picture at once"),
		option.Int(&f.overlap, "overlap", "pixels that neighbouring tiles share and blend (with --model)", 1, math.MaxInt32).OrZero("as many as the network sees, at most half a tile"),
	)
}

func (a *app) stylizeCommand() *cobra.Command {
	f := stylizeFlags{strength: 1}
	shown, _ := stylize.Preset(stylize.DefaultPreset) // what --help shows
	cmd := &cobra.Command{
		Use:   "stylize --content PICTURE --style PICTURE --out PICTURE",
		Short: "Paint one picture's content in the style of others",
		Long: `Paint one picture's content in another one's style, by changing its pixels until
the features of VGG-19 agree with the content's in place and with the style's on
average (Gatys, Ecker, Bethge 2016).

--weights is a file with VGG-19's weights, as PyTorch or safetensors; easel weights
fetch vgg19 downloads one, which is then the default. Without any a network of random
weights is used, which takes over texture and palette, but does not know what things
are.

The default makes a preview of 512 pixels along the longer side in a few minutes on
two cores, small pictures first. For a large one say --size 2048: it looks like the
preview. A picture that does not fit in memory is cut into tiles, which changes
nothing but the time. --size 0 is the content picture's own size.

Without --content a texture is made: --style P --size 512x512. With --style-weight 0
or --content-weight 0 only one of the two is reconstructed (the paper's Figure 1).

Presets: easel (the default), random (the default without weights), paper (as Gatys
et al. write), gatys (the authors' program), neural-style (Johnson's) and crowsonkb
(Crowson's). Flags come on top.

With --model a network that was trained for one style (Johnson et al. 2016), or for
any, with --style (AdaIN, Huang and Belongie 2017), paints pictures and the pictures
in folders into the folder --out, in one pass each.

Ctrl-C writes the picture so far, and a checkpoint for --resume.`,
		Example: `  easel stylize --content tubingen.jpg --style starry_night.jpg --out night.png --weights vgg19.safetensors
  easel stylize --content me.png --style a.jpg --style b.jpg --blend 2,1 --size 1024 --out me-ab.png
  easel stylize --content house.jpg --style sky.jpg --mask sky.png --style wall.jpg --mask wall.png --out two.png
  easel stylize --style waves.jpg --size 512x512 --out texture.png
  easel stylize --model mosaic.safetensors --out painted photos/*.jpg
  easel stylize --model adain.safetensors --style any.jpg --strength 0.7 --out painted photos
  easel stylize --resume night.checkpoint.safetensors`,
	}
	addOptions(cmd, append(f.declared(), shown.Declared()...))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := f.declared().Apply(given(cmd)); err != nil {
			return usage(err, see(cmd))
		}
		for _, name := range []string{"strength", "tile", "overlap"} {
			if f.model == "" && cmd.Flags().Changed(name) {
				return usage(fmt.Errorf("--%s is that of a network: it goes with --model", name), see(cmd))
			}
		}
		if f.model != "" {
			return a.paint(cmd, f, args)
		}
		if err := asFlags(cmd, args, "content", "style"); err != nil {
			return err
		}
		if f.resume != "" {
			return a.resumeStylize(cmd, f.resume)
		}
		o, err := a.stylizeOptions(cmd, f.preset, 0)
		if err != nil {
			return err
		}
		l := &stylizeListener{app: a}
		return a.stylize(cmd.Context(), o.MaxMemory, l, func(ctx context.Context) error {
			_, _, err := stylize.Run(ctx, o, l.hear)
			return err
		})
	}
	return cmd
}

// stylizeOptions are the preset and the given flags on top; size is another size
// than the preset's, unless it is 0.
func (a *app) stylizeOptions(cmd *cobra.Command, preset string, size int) (stylize.Options, error) {
	flags := cmd.Flags()
	o, err := startingOptions(flags, preset)
	if err != nil {
		return o, err
	}
	if size > 0 {
		o.Size = size
	}
	if err := required(cmd, "out"); err != nil {
		return o, err
	}
	if !flags.Changed("content") && !flags.Changed("style") {
		return o, required(cmd, "content", "style")
	}
	if err := o.Declared().Apply(given(cmd).With(a.shared(cmd, false))); err != nil {
		return o, usage(err, see(cmd))
	}
	if o.Content == "" && !flags.Changed("init") {
		o.Init = stylize.FromNoise
	}
	if o.Content == "" && !flags.Changed("size") {
		o.Width, o.Height = o.Size, o.Size
	}
	if flags.Changed("iterations") && !flags.Changed("final-iterations") {
		o.FinalIterations = 0 // the preset's belongs to the preset's iterations
	}
	if err := o.Validate(); err != nil {
		return o, usage(err, see(cmd))
	}
	return o, nil
}

// startingOptions are the preset that was asked for, or else the one for the
// weights that there are.
func startingOptions(given *pflag.FlagSet, preset string) (stylize.Options, error) {
	if preset == "" {
		weights := given.Lookup("weights").Value.String()
		var err error
		if preset, err = stylize.PresetFor(weights); err != nil {
			return stylize.Options{}, err
		}
	}
	o, err := stylize.Preset(preset)
	if err != nil {
		return o, usage(err, "")
	}
	if given.Changed("style-weight") || given.Changed("colors") || given.Changed("original-colors") || !given.Changed("content") {
		o.Recolour = false // reconstructions, textures and kept colours want none of it
	}
	return o, nil
}

// resumeStylize goes on with a run; all but a few things are the checkpoint's.
func (a *app) resumeStylize(cmd *cobra.Command, checkpoint string) error {
	var o stylize.Options
	declared := o.Declared()
	var other []string
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		if d, ok := declared.Find(flag.Name); ok && !d.Resumable || flag.Name == "preset" {
			other = append(other, "--"+flag.Name)
		}
	})
	if other != nil {
		return usage(fmt.Errorf("a resumed run has its options: --resume goes without %s", strings.Join(other, " ")), "")
	}
	if err := declared.Apply(given(cmd).With(a.shared(cmd, true))); err != nil {
		return usage(err, see(cmd))
	}
	re := stylize.ResumeOptions{Checkpoint: checkpoint, Out: o.Out, MaxMemory: o.MaxMemory, Threads: o.Threads, Backend: o.Backend, Force: o.Force}
	l := &stylizeListener{app: a}
	return a.stylize(cmd.Context(), o.MaxMemory, l, func(ctx context.Context) error {
		_, _, err := stylize.Resume(ctx, re, l.hear)
		return err
	})
}

func (a *app) stylize(ctx context.Context, limit int64, l *stylizeListener, run func(context.Context) error) error {
	if limit > 0 { // garbage is collected in time
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(limit))
	}
	err := run(ctx)
	l.clear()
	return err
}
