package translate

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/file/atomicfile"
	"easel/internal/file/imgio"
)

// FileOptions say what to do with files. The zero value is the default.
type FileOptions struct {
	// Force overwrites outputs that exist, but never an input.
	Force bool
	// Format of outputs: "png" or "" (TIFF if PNG cannot store them), "tiff", "jpeg" (with
	// subsampled chroma), "webp" (lossless), or "same" for that of the input, if it can be
	// written and stores them.
	Format string
	// Quality of JPEG, 1 to 100; 0 is imgio.DefaultQuality.
	Quality int
	// Side is the half of side-by-side pairs to translate, "a", the left, or "b"; empty
	// means whole pictures.
	Side string
	// Stack treats the inputs as folders whose files of equal names are channels of one
	// picture, as a model learned them from A/1, A/2 and so on.
	Stack bool
	// Read says how to read pictures.
	Read imgio.ReadOptions
	// Name is the name of a stream in errors and warnings; empty means standard input.
	Name string
	// Model identifies the model in the record of what was made from what. Without it there
	// is no record, and every file is translated again.
	Model string
}

// Validate reports an invalid option.
func (o FileOptions) Validate() error {
	switch o.Format {
	case "", same, "png", "tiff", "jpeg", "webp":
	default:
		return fmt.Errorf("format %q: it must be same, png, tiff, jpeg or webp", o.Format)
	}
	if o.Quality < 0 || o.Quality > 100 {
		return fmt.Errorf("quality %d: it must be from 1 to 100", o.Quality)
	}
	if o.Side != "" && o.Side != "a" && o.Side != "b" {
		return fmt.Errorf("side %q: it must be a, the left half, or b", o.Side)
	}
	if o.Read.Frame < 0 {
		return fmt.Errorf("frame %d: frames are counted from 1", o.Read.Frame)
	}
	return nil
}

// same is the format of the input.
const same = "same"

// Event reports a file that was translated, kept or failed; or, if Tiles is above 0, a tile
// of a file in progress.
type Event struct {
	// Done of Total files, including this one.
	Done, Total   int
	Input, Output string
	// Pass of Passes over the tiles of the file, and Tile of Tiles in it. All passes but
	// the last measure the statistics of a norm.
	Pass, Passes, Tile, Tiles int
	// Kept says that the output existed already, made from this input by this model with
	// these options.
	Kept          bool
	Width, Height int
	Warnings      []imgio.Warning
	Err           error
}

// Result is the outcome for a list of files.
type Result struct {
	Translated, Kept, Failed int
	// LeftOut counts and names pictures in unsupported formats; empty if there are none.
	LeftOut string
}

// Files translates pictures, and the pictures in folders and their subfolders, into files
// of the same names in a folder, in natural order. Paths below a given folder are kept, and
// so are the paths of files whose names alone are ambiguous. For a single picture, out can
// also be a file: it has the extension of a picture and is not a folder.
//
// A picture that fails does not stop the others: notify, which may be nil, reports each,
// and the result counts them. Outputs of an earlier call, even an interrupted one, with the
// same files, model and options are kept, thanks to a record in the folder. If an output
// would replace an input, nothing is done. The error is for what stops everything: no
// input, no folder, a full disk, or the end of ctx.
func (t *Translator) Files(ctx context.Context, inputs []string, out string, o FileOptions, notify func(Event)) (Result, error) {
	if err := o.Validate(); err != nil {
		return Result{}, err
	}
	if notify == nil {
		notify = func(Event) {}
	}
	rec := openRecord(out, t.signature(o))
	jobs, leftOut, err := t.jobs(inputs, out, o, rec)
	if err != nil {
		return Result{}, err
	}
	result, err := each(ctx, jobs, func(j job, p *Event) error { return t.file(ctx, j, p, o, rec, notify) }, notify)
	result.LeftOut = imgio.LeftOut(leftOut)
	return result, err
}

// each translates the files one by one. If the disk is full for one, it is for the others,
// too.
func each(ctx context.Context, jobs []job, do func(job, *Event) error, notify func(Event)) (Result, error) {
	var r Result
	for i, j := range jobs {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		p := Event{Done: i + 1, Total: len(jobs), Input: j.inputs[0], Output: j.output}
		p.Err = do(j, &p)
		switch {
		case p.Err != nil:
			r.Failed++
		case p.Kept:
			r.Kept++
		default:
			r.Translated++
		}
		notify(p)
		if atomicfile.NoSpace(p.Err) {
			return r, &atomicfile.NoSpaceError{Folder: filepath.Dir(p.Output),
				Way: "make room and repeat the command, or choose another folder with {out}"}
		}
	}
	return r, nil
}

func (t *Translator) file(ctx context.Context, j job, p *Event, o FileOptions, rec *record, notify func(Event)) error {
	if info, err := os.Lstat(j.output); err == nil && !o.Force {
		if p.Kept = rec.made(j, info); p.Kept {
			return nil
		}
		return fmt.Errorf("%s: %w", j.output, fs.ErrExist)
	}
	if t.options.Tile > 0 {
		if err := t.tiledFile(ctx, j, p, o, notify); err != nil {
			return err
		}
		return rec.add(j)
	}
	in, err := t.read(j, p, o)
	if err != nil {
		return err
	}
	p.Width, p.Height = in.Width, in.Height
	if err := os.MkdirAll(filepath.Dir(j.output), 0o777); err != nil {
		return fmt.Errorf("make the output folder: %w", err)
	}
	out, err := t.Picture(ctx, in)
	if err != nil {
		return err
	}
	if err := atomicfile.Write(j.output, func(w io.Writer) error { return o.encode(w, j.format, out) }); err != nil {
		return err
	}
	return rec.add(j)
}

