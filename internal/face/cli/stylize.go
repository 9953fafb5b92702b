package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/dustin/go-humanize/english"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"easel"
	"easel/internal/work/stylize"
)

// stylizeFlags are the flags of easel stylize that are not options by
// themselves.
type stylizeFlags struct {
	preset, resume string
	model          string
	strength       float64
	styles, masks  []string
	blend          []float64
	size           string
	contentLayers  []string
	styleLayers    []string
	maxMemory      bytes
}

func (a *app) stylizeCommand() *cobra.Command {
	f := stylizeFlags{preset: stylize.DefaultPreset}
	shown, _ := easel.StylizePreset(f.preset) // what --help shows, and where flags are parsed to first
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
	flags := cmd.Flags()
	flags.SortFlags = false
	bindStylizeWords(flags, &f)
	bindStylize(flags, &shown)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if f.model != "" {
			return a.paint(cmd, f, shown.Out, shown.Force, args)
		}
		if err := asFlags(cmd, args, "content", "style"); err != nil {
			return err
		}
		if f.resume != "" {
			return a.resumeStylize(cmd, f, shown.Out)
		}
		o, err := a.stylizeOptions(cmd, f)
		if err != nil {
			return err
		}
		l := &stylizeListener{app: a}
		return a.stylize(cmd.Context(), f.maxMemory, l, func(ctx context.Context) error {
			_, _, err := easel.Stylize(ctx, o, l.hear)
			return err
		})
	}
	return cmd
}

// bindStylizeWords makes the flags that are more or less than one option.
func bindStylizeWords(flags *pflag.FlagSet, f *stylizeFlags) {
	flags.StringVar(&f.preset, "preset", f.preset, "options to start from (default: for the weights that there are): "+strings.Join(stylize.Presets(), ", "))
	flags.StringVar(&f.model, "model", "", "network of a style, as easel import makes it: paints the pictures named into the folder --out, in one pass each")
	flags.Float64Var(&f.strength, "strength", 1, "how much of the style a network for any style takes, 0 to 1 (with --model)")
	flags.StringVar(&f.resume, "resume", "", "checkpoint of an interrupted run to go on with")
	flags.StringArrayVar(&f.styles, "style", nil, "picture whose style is taken; may be repeated")
	flags.Float64SliceVar(&f.blend, "blend", nil, "weights of the styles, as 2,1 (default: equal)")
	flags.StringArrayVar(&f.masks, "mask", nil, "grey picture of where the style of the same number belongs: white; repeated like --style (- for none)")
	flags.StringVar(&f.size, "size", "", "pixels along the longer side, or what --size-mode says; 0: the content picture's own; WxH of a texture")
	flags.StringSliceVar(&f.contentLayers, "content-layers", nil, "layers that content is compared at, as relu4_2 or relu4_2:1,relu2_2:0.5")
	flags.StringSliceVar(&f.styleLayers, "style-layers", nil, "layers that style is compared at")
	flags.Var(&f.maxMemory, "max-memory", "memory that the run may take, as 4GB (default: what the machine has)")
}

