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
	// Styles is how many styles Johnson et al.'s network has learned, 0 being one: each
	// has scales and shifts of its own in the norms (Dumoulin et al. 2017).
	Styles int `json:"styles,omitempty"`

	// The rest is where programs differ that train Johnson et al.'s network; zero
	// values are those of PyTorch's example.

	// Border is what convolutions see beyond the edge.
	Border Border `json:"border,omitempty"`
	// Strided halves and doubles maps as pix2pix does, by convolutions of 4×4 with a
	// stride of 2, transposed where they double. Otherwise a convolution of 3×3 halves
	// them; to double them, every pixel is repeated before a convolution of 3×3. The
	// transposed 3×3 convolutions of other programs are 4×4 ones with zeros at one side.
	Strided bool `json:"strided,omitempty"`
	// InputMean is taken off the picture and OutputMean added to what the network
	// makes, both of RGB from 0 to 255.
	InputMean  Colour `json:"input_mean,omitzero"`
	OutputMean Colour `json:"output_mean,omitzero"`
	// Tanh makes Tanh·tanh(y) of the last layer's y, as Johnson et al. do (150 there); 0
	// leaves it as it is.
	Tanh float64 `json:"tanh,omitempty"`
	// PictureNorm puts a norm in the place of the last layer's bias.
	PictureNorm bool `json:"picture_norm,omitempty"`
	// NormEpsilon is added to the variance, 1e-5 where it says 0.
	NormEpsilon float64 `json:"norm_epsilon,omitempty"`
	// StoredStatistics takes the norms' statistics from the file, where a batch norm
	// gathered them in training, and not from the picture.
	StoredStatistics bool `json:"stored_statistics,omitempty"`
}

// Colour is RGB, each from 0 to 255.
type Colour [Channels]float64

// Border is what stands beyond a picture's or a map's edge.
type Border string

// The borders.
const (
	// Mirrored is the picture, mirrored at its edge, at every convolution.
	Mirrored Border = ""
	// Zeros are zeros at every convolution.
	Zeros Border = "zeros"
	// MirroredOnce adds the mirrored picture once, at the start: as much of it as the
	// residual blocks use up, which have no border. Other convolutions see zeros.
	MirroredOnce Border = "mirrored-once"
)

// Default is Johnson et al.'s network.
func Default() Config { return Config{Kind: Johnson, Width: 32, Blocks: 5} }

// maxStyles keeps a slip of the finger from being planned.
const maxStyles = 1024

// Learned is how many styles the network has learned, of which it can mix: 0 of one that
// takes its style from a picture.
func (c Config) Learned() int {
	if c.Any() {
		return 0
	}
	return max(c.Styles, 1)
}

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
	case c.Styles < 0 || c.Styles > maxStyles:
		return fmt.Errorf("style network: %d styles; there are at most %d", c.Styles, maxStyles)
	case c.Any() && c != Config{Kind: c.Kind, Width: c.Width}:
		return fmt.Errorf("style network: %s has only a kind and a width", AdaIN)
	case c.Border != Mirrored && c.Border != Zeros && c.Border != MirroredOnce:
		return fmt.Errorf("style network: the border %q; there are %s and %s", c.Border, Zeros, MirroredOnce)
	case !(c.Tanh >= 0 && c.Tanh <= 1e4) || !(c.NormEpsilon >= 0 && c.NormEpsilon <= 1):
		return fmt.Errorf("style network: %g·tanh, and %g added to variances", c.Tanh, c.NormEpsilon)
	case !c.InputMean.valid() || !c.OutputMean.valid():
		return fmt.Errorf("style network: the mean colours %v and %v; they are from 0 to 255", c.InputMean, c.OutputMean)
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

// Channels of the pictures that networks read and make: RGB.
const Channels = 3

// Multiple is what the sides of pictures are multiples of.
func (c Config) Multiple() int {
	if c.Any() {
		return 1 << pools
	}
	return 1 << halvings
}

// Smallest is the least side of a picture: a mirrored border is narrower than the
// picture.
func (c Config) Smallest() int { return max(2*c.Multiple(), c.start()+c.Multiple()) }

// start is the border that is added to the picture, in pixels.
func (c Config) start() int {
	if c.Border != MirroredOnce {
		return 0
	}
	return c.Blocks * blockBorder << halvings
}

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
// which Moments reckons. One that has learned several styles has an input blend [1,
// styles], how much of each is wanted.
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

// scopeName is where a network's parameters lie.
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
