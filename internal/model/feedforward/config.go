package feedforward

import (
	"errors"
	"fmt"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// Kind is which network it is.
type Kind string

// The kinds.
const (
	// Johnson is a network that has learned one style (Johnson et al. 2016); "" is
	// the same.
	Johnson Kind = "johnson"
	// AdaIN is a network for any style, whose picture it is given (Huang and Belongie
	// 2017).
	AdaIN Kind = "adain"
)

// Config is a network.
type Config struct {
	Kind Kind `json:"kind,omitempty"`
	// Width is the number of channels of the first layer: 32 of Johnson et al.'s
	// network, 64 of VGG-19.
	Width int `json:"width"`
	// Blocks is the number of residual blocks of Johnson et al.'s network: 5 of
	// theirs.
	Blocks int `json:"blocks,omitempty"`
}

// Default is Johnson et al.'s network.
func Default() Config { return Config{Kind: Johnson, Width: 32, Blocks: 5} }

// Any reports whether the network takes its style from a picture.
func (c Config) Any() bool { return c.Kind == AdaIN }

// Validate reports a network that could not be built.
func (c Config) Validate() error {
	blocks := c.Blocks >= 1 && c.Blocks <= 64
	if c.Any() {
		blocks = c.Blocks == 0
	}
	switch {
	case c.Kind != "" && c.Kind != Johnson && c.Kind != AdaIN:
		return fmt.Errorf("style network: the kind %q; there are %s and %s", c.Kind, Johnson, AdaIN)
	case c.Width < 1 || c.Width > 1024 || !blocks:
		return fmt.Errorf("style network: a width of %d and %d blocks; there are 1 to 1024 and, of %s, 1 to 64", c.Width, c.Blocks, Johnson)
	}
	return nil
}

// Channels of the pictures that networks read and make: RGB.
const Channels = 3

// Multiple is what the sides of pictures are multiples of.
func (c Config) Multiple() int {
	if c.Any() {
		return 1 << pools
	}
	return 1 << halvings
}

// Smallest is the least side of a picture: a mirrored border needs two pixels.
func (c Config) Smallest() int { return 2 * c.Multiple() }

// Network is a style network as a graph: input a [batch, height, width, 3] in
// [−1, 1], output fake of the same shape, in [−1, 1] but for values that leave the
// range and are to be clamped.
type Network struct {
	Graph      *graph.Graph
	Parameters nn.Parameters
}

// Inference builds the network for batches of pictures of the given size. Strength,
// from 0 to 1, is how much of the style's statistics an AdaIN network takes; its
// graph has inputs mean and deviation too, [8·Width]: those of a style's features,
// which Moments reckons.
func Inference(c Config, batch, height, width int, strength float64) (*Network, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if batch < 1 {
		return nil, errors.New("style network: an empty batch")
	}
	if n := c.Multiple(); min(height, width) < c.Smallest() || height%n != 0 || width%n != 0 {
		return nil, fmt.Errorf("style network: pictures of %d×%d: sides must be multiples of %d, and at least %d", height, width, n, c.Smallest())
	}
	return build(func(s *nn.Scope) {
		g := s.Graph()
		x := g.Input("a", batch, height, width, Channels)
		if !c.Any() {
			g.Output("fake", johnson(s, c, x))
			return
		}
		features := encode(s, c, x)
		styled := restyled(features, g.Input("mean", c.features()), g.Input("deviation", c.features()), float32(strength))
		g.Output("fake", decode(s, c, styled))
	})
}

func build(network func(s *nn.Scope)) (*Network, error) {
	n := &Network{}
	g, err := graph.Build(func(g *graph.Graph) {
		scope := nn.NewScope(g)
		network(scope.Sub("style"))
		n.Parameters = scope.Parameters()
	})
	if err != nil {
		return nil, fmt.Errorf("style network: %w", err)
	}
	n.Graph = g
	return n, nil
}
