package pix2pix

import (
	"fmt"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// Encoder builds the generator's first layers up to one encoder layer (1 to Levels): input
// a [batch, height, width, InputChannels], output features [batch, height/2ᵏ, width/2ᵏ,
// channels], after the leaky ReLU of the next layer. There is no noise, and statistics are
// per picture.
func Encoder(c Config, layer, batch, height, width int) (*Network, error) {
	if err := first(c.Validate(), c.checkGenerator(batch, height, width)); err != nil {
		return nil, fmt.Errorf("encoder: %w", err)
	}
	if c.Generator == ResNet {
		return nil, fmt.Errorf("encoder: a %s has no encoder layers", ResNet)
	}
	if layer < 1 || layer > c.Levels() {
		return nil, fmt.Errorf("encoder: no layer %d: expected 1 to %d", layer, c.Levels())
	}
	network := &Network{}
	g, err := graph.Build(func(g *graph.Graph) {
		scope := nn.NewScope(g)
		x := withNoise(c, g.Input("a", batch, height, width, c.InputChannels), Mode{})
		encoded := encode(scope.Sub("generator"), c, x, Mode{Statistics: graph.PerPicture}, layer)
		g.Output("features", graph.LeakyReLU(encoded[layer-1], leak))
		network.Parameters = scope.Parameters()
	})
	if err != nil {
		return nil, fmt.Errorf("encoder: %w", err)
	}
	network.Graph = g
	return network, nil
}
