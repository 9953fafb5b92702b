package translate

import (
	"easel/internal/engine/graph"
	"easel/internal/model/feedforward"
	"easel/internal/model/nn"
	"easel/internal/model/pix2pix"
)

// form describes what a Translator needs to know about its network.
type form struct {
	inputs, outputs int // channels
	size            int // side of the pictures that the network was trained on
	// multiple is what sides must be multiples of, and smallest the least side.
	multiple, smallest int
	extents            bool // one program for many sizes: pix2pix.InferenceOptions.Extent
	classifies, noise  bool
	build              func(shape) (*graph.Graph, nn.Parameters, error)
	// regions are painted one by one; a network without styles has one.
	regions []region
	// colours are those that a style network's pictures get: see StyleOptions.
	colours string
}

func formOf(c pix2pix.Config) form {
	return form{
		inputs: c.InputChannels, outputs: c.OutputChannels, size: c.ImageSize,
		multiple: c.Multiple(), smallest: c.Smallest(), extents: c.FitsExtent(),
		classifies: c.Classifies(), noise: true, regions: []region{{}},
		build: func(s shape) (*graph.Graph, nn.Parameters, error) {
			n, err := pix2pix.Inference(c, 1, s.height, s.width, pix2pix.InferenceOptions{NoNoise: s.quiet, Extent: s.extent})
			if err != nil {
				return nil, nil, err
			}
			return n.Graph, n.Parameters, nil
		},
	}
}

// styleForm is the form of a style network, which treats all parts of a picture alike.
func styleForm(c feedforward.Config, s StyleOptions, regions []region) form {
	return form{
		inputs: feedforward.Channels, outputs: feedforward.Channels, size: 256,
		multiple: c.Multiple(), smallest: c.Smallest(), regions: regions, colours: s.coloursAfter(c),
		build: func(at shape) (*graph.Graph, nn.Parameters, error) {
			n, err := feedforward.Inference(c, 1, at.height, at.width, s.Strength)
			if err != nil {
				return nil, nil, err
			}
			return n.Graph, n.Parameters, nil
		},
	}
}

// clearUntrained returns a function that zeroes the taps that training never used. At the
// training size they only meet padding, so pictures of that size do not change.
func clearUntrained(c pix2pix.Config, o Options) func(name string, value []float32) {
	taps := map[string]pix2pix.Taps{}
	if !o.KeepUntrained {
		for _, u := range pix2pix.UntouchedTaps(c) {
			taps[u.Parameter] = u
		}
	}
	return func(name string, value []float32) {
		if u, ok := taps[name]; ok {
			u.Zero(value)
		}
	}
}
