package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"

	"easel/internal/data/dataset"
	"easel/internal/engine/device"
	"easel/internal/file/imgio"
	"easel/internal/file/safetensors"
	"easel/internal/model/feedforward"
	"easel/internal/model/stored"
	"easel/internal/model/style"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
)

// painter is a run that trains a style network.
type painter struct {
	loop
	o           StyleOptions // with nothing left open
	paintings   *dataset.Dataset
	styleLoader *dataset.Loader // of the paintings' batches, of a network for any style

	weights     *vgg.Weights
	weightsName string // for people

	aims      []map[string]style.Moments // of the features of each style, of a network that learns them
	network   *feedforward.Step
	judged    *feedforward.Step
	judging   device.Program
	collapsed string // says what is wrong with the last validation's pictures, if anything
}

// untrained is the name of a network with random weights.
const untrained = "a network of random weights"

// openWeights opens the weights of the loss network. Untrained weights, and those of an
// AdaIN network's encoder, are normalised: all channels have the same mean activation over
// the styles and some photographs.
func (p *painter) openWeights() error {
	name, err := p.o.KnownWeights()
	if err != nil {
		return err
	}
	config, open := feedforward.LossNetwork(0, 0), weights.Open
	if p.o.Network.Any() {
		config, open = feedforward.EncoderNetwork(p.o.Network.Width), weights.OpenFull
	}
	if name == weights.Random {
		samples, err := p.samples()
		if err != nil {
			return err
		}
		p.weightsName = untrained
		p.weights, err = vgg.RandomFor(p.device, config, p.o.Seed, samples...)
		return err
	}
	w, about, err := open(name, vgg.Kind(p.o.WeightsKind))
	if err != nil {
		return err
	}
	p.weights, p.weightsName = w, fmt.Sprintf("VGG-19 (%s)", about.Kind)
	if name == weights.Small {
		p.weightsName, p.o.Weights = "easel's small network", name
	}
	if width := p.o.Network.Width; p.o.Network.Any() && w.Width != width {
		return fmt.Errorf("%s has a width of %d, the network's encoder one of %d", name, w.Width, width)
	}
	if !p.o.Network.Any() || about.Normalisation != nil {
		return nil
	}
	return p.normalise(config)
}

// normaliseOn is the most photographs that weights are normalised on.
const normaliseOn = 8

// samples are pictures as the network will see them.
func (p *painter) samples() (samples []vgg.Picture, err error) {
	for _, d := range []*dataset.Dataset{p.paintings, p.data} {
		for i := range min(d.Len(dataset.Train), normaliseOn) {
			q, err := square(d, dataset.Train, i, p.o.ImageSize)
			if err != nil {
				return nil, err
			}
			samples = append(samples, vgg.Picture{Height: q.Height, Width: q.Width, Pixels: q.Pix})
		}
	}
	return samples, nil
}

func (p *painter) normalise(c vgg.Config) (err error) {
	samples, err := p.samples()
	if err != nil {
		return err
	}
	m := vgg.NewMeter(p.device, c, p.weights)
	defer func() { err = errors.Join(err, m.Close()) }()
	for _, q := range samples {
		if err := m.Add(q); err != nil {
			return err
		}
	}
	means, err := m.Means()
	if err != nil {
		return err
	}
	p.weights, err = vgg.Normalise(p.weights, means)
	return err
}

// square returns the centre of a single picture, size × size pixels.
func square(d *dataset.Dataset, s dataset.Split, i, size int) (*imgio.Picture, error) {
	q, err := d.Sample(s, i, size)
	if err != nil {
		return nil, err
	}
	return imgio.Crop(q.Input, (q.Input.Width-size)/2, (q.Input.Height-size)/2, size, size), nil
}

