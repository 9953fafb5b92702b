package pix2pix

import (
	"easel/internal/engine/graph"
	"easel/internal/model/nn"
)

const (
	// leak is the slope of the encoder's and the discriminator's leaky ReLU
	// (§6.1).
	leak = 0.2
	// normEpsilon is added to the variance, as in Torch7 and PyTorch.
	normEpsilon = 1e-5
	// kernelSize is the kernel size of all convolutions except the pixel discriminator's.
	kernelSize = 4
	// repeatedKernel is that of convolutions on repeated pixels.
	repeatedKernel = 5
	// widest is the most channels of any layer, in multiples of the first
	// layer's: C512 for C64.
	widest = 8
)

// Mode is how a network is run.
type Mode struct {
	// Statistics of the norms.
	Statistics graph.Statistics
	// Key of the noise, [5]: see graph.Key. Without one there is no dropout,
	// and the z channels are 0.
	Key *graph.Node
	// Extent [2] is the pictures' number of rows and columns, where they are at the
	// top left of something larger: see graph.Within. Both are
	// multiples of ImageSize. For the generator, at test time.
	Extent *graph.Node
	// GivenMasks makes the dropout masks inputs: "mask/decoder1" …, of the
	// decoder layer's shape, with values 0 or 1/(1−rate).
	GivenMasks bool
}

// statistics are over what the norms take them in training, batch being each
// device's. Auto is instance norm at batch 1, of all devices, and batch norm
// above (§3.3).
func (c Config) statistics(batch int, o StepOptions) graph.Statistics {
	switch {
	case c.Norm == NormInstance || c.Norm == NormAuto && batch*o.devices() == 1:
		return graph.PerPicture
	case o.devices() > 1 && !o.LocalStatistics:
		return graph.PerGlobalBatch
	case o.devices() > 1 && batch == 1:
		return graph.PerPicture // the same numbers, and no empty variance
	}
	return graph.PerBatch
}

// norm normalises a layer's result, a map that is smaller than the pictures by shrink,
// unless the network has no norms.
func (c Config) norm(s *nn.Scope, x *graph.Node, m Mode, shrink int) *graph.Node {
	if c.Norm == NormNone {
		return x
	}
	return nn.Norm(s, x, nn.NormOptions{
		Over: m.Statistics, Epsilon: normEpsilon,
		Scale:  nn.Normal{Mean: 1, Deviation: c.InitDeviation},
		Extent: m.Extent, Shrink: shrink,
		Stored: c.NormStatistics == StoredStatistics, Single: c.BottleneckNorm,
	})
}

// within zeroes what is outside the extent, so that the next convolution finds the same
// there as in its padding.
func (m Mode) within(x *graph.Node, shrink int) *graph.Node {
	if m.Extent == nil {
		return x
	}
	return graph.Within(x, m.Extent, shrink)
}

// drawn returns random values that each have the same position as in a picture of the
// extent's size.
func (m Mode) drawn(x *graph.Node, shrink int) *graph.Node {
	if m.Extent == nil {
		return x
	}
	return graph.LaidOutWithin(x, m.Extent, shrink)
}

// resample returns the options of a stride-2 convolution, as all of the generator's are.
func (c Config) resample(out int, bias bool) nn.ConvOptions {
	return nn.ConvOptions{
		Out: out, Kernel: kernelSize, Stride: 2, Padding: 1,
		Bias: bias || c.Norm == NormNone,
		Init: c.initialiser(),
	}
}

// initialiser of every kernel.
func (c Config) initialiser() nn.Initialiser {
	switch c.Init {
	case InitXavier:
		return nn.Xavier{Gain: c.InitDeviation}
	case InitKaiming:
		return nn.Kaiming{}
	case InitOrthogonal:
		return nn.Orthogonal{Gain: c.InitDeviation}
	}
	return nn.Normal{Deviation: c.InitDeviation}
}

// channels returns the number of channels of layer k, counted from 1, of a stack that
// starts with width and doubles.
func channels(width, k int) int { return width * min(1<<(k-1), widest) }
