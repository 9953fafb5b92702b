package pix2pix

import (
	"cmp"

	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// Streams of random numbers within a step: decoder layer j has stream j.
const noiseStream = 1 << 16

// Generator translates pictures x [batch, height, width, InputChannels] with
// values in [−1, 1] to [batch, height, width, OutputChannels], likewise
// (§6.1.1), or to logits if the configuration classifies. Height and width are
// multiples of [Config.Multiple]. The scope is the generator's own.
func Generator(s *nn.Scope, c Config, x *graph.Node, m Mode) *graph.Node {
	x = c.seen(withNoise(c, x, m))
	var y *graph.Node
	if c.Generator == ResNet {
		y = resnet(s, c, x, m)
	} else {
		y = decode(s, c, encode(s, c, m.within(x, 1), m, c.Levels()), m)
	}
	if c.Classifies() {
		return y
	}
	return graph.Tanh(y)
}

// withNoise appends channels of Gaussian z to the picture.
func withNoise(c Config, x *graph.Node, m Mode) *graph.Node {
	if c.NoiseChannels == 0 {
		return x
	}
	shape := x.Shape()
	z := []int{shape[0], shape[1], shape[2], c.NoiseChannels}
	if m.Key == nil {
		return graph.Concat(x, x.Graph().Constant(make([]float32, graph.Shape(z).Size()), z...))
	}
	return graph.Concat(x, m.drawn(graph.Noise(m.Key, noiseStream, z...), 1))
}

// encode is the encoder's first n layers. The result of layer k, before its activation, is
// at [k−1], [batch, height/2ᵏ, width/2ᵏ, channels]. Comments are for unet_256.
func encode(s *nn.Scope, c Config, x *graph.Node, m Mode, n int) []*graph.Node {
	layers := make([]*graph.Node, n)
	layers[0] = nn.Conv(s.Sub("encoder1"), x, c.resample(c.Width, c.EdgeBiases)) // [batch, 128, 128, 64]
	for k := 2; k <= n; k++ {
		layer := s.Subf("encoder%d", k)
		e := m.within(graph.LeakyReLU(layers[k-2], leak), 1<<(k-1))
		innermost := k == c.Levels()
		e = nn.Conv(layer, e, c.resample(channels(c.Width, k), c.EdgeBiases && innermost && !c.BottleneckNorm)) // [batch, 64, 64, 128] … [batch, 1, 1, 512]
		// The innermost map is 1×1 at the training size: a norm would set it to
		// a constant (the paper's erratum).
		if !innermost || c.BottleneckNorm {
			e = c.norm(layer, e, m, 1<<k)
		}
		layers[k-1] = e
	}
	return layers
}

// decode is the decoder. It applies the activation to the decoder's and the encoder's maps
// before concatenating them, which is equivalent.
func decode(s *nn.Scope, c Config, encoded []*graph.Node, m Mode) *graph.Node {
	n := c.Levels()
	d := c.skip(encoded[n-1]) // [batch, 1, 1, 512]
	for j := 1; j < n; j++ {
		d = m.within(d, 1<<(n-j+1))
		layer := s.Subf("decoder%d", j)
		d = c.double(layer, d, c.resample(channels(c.Width, n-j), false), m, 1<<(n-j+1)) // [batch, 2, 2, 512] … [batch, 128, 128, 64]
		d = c.norm(layer, d, m, 1<<(n-j))
		d = graph.ReLU(dropout(c, d, j, m))
		if c.Generator == UNet {
			d = graph.Concat(d, c.skip(encoded[n-j-1])) // [batch, 2, 2, 1024] … [batch, 128, 128, 128]
		}
	}
	d = m.within(d, 2)
	last := c
	last.Upsample = cmp.Or(c.PictureUpsample, c.Upsample)
	return last.double(s.Subf("decoder%d", n), d, c.resample(c.OutputChannels, true), m, 2) // [batch, 256, 256, 3]
}

// skip returns an encoder layer's map as the decoder sees it.
func (c Config) skip(e *graph.Node) *graph.Node {
	if c.ActivatedSkips {
		return graph.LeakyReLU(e, leak)
	}
	return graph.ReLU(e)
}

// double is a decoder layer's convolution: the authors' transposed one; bilinear upsampling
// and a 3×3 convolution, which avoids grid artefacts (Odena et al. 2016); or repeated
// pixels and a 5×5 one. The map x is smaller than the pictures by shrink.
func (c Config) double(s *nn.Scope, x *graph.Node, o nn.ConvOptions, m Mode, shrink int) *graph.Node {
	switch c.Upsample {
	case Resize:
		return nn.ResizeConv(s, x, o, m.Extent, shrink)
	case Nearest:
		return repeated(s, x, o)
	}
	return nn.ConvTranspose(s, x, o)
}

// repeated is a 5×5 convolution on x with every pixel repeated.
func repeated(s *nn.Scope, x *graph.Node, o nn.ConvOptions) *graph.Node {
	o.Kernel, o.Stride, o.Padding, o.Extra = repeatedKernel, 1, repeatedKernel/2, 0
	size := x.Shape()
	return nn.Conv(s, graph.Resize(x, graph.NearestInterpolation, 2*size[1], 2*size[2]), o)
}

// dropout applies dropout at decoder layer j if the configuration has it there: the only
// noise of the paper's generator (§3.1).
func dropout(c Config, d *graph.Node, j int, m Mode) *graph.Node {
	from, to := c.DropoutLayers()
	if j < from || j > to {
		return d
	}
	return drop(c, d, j, m, 1<<(c.Levels()-j))
}

// drop applies dropout with the given stream of noise to a map that is smaller than the
// pictures by shrink.
func drop(c Config, d *graph.Node, j int, m Mode, shrink int) *graph.Node {
	if m.Key == nil || c.DropoutRate == 0 {
		return d
	}
	if m.GivenMasks {
		return graph.Mul(d, d.Graph().Input(maskName(j), d.Shape()...))
	}
	mask := graph.Mask(m.Key, float32(c.DropoutRate), uint32(j), d.Shape()...)
	return graph.Mul(d, m.drawn(mask, shrink))
}
