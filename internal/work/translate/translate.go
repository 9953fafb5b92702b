// Package translate runs a trained generator as a function from picture to picture.
//
// Load puts a stored model onto a device, and New any other source of weights. Picture
// translates one picture of any size, Files a list of files. The generator is fully
// convolutional, so a picture is only reflect-padded to the multiple that its depth needs,
// translated whole and cropped.
//
// Pictures that do not fit into memory are translated in tiles if Options.Tile says so: see
// package tiled. This never happens silently: the encoder of a 256-pixel model sees 766
// pixels, and if the overlap is narrower than what the network sees, tiles are an
// approximation, with a warning. PNG and TIFF files are then read and written a few rows at
// a time, so that memory depends on a picture's width and not on its height. The noise is
// that of the whole picture.
//
// # Guarantees
//
// The same picture, seed and weights give the same bits for any number of threads. The
// memory that a picture needs is checked in advance; too much is refused before any is
// allocated, with a tile size that would fit. A Translator is safe for concurrent use;
// pictures are translated one after the other, each on all threads.
package translate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"easel/internal/base/option"
	"easel/internal/data/palette"
	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/file/imgio"
	"easel/internal/model/nn"
	"easel/internal/model/stored"
)

// Options say how to translate. The zero value is the default.
type Options struct {
	// Seed of the noise (dropout, z). Every picture uses the same seed, so that the result
	// does not depend on earlier pictures.
	Seed uint64 `json:"seed"`
	// NoNoise switches noise off; the paper leaves it on at test time.
	NoNoise bool `json:"no_noise"`
	// KeepUntrained keeps the initial values of weights that training at the model's size
	// never used. They affect larger pictures only, where they would add noise.
	KeepUntrained bool `json:"keep_untrained"`
	// Depth is the number of bits per sample of translations: 8, 16, or 32 for floating
	// point. 0 is that of the training targets or, if the model does not say, of the input.
	Depth int `json:"depth"`
	// Background is the colour behind pictures with alpha if the model takes no alpha:
	// white, black or #rrggbb; empty is white.
	Background string `json:"background"`
	// MaxMemory limits the memory for one picture, in bytes; 0 is what the machine has.
	MaxMemory int64 `json:"max_memory"`
	// Tile is the side of the tiles in which pictures that do not fit into memory are
	// translated; 0 is the whole picture at once. Norms have the statistics of the whole
	// picture, and dropout its masks. The result equals that of the whole picture, up to
	// rounding, if Overlap is as wide as what the network sees; otherwise it is an
	// approximation. Tile is rounded down to what the network's depth needs.
	Tile int `json:"tile,omitempty"`
	// Overlap is how many pixels neighbouring tiles share at least, the middle of which is
	// blended; 0 is as many as the network sees, and at most half a tile. It is rounded up
	// to what the network's depth needs.
	Overlap int `json:"overlap,omitempty"`
}

// Declared returns the options of a translation, in the order of help.
func (o *Options) Declared() option.List {
	return option.Of(o, option.Group("Translation",
		option.OnOff(&o.NoNoise, "noise", "dropout and z, as in training"),
		option.Seed(&o.Seed, "seed", "seed of the noise").ByAll(),
		option.Text(&o.Background, "background", "colour behind transparent pictures if the model has no alpha channel: white, black or #rrggbb").As("COLOUR").Checked(o.checkBackground),
		option.Custom(&o.Depth, "depth", "8|16|float", "bits per sample of the translations (default: that of the training targets)", formatDepth, parseDepth).
			Must("8, 16 or float", func() bool { return slices.Contains([]int{0, 8, 16, 32}, o.Depth) }),
		option.Bool(&o.KeepUntrained, "keep-untrained", "keep weights that training never reached (they matter on pictures larger than the model's size)"),
		option.Bytes(&o.MaxMemory, "max-memory", "most memory for a picture, such as 4GB (default: what the machine has)"),
		option.Int(&o.Tile, "tile", "side of the tiles in which to translate pictures that do not fit into memory", 1, math.MaxInt32).OrZero("the whole picture at once"),
		option.Int(&o.Overlap, "overlap", "pixels that neighbouring tiles share and blend", 1, math.MaxInt32).OrZero("as many as the network sees, at most half a tile").Checked(o.checkOverlap),
	))
}

// floating is the depth of floating-point samples, and its name.
const (
	floating     = 32
	floatingWord = "float"
)

func formatDepth(bits int) string {
	switch bits {
	case 0:
		return ""
	case floating:
		return floatingWord
	}
	return strconv.Itoa(bits)
}

func parseDepth(text string) (int, error) {
	if text == floatingWord {
		return floating, nil
	}
	bits, err := strconv.Atoi(text)
	if err != nil || bits != 8 && bits != 16 {
		return 0, option.Errorf("it must be 8, 16 or float")
	}
	return bits, nil
}

func (o *Options) checkOverlap() error {
	if o.Overlap > 0 && o.Tile == 0 {
		declared := o.Declared()
		return option.Errorf("%v needs %v", declared.Name(&o.Overlap), declared.Name(&o.Tile))
	}
	return nil
}

