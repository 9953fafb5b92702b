package feedforward

import (
	"cmp"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

const (
	halvings      = 2
	ends, inner   = 9, 3 // kernels
	stridedKernel = 4
	blockBorder   = 2 // consumed by the two convolutions of a block
	normEpsilon   = 1e-5
	halfRange     = 127.5 // half the range of the program's pictures, 0 to 255
)

// painter is a network under construction. Blend is the weight of each of its styles; nil
// if it has one.
type painter struct {
	Config
	blend *graph.Node
}

// johnson paints x. Comments are for a width of 32 and 256×256 pixels.
func johnson(s *nn.Scope, config Config, x *graph.Node) *graph.Node {
	c := painter{Config: config}
	if c.Styles > 1 {
		c.blend = s.Graph().Input("blend", 1, c.Styles)
	}
	y := coloured(graph.Scale(x, halfRange), halfRange, -1, c.InputMean) // 0 to 255
	if n := c.start(); n > 0 {
		y = graph.PadPicture(y, graph.PadReflect, graph.Pad(n))
	}
	y = c.rectified(s.Sub("conv1"), y, c.plain(c.Width, ends)) // [batch, 256, 256, 32]
	for k := 1; k <= halvings; k++ {
		y = c.rectified(s.Subf("conv%d", k+1), y, c.halving(c.Width<<k)) // … [batch, 64, 64, 128]
	}
	for k := 1; k <= c.Blocks; k++ {
		y = c.block(s.Subf("block%d", k), y)
	}
	for k := 1; k <= halvings; k++ {
		y = c.doubled(s.Subf("up%d", k), y, c.Width<<(halvings-k)) // … [batch, 256, 256, 32]
	}
	last := c.plain(Channels, ends)
	if c.Tanh == 0 {
		last.BiasStart = halfRange // training starts from grey
	}
	if last.Bias = !c.PictureNorm; last.Bias {
		y = c.conv(s.Sub("picture"), y, last)
	} else {
		y = c.normed(s.Sub("picture"), y, last)
	}
	if c.Tanh > 0 {
		y = graph.Scale(graph.Tanh(y), float32(c.Tanh))
	}
	return graph.Scale(coloured(y, -halfRange, 1, c.OutputMean), 1/halfRange)
}

// coloured is x + by + sign·mean.
func coloured(x *graph.Node, by, sign float32, mean Colour) *graph.Node {
	if mean == (Colour{}) {
		return shifted(x, by)
	}
	shift := make([]float32, Channels)
	for i, v := range mean {
		shift[i] = by + sign*float32(v)
	}
	return graph.AddBias(x, x.Graph().Constant(shift, Channels))
}

// shifted is x + by.
func shifted(x *graph.Node, by float32) *graph.Node {
	return graph.Add(x, graph.Fill(x.Graph().Constant([]float32{by}), x.Shape()...))
}

// block adds the result of two convolutions to x, without a ReLU after the sum.
func (c painter) block(s *nn.Scope, x *graph.Node) *graph.Node {
	o := c.plain(x.Shape().Channels(), inner)
	if c.Border == MirroredOnce {
		o.Padding = 0
	}
	y := c.normed(s.Sub("second"), c.rectified(s.Sub("first"), x, o), o)
	if c.Border == MirroredOnce {
		x = graph.CropPicture(x, graph.Pad(blockBorder))
	}
	return graph.Add(x, y)
}

// plain is a convolution that keeps the size.
func (c Config) plain(out, kernel int) nn.ConvOptions {
	return nn.ConvOptions{Out: out, Kernel: kernel, Stride: 1, Padding: kernel / 2, Init: nn.Kaiming{}}
}

// halving is a convolution that halves the size.
func (c Config) halving(out int) nn.ConvOptions {
	o := nn.ConvOptions{Out: out, Kernel: inner, Stride: 2, Padding: 1, Init: nn.Kaiming{}}
	if c.Strided {
		o.Kernel = stridedKernel
	}
	return o
}

// doubled is a layer that doubles the size.
func (c painter) doubled(s *nn.Scope, x *graph.Node, out int) *graph.Node {
	if c.Strided {
		return graph.ReLU(c.norm(s, nn.ConvTranspose(s, x, c.halving(out))))
	}
	size := x.Shape()
	x = graph.Resize(x, graph.NearestInterpolation, 2*size[1], 2*size[2])
	return c.rectified(s, x, c.plain(out, inner))
}

func (c painter) rectified(s *nn.Scope, x *graph.Node, o nn.ConvOptions) *graph.Node {
	return graph.ReLU(c.normed(s, x, o))
}

func (c painter) normed(s *nn.Scope, x *graph.Node, o nn.ConvOptions) *graph.Node {
	return c.norm(s, c.conv(s, x, o))
}

func (c painter) norm(s *nn.Scope, x *graph.Node) *graph.Node {
	return nn.Norm(s, x, nn.NormOptions{Over: graph.PerPicture, Epsilon: cmp.Or(c.NormEpsilon, normEpsilon), Scale: nn.Constant(1), Stored: c.StoredStatistics, Blend: c.blend})
}

// conv is a convolution with the network's padding.
func (c Config) conv(s *nn.Scope, x *graph.Node, o nn.ConvOptions) *graph.Node {
	if c.Border == Mirrored {
		return mirrored(s, x, o)
	}
	return nn.Conv(s, x, o)
}

// mirrored is a convolution with mirrored padding.
func mirrored(s *nn.Scope, x *graph.Node, o nn.ConvOptions) *graph.Node {
	border := graph.Pad(o.Padding)
	o.Padding = 0
	return nn.Conv(s, graph.PadPicture(x, graph.PadReflect, border), o)
}
