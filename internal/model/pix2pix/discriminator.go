package pix2pix

import (
	"easel/internal/base/option"
	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

// convolution is a layer of a discriminator.
type convolution struct {
	out, kernel, stride, padding int
	norm, bias                   bool
}

// discriminator lists the layers (§6.1.2). In the authors' code the last two layers have
// stride 1, unlike in the text; only then are the receptive fields 16, 70 and 286 pixels.
func (c Config) discriminator() []convolution {
	width := c.DiscriminatorWidth
	every := !c.normedDiscriminator() // convolution has a bias
	if c.Discriminator == Pixel {
		return []convolution{
			{width, 1, 1, 0, false, true},
			{2 * width, 1, 1, 0, true, every},
			{1, 1, 1, 0, false, every},
		}
	}
	layers := []convolution{{width, kernelSize, 2, 1, false, true}}
	for k := 2; k <= c.PatchLayers; k++ {
		layers = append(layers, convolution{channels(width, k), kernelSize, 2, 1, true, every})
	}
	return append(layers,
		convolution{channels(width, c.PatchLayers+1), kernelSize, 1, 1, true, every},
		convolution{1, kernelSize, 1, 1, false, true})
}

// normedDiscriminator reports whether norms follow D's inner convolutions.
func (c Config) normedDiscriminator() bool { return c.Norm != NormNone && !c.SpectralNorm }

// verdict is a discriminator's output.
type verdict struct {
	logits *graph.Node
	// features are its layers after their activations, without the last.
	features []*graph.Node
}

// discriminators judge y, given x, at each of the configuration's scales.
func discriminators(s *nn.Scope, c Config, x, y *graph.Node, m Mode) []verdict {
	all := []verdict{discriminate(s, c, x, y, m)}
	for k := 2; k <= c.Scales; k++ {
		x, y = graph.AveragePool(x, 2, 2), graph.AveragePool(y, 2, 2)
		all = append(all, discriminate(s.Subf("scale%d", k), c, x, y, m))
	}
	return all
}

// Discriminator judges patches of y [batch, height, width, OutputChannels], given x [batch,
// height, width, InputChannels] if the objective is conditional. It returns a map of logits
// [batch, rows, columns, 1], above 0 for real. The scope is the discriminator's own.
func Discriminator(s *nn.Scope, c Config, x, y *graph.Node, m Mode) *graph.Node {
	return discriminate(s, c, x, y, m).logits
}

func discriminate(s *nn.Scope, c Config, x, y *graph.Node, m Mode) (v verdict) {
	d := y
	if c.Conditional() {
		d = graph.Concat(x, y) // [batch, 256, 256, 6]
	}
	for i, layer := range c.discriminator() {
		if i > 0 {
			d = graph.LeakyReLU(d, leak)
			v.features = append(v.features, d)
		}
		scope := s.Subf("layer%d", i+1)
		d = nn.Conv(scope, d, nn.ConvOptions{ // [batch, 128, 128, 64] … [batch, 31, 31, 512], [batch, 30, 30, 1]
			Out: layer.out, Kernel: layer.kernel, Stride: layer.stride, Padding: layer.padding,
			Bias: layer.bias, Init: c.initialiser(), Spectral: c.SpectralNorm,
		})
		if layer.norm && !c.SpectralNorm {
			d = c.norm(scope, d, m, 1) // never within an extent
		}
	}
	v.logits = d
	return v
}

// checkDiscriminators is checkDiscriminator at all scales.
func (c Config) checkDiscriminators(groupBatch, height, width int) error {
	for k := range c.Scales {
		if err := c.checkDiscriminator(groupBatch, height>>k, width>>k); err != nil {
			if k > 0 {
				err = option.Errorf("%v %d: %v", c.Declared().Name(&c.Scales), c.Scales, err)
			}
			return err
		}
	}
	return nil
}

// checkDiscriminator reports a layer that pictures of the given size leave without input,
// or whose norm would see one element.
func (c Config) checkDiscriminator(groupBatch, height, width int) error {
	name, hint := option.Errorf("pixel discriminator"), option.Errorf("use larger pictures")
	if c.Discriminator == Patch {
		layers := c.Declared().Name(&c.PatchLayers)
		name = option.Errorf("discriminator with %v %d", layers, c.PatchLayers)
		hint = option.Errorf("use fewer %v, or pictures of at least %d×%d", layers, c.smallest(), c.smallest())
	}
	rows, columns := height, width
	for i, layer := range c.discriminator() {
		if min(rows, columns)+2*layer.padding < layer.kernel {
			return option.Errorf("%v: a %d×%d picture has no pixels left at layer%d: %v", name, height, width, i+1, hint)
		}
		rows = (rows+2*layer.padding-layer.kernel)/layer.stride + 1
		columns = (columns+2*layer.padding-layer.kernel)/layer.stride + 1
		if layer.norm && c.normedDiscriminator() && groupBatch*rows*columns < 2 {
			return option.Errorf("%v: the norm at layer%d would see one element per channel for a %d×%d picture: %v",
				name, i+1, height, width, hint)
		}
	}
	return nil
}

// smallest is the least side, a power of two, for the patch discriminator: the stride-1
// layers reduce a map of 4×4, or 3×3, to at least 1×1.
func (c Config) smallest() int { return 4 << c.PatchLayers }

// ReceptiveField returns the number of pixels, in each direction, that one logit of a
// discriminator sees: 16, 34, 70, 142, 286 or 574 for 1 to 6 stride-2 layers, and 1 for 0,
// the pixel discriminator.
func ReceptiveField(patchLayers int) int {
	c := Config{Discriminator: Patch, PatchLayers: patchLayers}
	if patchLayers == 0 {
		c.Discriminator = Pixel
	}
	layers, field := c.discriminator(), 1
	for i := len(layers) - 1; i >= 0; i-- {
		field = (field-1)*layers[i].stride + layers[i].kernel
	}
	return field
}
