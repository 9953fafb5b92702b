package eval

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/floats"

	"easel/internal/base/hint"
	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/file/imgio"
	"easel/internal/model/nn"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
)

// features turns a picture into a vector: the mean over positions of a layer's
// values. A picture is judged by what is in it, wherever it is.
//
// Networks differ by powers of ten in the size of their values, which would dominate
// a distance. So vectors are divided by one number, the root mean square of the elements over some of the targets.
type features struct {
	name    string // file and layer
	length  int
	scale   float64 // what vectors are divided by
	device  device.Device
	program device.Program
	// fill copies a picture into the program's input.
	fill   func(input []float32, p *imgio.Picture)
	input  string
	width  int
	height int
	bands  int // channels of pictures
}

// splitFeatures takes "FILE:LAYER" apart, at the last colon.
func splitFeatures(text string) (file, layer string, err error) {
	i := strings.LastIndexByte(text, ':')
	if i < 1 || i == len(text)-1 {
		return "", "", fmt.Errorf("features %q: write FILE:LAYER, such as vgg19.safetensors:relu4_1 or runs/scorer:encoder4", text)
	}
	return text[:i], text[i+1:], nil
}

// openFeatures opens a layer of VGG-19's weights, or of the encoder of one of
// easel's models, for square pictures of some size.
func (e *evaluator) openFeatures(text string, size, channels int) (*features, error) {
	file, layer, err := splitFeatures(text)
	if err != nil {
		return nil, err
	}
	d, err := backend.Open(e.Backend, backend.Options{Threads: e.Threads})
	if err != nil {
		return nil, fmt.Errorf("features %s: %w", text, err)
	}
	f := &features{name: filepath.Base(file) + ":" + layer, device: d, width: size, height: size}
	if strings.HasPrefix(layer, encoderLayer) {
		err = f.openModel(file, layer)
	} else {
		err = f.openVGG(file, layer, vgg.Kind(e.WeightsKind))
	}
	if err == nil && channels != f.bands && channels > 4 {
		err = fmt.Errorf("the pictures have %d channels, but the network reads %d", channels, f.bands)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("features %s: %w", text, err), d.Close())
	}
	return f, nil
}

// encoderLayer begins the names of layers of easel's own models.
const encoderLayer = "encoder"

func (f *features) openModel(file, layer string) (err error) {
	number, err := strconv.Atoi(strings.TrimPrefix(layer, encoderLayer))
	if err != nil {
		return fmt.Errorf("unknown layer %q of a model; expected %s1, %s2, …", layer, encoderLayer, encoderLayer)
	}
	m, err := stored.Open(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	c := m.Config.Network
	f.width, f.height = padded(f.width, c.ImageSize), padded(f.height, c.ImageSize)
	network, err := pix2pix.Encoder(c, number, 1, f.height, f.width)
	if err != nil {
		return err
	}
	if err := m.Store(f.device, network.Parameters, nil); err != nil {
		return err
	}
	f.input, f.bands, f.fill = "a", c.InputChannels, imgio.ToModel
	return f.compile(network.Graph)
}

// padded returns the next multiple of n.
func padded(side, n int) int { return (side + n - 1) / n * n }

func (f *features) openVGG(file, layer string, kind vgg.Kind) error {
	c := vgg.Default()
	smallest, err := c.MinSize(layer)
	if err != nil {
		return err
	}
	if smallest > f.width {
		return hint.New(fmt.Errorf("pictures of %d pixels are too small, it needs at least %d", f.width, smallest), "judge larger pictures with {size}, or take an earlier layer")
	}
	w, _, err := weights.OpenFull(file, kind)
	if err != nil {
		return err
	}
	c.Width = w.Width
	var parameters nn.Parameters
	g, err := graph.Build(func(g *graph.Graph) {
		scope := nn.NewScope(g)
		x := g.Input("picture", 1, f.height, f.width, 3)
		g.Output("features", vgg.Features(scope.Sub("vgg"), c, x, layer)[layer])
		parameters = scope.Parameters()
	})
	if err != nil {
		return err
	}
	if err := w.Store(f.device, parameters); err != nil {
		return err
	}
	f.input, f.bands = "picture", 3
	f.fill = func(input []float32, p *imgio.Picture) { copy(input, p.Pix) }
	return f.compile(g)
}

func (f *features) compile(g *graph.Graph) (err error) {
	for _, n := range g.Outputs() {
		f.length = n.Node.Shape().Channels()
	}
	f.program, err = f.device.Compile(g)
	return err
}

// of returns the features of a picture.
func (f *features) of(p *imgio.Picture) ([]float64, error) {
	p, err := p.Convert(f.bands)
	if err != nil {
		return nil, fmt.Errorf("features %s: %w", f.name, err)
	}
	if p.Width != f.width || p.Height != f.height {
		p = imgio.PadReflect(p, 0, 0, f.width-p.Width, f.height-p.Height)
	}
	f.fill(f.program.Input(f.input), p)
	if err := f.program.Run(); err != nil {
		return nil, fmt.Errorf("features %s: %w", f.name, err)
	}
	out, err := device.Read(f.program, "features")
	if err != nil {
		return nil, fmt.Errorf("features %s: %w", f.name, err)
	}
	vector := make([]float64, f.length)
	for i, v := range out {
		vector[i%f.length] += float64(v)
	}
	for i := range vector {
		vector[i] /= float64(len(out)/f.length) * f.scale
	}
	return vector, nil
}

// scalePictures is the number of targets, evenly spread, that set the scale.
const scalePictures = 50

// calibrate sets the scale.
func (f *features) calibrate(targets []*imgio.Picture) error {
	f.scale = 1
	sum := 0.0
	for _, p := range targets {
		v, err := f.of(p)
		if err != nil {
			return err
		}
		sum += floats.Dot(v, v)
	}
	if sum == 0 {
		return fmt.Errorf("features %s: they are all 0, whatever the picture", f.name)
	}
	f.scale = math.Sqrt(sum / float64(len(targets)*f.length))
	return nil
}

func (f *features) close() error { return errors.Join(f.program.Close(), f.device.Close()) }

// openAllFeatures opens what Options.Features names.
func (e *evaluator) openAllFeatures() error {
	_, channels := e.data.Channels()
	for _, text := range e.Features {
		f, err := e.openFeatures(text, e.Size, channels)
		if err != nil {
			return err
		}
		e.features = append(e.features, f)
		if err := e.calibrate(f); err != nil {
			return err
		}
	}
	return nil
}

// calibrate takes the scale of features from some targets of the split.
func (e *evaluator) calibrate(f *features) error {
	n := e.data.Len(e.split)
	var targets []*imgio.Picture
	for k := range min(n, scalePictures) {
		pair, err := e.data.Sample(e.split, k*n/min(n, scalePictures), e.Size)
		if err != nil {
			continue // reported when the pair is judged
		}
		targets = append(targets, imgio.Quantise(pair.Target))
	}
	if len(targets) == 0 {
		return fmt.Errorf("features %s: no target can be read", f.name)
	}
	return f.calibrate(targets)
}

func (e *evaluator) closeFeatures() error {
	var errs []error
	for _, f := range e.features {
		errs = append(errs, f.close())
	}
	return errors.Join(errs...)
}
