package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"easel/internal/base/option"
	"easel/internal/model/pix2pix"
	"easel/internal/work/stylize"
	"easel/internal/work/train"
)

func (a *app) trainCommand() *cobra.Command {
	preset := "paper"
	shown, _ := train.Preset(preset) // what --help shows
	cmd := &cobra.Command{
		Use:   "train [--data] DIR --out RUN",
		Short: "Train a model on a folder of pairs",
		Long: `Train a model on a folder of pairs: side-by-side pictures, with or without train/,
val/ and test/, or A/ and B/ with equal file names.

The run is a folder: config.json, log.jsonl, checkpoints/, samples/, report.html and
best.safetensors, the best model by validation: by L1 or, in adversarial training, by
the distribution of patches. Ctrl-C saves, and --resume continues to the same numbers
as an uninterrupted run. --steps, --epochs and --time are totals, also when resuming.

--task labels learns classes instead of pictures: the result is a network that reads
labels from photographs. easel evaluate --scorer uses it to judge whether generated
photographs can be read (the paper's FCN-score).

Presets: paper (the default), pytorch (as the authors' PyTorch port), best (what we would
use ourselves, with a perceptual loss if easel weights fetch vgg19 has been run) and
laptop (best at 128×128 with half the width: façades in less than two hours on two
cores). Flags override them.`,
		Example: `  easel train --data facades --out runs/facades --direction BtoA --preset laptop
  easel train --resume runs/facades --epochs 200
  easel train --data facades --out runs/scorer --task labels --preset laptop
  easel train --data pairs --out runs/colours --input-channels 1 --time 2h`,
	}
	own := option.Group("Run", option.Choice(&preset, "preset", "configuration to start from", train.Presets()...))
	addOptions(cmd, append(own, shown.Declared()...))
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := asFlags(cmd, args, "data"); err != nil {
			return err
		}
		if err := own.Apply(given(cmd)); err != nil {
			return usage(err, see(cmd))
		}
		o, err := a.trainOptions(cmd, preset)
		if err != nil {
			return err
		}
		return a.train(cmd.Context(), o)
	}
	return cmd
}

// trainOptions returns the options of the preset, or of the run that is resumed, with the
// given flags applied.
func (a *app) trainOptions(cmd *cobra.Command, preset string) (train.Options, error) {
	o, err := a.trainBase(cmd, preset)
	if err != nil {
		return o, err
	}
	if err := o.Declared().Apply(given(cmd).With(a.shared(cmd, o.Resume != ""))); err != nil {
		return o, usage(err, "")
	}
	flags := cmd.Flags()
	if o.Task == train.Labels && (flags.Changed("objective") || flags.Changed("discriminator")) {
		return o, usage(errors.New("the task labels has its own objective and no discriminator: it excludes --objective and --discriminator"), "")
	}
	if flags.Changed("discriminator") && o.Network.Discriminator == "none" && !flags.Changed("objective") {
		o.Network.Objective = pix2pix.L1.Alone() // the only one of the paper's without a discriminator
	}
	if err := o.Validate(); err != nil {
		return o, usage(err, adviceOf(err, "see easel train --help"))
	}
	return o, nil
}

func (a *app) trainBase(cmd *cobra.Command, preset string) (train.Options, error) {
	if cmd.Flags().Changed("resume") {
		run := cmd.Flags().Lookup("resume").Value.String()
		if cmd.Flags().Changed("preset") || cmd.Flags().Changed("out") {
			return train.Options{}, usage(errors.New("a resumed run keeps its preset and its folder: --resume excludes --preset and --out"), "")
		}
		return train.ResumeOptions(run)
	}
	if err := required(cmd, "data", "out"); err != nil {
		return train.Options{}, err
	}
	o, err := train.Preset(preset)
	if err != nil {
		return o, usage(err, "")
	}
	return o, nil
}

func (a *app) train(ctx context.Context, o train.Options) error {
	l := &trainListener{app: a, run: o.Out}
	if o.Resume != "" {
		l.run = o.Resume
	}
	if o.Network.ImageSize >= 256 && o.Resume == "" {
		l.long = "  --preset laptop is made for machines like this one; --time 2h sets the time; Ctrl-C saves, and --resume continues"
	}
	err := train.Train(ctx, o, l.hear)
	l.finish()
	if err != nil {
		return err
	}
	if o.Task == train.Labels {
		a.say("see %s; judge with it: easel evaluate --model RUN --data %s --scorer %s", l.path("report.html"), quoted(o.Data), quoted(l.run))
		return nil
	}
	a.say("see %s; use it: easel translate --model %s --out DIR PICTURE…", l.path("report.html"), quoted(l.run))
	return nil
}

// interrupted reports whether an error means that the run was saved.
func interrupted(err error) bool {
	return errors.Is(err, train.ErrInterrupted) || errors.Is(err, stylize.ErrInterrupted) || errors.Is(err, context.Canceled)
}
