package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"easel"
	"easel/internal/work/train"
)

func (a *app) trainCommand() *cobra.Command {
	preset := "paper"
	shown, _ := easel.TrainPreset(preset) // what --help shows, and where flags are parsed to first
	cmd := &cobra.Command{
		Use:   "train --data DIR --out RUN",
		Short: "Train a model on a folder of pairs",
		Long: `Train a model on a folder of pairs: side-by-side pictures, with or without train/,
val/ and test/, or A/ and B/ beside each other with equal file names.

The run is a folder: config.json, log.jsonl, checkpoints/, samples/, report.html
and best.safetensors, the best model by validation L1. Ctrl-C saves; --resume goes on with the
same numbers as if it had never stopped. --steps, --epochs and --time are totals,
also when resuming.

--task labels learns the targets' classes instead of their pictures: a network that
reads labels from photographs, with which easel evaluate --scorer judges whether
generated photographs can be read (the paper's FCN-score).

Presets: paper (the default), pytorch (what the authors' PyTorch port does
otherwise) and laptop (128×128, half the width: façades in less than two hours on
two cores). Flags come on top of them.`,
		Example: `  easel train --data facades --out runs/facades --direction BtoA --preset laptop
  easel train --resume runs/facades --epochs 200
  easel train --data facades --out runs/scorer --task labels --preset laptop
  easel train --data pairs --out runs/colours --input-channels 1 --time 2h`,
		Args: noArguments,
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&preset, "preset", preset, "configuration to start from: "+"paper, pytorch or laptop")
	bindTraining(flags, &shown)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		o, err := a.trainOptions(cmd, preset)
		if err != nil {
			return err
		}
		return a.train(cmd.Context(), o)
	}
	return cmd
}

// bindTraining makes a flag of every option; their defaults are what o has.
func bindTraining(flags *pflag.FlagSet, o *easel.TrainOptions) {
	n := &o.Network
	flags.StringVar(&o.Data, "data", o.Data, "folder of pairs")
	flags.StringVar(&o.Out, "out", o.Out, "folder for the new run")
	flags.StringVar(&o.Resume, "resume", o.Resume, "run to go on with")
	flags.StringVar(&o.InitFrom, "init-from", o.InitFrom, "run or model whose weights to start with, where they fit")
	flags.BoolVar(&o.SkipBad, "skip-bad", o.SkipBad, "leave out pairs with problems")

	flags.StringVar(&o.Task, "task", o.Task, "translate, or labels: learn the classes of label pictures")
	flags.StringVar(&o.Palette, "palette", o.Palette, "with --task labels: file of the labels' colours (default: found in the training pairs)")
	flags.StringArrayVar(&o.Ignore, "ignore", o.Ignore, "with --task labels: class that does not count, by name, index or #rrggbb; again for each")

	flags.IntVar(&o.Length.Epochs, "epochs", o.Length.Epochs, "length of the run in epochs")
	flags.IntVar(&o.Length.Steps, "steps", o.Length.Steps, "length of the run in steps")
	flags.DurationVar(&o.Length.Time, "time", o.Length.Time, "length of the run in time, as 2h or 90m; the schedule is fitted to it")
	flags.IntVar(&o.Batch, "batch", o.Batch, "pairs in a step, on each device")
	flags.Var((*deviceCount)(&o.Devices), "devices", "devices that share a step, a number or all")
	flags.StringVar(&o.Precision, "precision", o.Precision, precisionHelp)
	flags.BoolVar(&o.SyncNorm, "sync-norm", o.SyncNorm, "statistics of batch norms over all devices, not of each")
	flags.IntVar(&o.CheckpointEvery, "checkpoint-every", o.CheckpointEvery, "steps from checkpoint to checkpoint")
	flags.IntVar(&o.ValEvery, "val-every", o.ValEvery, "steps from validation to validation")
	flags.IntVar(&o.Keep, "keep", o.Keep, "checkpoints that stay")
	flags.IntVar(&o.ValPictures, "val-pictures", o.ValPictures, "pictures that a validation looks at, at most")
	flags.IntVar(&o.SamplePictures, "sample-pictures", o.SamplePictures, "rows in the sheets of samples, at most")

	flags.StringVar(&o.Direction, "direction", o.Direction, "which side is the input: AtoB or BtoA")
	flags.IntVar(&n.InputChannels, "input-channels", n.InputChannels, "channels of the input (0: those of the pictures)")
	flags.IntVar(&n.OutputChannels, "output-channels", n.OutputChannels, "channels of the output (0: those of the pictures)")
	flags.IntVar(&n.ImageSize, "image-size", n.ImageSize, "side of what the network sees, a power of two from 32 up")
	flags.IntVar(&o.LoadSize, "load-size", o.LoadSize, "side before the random crop (0: 286 for 256, in proportion)")
	flags.BoolVar(&o.Mirror, "mirror", o.Mirror, "mirror half of the pairs")
	flags.StringVar(&o.Labels, "labels", o.Labels, "which sides are label pictures: auto, none, a, b or both")
	flags.StringVar(&o.PhotographFilter, "photograph-filter", o.PhotographFilter, "how photographs are resampled")
	flags.StringVar(&o.LabelFilter, "label-filter", o.LabelFilter, "how label pictures are resampled")
	flags.IntVar(&o.TrainPairs, "train-pairs", o.TrainPairs, "train on so many of the pairs (0: all)")
	flags.Float64Var(&o.ValFraction, "val-fraction", o.ValFraction, "part held out for validation where there is no val/")

	flags.StringVar((*string)(&n.Generator), "generator", string(n.Generator), "unet or encoder-decoder")
	flags.IntVar(&n.Width, "width", n.Width, "channels of the generator's first layer")
	flags.StringVar((*string)(&n.Norm), "norm", string(n.Norm), "auto, batch, instance or none")
	flags.StringVar((*string)(&n.Dropout), "dropout", string(n.Dropout), "where: paper, pytorch or off")
	flags.IntVar(&n.NoiseChannels, "noise-channels", n.NoiseChannels, "channels of Gaussian noise beside the input")
	flags.StringVar((*string)(&n.Discriminator), "discriminator", string(n.Discriminator), "patch, pixel or none (with objective l1 or l2)")
	flags.IntVar(&n.PatchLayers, "patch-layers", n.PatchLayers, "stride-2 layers of the patch discriminator, 1 to 6: 16, 34, 70, 142, 286 or 574 pixels")
	flags.IntVar(&n.DiscriminatorWidth, "discriminator-width", n.DiscriminatorWidth, "channels of the discriminator's first layer")
	flags.StringVar((*string)(&n.Objective), "objective", string(n.Objective), "l1, l2, gan, cgan, l1+gan, l1+cgan, l2+gan or l2+cgan")
	flags.StringVar((*string)(&n.GANLoss), "gan-loss", string(n.GANLoss), "vanilla, lsgan or hinge")
	flags.Float64Var(&n.Lambda, "lambda", n.Lambda, "weight of l1 or l2")
	flags.Float64Var(&n.LearningRate, "lr", n.LearningRate, "learning rate")
	flags.StringVar((*string)(&n.Schedule), "schedule", string(n.Schedule), "of the learning rate: constant or linear")
}

