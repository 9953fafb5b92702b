package cli

import (
	gobytes "bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"easel/internal/base/hint"
	"easel/internal/base/option"
	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/file/atomicfile"
	"easel/internal/file/imgio"
	"easel/internal/model/stored"
	"easel/internal/work/translate"
	"easel/internal/work/video"
)

// translateFlags are the flags of easel translate.
type translateFlags struct {
	model, in, out string
	options        translate.Options
	files          translate.FileOptions
	precision      string
	workers        *hiring
}

func (f *translateFlags) declared(backendName *string) option.List {
	return append(option.Group("Pictures",
		option.Text(&f.model, "model", "run folder or model file").As("RUN|FILE"),
		option.Text(&f.in, "in", "translate all pictures of a place, in batches: a folder, or s3://, gs://, azblob://, file://").As("PLACE"),
		option.Text(&f.out, "out", "folder for the translations, or for one a picture file, or - for standard output").As("DIR|FILE|-"),
		option.Bool(&f.files.Force, "force", "overwrite outputs that exist"),
		option.Text(&f.files.Format, "format", "of the translations: png, tiff, jpeg, webp, or same as the input").As("NAME"),
		option.Int(&f.files.Quality, "quality", "of JPEG; chroma has half the size at any", 1, 100),
		option.Text(&f.files.Side, "side", "half of side-by-side pairs to translate: a, the left, or b (default: whole pictures)").As("a|b"),
		option.Bool(&f.files.Stack, "stack", "the inputs are folders whose files of equal names are channels of one picture"),
		option.Int(&f.files.Read.Frame, "frame", "frame of animations, or page of TIFF files, counted from 1", 1, math.MaxInt32).OrZero("the first frame; pages of one size are channels"),
	), slices.Concat(f.options.Declared(), option.Group("Translation", backend.PrecisionOption(&f.precision, backendName)), f.workers.declared("pictures of --in"))...)
}

func (a *app) translateCommand() *cobra.Command {
	f := translateFlags{options: translate.Options{Background: "white"}, files: translate.FileOptions{Format: "png", Quality: imgio.DefaultQuality}, precision: device.Float32.String(), workers: newHiring()}
	shown := video.Default() // what --help shows
	cmd := &cobra.Command{
		Use:   "translate --model RUN|FILE --out DIR|FILE|- PICTURE…|DIR…|-",
		Short: "Translate pictures with a trained model",
		Long: `Translate pictures of any size with a trained model. A run folder stands for its
latest checkpoint; its best model by validation is RUN/best.safetensors.

Pictures in folders and their sub-folders are all translated, and outputs keep
their paths. Outputs are PNG files of the same name, TIFF where PNG has no such
picture, with the depth and range of the pictures that the model learned from, and
where on Earth they are if the inputs say so (GeoTIFF). --format chooses another:
same is the input's, where that can be written and stores them; jpeg has --quality
and chroma of half the size; webp is lossless. --out can be a picture file if there
is one input, or - for standard output; - as an input is standard input.

A picture that does not fit into memory is refused, with a --tile that would fit. In
tiles, PNG and TIFF files are read and written a few rows at a time; norms have the
statistics of the whole picture, which takes a pass over it for each norm. Where
--overlap is as wide as what the network sees, the result is the same; else it is an
approximation, which is said.

--video translates a video through ffmpeg, or a folder of frames, with the noise of the
first frame in all. Frames are steadied: each is blended with the one before, moved to
where things are now, so that nothing flickers.

With --in, all pictures of a place are translated into another: folders, or buckets
of object stores (s3://, gs://, azblob://, in builds that have them), which may hold
millions. Batches that are done are recorded beside the outputs, in
.easel-translated, so the same command does the rest: new, changed and failed ones. With
--join-token-file, other machines do some of the batches: each runs easel work as printed
here.

Nothing is overwritten without --force, and no input ever. A command that was
interrupted goes on when it is given again. A picture that fails does not stop the
others; the exit code is 1 then.`,
		Example: `  easel translate --model runs/facades --out photos labels
  easel translate --model runs/facades --out photo.png label.png
  easel translate --model runs/maps --out drawn --side a maps/val
  easel translate --model runs/bands --out out --stack A/1 A/2
  easel translate --model runs/maps --out drawn --tile 1024 orthophoto.tif
  easel translate --model runs/facades --in s3://bucket/labels/ --out s3://bucket/photos/
  easel translate --model runs/facades --in labels --out photos --join-token-file token --listen :8420 --tls-self-signed
  easel translate --model facades.safetensors - < label.png > photo.png
  easel translate --model runs/maps --video flight.mp4 --out drawn.mp4`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := required(cmd, "model"); err != nil {
				return err
			}
			if err := f.declared(&a.backend).Apply(given(cmd).With(a.shared(cmd, false))); err != nil {
				return usage(err, see(cmd))
			}
			if cmd.Flags().Lookup("video").Value.String() != "" {
				return a.translateVideo(cmd, f, args)
			}
			if err := noVideo(cmd, videoOptions(&shown)); err != nil {
				return err
			}
			if err := f.check(args); err != nil {
				return err
			}
			if err := f.declared(&a.backend).Check(); err != nil {
				return usage(err, adviceOf(err, see(cmd)))
			}
			return a.translate(cmd.Context(), f, args)
		},
	}
	addOptions(cmd, append(f.declared(&a.backend), videoOptions(&shown)...))
	return cmd
}

