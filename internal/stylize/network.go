package stylize

import (
	"fmt"

	"easel/internal/style"
	"easel/internal/vgg"
	"easel/internal/weights"
)

// randomWidth is the number of channels in block 1 of a network without
// trained weights.
const randomWidth = 64

// normaliseSide is the longer side of the pictures that a random network is
// normalised on.
const normaliseSide = 256

// RandomWeights is the name, in Options.Weights, of a network that was never
// trained.
const RandomWeights = "random"

// resolveWeights replaces the default by what it stands for: the weights that
// easel weights fetch has downloaded, or else random ones.
func (o *Options) resolveWeights() error {
	if o.Weights != "" {
		return nil
	}
	path, err := weights.Cached()
	if err != nil {
		return err
	}
	if o.Weights = path; path == "" {
		o.Weights = RandomWeights
	}
	return nil
}

// openNetwork puts VGG-19 on a device and says what it is called.
func (o Options) openNetwork(d style.Device, p *pictures) (n *style.Network, name string, err error) {
	if o.Weights != RandomWeights {
		w, about, err := weights.Open(o.Weights, vgg.Kind(o.WeightsKind))
		if err != nil {
			return nil, "", err
		}
		n, err = style.NewNetwork(d, o.network(), w)
		return n, fmt.Sprintf("%s (%s)", o.Weights, about.Kind), err
	}
	w := vgg.Random(randomWidth, o.Seed)
	if err := o.normalise(d, w, p); err != nil {
		return nil, "", err
	}
	n, err = style.NewNetwork(d, o.network(), w)
	return n, "random weights", err
}

// normalise rescales the filters of a random network to a mean activation of 1
// over the pictures themselves, by the rule of the paper's §2: so its layers'
// losses are comparable.
func (o Options) normalise(d style.Device, w *vgg.Weights, p *pictures) error {
	var layers []string
	for _, f := range w.Filters {
		layers = append(layers, "relu"+f.Layer[len("conv"):])
	}
	n, err := style.NewNetwork(d, o.network(), w)
	if err != nil {
		return err
	}
	var all []map[string]style.Moments
	var shares []float64
	for _, q := range append(p.styles[:len(p.styles):len(p.styles)], p.content) {
		if q == nil {
			continue
		}
		factor := min(1, float64(normaliseSide)/float64(max(q.Width, q.Height)))
		width, height := scaled(q.Width, q.Height, factor)
		m, err := n.Moments(tensor(resized(q, max(width, 16), max(height, 16))), nil, style.Whole(), layers...)
		if err != nil {
			return err
		}
		all, shares = append(all, m), append(shares, 1)
	}
	mixed, err := style.Mix(all, shares)
	if err != nil {
		return err
	}
	previous := []float64{1, 1, 1}
	for i, f := range w.Filters {
		means := mixed[layers[i]].Mean
		for j := range f.Bias {
			f.Bias[j] = float32(float64(f.Bias[j]) / max(means[j], 1e-6))
		}
		for j := range f.Kernel {
			in, out := j/len(f.Bias)%len(previous), j%len(f.Bias)
			f.Kernel[j] = float32(float64(f.Kernel[j]) * previous[in] / max(means[out], 1e-6))
		}
		previous = means
	}
	return nil
}

// layer is a layer of VGG-19.
type layer = vgg.Layer

func findLayer(name string) (layer, error) { return vgg.Find(name) }
