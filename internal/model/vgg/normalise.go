package vgg

import (
	"errors"
	"fmt"
	"slices"

	"easel/internal/engine/device"
	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// Means are the mean activations of each channel after each convolution's ReLU, in the
// order of Weights.Filters.
type Means [][]float64

// Picture is RGB in 0 to 1, [Height, Width, 3].
type Picture struct {
	Height, Width int
	Pixels        []float32
}

// Meter computes the means of a network's activations over pictures and positions (Gatys et
// al. 2016, §2):
//
//	m := vgg.NewMeter(device, config, weights)
//	err := m.Add(picture) // for every picture
//	means, err := m.Means()
//	w, err := vgg.Normalise(weights, means)
type Meter struct {
	device  device.Device
	config  Config
	weights *Weights

	program       device.Program // for pictures of this size:
	height, width int

	sums      [][]float64
	positions []float64
}

// NewMeter makes a Meter with a network of the given configuration, whose Width is that of
// the weights. The device stores the network's weights under "meter".
func NewMeter(d device.Device, c Config, w *Weights) *Meter {
	c.Width = w.Width
	m := &Meter{device: d, config: c, weights: w, positions: make([]float64, len(w.Filters))}
	for _, f := range w.Filters {
		m.sums = append(m.sums, make([]float64, f.Channels()))
	}
	return m
}

// rectified returns the ReLU layers of the convolutions in the weights.
func (m *Meter) rectified() []string {
	var names []string
	for _, l := range layers {
		if l.kind == rectifier && len(names) < len(m.weights.Filters) {
			names = append(names, l.Name)
		}
	}
	return names
}

// MinSize returns the smallest height and width that Add accepts.
func (m *Meter) MinSize() (int, error) { return m.config.MinSize(m.rectified()...) }

// Add adds a picture to the means. Consecutive pictures of the same size share a plan.
func (m *Meter) Add(p Picture) error {
	if len(p.Pixels) != 3*p.Height*p.Width {
		return fmt.Errorf("a picture of %d×%d has %d values, expected %d", p.Width, p.Height, len(p.Pixels), 3*p.Height*p.Width)
	}
	if err := m.plan(p.Height, p.Width); err != nil {
		return err
	}
	copy(m.program.Input("picture"), p.Pixels)
	if err := m.program.Run(); err != nil {
		return err
	}
	for i, name := range m.rectified() {
		l, _ := Find(name)
		m.positions[i] += float64(m.config.Size(l, p.Height) * m.config.Size(l, p.Width))
		values, err := device.Read(m.program, name)
		if err != nil {
			return err
		}
		for c, v := range values {
			m.sums[i][c] += float64(v)
		}
	}
	return nil
}

// plan compiles the program for pictures of a size.
func (m *Meter) plan(height, width int) error {
	if m.program != nil && m.height == height && m.width == width {
		return nil
	}
	if err := m.Close(); err != nil {
		return err
	}
	var parameters nn.Parameters
	g, err := graph.Build(func(g *graph.Graph) {
		scope := nn.NewScope(g)
		names := m.rectified()
		found := Features(scope.Sub("meter"), m.config, g.Input("picture", 1, height, width, 3), names...)
		for _, name := range names {
			g.Output(name, graph.ChannelSums(found[name]))
		}
		parameters = scope.Parameters()
	})
	if err != nil {
		return err
	}
	if err := m.weights.Store(m.device, parameters); err != nil {
		return err
	}
	if m.program, err = m.device.Compile(g); err != nil {
		return err
	}
	m.height, m.width = height, width
	return nil
}

// Means returns those over all pictures so far, each weighted by its size.
func (m *Meter) Means() (Means, error) {
	if len(m.positions) == 0 || m.positions[0] == 0 {
		return nil, errors.New("no picture to take means of")
	}
	means := make(Means, len(m.sums))
	for i, sums := range m.sums {
		means[i] = slices.Clone(sums)
		for c := range means[i] {
			means[i][c] /= m.positions[i]
		}
	}
	return means, nil
}

// Close frees the memory of the program, but not the device.
func (m *Meter) Close() error {
	if m.program == nil {
		return nil
	}
	err := m.program.Close()
	m.program = nil
	return err
}

// silent is the fraction of a layer's mean activation below which a channel counts as
// silent. Silent channels keep their scale, because enlarging them would only amplify
// noise.
const silent = 1e-6

// Normalise rescales the filters so that each has the mean activation 1 over the pictures
// of the means (Gatys et al. 2016, §2). Layer by layer, with the means m of the original
// network:
//
//	kernel[…, in, out] ← kernel[…, in, out] · m[previous layer][in] / m[out]
//	bias[out] ← bias[out] / m[out]
//
// The first factor undoes the change to the layer's input. As ReLUs and pools pass a
// positive factor through, every activation of the new network is the old one divided by m,
// so the network still distinguishes the same things.
func Normalise(w *Weights, means Means) (*Weights, error) {
	if err := w.Validate(); err != nil {
		return nil, err
	}
	if len(means) != len(w.Filters) {
		return nil, fmt.Errorf("found means of %d layers, but weights of %d", len(means), len(w.Filters))
	}
	if w.Rank > 0 {
		return nil, errors.New("a small network cannot be normalised: its layers have the scale of the one that it was distilled from")
	}
	scaled := &Weights{Width: w.Width, Mean: w.Mean}
	before := []float64{1, 1, 1}
	for i, f := range w.Filters {
		if len(means[i]) != f.Channels() {
			return nil, fmt.Errorf("found %d means for %s, which has %d channels", len(means[i]), f.Layer, f.Channels())
		}
		factors := factorsOf(means[i])
		scaled.Filters = append(scaled.Filters, f.rescaled(before, factors))
		before = factors
	}
	return scaled, nil
}

// factorsOf returns the divisors of a layer's channels: their means, except for silent
// channels.
func factorsOf(means []float64) []float64 {
	sum := 0.0
	for _, m := range means {
		sum += m
	}
	factors := slices.Clone(means)
	for c, m := range factors {
		if !(m > silent*sum/float64(len(means))) {
			factors[c] = 1
		}
	}
	return factors
}

// rescaled multiplies by the divisors of the inputs, and divides by those of the outputs.
func (f Filter) rescaled(inputs, outputs []float64) Filter {
	r := Filter{Layer: f.Layer, Kernel: make([]float32, len(f.Kernel)), Bias: make([]float32, len(f.Bias))}
	for i, v := range f.Kernel {
		row, o := i/len(outputs), i%len(outputs)
		r.Kernel[i] = float32(float64(v) * inputs[row%len(inputs)] / outputs[o])
	}
	for o, v := range f.Bias {
		r.Bias[o] = float32(float64(v) / outputs[o])
	}
	return r
}
