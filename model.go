package easel

import (
	"context"
	"image"
	"io"

	"easel/internal/file/imgio"
	"easel/internal/model/zoo"
	"easel/internal/work/translate"
)

// Model is a trained generator. It keeps its file open, whose weights (218 MB
// for the paper's) it uses where they are, mapped into memory, and the memory of
// the last two sizes of pictures. It is safe for concurrent use; translations
// happen one after the other, each on all threads.
type Model struct{ model *translate.Model }

// Open opens a run folder or a model file; no other choice has to be repeated,
// since the file describes itself.
func Open(path string) (*Model, error) { return OpenWith(path, ModelOptions{}) }

// OpenWith is Open with options.
func OpenWith(path string, o ModelOptions) (*Model, error) {
	return opened(translate.Open(path, convert[translate.ModelOptions](o)))
}

// StyleOptions say which style OpenStyle's network paints in. A network of one style
// needs none; for any other, Picture or InMemory has the style.
type StyleOptions struct {
	// Picture is a picture's file.
	Picture string
	// InMemory is a picture without a file.
	InMemory *Picture
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
	switch {
	case style.InMemory != nil:
		chosen.Picture = style.InMemory.below()
	case style.Picture != "":
		picture, _, err := imgio.Read(style.Picture, imgio.ReadOptions{})
		if err != nil {
			return nil, err
		}
		chosen.Picture = picture
	}
	return opened(translate.OpenStyle(path, chosen, convert[translate.ModelOptions](o)))
}

func opened(m *translate.Model, err error) (*Model, error) {
	if err != nil {
		return nil, err
	}
	return &Model{m}, nil
}

// Translate translates a picture of any size. Grey pictures are taken for RGB
// where the model wants that, and alpha that it does not take is laid on white,
// or on TranslationOptions.Background. The result has img's size, and 16 bits a
// sample if img has. If the picture needs more memory than there is, the error is
// an ErrMemory, which says what size would fit.
func (m *Model) Translate(ctx context.Context, img image.Image) (image.Image, error) {
	out, err := m.model.Picture(ctx, imgio.FromImage(img))
	if err != nil {
		return nil, public(err)
	}
	return imgio.ToImage(out)
}

// TranslatePicture is Translate for pictures with any number of channels.
func (m *Model) TranslatePicture(ctx context.Context, p Picture) (Picture, error) {
	if err := p.check(); err != nil {
		return Picture{}, err
	}
	out, err := m.model.Picture(ctx, p.below())
	if err != nil {
		return Picture{}, public(err)
	}
	return pictureOf(out), nil
}

// TranslateFiles translates pictures, and the pictures in folders and below them,
// into files in the folder out, which keep their paths. A picture that fails does
// not stop the others: notify, which may be nil, hears of each. What an earlier
// call made of the same files is kept. Where there is one picture, out can be a
// file.
func (m *Model) TranslateFiles(ctx context.Context, inputs []string, out string, o FileOptions, notify func(FileEvent)) (FileResult, error) {
	r, err := m.model.Files(ctx, inputs, out, convert[translate.FileOptions](o), hearing[translate.Event](notify))
	return convert[FileResult](r), public(err)
}

// TranslateStream translates the picture that r has, in any format that easel
// reads, and writes it to w as PNG.
func (m *Model) TranslateStream(ctx context.Context, r io.Reader, w io.Writer) (warnings []string, err error) {
	found, err := m.model.Stream(ctx, r, w, translate.FileOptions{})
	return convert[[]string](found), public(err)
}

// Close frees the model's memory and closes its file. A translation that is under
// way is finished first; those after it fail with ErrClosed. Closing again does
// nothing.
func (m *Model) Close() error { return m.model.Close() }

// ImportedModel is another program's model as easel's.
type ImportedModel struct {
	// Path is the file that was read, and Format its container.
	Path, Format string
	// Network is what it is, for people.
	Network string
	// Notes are what the file does not say, and what was assumed.
	Notes []string

	model *zoo.Imported
}

// Write writes a file that Open opens; of a network of one style, OpenStyle.
func (m *ImportedModel) Write(path string) error { return m.model.Write(path) }

// Import reads a model that another program trained: a .pth file of the authors'
// PyTorch port, for instance, or a folder with one. docs/models.md lists what is
// known.
func Import(path string, o ImportOptions) (*ImportedModel, error) {
	m, err := zoo.Import(path, convert[zoo.ImportOptions](o))
	if err != nil {
		return nil, err
	}
	return &ImportedModel{Path: m.Path, Format: m.Format, Network: m.Network, Notes: m.Notes, model: m}, nil
}