// bindStylize makes a flag of every other option; their defaults are what o has.
func bindStylize(flags *pflag.FlagSet, o *easel.StylizeOptions) {
	flags.StringVar(&o.Content, "content", o.Content, "picture whose content is kept")
	flags.StringVar(&o.Out, "out", o.Out, "the result: .png, .jpg or .tif")
	flags.BoolVar(&o.Force, "force", o.Force, "overwrite the result if it exists")
	flags.StringVar(&o.Weights, "weights", o.Weights, "VGG-19's weights: .safetensors or .pth, or random (default: those that were fetched, or else random)")
	flags.StringVar(&o.WeightsKind, "weights-kind", o.WeightsKind, "torchvision or caffe, where the file does not tell")

	q := &o.Objective
	flags.Float64Var(&q.ContentWeight, "content-weight", q.ContentWeight, "the paper's α")
	flags.Float64Var(&q.StyleWeight, "style-weight", q.StyleWeight, "the paper's β")
	flags.StringVar((*string)(&q.Formula), "loss", string(q.Formula), "how losses are scaled: relative, literal (the paper's), per-position or per-element")
	flags.StringVar((*string)(&q.Comparison), "style-loss", string(q.Comparison), "gram or wasserstein")
	flags.StringVar((*string)(&q.Variation), "tv", string(q.Variation), "total variation: none, l1, l2, l2-sum or l2-nine-point")
	flags.Float64Var(&q.VariationWeight, "tv-weight", q.VariationWeight, "weight of the total variation")

	flags.StringVar(&o.SizeMode, "size-mode", o.SizeMode, "what --size is: long, short, area (its root), width or height")
	flags.Float64Var(&o.StyleScale, "style-scale", o.StyleScale, "size of the style picture in the result's; smaller makes finer strokes")
	flags.IntVar(&o.Iterations, "iterations", o.Iterations, "evaluations at each size")
	flags.IntVar(&o.FinalIterations, "final-iterations", o.FinalIterations, "evaluations at the last size (default: as many as --iterations, if those are given)")
	flags.IntVar(&o.MinSize, "min-size", o.MinSize, "longer side of the smallest size to begin with")
	flags.Float64Var(&o.ScaleStep, "scale-step", o.ScaleStep, "factor from size to size (0: one size only)")
	flags.StringVar(&o.Init, "init", o.Init, "picture to begin with: content, noise, style or a file")
	flags.StringVar(&o.Optimizer, "optimizer", o.Optimizer, "lbfgs or adam")
	flags.Float64Var(&o.LearningRate, "learning-rate", o.LearningRate, "Adam's, for pixels from 0 to 1")
	flags.Float64Var(&o.AverageDecay, "average-decay", o.AverageDecay, "of the average of Adam's points that is the result (0: the last)")
	flags.IntVar(&o.History, "history", o.History, "steps that L-BFGS remembers")

	flags.BoolVar(&o.Recolour, "recolor", o.Recolour, "give the content the style's colours before everything")
	flags.StringVar(&o.Colours, "colors", o.Colours, "style, or the content's by luminance, covariance or histogram")
	flags.StringVar((*string)(&o.Pooling), "pooling", string(o.Pooling), "of the network: max or average")
	flags.Float64Var(&o.PoolScale, "pool-scale", o.PoolScale, "what each pool's result is multiplied with")
	flags.StringVar((*string)(&o.Border), "border", string(o.Border), "beyond the picture: zero, replicate or reflect")
	flags.StringVar((*string)(&o.InnerBorder), "inner-border", string(o.InnerBorder), "beyond the features: zero, replicate or reflect")
	flags.IntVar(&o.Depth, "depth", o.Depth, "bits a sample of the result: 8 or 16 (0: the content's)")
	flags.IntVar(&o.SaveEvery, "save-every", o.SaveEvery, "iterations from picture to picture on the way, numbered (0: none)")
	flags.IntVar(&o.CheckpointEvery, "checkpoint-every", o.CheckpointEvery, "iterations from checkpoint to checkpoint (0: only on Ctrl-C)")
	// Names by which others look for it.
	flags.StringVar(&o.Colours, "original-colors", o.Colours, "the same as --colors")
	_ = flags.MarkHidden("original-colors")
}

// stylizeOptions are the preset and the given flags on top.
func (a *app) stylizeOptions(cmd *cobra.Command, f stylizeFlags) (easel.StylizeOptions, error) {
	given := cmd.Flags()
	o, err := startingOptions(given, f.preset)
	if err != nil {
		return o, err
	}
	if err := required(cmd, "out"); err != nil {
		return o, err
	}
	if !given.Changed("content") && !given.Changed("style") {
		return o, required(cmd, "content", "style")
	}
	onto := pflag.NewFlagSet("", pflag.ContinueOnError)
	bindStylize(onto, &o)
	given.Visit(func(flag *pflag.Flag) {
		if onto.Lookup(flag.Name) != nil {
			err = errors.Join(err, onto.Set(flag.Name, flag.Value.String()))
		}
	})
	if err == nil {
		err = f.into(&o, given)
	}
	if err != nil {
		return o, usage(err, "see easel stylize --help")
	}
	o.Seed, o.Threads, o.Backend, o.MaxMemory = a.seed, a.threads, a.backend, int64(f.maxMemory)
	if o.Content == "" && !given.Changed("init") {
		o.Init = stylize.FromNoise
	}
	if given.Changed("iterations") && !given.Changed("final-iterations") {
		o.FinalIterations = 0 // the preset's belongs to the preset's iterations
	}
	if err := o.Validate(); err != nil {
		return o, usage(err, "see easel stylize --help")
	}
	return o, nil
}

// startingOptions are the preset that was asked for, or else the one for the
// weights that there are.
func startingOptions(given *pflag.FlagSet, preset string) (easel.StylizeOptions, error) {
	if !given.Changed("preset") {
		weights, _ := given.GetString("weights")
		var err error
		if preset, err = easel.StylizePresetFor(weights); err != nil {
			return easel.StylizeOptions{}, err
		}
	}
	o, err := easel.StylizePreset(preset)
	if err != nil {
		return o, usage(err, "")
	}
	if given.Changed("style-weight") || given.Changed("colors") || given.Changed("original-colors") || !given.Changed("content") {
		o.Recolour = false // reconstructions, textures and kept colours want none of it
	}
	return o, nil
}