func (o *Options) checkBackground() error {
	if _, err := o.background(); err != nil {
		return option.Errorf("%v: %v", o.Declared().Name(&o.Background), err)
	}
	return nil
}

// Validate reports an invalid option.
func (o Options) Validate() error { return o.Declared().Check() }

// background returns nil for the default.
func (o Options) background() (*imgio.Colour, error) {
	if o.Background == "" {
		return nil, nil
	}
	c, err := imgio.ParseColour(o.Background)
	return &c, err
}

// Weights is the source of a model's weights, such as a stored.Model.
type Weights interface {
	// Store stores parameters on a device; edit may change each value first.
	Store(d device.Device, parameters nn.Parameters, edit func(name string, value []float32)) error
}

// Translator translates pictures with one model.
type Translator struct {
	form    form
	labels  *palette.Labels // of a network that classifies
	images  stored.Images
	options Options
	device  device.Device

	mu       sync.Mutex
	programs []*sized // the most recently used first
	memory   atomic.Int64
	closed   bool
}

// ErrClosed is the error of a closed Translator.
var ErrClosed = errors.New("the model is closed")

// New loads a model's weights onto a device, which the Translator then owns, even if New
// fails. If the model does not describe its pictures, as in older models, a fourth channel
// is alpha, and translations have the input's depth.
func New(d device.Device, model stored.Config, weights Weights, o Options) (*Translator, error) {
	t := &Translator{form: formOf(model.Network), labels: model.Labels, images: model.Images, options: o, device: d}
	return t.load(weights, clearUntrained(model.Network, o))
}

// Load puts a stored model onto a device of the backend, which the Translator closes. A
// model from stored.OpenMapped must stay open as long as the Translator.
func Load(m *stored.Model, name string, b backend.Options, o Options) (*Translator, error) {
	d, err := backend.Open(name, b)
	if err != nil {
		return nil, err
	}
	return New(d, m.Config, m, o)
}

// load returns t with weights on its device, which it closes on failure.
func (t *Translator) load(weights Weights, edit func(name string, value []float32)) (*Translator, error) {
	d, f, o := t.device, t.form, t.options
	if f.classifies && t.labels == nil {
		return nil, errors.Join(errors.New("translate: the network classifies, but has no labels"), d.Close())
	}
	if err := o.Validate(); err != nil {
		return nil, errors.Join(fmt.Errorf("translate: %w", err), d.Close())
	}
	_, parameters, err := f.build(shape{f.size, f.size, false, o.NoNoise})
	if err == nil {
		err = weights.Store(d, parameters, edit)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("translate: %w", err), d.Close())
	}
	return t, nil
}

// Close frees the device. It waits for a running translation; later ones fail with
// ErrClosed. Closing again does nothing.
func (t *Translator) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil
	}
	t.closed = true
	t.freePrograms()
	return t.device.Close()
}

// Memory returns what the Translator holds between pictures beside the weights, in bytes.
// It does not wait for a running translation.
func (t *Translator) Memory() int64 { return t.memory.Load() }

// Picture translates p, of any size. Channels are converted to the model's if possible
// (grey to RGB and back; if the model takes no alpha, p is laid on white or
// Options.Background). The result has p's size, and the depth and range of the training
// targets or those of Options; for a classifying network it is a label picture. It fails if
// the picture needs more memory than allowed, with the size that would fit, and with ctx's
// error if ctx ends before the translation starts.
func (t *Translator) Picture(ctx context.Context, p *imgio.Picture) (*imgio.Picture, error) {
	return t.Sample(ctx, p, t.options.Seed)
}

// Sample is Picture with noise from another seed.
func (t *Translator) Sample(ctx context.Context, p *imgio.Picture, seed uint64) (*imgio.Picture, error) {
	o := t.options
	o.Seed = seed
	out, err := t.Pass(ctx, p, o)
	if err != nil {
		return nil, err
	}
	return out.Picture(), nil
}

// Classes returns the class of every pixel of p, [height, width], as an index into the
// labels' classes. It fails unless the network classifies.
func (t *Translator) Classes(ctx context.Context, p *imgio.Picture) ([]int, error) {
	if !t.form.classifies {
		return nil, errors.New("translate: the network does not classify")
	}
	out, err := t.Pass(ctx, p, t.options)
	if err != nil {
		return nil, err
	}
	all := palette.Argmax(out.samples, t.form.outputs)
	left, top := out.corner()
	classes := make([]int, 0, p.Width*p.Height)
	for y := top; y < top+p.Height; y++ {
		classes = append(classes, all[y*out.padded.Width+left:][:p.Width]...)
	}
	return classes, nil
}