// read reads the pictures of a job and combines them.
func (t *Translator) read(j job, p *Event, o FileOptions) (*imgio.Picture, error) {
	o.Read.Range = t.images.Inputs.Range
	var pictures []*imgio.Picture
	for _, input := range j.inputs {
		in, warnings, err := imgio.Read(input, o.Read)
		var large *imgio.SizeError
		if errors.As(err, &large) {
			return nil, t.withTileHint(err, large)
		}
		if err != nil {
			return nil, err
		}
		if in, err = half(in, o.Side); err != nil {
			return nil, fmt.Errorf("%s: %w", input, err)
		}
		p.Warnings = append(p.Warnings, warnings...)
		pictures = append(pictures, in)
	}
	return together(pictures, j.inputs[0])
}

// together combines the pictures of a job, the first of which has a name.
func together(pictures []*imgio.Picture, name string) (*imgio.Picture, error) {
	if len(pictures) == 1 {
		return pictures[0], nil
	}
	for i, q := range pictures {
		pictures[i] = q.OnWhite()
	}
	whole, err := imgio.Concat(pictures...)
	if err != nil {
		return nil, fmt.Errorf("%s and the others of its name: %w", name, err)
	}
	return whole, nil
}

// half returns the requested half of a side-by-side pair.
func half(p *imgio.Picture, side string) (*imgio.Picture, error) {
	if side == "" {
		return p, nil
	}
	a, b, err := imgio.SplitSideBySide(p)
	if err != nil {
		return nil, err
	}
	if side == "b" {
		return b, nil
	}
	return a, nil
}

// Stream translates one picture from r and writes it to w, in the format of Files.
func (t *Translator) Stream(ctx context.Context, r io.Reader, w io.Writer, o FileOptions) ([]imgio.Warning, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	buffered := bufio.NewReader(r)
	head, _ := buffered.Peek(sniffed) // Decode reports it if this is too little
	o.Read.Range = t.images.Inputs.Range
	in, warnings, err := imgio.Decode(buffered, cmp.Or(o.Name, "standard input"), o.Read)
	if err == nil {
		in, err = half(in, o.Side)
	}
	if err != nil {
		return warnings, err
	}
	out, err := t.Picture(ctx, in)
	if err != nil {
		return warnings, err
	}
	return warnings, o.encode(w, t.format(o.Format, head), out)
}

func (o FileOptions) encode(w io.Writer, f imgio.Format, p *imgio.Picture) error {
	return imgio.EncodeWith(w, f, p, cmp.Or(o.Quality, imgio.DefaultQuality))
}

// sniffed is how many bytes reveal the format of a file.
const sniffed = 512

// Format is the default format of translations.
func (t *Translator) Format() imgio.Format { return t.format("", nil) }

// OutputFormat returns the format of translations with some options other than "same". It
// fails if the format cannot store them.
func (t *Translator) OutputFormat(o FileOptions) (imgio.Format, error) {
	if err := o.Validate(); err != nil {
		return 0, err
	}
	f := t.format(o.Format, nil)
	return f, t.holds(f)
}

// format returns the format of a translation. For "same", head is the beginning of the
// input.
func (t *Translator) format(name string, head []byte) imgio.Format {
	like := t.like()
	natural := imgio.FormatFor(like)
	switch name {
	case "tiff":
		return imgio.TIFF
	case "jpeg":
		return imgio.JPEG
	case "webp":
		return imgio.WebP
	case same:
		f, ok := imgio.FormatOfData(head)
		if ok && t.holds(f) == nil && (natural == imgio.PNG || f == imgio.TIFF) {
			return f
		}
	}
	return natural
}

// like describes the translations, as far as that is known without an input.
func (t *Translator) like() *imgio.Picture {
	like := &imgio.Picture{Channels: t.form.outputs, Depth: 8}
	if t.form.classifies {
		like.Channels = 3 // labels in their colours
	} else {
		t.describe(like, 8, t.options)
	}
	return like
}

// holds reports a format that cannot store the translations, or not in strips where they
// are written so.
func (t *Translator) holds(f imgio.Format) error {
	like := t.like()
	err := f.Holds(like)
	if like.Channels == 4 && !like.Alpha && f != imgio.TIFF {
		err = errors.New("their fourth channel is no alpha; write .tif")
	}
	if err != nil {
		err = fmt.Errorf("translations as %s: %w", f, err)
		if t.options.Depth == 0 && f == imgio.WebP && like.Depth == 16 {
			return hint.New(err, "or choose {depth=8}")
		}
		return err
	}
	if t.options.Tile > 0 {
		return f.CheckRows()
	}
	return nil
}

// head returns the beginning of a file.
func head(path string) []byte {
	f, err := os.Open(path)
	if err != nil {
		return nil // reading it reports the error
	}
	defer f.Close()
	b := make([]byte, sniffed)
	n, _ := io.ReadFull(f, b)
	return slices.Clip(b[:n])
}
