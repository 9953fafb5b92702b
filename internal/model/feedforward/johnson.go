package feedforward

import (
	"errors"
	"fmt"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// Config is a network.
type Config struct {
	// Width is the number of channels of the first layer: 32 of the paper's.
	Width int `json:"width"`
	// Blocks is the number of residual blocks: 5 of the paper's.
	Blocks int `json:"blocks"`
}

// Default is the paper's network.
func Default() Config { return Config{Width: 32, Blocks: 5} }

// Validate reports a network that could not be built.
func (c Config) Validate() error {
	if c.Width < 1 || c.Width > 1024 || c.Blocks < 1 || c.Blocks > 64 {
		return fmt.Errorf("style network: a width of %d and %d blocks; there are 1 to 1024 and 1 to 64", c.Width, c.Blocks)
	}
	return nil
}

const (
	// Channels are those of the pictures that it takes and makes: RGB.
	Channels = 3
	// Multiple is what the sides of pictures are multiples of.
	Multiple = 1 << halvings
	// Smallest is the least side of a picture: a mirrored border wants two pixels.
	Smallest = 2 << halvings

	halvings    = 2
	ends, inner = 9, 3 // kernels
	normEpsilon = 1e-5
	halfRange   = 127.5 // of the program's pictures, 0 to 255
)

// Network is a style network as a graph: input a [batch, height, width, 3] in
// [−1, 1], output fake of the same shape, in [−1, 1] but for values that leave the
// range and are to be clamped.
type Network struct {
	Graph      *graph.Graph
	Parameters nn.Parameters
}

// Inference builds the network for batches of pictures of the given size.
func Inference(c Config, batch, height, width int) (*Network, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if batch < 1 {
		return nil, errors.New("style network: an empty batch")
	}
	if min(height, width) < Smallest || height%Multiple != 0 || width%Multiple != 0 {
		return nil, fmt.Errorf("style network: pictures of %d×%d: sides have to be multiples of %d, and %d at least", height, width, Multiple, Smallest)
	}
	network := &Network{}
	g, err := graph.Build(func(g *graph.Graph) {
		scope := nn.NewScope(g)
		g.Output("fake", johnson(scope.Sub("style"), c, g.Input("a", batch, height, width, Channels)))
		network.Parameters = scope.Parameters()
	})
	if err != nil {
		return nil, fmt.Errorf("style network: %w", err)
	}
	network.Graph = g
	return network, nil
}

// johnson paints x. Comments are for a width of 32 and 256×256 pixels.
func johnson(s *nn.Scope, c Config, x *graph.Node) *graph.Node {
	y := shifted(graph.Scale(x, halfRange), halfRange) // 0 to 255
	y = rectified(s.Sub("conv1"), y, c.Width, ends, 1) // [batch, 256, 256, 32]
	for k := 1; k <= halvings; k++ {
		y = rectified(s.Subf("conv%d", k+1), y, c.Width<<k, inner, 2) // … [batch, 64, 64, 128]
	}
	for k := 1; k <= c.Blocks; k++ {
		block := s.Subf("block%d", k)
		z := rectified(block.Sub("first"), y, y.Shape().Channels(), inner, 1)
		y = graph.Add(y, normed(block.Sub("second"), z, y.Shape().Channels(), inner, 1)) // nothing rectifies the sum
	}
	for k := 1; k <= halvings; k++ {
		size := y.Shape()
		y = graph.Resize(y, graph.NearestInterpolation, 2*size[1], 2*size[2])
		y = rectified(s.Subf("up%d", k), y, c.Width<<(halvings-k), inner, 1) // … [batch, 256, 256, 32]
	}
	y = mirrored(s.Sub("picture"), y, nn.ConvOptions{Out: Channels, Kernel: ends, Stride: 1, Bias: true})
	return graph.Scale(shifted(y, -halfRange), 1/halfRange)
}

// shifted is x + by.
func shifted(x *graph.Node, by float32) *graph.Node {
	return graph.Add(x, graph.Fill(x.Graph().Constant([]float32{by}), x.Shape()...))
}

func rectified(s *nn.Scope, x *graph.Node, out, kernel, stride int) *graph.Node {
	return graph.ReLU(normed(s, x, out, kernel, stride))
}

func normed(s *nn.Scope, x *graph.Node, out, kernel, stride int) *graph.Node {
	y := mirrored(s, x, nn.ConvOptions{Out: out, Kernel: kernel, Stride: stride})
	return nn.Norm(s, y, nn.NormOptions{Over: graph.PerPicture, Epsilon: normEpsilon, Scale: nn.Constant(1)})
}

// mirrored is a convolution whose border is the picture mirrored.
func mirrored(s *nn.Scope, x *graph.Node, o nn.ConvOptions) *graph.Node {
	o.Init = nn.Kaiming{}
	return nn.Conv(s, graph.PadPicture(x, graph.PadReflect, graph.Pad(o.Kernel/2)), o)
}