// Pass runs the network on p. Of the options, Seed, NoNoise, Depth, Background, Tile and
// Overlap count; the others remain those of the Translator. When Pass returns, the device
// is free for the next picture, while Output.Picture makes this one. It fails as Picture
// does.
func (t *Translator) Pass(ctx context.Context, p *imgio.Picture, o Options) (*Output, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("translate: %w", err)
	}
	in, err := t.input(p, o)
	if err != nil {
		return nil, fmt.Errorf("translate: %w", err)
	}
	out := &Output{t: t, options: o, of: p, padded: in}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil, fmt.Errorf("translate: %w", ErrClosed)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	covers, err := t.form.covers(p, in, t.paddingOf(p.Width, p.Height))
	if err != nil {
		return nil, fmt.Errorf("translate: %w", err)
	}
	for i, r := range t.form.regions {
		given, err := r.inputs(in)
		if err == nil {
			err = t.pass(ctx, out, given, o)
		}
		if err != nil {
			return nil, err
		}
		covers.add(i, out)
	}
	return out, nil
}

// pass runs the network, and sets the output's samples.
func (t *Translator) pass(ctx context.Context, out *Output, given map[string][]float32, o Options) (err error) {
	in, p := out.padded, out.of
	if o.Tile > 0 {
		t.freePrograms()
		if out.samples, out.Warning, err = t.runTiled(ctx, in, given, o); err != nil {
			return fmt.Errorf("translate a picture of %d×%d in tiles: %w", p.Width, p.Height, err)
		}
		return nil
	}
	s, err := t.sized(in.Height, in.Width, o.NoNoise)
	if err != nil {
		return fmt.Errorf("translate a picture of %d×%d: %w", p.Width, p.Height, err)
	}
	s.put(in)
	key := graph.Key(o.Seed, 0)
	if t.form.noise {
		copy(s.program.Input("key"), key[:])
	}
	for name, value := range given {
		copy(s.program.Input(name), value)
	}
	if err := s.program.Run(); err != nil {
		return fmt.Errorf("translate: %w", err)
	}
	out.samples, err = s.take(in, t.form.outputs)
	return err
}

// Output is what the network made of a picture.
type Output struct {
	// Warning says how the output departs from that of the whole picture, if it was made in
	// tiles; otherwise it is "".
	Warning string

	t          *Translator
	options    Options
	of, padded *imgio.Picture // the picture, and the network's input
	samples    []float32      // [height, width, channels] of the padded picture
}

// corner returns where the picture begins in its padded form.
func (out *Output) corner() (left, top int) {
	return (out.padded.Width - out.of.Width) / 2, (out.padded.Height - out.of.Height) / 2
}

// Picture returns the translation, which Translator.Picture describes.
func (out *Output) Picture() *imgio.Picture {
	t, p, in := out.t, out.of, out.padded
	left, top := out.corner()
	crop := func(whole *imgio.Picture) *imgio.Picture {
		if whole.Width == p.Width && whole.Height == p.Height {
			return whole
		}
		return imgio.Crop(whole, left, top, p.Width, p.Height)
	}
	if t.form.classifies {
		return crop(t.labels.Paint(palette.Argmax(out.samples, t.form.outputs), in.Width, in.Height))
	}
	picture := crop(imgio.FromModel(out.samples, in.Width, in.Height, t.form.outputs, 8))
	picture = recoloured(picture, p, t.form.colours)
	t.describe(picture, p.Depth, out.options)
	picture.Place = p.Place
	return picture
}

// input returns p with the model's channels, padded equally on all sides. It may be p
// itself.
func (t *Translator) input(p *imgio.Picture, o Options) (*imgio.Picture, error) {
	in, err := t.taken(p, o)
	if err != nil {
		return nil, err
	}
	around := t.paddingOf(p.Width, p.Height)
	if around.width == p.Width && around.height == p.Height {
		return in, nil
	}
	return imgio.PadReflect(in, around.left, around.top, around.width-p.Width-around.left, around.height-p.Height-around.top), nil
}

// taken returns p with the model's range and channels.
func (t *Translator) taken(p *imgio.Picture, o Options) (*imgio.Picture, error) {
	if want := t.images.Inputs.Range; want != (imgio.Range{}) && p.Depth > 8 && p.Range != want {
		p, _ = p.InRange(want)
	}
	ground, err := o.background()
	if err != nil {
		return nil, err
	}
	in, err := p.As(imgio.Shape{Channels: t.form.inputs, Alpha: t.images.Inputs.HasAlpha(t.form.inputs), Background: ground})
	if err != nil {
		return nil, fmt.Errorf("the picture does not fit the model: %w", err)
	}
	return in, nil
}

// padding is the position of a picture in its padded form, and the size of that.
type padding struct{ left, top, width, height int }

func (t *Translator) paddingOf(width, height int) padding {
	p := padding{width: t.padded(width), height: t.padded(height)}
	p.left, p.top = (p.width-width)/2, (p.height-height)/2
	return p
}

// describe returns the properties of the translation's samples: those of the training
// targets, unless another depth is requested.
func (t *Translator) describe(p *imgio.Picture, inputDepth int, o Options) {
	targets := t.images.Targets
	p.Alpha = targets.HasAlpha(p.Channels)
	p.Depth = cmp.Or(o.Depth, targets.Depth, inputDepth)
	if p.Depth >= targets.Depth {
		p.Range = targets.Range
	}
}

// padded returns the next multiple of what the generator's depth needs.
func (t *Translator) padded(side int) int {
	n := t.form.multiple
	side = max(side, t.form.smallest)
	return (side + n - 1) / n * n
}
