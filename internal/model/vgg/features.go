package vgg

import (
	"fmt"
	"math"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// Features adds VGG-19 to the scope's graph and returns the layers with the given names.
// The picture x is [batch, height, width, 3], RGB in 0 to 1; a layer is [batch,
// height/stride, width/stride, channels]. It panics with a *graph.Error, which graph.Build
// returns, for a name that Find does not know, an invalid configuration, or a picture below
// MinSize.
func Features(s *nn.Scope, c Config, x *graph.Node, names ...string) map[string]*graph.Node {
	if shape := x.Shape(); len(shape) != 4 || shape[3] != 3 {
		fail("a picture is [batch, height, width, 3], not %v", shape)
	}
	shift := s.Sub("input").Parameter("shift", nn.Constant(-randomMean), 3)
	return c.features(s, graph.AddBias(x, shift), layers, names)
}

// FeaturesAbove is Features from the map x of the layer below on, [batch, height/stride,
// width/stride, channels], for names of layers above it.
func FeaturesAbove(s *nn.Scope, c Config, x *graph.Node, below Layer, names ...string) map[string]*graph.Node {
	return c.features(s, x, layers[below.index+1:], names)
}

func (c Config) features(s *nn.Scope, x *graph.Node, layers []Layer, names []string) map[string]*graph.Node {
	if err := c.Validate(); err != nil {
		fail("%v", err)
	}
	deepest, err := Deepest(names...)
	if err != nil {
		fail("%v", err)
	}
	wanted := map[string]bool{}
	for _, name := range names {
		wanted[name] = true
	}
	found := map[string]*graph.Node{}
	for _, l := range layers {
		if l.index > deepest.index {
			break
		}
		x = c.layer(s, l, x)
		if wanted[l.Name] {
			found[l.Name] = x
		}
	}
	return found
}

// layer is one layer of x [batch, height, width, channels].
func (c Config) layer(s *nn.Scope, l Layer, x *graph.Node) *graph.Node {
	switch l.kind {
	case convolution:
		return c.convolve(s.Sub(l.Name), l, x)
	case pool:
		return c.pool(x)
	}
	return graph.ReLU(x)
}

// convolve is a 3×3 convolution that keeps the size.
func (c Config) convolve(s *nn.Scope, l Layer, x *graph.Node) *graph.Node {
	rank := l.rank(c.Rank)
	o := nn.ConvOptions{
		Out: l.Channels * c.Width, Kernel: 3, Stride: 1, Padding: 1, Bias: true,
		Init: heNormal(x.Shape().Channels()),
	}
	if rank > 0 {
		o.Out, o.Bias = rank, false
		x = factor(s, "down", x, rank)
	}
	mode, _ := c.border(l).mode() // Validate has seen it
	if mode != graph.PadZeros {
		x = graph.PadPicture(x, mode, graph.Pad(1))
		o.Padding = 0
	}
	x = nn.Conv(s, x, o)
	if rank > 0 {
		x = factor(s, "up", x, l.Channels*c.Width)
		x = graph.AddBias(x, s.Parameter("bias", nn.Constant(0), x.Shape().Channels()))
	}
	return x
}

// factor is a 1×1 convolution to n channels.
func factor(s *nn.Scope, name string, x *graph.Node, n int) *graph.Node {
	in := x.Shape().Channels()
	kernel := s.Parameter(name, nn.Normal{Deviation: 1 / math.Sqrt(float64(in))}, 1, 1, in, n)
	return graph.Conv(x, kernel, 1, graph.Pad(0))
}

// heNormal keeps the variance of activations from layer to layer (He et al.
// 2015, eq. 10).
func heNormal(in int) nn.Normal { return nn.Normal{Deviation: math.Sqrt(2 / float64(9*in))} }

// pool halves height and width.
func (c Config) pool(x *graph.Node) *graph.Node {
	if shape := x.Shape(); c.Ceil && (shape[1]%2 == 1 || shape[2]%2 == 1) {
		// A repeated row changes neither the maximum nor the mean of a window at the edge.
		x = graph.PadPicture(x, graph.PadReplicate, graph.Padding{Bottom: shape[1] % 2, Right: shape[2] % 2})
	}
	if c.Pooling == AveragePooling {
		x = graph.AveragePool(x, 2, 2)
	} else {
		x = graph.MaxPool(x, 2, 2)
	}
	if c.PoolScale == 1 {
		return x
	}
	return graph.Scale(x, float32(c.PoolScale))
}

func fail(format string, args ...any) {
	panic(&graph.Error{Text: "vgg: " + fmt.Sprintf(format, args...)})
}
