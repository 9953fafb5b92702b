package stylize

import (
	"fmt"

	"easel/internal/engine/device"
	"easel/internal/model/style"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
)

// randomWidth is the number of channels in block 1 of a network without
// trained weights.
const randomWidth = 64

// normaliseSide is the longer side of the pictures that a random network is
// normalised on.
const normaliseSide = 256

// normaliseFloor is the shortest side that reaches the deepest layer.
const normaliseFloor = 32

// RandomWeights is the name of an untrained network in Options.Weights.
const RandomWeights = weights.Random

// SmallWeights is the name of the network in easel in Options.Weights.
const SmallWeights = weights.Small

// resolveWeights resolves the default: the weights that easel weights fetch has downloaded,
// or those of the network in easel, or random ones in a build without it.
func (o *Options) resolveWeights() (err error) {
	o.Weights, err = weights.Known(o.Weights)
	return err
}

// PresetFor returns the name of the default preset for the given weights, as in
// Options.Weights.
func PresetFor(name string) (string, error) {
	o := Options{Weights: name}
	if err := o.resolveWeights(); err != nil {
		return "", err
	}
	if o.Weights == RandomWeights {
		return RandomPreset, nil
	}
	return DefaultPreset, nil
}

// openNetwork loads VGG-19 on a device and returns a description of it.
func (o Options) openNetwork(d device.Device, p *pictures) (n *style.Network, name string, err error) {
	if o.Weights != RandomWeights {
		w, about, err := weights.Open(o.Weights, vgg.Kind(o.WeightsKind))
		if err != nil {
			return nil, "", err
		}
		n, err = style.NewNetwork(d, o.network(), w)
		name = fmt.Sprintf("%s (%s)", o.Weights, about.Kind)
		if o.Weights == SmallWeights {
			name = "the small one in easel, distilled from VGG-19"
		}
		return n, name, err
	}
	c := o.network()
	c.Width = randomWidth
	w, err := vgg.RandomFor(d, c, o.Seed, o.samples(p)...)
	if err != nil {
		return nil, "", err
	}
	n, err = style.NewNetwork(d, c, w)
	return n, "random weights", err
}

// samples are the pictures that a random network is normalised on: small versions of
// everything it will see.
func (o Options) samples(p *pictures) (samples []vgg.Picture) {
	for _, q := range append(p.styles[:len(p.styles):len(p.styles)], p.content) {
		if q == nil {
			continue
		}
		factor := min(1, float64(normaliseSide)/float64(max(q.Width, q.Height)))
		width, height := scaled(q.Width, q.Height, factor)
		samples = append(samples, tensor(resized(q, max(width, normaliseFloor), max(height, normaliseFloor))))
	}
	return samples
}

// layer is a layer of VGG-19.
type layer = vgg.Layer

func findLayer(name string) (layer, error) { return vgg.Find(name) }
