package train

import (
	"errors"
	"fmt"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/model/pix2pix"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
)

// openPerceptual reads the weights of the perceptual loss's network, if the
// options have such a loss.
func openPerceptual(o Options) (*vgg.Weights, error) {
	if o.Network.Perceptual == 0 {
		return nil, nil
	}
	if o.PerceptualWeights == "" {
		return nil, hint.New(errors.New("a perceptual loss needs VGG-19's weights"),
			"name their file with {perceptual_weights}; {run weights fetch vgg19} downloads it")
	}
	w, _, err := weights.OpenFull(o.PerceptualWeights, "")
	if err != nil {
		return nil, fmt.Errorf("perceptual loss: %w", err)
	}
	return w, nil
}

// AutoWeights as Options.PerceptualWeights uses the VGG-19 weights that easel
// weights fetch has downloaded, if there are any, with pix2pix.PerceptualBest as
// the loss's weight; without them there is no perceptual loss.
const AutoWeights = "auto"

// AutoWeightsFrom is AutoWeights with a file in place of what was fetched on this machine, or
// with none, for a run that another machine has asked for.
func AutoWeightsFrom(file string) string {
	if file == "" {
		return ""
	}
	return AutoWeights + ":" + file
}

// resolvePerceptual replaces "auto" with a file, or with none. A new run whose file is
// known has the loss, with the weight PerceptualBest if none is given. The channels of the
// pictures are known by then.
func (o Options) resolvePerceptual(resumed bool) (Options, error) {
	file, from := strings.CutPrefix(o.PerceptualWeights, AutoWeights+":")
	if from || o.PerceptualWeights == AutoWeights {
		o.PerceptualWeights = ""
		if o.Network.Perceptual == 0 && (o.Task == Labels || o.Network.OutputChannels != 3) {
			return o, nil
		}
		if !from {
			var err error
			if file, err = weights.Cached(); err != nil {
				return o, err
			}
		}
		o.PerceptualWeights = file
	}
	if o.PerceptualWeights != "" && o.Network.Perceptual == 0 && !resumed {
		o.Network.Perceptual = pix2pix.PerceptualBest
	}
	return o, nil
}

// perceptualFact describes a run's perceptual loss if that is not obvious: wanted is the
// option before "auto" was resolved.
func perceptualFact(o Options, wanted string) string {
	switch {
	case o.Network.Perceptual > 0:
		return fmt.Sprintf("with the perceptual loss by %s", o.PerceptualWeights)
	case wanted == AutoWeights && o.Task != Labels:
		return "without a perceptual loss, because VGG-19's weights are missing (easel weights fetch vgg19 downloads them)"
	}
	return ""
}
