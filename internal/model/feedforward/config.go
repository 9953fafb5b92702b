package feedforward

import (
	"errors"
	"fmt"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// Kind is the kind of network.
type Kind string

// The kinds.
const (
	// Johnson is a network that has learned one style (Johnson et al. 2016); "" means the
	// same.
	Johnson Kind = "johnson"
	// AdaIN is a network for any style, given as a picture (Huang and Belongie 2017).
	AdaIN Kind = "adain"
)

// Config describes a network.
type Config struct {
	Kind Kind `json:"kind,omitempty"`
	// Width is the number of channels of the first layer: 32 in Johnson et al.'s network,
	// 64 in VGG-19.
	Width int `json:"width"`
	// Blocks is the number of residual blocks of Johnson et al.'s network, 5 in the paper.
	Blocks int `json:"blocks,omitempty"`
	// Styles is how many styles Johnson et al.'s network has learned; 0 means one. Each
	// style has its own scales and shifts in the norms (Dumoulin et al. 2017).
	Styles int `json:"styles,omitempty"`

	// The other fields cover differences between programs that train Johnson et al.'s
	// network; zero values are those of PyTorch's example.

	// Border says how convolutions are padded.
	Border Border `json:"border,omitempty"`
	// Strided halves and doubles maps as pix2pix does, by 4×4 convolutions with stride 2,
	// transposed for doubling. Otherwise 3×3 convolutions halve maps, and pixels are
	// repeated before a 3×3 convolution to double them. The transposed 3×3 convolutions of
	// other programs become 4×4 ones with zeros on one side.
	Strided bool `json:"strided,omitempty"`
	// InputMean is subtracted from the picture, and OutputMean added to the network's
	// output, both as RGB from 0 to 255.
	InputMean  Colour `json:"input_mean,omitzero"`
	OutputMean Colour `json:"output_mean,omitzero"`
	// Tanh applies Tanh·tanh(y) to the output y of the last layer, as Johnson et al. do
	// with 150; 0 leaves it as it is.
	Tanh float64 `json:"tanh,omitempty"`
	// PictureNorm replaces the last layer's bias by a norm.
	PictureNorm bool `json:"picture_norm,omitempty"`
	// NormEpsilon is added to the variance; 0 means 1e-5.
	NormEpsilon float64 `json:"norm_epsilon,omitempty"`
	// StoredStatistics takes the norms' statistics from the file, as collected by a batch
	// norm in training, instead of from the picture.
	StoredStatistics bool `json:"stored_statistics,omitempty"`
}

// Colour is RGB, each from 0 to 255.
type Colour [Channels]float64

// Border is the padding of a picture or map.
type Border string

// The borders.
const (
	// Mirrored mirrors the map at its edge, at every convolution.
	Mirrored Border = ""
	// Zeros pads every convolution with zeros.
	Zeros Border = "zeros"
	// MirroredOnce adds a mirrored border once, at the start, as wide as the residual
	// blocks, which have no padding, consume. Other convolutions are padded with zeros.
	MirroredOnce Border = "mirrored-once"
)

// Default is Johnson et al.'s network.
func Default() Config { return Config{Kind: Johnson, Width: 32, Blocks: 5} }

// maxStyles catches typing errors before anything is planned.
const maxStyles = 1024

// Learned is how many styles the network has learned and can mix; 0 if it takes its style
// from a picture.
func (c Config) Learned() int {
	if c.Any() {
		return 0
	}
	return max(c.Styles, 1)
}

// Any reports whether the network takes its style from a picture.
func (c Config) Any() bool { return c.Kind == AdaIN }

// Validate reports a network that cannot be built.
func (c Config) Validate() error {
	blocks := c.Blocks >= 1 && c.Blocks <= 64
	if c.Any() {
		blocks = c.Blocks == 0
	}
	switch {
	case c.Kind != "" && c.Kind != Johnson && c.Kind != AdaIN:
		return fmt.Errorf("style network: the kind %q: expected %s or %s", c.Kind, Johnson, AdaIN)
	case c.Width < 1 || c.Width > 1024 || !blocks:
		return fmt.Errorf("style network: a width of %d and %d blocks: expected a width of 1 to 1024 and, for %s, 1 to 64 blocks", c.Width, c.Blocks, Johnson)
	case c.Styles < 0 || c.Styles > maxStyles:
		return fmt.Errorf("style network: %d styles: expected at most %d", c.Styles, maxStyles)
	case c.Any() && c != Config{Kind: c.Kind, Width: c.Width}:
		return fmt.Errorf("style network: %s has no options but kind and width", AdaIN)
	case c.Border != Mirrored && c.Border != Zeros && c.Border != MirroredOnce:
		return fmt.Errorf("style network: the border %q: expected %s or %s", c.Border, Zeros, MirroredOnce)
	case !(c.Tanh >= 0 && c.Tanh <= 1e4) || !(c.NormEpsilon >= 0 && c.NormEpsilon <= 1):
		return fmt.Errorf("style network: %g·tanh, and %g added to variances", c.Tanh, c.NormEpsilon)
	case !c.InputMean.valid() || !c.OutputMean.valid():
		return fmt.Errorf("style network: the mean colours %v and %v: expected 0 to 255", c.InputMean, c.OutputMean)
	}
	return nil
}

func (c Colour) valid() bool {
	for _, v := range c {
		if !(v >= 0 && v <= 255) {
			return false
		}
	}
	return true
}

// Channels is the number of channels of input and output pictures: RGB.
const Channels = 3

// Multiple is the number that sides of pictures must be multiples of.
func (c Config) Multiple() int {
	if c.Any() {
		return 1 << pools
	}
	return 1 << halvings
}

// Smallest is the least side of a picture: a mirrored border must be narrower than the
// picture.
func (c Config) Smallest() int { return max(2*c.Multiple(), c.start()+c.Multiple()) }

// start returns the width of the border that is added to the picture, in pixels.
func (c Config) start() int {
	if c.Border != MirroredOnce {
		return 0
	}
	return c.Blocks * blockBorder << halvings
}

// Network is a style network as a graph: input a [batch, height, width, 3] in [−1, 1],
// output fake of the same shape, mostly in [−1, 1]; clamp the rest.
type Network struct {
	Graph      *graph.Graph
	Parameters nn.Parameters
}

// Inference builds the network for batches of pictures of the given size. An AdaIN
// network's graph also has inputs mean and deviation [8·Width], those of a style's features
// as Moments computes them; strength, from 0 to 1, is how much of them it applies. A
// network with several learned styles also has an input blend [1, styles], the weight of
// each.
func Inference(c Config, batch, height, width int, strength float64) (*Network, error) {
	if err := c.checkSizes(batch, height, width); err != nil {
		return nil, err
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

func (c Config) checkSizes(batch, height, width int) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if batch < 1 {
		return errors.New("style network: an empty batch")
	}
	if n := c.Multiple(); min(height, width) < c.Smallest() || height%n != 0 || width%n != 0 {
		return fmt.Errorf("style network: pictures of %d×%d: sides must be multiples of %d, and at least %d", height, width, n, c.Smallest())
	}
	return nil
}

// scopeName is the scope of the network's parameters.
const scopeName = "style"

func build(network func(s *nn.Scope)) (*Network, error) {
	n := &Network{}
	g, err := graph.Build(func(g *graph.Graph) {
		scope := nn.NewScope(g)
		network(scope.Sub(scopeName))
		n.Parameters = scope.Parameters()
	})
	if err != nil {
		return nil, fmt.Errorf("style network: %w", err)
	}
	n.Graph = g
	return n, nil
}
