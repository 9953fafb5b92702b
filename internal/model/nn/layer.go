package nn

import "easel/internal/engine/graph"

// ConvOptions describes a convolution, apart from its input.
type ConvOptions struct {
	Out     int // channels
	Kernel  int // height and width
	Stride  int
	Padding int // zeros on each side
	// Extra is the number of additional rows and columns, below Stride, that a transposed
	// convolution makes at the end.
	Extra int
	// Bias adds a bias that starts at BiasStart.
	Bias      bool
	BiasStart float32
	// Spectral divides the kernel by its largest singular value: see
	// SpectralNorm. Not for transposed convolutions.
	Spectral bool
	// Init initialises the kernel.
	Init Initialiser
}

// Conv is a convolution of x [batch, height, width, in] with parameters kernel
// [k, k, in, Out] and, if asked for, bias [Out].
func Conv(s *Scope, x *graph.Node, o ConvOptions) *graph.Node {
	kernel := o.kernel(s, x)
	if o.Spectral {
		kernel = SpectralNorm(s, "kernel", kernel)
	}
	return o.withBias(s, graph.Conv(x, kernel, o.Stride, graph.Pad(o.Padding)))
}

// ResizeConv doubles the size of x [batch, height, width, in] by bilinear interpolation and
// applies a 3×3 convolution with padding 1 (Odena et al. 2016). Its parameters are kernel
// [1, 1, in, 9·Out], where tap (r, c) is channels (3r + c)·Out …, and, if requested, bias
// [Out]. The options Kernel, Stride and Padding are ignored. Extents are as in
// [NormOptions].
func ResizeConv(s *Scope, x *graph.Node, o ConvOptions, extent *graph.Node, shrink int) *graph.Node {
	const taps = 9
	kernel := s.Parameter("kernel", tapped{o.Init}, 1, 1, x.Shape().Channels(), taps*o.Out)
	if extent != nil {
		return o.withBias(s, graph.ResizeConvWithin(x, kernel, extent, shrink))
	}
	return o.withBias(s, graph.ResizeConv(x, kernel))
}

// ConvTranspose is a transposed convolution of x [batch, height, width, in]
// with parameters kernel [k, k, in, Out] and, if asked for, bias [Out].
func ConvTranspose(s *Scope, x *graph.Node, o ConvOptions) *graph.Node {
	return o.withBias(s, graph.ConvTransposeTo(x, o.kernel(s, x), o.Stride, o.Padding, o.Extra))
}

func (o ConvOptions) kernel(s *Scope, x *graph.Node) *graph.Node {
	return s.Parameter("kernel", o.Init, o.Kernel, o.Kernel, x.Shape().Channels(), o.Out)
}

func (o ConvOptions) withBias(s *Scope, y *graph.Node) *graph.Node {
	if !o.Bias {
		return y
	}
	return graph.AddBias(y, s.Parameter("bias", Constant(o.BiasStart), o.Out))
}

// NormOptions describes a norm, apart from its input.
type NormOptions struct {
	Over    graph.Statistics
	Epsilon float64
	// Scale is the initialiser of the scale; the shift starts at 0.
	Scale Initialiser
	// Extent, if any, is the valid part of each picture, reduced by Shrink here: statistics
	// are over that part. See graph.NormWithin.
	Extent *graph.Node
	Shrink int
	// Stored takes mean and variance from parameters norm/mean and norm/variance
	// [channels], as a batch norm collected them in training. Over and Extent are then
	// ignored, and there is no gradient.
	Stored bool
	// Blend, if any, is the weight of each of n norms, [1, n]: scale and shift are then [n,
	// channels], and their mixture is used (Dumoulin et al. 2017, eq. 5).
	Blend *graph.Node
	// Single allows maps of one element, which become just the shift.
	Single bool
}

// Norm normalises x [batch, height, width, channels] with the current statistics, with
// parameters norm/scale and norm/shift [channels]. A map with one element per channel and
// group has no variance, so the result would be the shift for every picture. That is
// refused with the layer's name, unless the statistics are over several devices, whose
// number a graph does not know, or the options allow it.
func Norm(s *Scope, x *graph.Node, o NormOptions) *graph.Node {
	shape := x.Shape()
	single := !o.Stored && o.Over != graph.PerGlobalBatch && shape.Positions()/o.Over.Groups(shape) < 2
	if single && !o.Single {
		fail("%s: %v norm of a %d×%d map would make every picture the same; a larger picture or a network with fewer layers would do",
			s.Path(), o.Over, shape[1], shape[2])
	}
	channels := shape.Channels()
	norm := s.Sub("norm")
	scale := o.parameter(norm, "scale", o.Scale, channels)
	shift := o.parameter(norm, "shift", Constant(0), channels)
	switch {
	case o.Stored:
		mean, variance := norm.State("mean", channels), norm.State("variance", channels)
		return graph.NormGiven(x, scale, shift, mean, variance, float32(o.Epsilon))
	case single:
		return graph.AddBias(graph.Scale(x, 0), shift)
	case o.Extent != nil:
		return graph.NormWithin(x, scale, shift, o.Extent, o.Shrink, float32(o.Epsilon))
	}
	return graph.Norm(x, scale, shift, o.Over, float32(o.Epsilon))
}

// parameter is a norm's scale or shift, [channels].
func (o NormOptions) parameter(s *Scope, name string, init Initialiser, channels int) *graph.Node {
	if o.Blend == nil {
		return s.Parameter(name, init, channels)
	}
	all := s.Parameter(name, init, o.Blend.Shape()[1], channels)
	return graph.Reshape(graph.MatMul(o.Blend, all), channels)
}