// compile plans the step and the validation.
func (p *painter) compile(ctx context.Context) (err error) {
	options := feedforward.StepOptions{LossWidth: p.weights.Width, LossRank: p.weights.Rank}
	if p.network, err = feedforward.TrainStep(p.o.Network, p.o.Objective, p.o.Batch, p.o.ImageSize, options); err != nil {
		return err
	}
	if p.judged, err = feedforward.Judgement(p.o.Network, p.o.Objective, p.o.ImageSize, options); err != nil {
		return err
	}
	if err := p.checkMemory(ctx, p.network.Graph, append(p.network.Parameters, p.network.Fixed...)); err != nil {
		return err
	}
	free, known := device.AvailableMemory()
	if p.program, err = p.device.Compile(p.network.Graph); err != nil {
		return fmt.Errorf("plan the training step: %w", err)
	}
	if err := stopped(ctx); err != nil {
		return err
	}
	if p.judging, err = p.device.Compile(p.judged.Graph); err != nil {
		return fmt.Errorf("plan the validation: %w", err)
	}
	p.parameters, p.losses = p.network.Parameters, p.network.Losses
	taken := p.memory()
	if device.HasMemory(p.device) {
		taken = 0 // memory used of the machine's
	}
	// Twice a square's, because the longer side is also cropped.
	need := 2 * 4 * int64(p.o.LoadSize) * int64(p.o.LoadSize) * feedforward.Channels * int64(p.data.Len(dataset.Train))
	p.cache = planCache(need, free, known, taken)
	return nil
}

// memory is what the programs and the parameters need.
func (p *painter) memory() int64 {
	return p.program.Memory() + p.judging.Memory() + 4*int64(p.network.Parameters.Count()+p.network.Fixed.Count())
}

// begin implements subject.
func (p *painter) begin(ctx context.Context) (err error) {
	if p.resumed {
		err = p.restore()
	} else {
		err = p.initialise(ctx)
	}
	if err != nil {
		return err
	}
	if err := p.weights.Store(p.device, p.network.Fixed); err != nil {
		return err
	}
	if !p.o.Network.Any() {
		return p.look(ctx)
	}
	p.styleLoader, err = p.paintings.NewLoader(dataset.Train, dataset.LoaderOptions{
		Batch: p.perStep, Seed: p.seed + 1, StartStep: p.done, CacheBytes: p.cache, Jitter: p.jitter,
	})
	return err
}

// initialise gives the weights their first values; an encoder those of VGG-19.
func (p *painter) initialise(ctx context.Context) error {
	if err := initialise(ctx, p.device, p.network.Parameters, p.seed); err != nil || !p.o.Network.Any() {
		return err
	}
	values, err := feedforward.EncoderWeights(p.weights)
	if err != nil {
		return err
	}
	for name, value := range values {
		q, _ := p.network.Parameters.Find(name)
		if err := p.device.SetParameter(name, q.Shape, value); err != nil {
			return err
		}
	}
	return nil
}

// look measures the styles to be learned.
func (p *painter) look(ctx context.Context) error {
	network, err := style.NewNetwork(p.device, feedforward.LossNetwork(p.weights.Width, p.weights.Rank), p.weights)
	if err != nil {
		return err
	}
	for i := range p.paintings.Len(dataset.Train) {
		if err := stopped(ctx); err != nil {
			return err
		}
		painting, err := p.paintings.Sample(dataset.Train, i, 0)
		if err != nil {
			return err
		}
		q := p.sized(painting.Input)
		moments, err := network.Moments(style.Picture{Height: q.Height, Width: q.Width, Pixels: q.Pix}, nil, style.Whole(), p.o.Objective.StyleLayers()...)
		if err != nil {
			return fmt.Errorf("the style: %w", err)
		}
		p.aims = append(p.aims, moments)
	}
	return nil
}

// aim sets the program's style to the one of step n, or to the one for photograph n of the
// validation: they take turns.
func (p *painter) aim(program device.Program, n int) {
	i := n % len(p.aims)
	for layer, m := range p.aims[i] {
		input := program.Input("target/" + layer)
		for k := range input {
			input[k] = float32(m.Second[k%len(m.Second)])
		}
	}
	if len(p.aims) > 1 {
		blend := program.Input("blend")
		clear(blend)
		blend[i] = 1
	}
}

