package pix2pix

import (
	"errors"
	"fmt"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// Network is the generator as a graph. Its inputs are a [batch, height, width,
// InputChannels] in [−1, 1] and key [5] (graph.Key); its output is fake [batch, height,
// width, OutputChannels], also in [−1, 1], or logits of classes if the configuration
// classifies. With InferenceOptions.Extent there is also an input extent [2].
type Network struct {
	Graph      *graph.Graph
	Parameters nn.Parameters
}

// InferenceOptions say how to run a generator.
type InferenceOptions struct {
	// NoNoise switches dropout off and sets z to 0: the key then has no effect.
	NoNoise bool
	// Averaged reads the average of the weights (see Averaging) instead of the weights.
	Averaged bool
	// Extent makes a network for pictures of many sizes, up to the given one. An input
	// extent [2] holds a picture's rows and columns, multiples of ImageSize, and the
	// picture is at the top left of a and of fake. The output there equals, up to rounding,
	// that of a network of that size with the same noise; values outside are meaningless.
	Extent bool
}

// Inference builds the generator for batches of pictures of the given size, in multiples of
// [Config.Multiple]. Noise is on, as in training, and drawn from the key. Statistics are
// per picture, so without noise a batch of N gives the same as N batches of one.
func Inference(c Config, batch, height, width int, options InferenceOptions) (*Network, error) {
	if err := first(c.Validate(), c.checkGenerator(batch, height, width)); err != nil {
		return nil, fmt.Errorf("generator: %w", err)
	}
	if options.Extent && !c.FitsExtent() {
		return nil, fmt.Errorf("generator: %s mirrors the picture's border, which is not possible with an extent", c.Generator)
	}
	network := &Network{}
	g, err := graph.Build(func(g *graph.Graph) {
		scope := nn.NewScope(g)
		mode := Mode{Statistics: graph.PerPicture, Key: g.Input("key", graph.KeySize)}
		if options.NoNoise {
			mode.Key = nil
		}
		if options.Extent {
			mode.Extent = g.Input("extent", 2)
		}
		x := g.Input("a", batch, height, width, c.InputChannels)
		if options.Averaged {
			scope = scope.Sub(AverageScope)
		}
		g.Output("fake", Generator(scope.Sub("generator"), c, x, mode))
		network.Parameters = scope.Parameters()
	})
	if err != nil {
		return nil, fmt.Errorf("generator: %w", err)
	}
	network.Graph = g
	return network, nil
}

// checkSizes reports batches that the networks of a configuration cannot be trained on.
func (c Config) checkSizes(batch, height, width int, o StepOptions) error {
	if err := first(c.Validate(), c.checkGenerator(batch, height, width)); err != nil || !c.Adversarial() {
		return err
	}
	group := 1
	switch c.statistics(batch, o) {
	case graph.PerBatch:
		group = batch
	case graph.PerGlobalBatch:
		group = batch * o.devices()
	}
	return c.checkDiscriminators(group, height, width)
}

func (c Config) checkGenerator(batch, height, width int) error {
	if batch < 1 {
		return errors.New("an empty batch")
	}
	n := c.Multiple()
	if c.Generator == ResNet {
		if min(height, width) < c.Smallest() || height%n != 0 || width%n != 0 {
			return fmt.Errorf("pictures of %d×%d do not fit a %s: sides must be multiples of %d, and at least %d", height, width, ResNet, n, c.Smallest())
		}
		return nil
	}
	if height < 1 || width < 1 || height%n != 0 || width%n != 0 {
		return fmt.Errorf("pictures of %d×%d do not fit %d levels (encoder%d would have no whole map): sides must be multiples of %d",
			height, width, c.Levels(), c.Levels(), n)
	}
	return nil
}