// translateVideo is easel translate --video.
func (a *app) translateVideo(cmd *cobra.Command, f translateFlags, args []string) error {
	o, err := parseVideo(cmd, args, "--video", func(flag string) bool {
		_, ok := f.options.Declared().Find(flag)
		return ok || flag == "model" || flag == "precision"
	})
	if err != nil {
		return err
	}
	if err := f.options.Validate(); err != nil {
		return usage(err, "")
	}
	if err := f.declared(&a.backend).Check(); err != nil {
		return usage(err, adviceOf(err, see(cmd)))
	}
	m, err := translate.Open(f.model, translate.ModelOptions{Backend: a.backend, Precision: f.precision, Threads: a.threads, Translation: f.options})
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	return a.modelVideo(cmd.Context(), m, o)
}

func (f *translateFlags) check(args []string) error {
	if err := f.files.Validate(); err != nil {
		return usage(err, "")
	}
	if err := f.options.Validate(); err != nil {
		return usage(err, "")
	}
	if err := f.checkBulk(args); err != nil {
		return err
	}
	if err := f.workers.check(); err != nil {
		return usage(err, adviceOf(err, ""))
	}
	if f.in != "" {
		return nil
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
		return usage(fmt.Errorf("easel translate needs --out"), "name a folder for the translations")
	}
	if args[0] == "-" && f.out != "" && f.out != "-" && !picturePath(f.out) {
		return usage(fmt.Errorf("the translation of standard input goes to a picture file or to standard output, not to %s", f.out), "name a .png, .tif or .jpg file with --out")
	}
	return nil
}

func (a *app) translate(ctx context.Context, f translateFlags, args []string) error {
	if limit := f.options.MaxMemory; limit > 0 { // garbage is collected in time
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(limit))
	}
	var err error
	if f.model, err = modelFile(ctx, f.model); err != nil {
		return err
	}
	if f.workers.wanted() { // all have this checkpoint, also if a training makes others meanwhile
		if f.model, err = stored.Find(f.model); err != nil {
			return err
		}
	}
	precision := f.precision
	if f.workers.OnlyWorkers { // which have it
		precision = device.Float32.String()
	}
	m, err := translate.Open(f.model, translate.ModelOptions{Backend: a.backend, Precision: precision, Threads: a.threads, Translation: f.options})
	if err != nil {
		return err
	}
	defer func() { _ = m.Close() }()
	if m.Precision, err = device.ParsePrecision(f.precision); err != nil {
		return err
	}
	if f.in != "" {
		return a.translateAll(ctx, m, f)
	}
	if args[0] == "-" || f.out == "-" {
		return a.translateStream(ctx, m, f, args[0])
	}
	return a.translateFiles(ctx, m, "translated", args, f.out, f.files, nil)
}

// translateFiles translates pictures and folders of them. Done is what that is
// called: translated, painted. made, which may be nil, hears of each that is there.
func (a *app) translateFiles(ctx context.Context, m *translate.Model, done string, inputs []string, out string, o translate.FileOptions, made func(input, output string)) error {
	bar, exists := a.progress("translating", 0), false
	result, err := m.Files(ctx, inputs, out, o, func(p translate.Event) {
		if p.Tiles > 0 {
			a.tileDone(bar, p)
			return
		}
		for _, w := range p.Warnings {
			a.warn(w.String())
		}
		bar.total(p.Total)
		a.fileDone(bar, fileDone{done, p.Input, p.Output, p.Done, p.Total, p.Err})
		exists = exists || errors.Is(p.Err, fs.ErrExist)
		if made != nil && p.Err == nil {
			made(p.Input, p.Output)
		}
	})
	bar.finish()
	if result.LeftOut != "" {
		a.warn(result.LeftOut)
	}
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

// tileDone reports a tile of a file that is under way. Of one file alone the bar counts
// tiles, of several it counts files.
func (a *app) tileDone(bar *bar, p translate.Event) {
	text := fmt.Sprintf("pass %d of %d, tile %d of %d", p.Pass, p.Passes, p.Tile, p.Tiles)
	if p.Total == 1 {
		bar.total(p.Passes * p.Tiles)
		bar.at((p.Pass-1)*p.Tiles+p.Tile, text)
	} else {
		bar.total(p.Total)
		bar.at(p.Done-1, filepath.Base(p.Input)+": "+text)
	}
	if a.json {
		a.emit(map[string]any{"event": "tile", "input": p.Input, "pass": p.Pass, "passes": p.Passes, "tile": p.Tile, "tiles": p.Tiles, "done": p.Done, "total": p.Total})
	}
}

// picturePath reports that a file of that name is written as a picture.
func picturePath(path string) bool {
	_, err := imgio.FormatOf(path)
	return err == nil
}

// translateStream translates one picture from or to a standard stream.
func (a *app) translateStream(ctx context.Context, m *translate.Model, f translateFlags, input string) error {
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
	warnings, err := m.Stream(ctx, r, &made, f.files)
	for _, w := range warnings {
		a.warn(w.String())
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
