package cli

import (
	gobytes "bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"easel"
	"easel/internal/base/hint"
	"easel/internal/engine/device"
	"easel/internal/file/atomicfile"
	"easel/internal/file/imgio"
)

// translateFlags are what easel translate is asked for.
type translateFlags struct {
	model, out string
	options    easel.TranslationOptions
	files      easel.FileOptions
	noise      string
	depth      string
	precision  string
	maxMemory  bytes
}

func (a *app) translateCommand() *cobra.Command {
	var f translateFlags
	cmd := &cobra.Command{
		Use:   "translate --model RUN|FILE --out DIR|FILE|- PICTURE…|DIR…|-",
		Short: "Translate pictures with a trained model",
		Long: `Translate pictures of any size with a trained model. A run folder stands for its
latest checkpoint; its best model by validation is RUN/best.safetensors.

Pictures in folders and their sub-folders are all translated, and outputs keep
their paths. Outputs are PNG files of the same name, TIFF where PNG has no such
picture, with the depth and range of the pictures that the model learned from, and
where on Earth they are if the inputs say so (GeoTIFF). --format chooses another:
same is the input's, where it is PNG, JPEG or TIFF; jpeg has quality 95 and chroma of
half the size. --out can be a picture file if there is one input, or - for standard
output; - as an input is standard input.

Nothing is overwritten without --force, and no input ever. A command that was
interrupted goes on when it is given again. A picture that fails does not stop the
others; the exit code is 1 then.`,
		Example: `  easel translate --model runs/facades --out photos labels
  easel translate --model runs/facades --out photo.png label.png
  easel translate --model runs/maps --out drawn --side a maps/val
  easel translate --model runs/bands --out out --stack A/1 A/2
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
	flags.StringVar(&f.out, "out", "", "folder for the translations, or for one a picture file, or - for standard output")
	flags.BoolVar(&f.files.Force, "force", false, "overwrite outputs that exist")
	flags.StringVar(&f.files.Format, "format", "png", "of the translations: png, tiff, jpeg, or same as the input")
	flags.StringVar(&f.files.Side, "side", "", "half of side-by-side pairs to translate: a, the left, or b (default: whole pictures)")
	flags.BoolVar(&f.files.Stack, "stack", false, "the inputs are folders whose files of equal names are channels of one picture")
	flags.IntVar(&f.files.Read.Frame, "frame", 0, "frame of animations, or page of TIFF files, counted from 1 (default: the first frame; pages of one size are channels)")
	flags.StringVar(&f.options.Background, "background", "white", "what shows through transparent pictures where the model takes no alpha: white, black or #rrggbb")
	flags.StringVar(&f.depth, "depth", "", "bits a sample of the translations: 8, 16 or float (default: the targets' that the model learned from)")
	flags.StringVar(&f.noise, "noise", "on", "dropout and z, as in training: on or off")
	flags.StringVar(&f.precision, "precision", device.Float32.String(), precisionHelp)
	flags.BoolVar(&f.options.KeepUntrained, "keep-untrained", false, "keep weights that training never reached (they matter on pictures larger than the model's size)")
	flags.Var(&f.maxMemory, "max-memory", "memory that a picture may take, as 4GB (default: what the machine has)")
	return cmd
}

func (f *translateFlags) check(args []string) error {
	var err error
	if err := f.files.Validate(); err != nil {
		return usage(err, "")
	}
	if f.options.Depth, err = depthOf(f.depth); err != nil {
		return err
	}
	if err := f.options.Validate(); err != nil {
		return usage(err, "")
	}
	if f.options.NoNoise, err = noiseOff(f.noise); err != nil {
		return err
	}
	if len(args) == 0 {
		return usage(fmt.Errorf("there is no picture to translate"), "name pictures or folders, or - for standard input")
	}
	if slices.Contains(args, "-") && len(args) > 1 {
		return usage(fmt.Errorf("- stands for standard input, and then there are no other pictures"), "")
	}
	if f.out == "-" && len(args) > 1 {
		return usage(fmt.Errorf("standard output takes one picture, and there are %d", len(args)), "name a folder with --out")
	}
	if f.out == "" && args[0] != "-" {
		return usage(fmt.Errorf("easel translate wants --out"), "name a folder for the translations")
	}
	if args[0] == "-" && f.out != "" && f.out != "-" && !picturePath(f.out) {
		return usage(fmt.Errorf("the translation of standard input goes to a picture file or to standard output, not to %s", f.out), "name a .png, .tif or .jpg file with --out")
	}
	return nil
}

// depthOf reads the value of --depth; 0 is that nobody chose.
func depthOf(value string) (int, error) {
	depths := map[string]int{"": 0, "8": 8, "16": 16, "float": 32}
	depth, ok := depths[value]
	if !ok {
		return 0, usage(fmt.Errorf("--depth %q: it has to be 8, 16 or float", value), "")
	}
	return depth, nil
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
	if args[0] == "-" || f.out == "-" {
		return a.translateStream(ctx, m, f, args[0])
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
	kept := ""
	if result.Kept > 0 {
		kept = fmt.Sprintf(", %d kept from before", result.Kept)
	}
	if result.Failed > 0 {
		a.say("%d %s%s, %d failed", result.Translated, done, kept, result.Failed)
		if exists {
			a.hint("overwrite with --force, or choose another folder with --out")
		}
		return errFailedQuietly
	}
	a.say("%d %s into %s%s", result.Translated, done, out, kept)
	return nil
}

// picturePath reports that a file of that name is written as a picture.
func picturePath(path string) bool {
	_, err := imgio.FormatOf(path)
	return err == nil
}

// translateStream translates one picture from or to a standard stream.
func (a *app) translateStream(ctx context.Context, m *easel.Model, f translateFlags, input string) error {
	r := a.In
	if input != "-" {
		file, err := os.Open(input)
		if err != nil {
			return err
		}
		defer file.Close()
		r, f.files.Name = file, input
	}
	toFile := f.out != "" && f.out != "-"
	if toFile {
		if _, err := os.Lstat(f.out); err == nil && !f.files.Force {
			return hint.New(fmt.Errorf("%s: %w", f.out, fs.ErrExist), "overwrite with --force, or choose another file with --out")
		}
		format, err := imgio.FormatOf(f.out)
		if err != nil {
			return err
		}
		f.files.Format = strings.ToLower(format.String())
	} else if out, ok := a.Out.(*os.File); ok && term.IsTerminal(int(out.Fd())) {
		return hint.New(errors.New("a picture is nothing for a terminal"), "name a file with --out, or send standard output to one: easel translate … > picture.png")
	}
	var made gobytes.Buffer
	warnings, err := m.TranslateStream(ctx, r, &made, f.files)
	for _, w := range warnings {
		a.warn(w)
	}
	if err != nil {
		return err
	}
	if toFile {
		return atomicfile.Write(f.out, func(w io.Writer) error { _, err := made.WriteTo(w); return err })
	}
	_, err = made.WriteTo(a.Out)
	return err
}