// sized returns a style picture with the area of a photograph, times the scale.
func (p *painter) sized(q *imgio.Picture) *imgio.Picture {
	factor := p.o.StyleScale * float64(p.o.ImageSize) / math.Sqrt(float64(q.Width)*float64(q.Height))
	if factor >= 1 {
		return q
	}
	const least = 32 // so that relu5_1 has a pixel
	scaled := func(side int) int { return max(least, int(math.Round(factor*float64(side)))) }
	return imgio.Resize(q, scaled(q.Width), scaled(q.Height), imgio.Lanczos)
}

// options implements subject.
func (p *painter) options() any {
	o := p.o
	absolute := func(path *string) {
		if full, err := filepath.Abs(*path); err == nil {
			*path = full
		}
	}
	absolute(&o.Data)
	o.Styles = append([]string(nil), o.Styles...)
	for i := range o.Styles {
		absolute(&o.Styles[i])
	}
	return o
}

// facts implements subject.
func (p *painter) facts() *Facts {
	r := p.data.Record()
	weights, losses := p.network.Parameters.Trainable().Count(), "with the losses of "+p.weightsName
	if p.weightsName == untrained && p.o.Weights == "" {
		losses += ", which knows texture alone (easel weights fetch vgg19 downloads VGG-19's)"
	}
	return &Facts{
		Resumed: p.resumed, Train: r.Train, Val: r.Val, Test: r.Test, Backend: p.device.Name(), Devices: 1,
		GeneratorWeights: weights, Weights: weights, Memory: p.memory() + p.cache,
		Styles: p.paintings.Len(dataset.Train), Perceptual: losses,
	}
}

// step implements subject.
func (p *painter) step(ctx context.Context) error {
	if _, err := p.loader.Next(ctx, p.program.Input("a"), nil); err != nil {
		return fmt.Errorf("read photographs: %w", err)
	}
	if p.styleLoader != nil {
		if _, err := p.styleLoader.Next(ctx, p.program.Input("b"), nil); err != nil {
			return fmt.Errorf("read styles: %w", err)
		}
	}
	if p.aims != nil {
		p.aim(p.program, p.done)
	}
	return p.program.Run()
}

// rate implements subject.
func (p *painter) rate(step int) float64 { return p.o.rate(step, p.planned()) }

// write implements subject.
func (p *painter) write(path string, training stored.Training, tensors []safetensors.Tensor) error {
	c, err := p.config()
	if err != nil {
		return err
	}
	return stored.WriteStyle(path, c, training, tensors, false)
}

// writeBest implements subject.
func (p *painter) writeBest(training stored.Training) error {
	tensors, err := p.tensors(p.network.Parameters.Trainable())
	if err != nil {
		return err
	}
	return p.write(p.o.model(), training, tensors)
}

// restore returns to the latest checkpoint.
func (p *painter) restore() (err error) {
	path, step, err := stored.Latest(p.folder.checkpoints())
	if err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	s, err := stored.OpenStyle(path)
	if err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	c, err := p.config()
	if err != nil {
		return err
	}
	if !s.StyleConfig.Equal(c) {
		return fmt.Errorf("resume: %s was trained with another network or style", path)
	}
	if err := p.resume(path, step, s.Training); err != nil {
		return err
	}
	if err := s.Restore(p.device, p.network.Parameters); err != nil {
		return fmt.Errorf("resume: %w", err)
	}
	return nil
}

// config returns the metadata of the model's file.
func (p *painter) config() (stored.StyleConfig, error) {
	c := stored.StyleConfig{Network: p.o.Network, Origin: p.o.origin(p.weightsName)}
	if p.o.Network.Any() {
		return c, nil
	}
	for i, name := range p.paintings.Names(dataset.Train) {
		sum, err := p.paintings.FileSum(dataset.Train, i)
		if err != nil {
			return c, fmt.Errorf("the style: %w", err)
		}
		c.Styles = append(c.Styles, stored.StylePicture{Name: name, SHA256: sum})
	}
	return c, nil
}

func (p *painter) close() {
	if p.styleLoader != nil {
		p.styleLoader.Close()
	}
	if p.judging != nil {
		p.judging.Close()
	}
	p.loop.close()
}