// precisionHelp is what --precision says wherever there is one.
const precisionHelp = "how products multiply: float32; of XLA also tf32 or bf16 (all else stays float32)"

// deviceCount is a number of devices, or all of them, which is 0.
type deviceCount int

func (d *deviceCount) String() string {
	if *d == 0 {
		return "all"
	}
	return strconv.Itoa(int(*d))
}

// Set parses a number from 1 up, or "all".
func (d *deviceCount) Set(text string) error {
	if text == "all" {
		*d = 0
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return errors.New("it has to be a number from 1 up, or all")
	}
	*d = deviceCount(n)
	return nil
}

// Type is what --help calls the value.
func (d *deviceCount) Type() string { return "N|all" }

// trainOptions are the preset, or the run that is resumed, and the given flags
// on top.
func (a *app) trainOptions(cmd *cobra.Command, preset string) (easel.TrainOptions, error) {
	given := cmd.Flags()
	o, err := a.trainBase(cmd, preset)
	if err != nil {
		return o, err
	}
	if given.Changed("epochs") || given.Changed("steps") || given.Changed("time") {
		o.Length = easel.TrainLength{}
	}
	onto := pflag.NewFlagSet("", pflag.ContinueOnError)
	bindTraining(onto, &o)
	given.Visit(func(f *pflag.Flag) {
		to := onto.Lookup(f.Name)
		if to == nil {
			return
		}
		if many, ok := f.Value.(pflag.SliceValue); ok {
			err = errors.Join(err, to.Value.(pflag.SliceValue).Replace(many.GetSlice()))
		} else {
			err = errors.Join(err, onto.Set(f.Name, f.Value.String()))
		}
	})
	if err != nil {
		return o, usage(err, "")
	}
	if o.Task == train.Labels && (given.Changed("objective") || given.Changed("discriminator")) {
		return o, usage(errors.New("the task labels has its own objective and no discriminator: leave --objective and --discriminator out"), "")
	}
	if given.Changed("discriminator") && o.Network.Discriminator == "none" && !given.Changed("objective") {
		o.Network.Objective = "l1" // the only one of the paper's without a discriminator
	}
	if given.Changed("seed") || o.Resume == "" {
		o.Seed = a.seed
	}
	if given.Changed("threads") || o.Resume == "" {
		o.Threads = a.threads
	}
	if given.Changed("backend") || o.Resume == "" {
		o.Backend = a.backend
	}
	if err := o.Validate(); err != nil {
		return o, usage(err, adviceOf(err, "see easel train --help"))
	}
	return o, nil
}

func (a *app) trainBase(cmd *cobra.Command, preset string) (easel.TrainOptions, error) {
	if run, _ := cmd.Flags().GetString("resume"); cmd.Flags().Changed("resume") {
		if cmd.Flags().Changed("preset") || cmd.Flags().Changed("out") {
			return easel.TrainOptions{}, usage(errors.New("a resumed run has its preset and its folder: --resume goes without --preset and --out"), "")
		}
		return easel.ResumeOptions(run)
	}
	if err := required(cmd, "data", "out"); err != nil {
		return easel.TrainOptions{}, err
	}
	o, err := easel.TrainPreset(preset)
	if err != nil {
		return o, usage(err, "")
	}
	return o, nil
}

func (a *app) train(ctx context.Context, o easel.TrainOptions) error {
	l := &trainListener{app: a, run: o.Out}
	if o.Resume != "" {
		l.run = o.Resume
	}
	err := easel.Train(ctx, o, l.hear)
	l.finish()
	if err != nil {
		return err
	}
	if o.Task == train.Labels {
		a.say("see %s; judge with it: easel evaluate --model RUN --data %s --scorer %s", l.path("report.html"), o.Data, l.run)
		return nil
	}
	a.say("see %s; use it: easel translate --model %s --out DIR PICTURE…", l.path("report.html"), l.run)
	return nil
}

// interrupted reports whether an error is a saved run's.
func interrupted(err error) bool {
	return errors.Is(err, easel.ErrInterrupted) || errors.Is(err, easel.ErrStylizeInterrupted) || errors.Is(err, context.Canceled)
}

// count is "1 pair" or "2 pairs".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
