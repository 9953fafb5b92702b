package translate

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"easel/internal/file/atomicfile"
	"easel/internal/file/imgio"
)

// FileOptions say what to do with files.
type FileOptions struct {
	// Force overwrites outputs that exist.
	Force bool
	// Read limits what is read.
	Read imgio.ReadOptions
}

// Progress is one file done, or failed.
type Progress struct {
	Done, Total   int
	Input, Output string
	Width, Height int
	Warnings      []imgio.Warning
	Err           error
}

// Result is what became of a list of files.
type Result struct{ Translated, Failed int }

// Files translates pictures, and the pictures in folders, into PNG files (TIFF if
// the model has two or more than four output channels) of the same name in a
// folder, in natural order. A picture that fails does not
// stop the others: notify hears of each, and the result counts. The error is
// for what stops all: no input, no folder, a full disk, or ctx's end.
func (t *Translator) Files(ctx context.Context, inputs []string, out string, o FileOptions, notify func(Progress)) (Result, error) {
	files, err := imgio.Find(inputs...)
	if err != nil {
		return Result{}, err
	}
	if len(files) == 0 {
		return Result{}, errors.New("there are no pictures to translate")
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return Result{}, fmt.Errorf("make the output folder: %w", err)
	}
	names := outputNames(files, t.format().Ending())
	for i, name := range names {
		names[i] = filepath.Join(out, name)
	}
	return each(ctx, files, names, func(p *Progress) error { return t.file(ctx, p, o) }, notify)
}

// each does the files one after the other. Where one finds no space on the disk,
// the next would not either.
func each(ctx context.Context, inputs, outputs []string, do func(*Progress) error, notify func(Progress)) (Result, error) {
	var r Result
	for i, input := range inputs {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		p := Progress{Done: i + 1, Total: len(inputs), Input: input, Output: outputs[i]}
		if p.Err = do(&p); p.Err != nil {
			r.Failed++
		} else {
			r.Translated++
		}
		notify(p)
		if atomicfile.NoSpace(p.Err) {
			return r, &atomicfile.NoSpaceError{Folder: filepath.Dir(p.Output),
				Way: "make room and give the same command again with {force}, or choose another folder with {out}"}
		}
	}
	return r, nil
}

func (t *Translator) file(ctx context.Context, p *Progress, o FileOptions) error {
	if !o.Force {
		if _, err := os.Lstat(p.Output); err == nil {
			return fmt.Errorf("%s: %w", p.Output, fs.ErrExist)
		}
	}
	in, warnings, err := imgio.Read(p.Input, o.Read)
	if err != nil {
		return err
	}
	p.Warnings, p.Width, p.Height = warnings, in.Width, in.Height
	out, err := t.Picture(ctx, in)
	if err != nil {
		return err
	}
	return imgio.Write(p.Output, out)
}

// Stream translates one picture from r and writes it to w in the format of Files.
func (t *Translator) Stream(ctx context.Context, r io.Reader, w io.Writer, o FileOptions) ([]imgio.Warning, error) {
	in, warnings, err := imgio.Decode(r, "standard input", o.Read)
	if err != nil {
		return warnings, err
	}
	out, err := t.Picture(ctx, in)
	if err != nil {
		return warnings, err
	}
	return warnings, imgio.Encode(w, t.format(), out)
}

// format is that of translations: PNG, or TIFF where PNG has not the channels.
func (t *Translator) format() imgio.Format {
	if t.form.classifies {
		return imgio.PNG // of labels in their colours
	}
	return imgio.FormatFor(t.form.outputs, t.targetAlpha())
}

// outputNames are the inputs' names with an ending; where two inputs
// would have one name, a number tells the later ones apart.
func outputNames(files []string, ending string) []string {
	names, taken := make([]string, len(files)), map[string]bool{}
	for i, f := range files {
		base := strings.TrimSuffix(filepath.Base(f), filepath.Ext(f))
		name := base + ending
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s-%d%s", base, n, ending)
		}
		taken[name] = true
		names[i] = name
	}
	return names
}
