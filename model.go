package easel

import (
	"context"
	"image"
	"io"

	"easel/internal/file/imgio"
	"easel/internal/model/zoo"
	"easel/internal/work/translate"
	"easel/internal/work/video"
)

// Model is a trained generator. Its weights (218 MB for the paper's) are mapped from its
// file, which stays open, and it keeps the memory for the last two sizes of pictures. It
// is safe for concurrent use; translations run one after the other, each on all threads.
type Model struct{ model *translate.Model }

// Open opens a run folder or a model file. The file describes itself, so nothing else has
// to be given.
func Open(path string) (*Model, error) { return OpenWith(path, ModelOptions{}) }

// OpenWith is Open with options.
func OpenWith(path string, o ModelOptions) (*Model, error) {
	return opened(translate.Open(path, convert[translate.ModelOptions](o)))
}

// StyleOptions say which style OpenStyle's network paints in: Picture or InMemory. A
// network that was trained for one style needs neither.
type StyleOptions struct {
	// Picture is the file of a picture in that style.
	Picture string
	// InMemory is such a picture in memory.
	InMemory *Picture
	// Weights are how much is taken of each style that a network of several has
	// learned, relative to their sum; nil is the first of them.
	Weights []float64
	// Strength of the style, from 0 to 1; nil is 1.
	Strength *float64
	// Colours says where the colours of the result come from, in the words of
	// StylizeOptions; "" is the style.
	Colours string
}

// OpenStyle opens a feed-forward style network (Johnson et al. 2016; AdaIN, Huang and
// Belongie 2017), which paints in one pass. Use the Model as any other.
func OpenStyle(path string, style StyleOptions, o ModelOptions) (*Model, error) {
	chosen := translate.StyleOptions{Strength: 1, Weights: style.Weights, Colours: style.Colours}
	if style.Strength != nil {
		chosen.Strength = *style.Strength
	}
	switch {
	case style.InMemory != nil:
		chosen.Pictures = []*imgio.Picture{style.InMemory.below()}
	case style.Picture != "":
		picture, _, err := imgio.Read(style.Picture, imgio.ReadOptions{})
		if err != nil {
			return nil, err
		}
		chosen.Pictures = []*imgio.Picture{picture}
	}
	return opened(translate.OpenStyle(path, chosen, convert[translate.ModelOptions](o)))
}

func opened(m *translate.Model, err error) (*Model, error) {
	if err != nil {
		return nil, err
	}
	return &Model{m}, nil
}

// Translate translates a picture of any size. Grey pictures become RGB if the model
// expects colours. Alpha that the model does not take is laid on white, or on
// TranslationOptions.Background. The result has the size of img, and 16 bits a sample if
// img has. If there is too little memory, the error is an ErrMemory, which says what size
// would fit.
func (m *Model) Translate(ctx context.Context, img image.Image) (image.Image, error) {
	out, err := m.model.Picture(ctx, imgio.FromImage(img))
	if err != nil {
		return nil, public(err)
	}
	return imgio.ToImage(out)
}

// TranslatePicture is Translate for any number of channels.
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

// TranslateFiles translates pictures, and all pictures in folders and their subfolders,
// into files with the same relative paths in the folder out. If there is one picture, out
// may be a file. A picture that fails does not stop the others: notify, which may be nil,
// hears of each. Results of an earlier call for the same files are kept.
func (m *Model) TranslateFiles(ctx context.Context, inputs []string, out string, o FileOptions, notify func(FileEvent)) (FileResult, error) {
	r, err := m.model.Files(ctx, inputs, out, convert[translate.FileOptions](o), hearing[translate.Event](notify))
	return convert[FileResult](r), public(err)
}

// DefaultVideo returns the default options for Model.Video.
func DefaultVideo() VideoOptions { return convert[VideoOptions](video.Default()) }

// Video paints a video, or a folder of frames, into another, so that it does not flicker:
// each frame is blended with the one before, moved to where things are now. Video files
// need the programs ffmpeg and ffprobe. A cancelled context ends with an error that wraps
// ErrInterrupted; the same call goes on from there. notify, which may be nil, hears of
// every frame.
func (m *Model) Video(ctx context.Context, o VideoOptions, notify func(VideoEvent)) (VideoResult, error) {
	r, err := m.model.Video(ctx, convert[video.Options](o), hearing[video.Event](notify))
	return convert[VideoResult](r), public(err)
}

// TranslateStream reads a picture from r, in any format that easel reads, and writes its
// translation to w as PNG.
func (m *Model) TranslateStream(ctx context.Context, r io.Reader, w io.Writer) (warnings []string, err error) {
	found, err := m.model.Stream(ctx, r, w, translate.FileOptions{})
	return convert[[]string](found), public(err)
}

// Close frees the model's memory and closes its file. It waits for a translation that is
// running; later ones fail with ErrClosed. Closing again does nothing.
func (m *Model) Close() error { return m.model.Close() }

// ImportedModel is a model of another program, converted to easel's.
type ImportedModel struct {
	// Path is the file that was read, and Format its container.
	Path, Format string
	// Network describes it for people.
	Network string
	// Notes say what was assumed where the file does not tell.
	Notes []string

	model *zoo.Imported
}

// Write writes a file for Open, or for OpenStyle if it is a style network.
func (m *ImportedModel) Write(path string) error { return m.model.Write(path) }

// Import reads a model that another program trained, such as a .pth file of the authors'
// PyTorch port or a folder with one. docs/models.md lists what it reads.
func Import(path string, o ImportOptions) (*ImportedModel, error) {
	m, err := zoo.Import(path, convert[zoo.ImportOptions](o))
	if err != nil {
		return nil, err
	}
	return &ImportedModel{Path: m.Path, Format: m.Format, Network: m.Network, Notes: m.Notes, model: m}, nil
}
