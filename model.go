package easel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/file/imgio"
	"easel/internal/model/stored"
	"easel/internal/work/translate"
)

// ModelOptions say how a model is used. The zero value is the default.
type ModelOptions struct {
	// Backend is what computes, as in --backend; empty is the processor.
	Backend string
	// Precision is how products multiply: "float32", the default, or of XLA's
	// backends "tf32" or "bf16" too.
	Precision string
	// Threads to work with; 0 is one per core.
	Threads int
	// Translation has the seed of the noise, whether there is noise, and the
	// limit of memory.
	Translation TranslationOptions
}

type (
	// TranslationOptions are the choices of one translation.
	TranslationOptions = translate.Options
	// FileOptions say what to do with files.
	FileOptions = translate.FileOptions
	// FileProgress is one file done, or failed.
	FileProgress = translate.Progress
	// FileResult counts files.
	FileResult = translate.Result
)

// Model is a trained generator. It keeps its file open, whose weights (218 MB
// for the paper's) it uses where they are, mapped into memory, and the memory of
// the last two sizes of pictures. It is safe for concurrent use; translations
// happen one after the other, each on all threads.
type Model struct {
	translator *translate.Translator
	name       string // of the file, in the state that was opened
	close      func() error
}

// ErrClosed is what the errors of a Model wrap after its Close.
var ErrClosed = translate.ErrClosed

// Open opens a run folder or a model file; no other choice has to be repeated,
// since the file describes itself.
func Open(path string, options ...ModelOptions) (*Model, error) {
	var o ModelOptions
	if len(options) > 1 {
		return nil, errors.New("open model: more than one set of options")
	}
	if len(options) == 1 {
		o = options[0]
	}
	m, err := stored.OpenMapped(path)
	if err != nil {
		return nil, err
	}
	t, err := newTranslator(m, o)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open model %s: %w", path, err), m.Close())
	}
	return &Model{t, nameOf(m.Path), sync.OnceValue(func() error { return errors.Join(t.Close(), m.Close()) })}, nil
}

// StyleOptions say in which style a network paints that takes any.
type StyleOptions struct {
	// Picture is a file with the style; "" for a network that has learned its own.
	Picture string
	// Strength, from 0 to 1, is how much of the style is taken; nil is all.
	Strength *float64
}

// OpenStyle opens a network that paints in a style in one pass: its pictures are
// translations like any other's.
func OpenStyle(path string, style StyleOptions, o ModelOptions) (*Model, error) {
	chosen := translate.StyleOptions{Strength: 1}
	if style.Strength != nil {
		chosen.Strength = *style.Strength
	}
	if style.Picture != "" {
		picture, _, err := imgio.Read(style.Picture, imgio.ReadOptions{})
		if err != nil {
			return nil, err
		}
		chosen.Picture = picture
	}
	s, err := stored.OpenStyle(path)
	if err != nil {
		return nil, err
	}
	d, err := openDevice(o)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	t, err := translate.NewStyle(d, s.Network, s, chosen, o.Translation)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open style %s: %w", path, err), s.Close())
	}
	return &Model{t, nameOf(path), sync.OnceValue(func() error { return errors.Join(t.Close(), s.Close()) })}, nil
}

func openDevice(o ModelOptions) (device.Device, error) {
	precision, err := device.ParsePrecision(cmp.Or(o.Precision, device.Float32.String()))
	if err != nil {
		return nil, err
	}
	return backend.Open(o.Backend, backend.Options{Threads: o.Threads, Precision: precision})
}

func newTranslator(m *stored.Model, o ModelOptions) (*translate.Translator, error) {
	d, err := openDevice(o)
	if err != nil {
		return nil, err
	}
	return translate.New(d, m.Config, m, o.Translation)
}

// Translate translates a picture of any size. Grey pictures are taken for RGB
// where the model wants that, and alpha that it does not take is laid on white,
// or on Translation.Background. The result has img's size,
// and 16 bits a sample if img has.
func (m *Model) Translate(ctx context.Context, img image.Image) (image.Image, error) {
	out, err := m.translator.Picture(ctx, imgio.FromImage(img))
	if err != nil {
		return nil, err
	}
	return imgio.ToImage(out)
}

// nameOf tells a model's file from others and from itself after a change.
func nameOf(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return path
	}
	if whole, err := filepath.Abs(path); err == nil {
		path = whole
	}
	return fmt.Sprintf("%s %d %s", path, info.Size(), info.ModTime().UTC().Format(time.RFC3339Nano))
}

// TranslateFiles translates pictures, and the pictures in folders and below them,
// into files in the folder out, which keep their paths. A picture that fails does
// not stop the others: notify, which may be nil, hears of each. What an earlier
// call made of the same files is kept. Where there is one picture, out can be a
// file.
func (m *Model) TranslateFiles(ctx context.Context, inputs []string, out string, o FileOptions, notify func(FileProgress)) (FileResult, error) {
	o.Model = m.name
	return m.translator.Files(ctx, inputs, out, o, notify)
}

// TranslateStream translates the picture that r has, in any format that easel
// reads, and writes it to w as PNG.
func (m *Model) TranslateStream(ctx context.Context, r io.Reader, w io.Writer, o FileOptions) (warnings []string, err error) {
	found, err := m.translator.Stream(ctx, r, w, o)
	for _, f := range found {
		warnings = append(warnings, f.String())
	}
	return warnings, err
}

// Close frees the model's memory and closes its file. A translation that is under
// way is finished first; those after it fail with ErrClosed. Closing again does
// nothing.
func (m *Model) Close() error { return m.close() }
