package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"easel/internal/base/option"
	"easel/internal/work/stylize"
	"easel/internal/work/video"
)

// stylizeFlags are the flags of easel stylize that are not options of a run.
type stylizeFlags struct {
	preset, resume, model string
	strength              float64
	strip, tile, overlap  int
}

func (f *stylizeFlags) declared() option.List {
	return option.Group("Run",
		option.Choice(&f.preset, "preset", "options to start from (default: easel, or random with random weights)", stylize.Presets()...),
		option.Text(&f.resume, "resume", "checkpoint of an interrupted run to continue").As("FILE"),
		option.Text(&f.model, "model", "feed-forward style network (easel import makes one): paints pictures in one pass each, into the folder --out").As("FILE"),
		option.Int(&f.strip, "strip", "pictures in a row from the first of two styles to the second, into the folder --out", 2, 1000).OrZero("no row"),
		option.Number(&f.strength, "strength", "how strongly a network for any style applies it (with --model)", option.From(0, 1)),
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
		Long: `Paint the content of one picture in the style of another. The pixels are changed until
their VGG-19 features match those of the content place by place, and those of the style
on average (Gatys, Ecker, Bethge 2016).

--weights is a PyTorch or safetensors file with VGG-19's weights; easel weights fetch
vgg19 downloads one, which is then the default. Without it a small network is used that
is part of easel, distilled from VGG-19 (--weights small): more than twice as fast, and
nearly as good. --weights random is a network with random weights, which copies texture
and palette but does not recognise objects.

By default a preview of 512 pixels along the longer side is made, in a few minutes on
two cores, small sizes first. --size 2048 makes a large picture that looks the same. A
picture that does not fit in memory is processed in tiles, which takes longer but gives
the same result. --size 0 is the size of the content picture.

Without --content a texture is made: --style P --size 512x512. With --style-weight 0
or --content-weight 0 only one of the two is reconstructed (the paper's Figure 1).

--content and --style may be folders: every content is painted in every style, into the
folder --out, with a sheet of all. --strip 5 paints a row from one style to another. Such
a command goes on when it is given again.

Presets: easel (the default), random (the default for random weights), paper (as in
Gatys et al.), gatys (the authors' program), neural-style (Johnson's) and crowsonkb
(Crowson's). Flags override them.

With --model, a network that was trained for one style (Johnson et al. 2016) or, with
--style, for any style (AdaIN, Huang and Belongie 2017) paints pictures, and all pictures
in folders, into the folder --out, in one pass each; easel style train makes one. --style
and --blend mix several styles, of a network that has learned some by their names; --mask
says where each belongs, and --colors where colours come from.

--video paints a video through ffmpeg, or a folder of frames; --size is that of the
frames. An interrupted command goes on when it is given again. Strokes do not flicker:
each frame begins with the one before, moved to where things are now, and is kept near
it (Ruder et al. 2016). With --model it is blended with that.

Ctrl-C writes the picture so far, and a checkpoint for --resume.`,
		Example: `  easel stylize --content tubingen.jpg --style starry_night.jpg --out night.png --weights vgg19.safetensors
  easel stylize --content me.png --style a.jpg --style b.jpg --blend 2,1 --size 1024 --out me-ab.png
  easel stylize --content house.jpg --style sky.jpg --mask sky.png --style wall.jpg --mask wall.png --out two.png
  easel stylize --content photos --style paintings --out gallery
  easel stylize --style waves.jpg --size 512x512 --out texture.png
  easel stylize --model mosaic.safetensors --out painted photos/*.jpg
  easel stylize --model adain.safetensors --style any.jpg --strength 0.7 --out painted photos
  easel stylize --model starry.safetensors --video in.mp4 --out out.mp4
  easel stylize --video in.mp4 --style starry_night.jpg --size 384 --out out.mp4
  easel stylize continue night.png --size 1024 --out large.png
  easel stylize --resume night.checkpoint.safetensors`,
	}
	film, frames := video.Default(), stylize.DefaultFrames()
	ofVideos := slices.Concat(videoOptions(&film, &film.Size), frames.Declared())
	addOptions(cmd, slices.Concat(f.declared(), ofVideos, shown.Declared()))
	cmd.AddCommand(a.continueCommand())
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return a.stylizeAsAsked(cmd, &f, ofVideos, args) }
	return cmd
}

