package pix2pix

import (
	"cmp"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// The generator of Johnson et al. (2016) as in CycleGAN and the authors' PyTorch port of
// pix2pix: a 7×7 convolution, two that halve the picture, residual blocks, two that double
// it, and a 7×7 one to the picture. Layers are convolution, norm, ReLU. Borders are
// mirrored, so no zeros beyond them affect the picture.
//
//	generator/stem, generator/down1, generator/down2,
//	generator/block1/first, generator/block1/second …, generator/up1, generator/up2,
//	generator/picture
//
// With a local enhancer there are also generator/enhancer/stem, …/down, …/block1/first …
// and …/up.

const (
	// resnetEnds is the kernel size of the first and last layer, and resnetInner of the
	// others.
	resnetEnds  = 7
	resnetInner = 3
)

// halvings is how often the picture is halved before the blocks.
func (c Config) halvings() int { return cmp.Or(c.Downsamplings, 2) }

// resnet translates x, whose sides are multiples of [Config.Multiple]. Comments are for a
// width of 64 and 256×256 pixels.
func resnet(s *nn.Scope, c Config, x *graph.Node, m Mode) *graph.Node {
	var y *graph.Node
	if c.EnhancerBlocks > 0 {
		y = c.enhanced(s, x, m)
	} else {
		y = c.trunk(s, x, c.Width, m)
	}
	end := c.plain(c.OutputChannels, resnetEnds)
	end.Bias = true
	return nn.Conv(s.Sub("picture"), graph.PadPicture(y, graph.PadReflect, graph.Pad(resnetEnds/2)), end)
}

// trunk is everything but the last layer.
func (c Config) trunk(s *nn.Scope, x *graph.Node, width int, m Mode) *graph.Node {
	y := c.rectified(s.Sub("stem"), x, m, c.mirrored(width, resnetEnds)) // [batch, 256, 256, 64]
	for k := 1; k <= c.halvings(); k++ {
		y = c.rectified(s.Subf("down%d", k), y, m, c.halved(width<<k)) // … [batch, 64, 64, 256]
	}
	for k := 1; k <= c.Blocks; k++ {
		y = c.block(s.Subf("block%d", k), y, k, m)
	}
	for k := 1; k <= c.halvings(); k++ {
		y = c.rectified(s.Subf("up%d", k), y, m, c.doubled(width<<(c.halvings()-k))) // … [batch, 256, 256, 64]
	}
	return y
}

// enhanced is a trunk at half the size and twice the width inside a local enhancer, which
// adds its own features of the full size (Wang et al. 2018, §3.1).
func (c Config) enhanced(s *nn.Scope, x *graph.Node, m Mode) *graph.Node {
	coarse := c.trunk(s, halfSize(x), 2*c.Width, m) // [batch, 128, 128, 128]
	s = s.Sub("enhancer")
	y := c.rectified(s.Sub("stem"), x, m, c.mirrored(c.Width, resnetEnds)) // [batch, 256, 256, 64]
	y = c.rectified(s.Sub("down"), y, m, c.halved(2*c.Width))              // [batch, 128, 128, 128]
	y = graph.Add(y, coarse)
	for k := 1; k <= c.EnhancerBlocks; k++ {
		y = c.block(s.Subf("block%d", k), y, c.Blocks+k, m)
	}
	return c.rectified(s.Sub("up"), y, m, c.doubled(c.Width)) // [batch, 256, 256, 64]
}

// halfSize averages 3×3 pixels around every second one, counting only those in the picture:
// 2 of 3 rows at the top, and 2 of 3 columns at the left. Sides are even.
func halfSize(x *graph.Node) *graph.Node {
	first := graph.Padding{Top: 1, Left: 1}
	y := graph.AveragePool(graph.PadPicture(x, graph.PadZeros, first), 3, 2)
	for _, edge := range []graph.Padding{{Top: 1}, {Left: 1}} {
		others := graph.PadPicture(graph.CropPicture(y, edge), graph.PadZeros, edge)
		y = graph.Sub(graph.Scale(y, 1.5), graph.Scale(others, 0.5)) // the edge by 3/2
	}
	return y
}

// layer is any kind of convolution.
type layer func(s *nn.Scope, x *graph.Node) *graph.Node

// rectified is a layer, its norm and a ReLU.
func (c Config) rectified(s *nn.Scope, x *graph.Node, m Mode, f layer) *graph.Node {
	return graph.ReLU(c.norm(s, f(s, x), m, 1))
}

// block adds the result of two convolutions to x, with dropout in between.
func (c Config) block(s *nn.Scope, x *graph.Node, number int, m Mode) *graph.Node {
	f := c.mirrored(x.Shape().Channels(), resnetInner)
	y := c.rectified(s.Sub("first"), x, m, f)
	if c.Dropout != DropoutOff {
		y = drop(c, y, number, m, 1)
	}
	second := s.Sub("second")
	return graph.Add(x, c.norm(second, f(second, y), m, 1))
}

// plain is a convolution without padding.
func (c Config) plain(out, kernel int) nn.ConvOptions {
	return nn.ConvOptions{Out: out, Kernel: kernel, Stride: 1, Bias: c.Norm == NormNone, Init: c.initialiser()}
}

// mirrored is a convolution with mirrored padding that keeps the size.
func (c Config) mirrored(out, kernel int) layer {
	o := c.plain(out, kernel)
	return func(s *nn.Scope, x *graph.Node) *graph.Node {
		return nn.Conv(s, graph.PadPicture(x, graph.PadReflect, graph.Pad(kernel/2)), o)
	}
}

// halved is a convolution that halves the size.
func (c Config) halved(out int) layer {
	o := c.plain(out, resnetInner)
	o.Stride, o.Padding = 2, 1
	return func(s *nn.Scope, x *graph.Node) *graph.Node { return nn.Conv(s, x, o) }
}

// doubled is a convolution that doubles the size.
func (c Config) doubled(out int) layer {
	o := c.plain(out, resnetInner)
	o.Stride, o.Padding, o.Extra = 2, 1, 1
	return func(s *nn.Scope, x *graph.Node) *graph.Node { return c.double(s, x, o, Mode{}, 0) }
}