// into adds what the words say.
func (f stylizeFlags) into(o *easel.StylizeOptions, given *pflag.FlagSet) error {
	for _, path := range f.styles {
		o.Styles = append(o.Styles, easel.StylizeStyle{Path: path, Weight: 1})
	}
	if len(f.blend) > 0 && len(f.blend) != len(f.styles) {
		return fmt.Errorf("--blend has %s for %s", english.Plural(len(f.blend), "weight", ""), english.Plural(len(f.styles), "style", ""))
	}
	for i, w := range f.blend {
		o.Styles[i].Weight = w
	}
	if len(f.masks) > 0 && len(f.masks) != len(f.styles) {
		return fmt.Errorf("there are %s for %s", english.Plural(len(f.masks), "mask", ""), english.Plural(len(f.styles), "style", ""))
	}
	for i, m := range f.masks {
		if m != "-" {
			o.Styles[i].Mask = m
		}
	}
	if given.Changed("size") {
		if err := setSize(o, f.size); err != nil {
			return err
		}
	} else if o.Content == "" {
		o.Width, o.Height = o.Size, o.Size
	}
	var err error
	if given.Changed("content-layers") {
		if o.Objective.Content, err = layerWeights("content-layers", f.contentLayers); err != nil {
			return err
		}
	}
	if given.Changed("style-layers") {
		o.Objective.Style, err = layerWeights("style-layers", f.styleLayers)
	}
	return err
}

func setSize(o *easel.StylizeOptions, text string) error {
	w, h, isTwo := strings.Cut(strings.ToLower(text), "x")
	width, err := strconv.Atoi(w)
	if err != nil {
		return fmt.Errorf("--size %q: it has to be a number of pixels, or two as 512x512 for a texture", text)
	}
	height := width
	if isTwo {
		if height, err = strconv.Atoi(h); err != nil {
			return fmt.Errorf("--size %q: it has to be a number of pixels, or two as 512x512 for a texture", text)
		}
	}
	switch {
	case o.Content == "":
		o.Width, o.Height = width, height
	case isTwo:
		return fmt.Errorf("--size %s: the result has the content picture's shape, so one number is wanted; see --size-mode", text)
	default:
		o.Size = width
	}
	return nil
}

// layerWeights reads relu4_2:2; without a number every layer counts the same,
// and all of them 1 together.
func layerWeights(flag string, words []string) ([]stylize.LayerWeight, error) {
	layers := make([]stylize.LayerWeight, len(words))
	for i, word := range words {
		name, number, ok := strings.Cut(strings.TrimSpace(word), ":")
		weight := 1 / float64(len(words))
		if ok {
			var err error
			if weight, err = strconv.ParseFloat(number, 64); err != nil || math.IsNaN(weight) {
				return nil, fmt.Errorf("--%s %q: it has to be a layer, or a layer and its weight as relu4_2:0.5", flag, word)
			}
		}
		layers[i] = stylize.LayerWeight{Layer: name, Weight: weight}
	}
	return layers, nil
}

// resumeStylize goes on with a run; all but a few things are the checkpoint's.
func (a *app) resumeStylize(cmd *cobra.Command, f stylizeFlags, out string) error {
	var other []string
	cmd.Flags().Visit(func(flag *pflag.Flag) {
		switch flag.Name {
		case "resume", "out", "max-memory", "threads", "quiet", "json", "force", "backend":
		default:
			other = append(other, "--"+flag.Name)
		}
	})
	if other != nil {
		return usage(fmt.Errorf("a resumed run has its options: --resume goes without %s", strings.Join(other, " ")), "")
	}
	o := easel.ResumeStylizeOptions{Checkpoint: f.resume, Out: out, MaxMemory: int64(f.maxMemory), Threads: a.threads}
	o.Force, _ = cmd.Flags().GetBool("force")
	if cmd.Flags().Changed("backend") {
		o.Backend = a.backend
	}
	l := &stylizeListener{app: a}
	return a.stylize(cmd.Context(), f.maxMemory, l, func(ctx context.Context) error {
		_, _, err := easel.ResumeStylize(ctx, o, l.hear)
		return err
	})
}

func (a *app) stylize(ctx context.Context, limit bytes, l *stylizeListener, run func(context.Context) error) error {
	if limit > 0 { // garbage is collected in time
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(int64(limit)))
	}
	err := run(ctx)
	l.clear()
	return err
}
