package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/spf13/cobra"

	"easel"
	"easel/internal/engine/device"
)

// translateFlags are what easel translate is asked for.
type translateFlags struct {
	model, out string
	options    easel.TranslationOptions
	files      easel.FileOptions
	noise      string
	precision  string
	maxMemory  bytes
}

func (a *app) translateCommand() *cobra.Command {
	var f translateFlags
	cmd := &cobra.Command{
		Use:   "translate --model RUN|FILE --out DIR PICTURE…|DIR",
		Short: "Translate pictures with a trained model",
		Long: `Translate pictures of any size with a trained model. A run folder stands for its
latest checkpoint; its best model by validation is RUN/best.safetensors.

Pictures in folders are all translated. Outputs are PNG files of the same name,
TIFF if the model has two or more than four output channels; they are not
overwritten without --force. "-" reads a picture from standard input and writes
the translation to standard output.

A picture that fails does not stop the others; the exit code is 1 then.`,
		Example: `  easel translate --model runs/facades --out photos labels/*.png
  easel translate --model facades.safetensors - < label.png > photo.png`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := required(cmd, "model"); err != nil {
				return err
			}
			f.options.Seed = a.seed
			f.options.MaxMemory = int64(f.maxMemory)
			if err := f.check(args); err != nil {
				return err
			}
			if err := a.checkPrecision(f.precision); err != nil {
				return err
			}
			return a.translate(cmd.Context(), f, args)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.model, "model", "", "run folder or model file")
	flags.StringVar(&f.out, "out", "", "folder for the translations")
	flags.BoolVar(&f.files.Force, "force", false, "overwrite outputs that exist")
	flags.StringVar(&f.options.Background, "background", "white", "what shows through transparent pictures where the model takes no alpha: white, black or #rrggbb")
	flags.StringVar(&f.noise, "noise", "on", "dropout and z, as in training: on or off")
	flags.StringVar(&f.precision, "precision", device.Float32.String(), precisionHelp)
	flags.BoolVar(&f.options.KeepUntrained, "keep-untrained", false, "keep weights that training never reached (they matter on pictures larger than the model's size)")
	flags.Var(&f.maxMemory, "max-memory", "memory that a picture may take, as 4GB (default: what the machine has)")
	return cmd
}

func (f *translateFlags) check(args []string) error {
	var err error
	if err := f.options.Validate(); err != nil {
		return usage(err, "")
	}
	if f.options.NoNoise, err = noiseOff(f.noise); err != nil {
		return err
	}
	if len(args) == 0 {
		return usage(fmt.Errorf("there is no picture to translate"), "name pictures or folders, or - for standard input")
	}
	stream := slices.Contains(args, "-")
	if stream && len(args) > 1 {
		return usage(fmt.Errorf("- stands for standard input, and then there are no other pictures"), "")
	}
	if stream && f.out != "" {
		return usage(fmt.Errorf("the translation of standard input goes to standard output, not to --out"), "")
	}
	if !stream && f.out == "" {
		return usage(fmt.Errorf("easel translate wants --out"), "name a folder for the translations")
	}
	return nil
}

// noiseOff reads the value of --noise.
func noiseOff(value string) (bool, error) {
	if value != "on" && value != "off" {
		return false, usage(fmt.Errorf("--noise %q: it has to be on or off", value), "")
	}
	return value == "off", nil
}

func (a *app) translate(ctx context.Context, f translateFlags, args []string) error {
	m, err := easel.Open(f.model, easel.ModelOptions{Backend: a.backend, Precision: f.precision, Threads: a.threads, Translation: f.options})
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	if len(args) == 1 && args[0] == "-" {
		warnings, err := m.TranslateStream(ctx, a.In, a.Out, f.files)
		for _, w := range warnings {
			a.warn(w)
		}
		return err
	}
	return a.translateFiles(ctx, m, "translated", args, f.out, f.files)
}

// translateFiles translates pictures and folders of them. Done is what that is
// called: translated, painted.
func (a *app) translateFiles(ctx context.Context, m *easel.Model, done string, inputs []string, out string, o easel.FileOptions) error {
	bar, exists := a.progress("translating", 0), false
	result, err := m.TranslateFiles(ctx, inputs, out, o, func(p easel.FileProgress) {
		for _, w := range p.Warnings {
			a.warn(w.String())
		}
		bar.total(p.Total)
		a.fileDone(bar, fileDone{done, p.Input, p.Output, p.Done, p.Total, p.Err})
		exists = exists || errors.Is(p.Err, fs.ErrExist)
	})
	bar.finish()
	if err != nil {
		return err
	}
	if result.Failed > 0 {
		a.say("%d %s, %d failed", result.Translated, done, result.Failed)
		if exists {
			a.hint("overwrite with --force, or choose another folder with --out")
		}
		return errFailedQuietly
	}
	a.say("%d %s into %s", result.Translated, done, out)
	return nil
}