// stylizeAsAsked paints a picture, several, or a video, by pixels or by a network.
func (a *app) stylizeAsAsked(cmd *cobra.Command, f *stylizeFlags, ofVideos option.List, args []string) error {
	if err := f.declared().Apply(given(cmd)); err != nil {
		return usage(err, see(cmd))
	}
	for _, name := range []string{"strength", "tile", "overlap"} {
		if f.model == "" && cmd.Flags().Changed(name) {
			return usage(fmt.Errorf("--%s is that of a network: it goes with --model", name), see(cmd))
		}
	}
	switch isVideo, err := namesVideo(cmd); {
	case err != nil:
		return err
	case isVideo && f.model != "":
		return a.paintVideo(cmd, *f, args)
	case isVideo:
		return a.stylizeVideo(cmd, *f, args)
	}
	if err := noVideo(cmd, ofVideos); err != nil {
		return err
	}
	if f.model != "" {
		return a.paint(cmd, *f, args)
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
	l := &stylizeListener{app: a, history: o.History}
	variants, err := variantsOf(o.Styles, f.strip)
	if err != nil {
		return err
	}
	if len(variants) > 1 || isFolder(o.Content) {
		return a.stylizeEvery(cmd.Context(), o, variants, l)
	}
	return a.stylize(cmd.Context(), o.MaxMemory, l, func(ctx context.Context) error {
		_, _, err := stylize.Run(ctx, o, l.keepPlan)
		return err
	})
}

// stylizeOptions returns the preset with the given flags applied. size, unless it is 0,
// replaces the preset's size.
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
	settleIterations(cmd, &o)
	if err := o.Validate(); err != nil {
		return o, usage(err, see(cmd))
	}
	return o, nil
}

// settleIterations forgets final iterations that belong to other iterations than are asked
// for.
func settleIterations(cmd *cobra.Command, o *stylize.Options) {
	if flags := cmd.Flags(); flags.Changed("iterations") && !flags.Changed("final-iterations") {
		o.FinalIterations = 0
	}
}

// startingOptions returns the preset that was asked for, or the default for the weights
// that are there.
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
		o.Recolour = false // not for reconstructions, textures and kept colours
	}
	return o, nil
}

// resumeStylize continues a run; most options come from its checkpoint.
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
		return usage(fmt.Errorf("a resumed run keeps its options: --resume excludes %s", strings.Join(other, " ")), "")
	}
	if err := declared.Apply(given(cmd).With(a.shared(cmd, true))); err != nil {
		return usage(err, see(cmd))
	}
	re := stylize.ResumeOptions{Checkpoint: checkpoint, Out: o.Out, MaxMemory: o.MaxMemory, Threads: o.Threads, Backend: o.Backend, Force: o.Force}
	l := &stylizeListener{app: a}
	return a.stylize(cmd.Context(), o.MaxMemory, l, func(ctx context.Context) error {
		_, _, err := stylize.Resume(ctx, re, l.keepPlan)
		return err
	})
}

// stylizeEvery paints every content in every variant into the folder --out.
func (a *app) stylizeEvery(ctx context.Context, o stylize.Options, variants []stylize.Variant, l *stylizeListener) error {
	if o.Content == "" {
		return usage(errors.New("folders and strips need --content"), "")
	}
	out := o.Out
	o.Out = ""
	return a.stylize(ctx, o.MaxMemory, l, func(ctx context.Context) error {
		m, err := stylize.Every(ctx, o, variants, out, l.hear)
		if err != nil {
			return err
		}
		kept := ""
		if m.Kept > 0 {
			kept = fmt.Sprintf(", %d kept from before", m.Kept)
		}
		a.say("%d painted into %s, with %s%s", m.Painted, out, stylize.SheetFile, kept)
		return nil
	})
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// stylize runs a run and then forgets the limit that its plan has set.
func (a *app) stylize(ctx context.Context, limit int64, l *stylizeListener, run func(context.Context) error) error {
	before := debug.SetMemoryLimit(-1)
	defer debug.SetMemoryLimit(before)
	if limit > 0 { // collect garbage in time
		debug.SetMemoryLimit(limit)
	}
	err := run(ctx)
	l.clear()
	return err
}
