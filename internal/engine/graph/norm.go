package graph

import "fmt"

// Statistics says over which axes a norm takes mean and variance.
type Statistics int

const (
	// PerBatch is over batch, height and width: batch normalisation with the
	// current batch's statistics.
	PerBatch Statistics = iota
	// PerPicture is over height and width: instance normalisation.
	PerPicture
	// PerGlobalBatch is over the batches of all devices, each of the same
	// shape: synchronised batch normalisation. Norm makes it of PerBatch and
	// PooledMoments; no operation has it as an attribute.
	PerGlobalBatch
)

func (s Statistics) String() string { return [...]string{"batch", "instance", "global-batch"}[s] }

// Groups is how many sets of statistics a picture of the given shape has.
func (s Statistics) Groups(x Shape) int {
	if s == PerPicture {
		return x[0]
	}
	return 1
}

type (
	// Moments are each group's and channel's mean and 1/√(variance + ε), with
	// the biased variance: x [batch, height, width, channels] to
	// [groups, 2, channels]. Their gradient is part of Normalization's.
	Moments struct {
		Over    Statistics
		Epsilon float32
	}
	// Normalization is scale·(x − mean)/√(variance + ε) + shift: operands x,
	// moments, scale [channels], shift [channels].
	Normalization struct{ Over Statistics }
	// NormalizationSums are each group's and channel's Σȳ and Σȳ·x̂, where x̂
	// is the normalised x: operands ȳ, x, moments; [groups, 2, channels].
	NormalizationSums struct{ Over Statistics }
	// NormalizationInputGradient is the gradient to x, through the statistics
	// too: scale/√(variance + ε)·(ȳ − Σȳ/M − x̂·Σȳx̂/M), with M elements a
	// group and channel: operands ȳ, x, moments, sums, scale.
	NormalizationInputGradient struct{ Over Statistics }
	// GroupSum is row Row of [groups, 2, channels], summed over groups: the
	// gradients to shift (row 0) and scale (row 1).
	GroupSum struct{ Row int }
)

// Name implements Op.
func (o Moments) Name() string { return fmt.Sprintf("%v-moments ε %g", o.Over, o.Epsilon) }

// Name implements Op.
func (o Normalization) Name() string { return fmt.Sprintf("%v-norm", o.Over) }

// Name implements Op.
func (o NormalizationSums) Name() string { return fmt.Sprintf("%v-norm-sums", o.Over) }

// Name implements Op.
func (o NormalizationInputGradient) Name() string {
	return fmt.Sprintf("%v-norm-input-gradient", o.Over)
}

// Name implements Op.
func (o GroupSum) Name() string { return fmt.Sprintf("group-sum %d", o.Row) }

func (o Moments) infer(in []Shape) Shape {
	x := in[0]
	wantOneOf("norm", int(o.Over), int(PerPicture))
	if !(o.Epsilon >= 0) {
		fail("%s: negative", o.Name())
	}
	wantRank(o.Name(), x, 4)
	return Shape{o.Over.Groups(x), 2, x[3]}
}

func (o Normalization) infer(in []Shape) Shape {
	x := in[0]
	wantShape(o.Name(), "moments", in[1], o.Over.Groups(x), 2, x[3])
	wantShape(o.Name(), "scale", in[2], x[3])
	wantShape(o.Name(), "shift", in[3], x[3])
	return x
}

func (o NormalizationSums) infer(in []Shape) Shape {
	wantSame(o.Name(), in[0], in[1])
	wantShape(o.Name(), "moments", in[2], o.Over.Groups(in[1]), 2, in[1][3])
	return in[2]
}

func (o NormalizationInputGradient) infer(in []Shape) Shape {
	wantSame(o.Name(), in[0], in[1])
	wantSame(o.Name(), in[2], in[3])
	wantShape(o.Name(), "scale", in[4], in[1][3])
	return in[1]
}

func (o GroupSum) infer(in []Shape) Shape {
	wantRank(o.Name(), in[0], 3)
	return Shape{in[0][2]}
}

func (o Normalization) gradient(n, dy *Node) []*Node {
	x, moments, scale := n.in(0), n.in(1), n.in(2)
	switch moments.op.(type) {
	case Moments, PooledMoments:
	default: // of part of x, or not of x at all
		noGradient(moments.op)
	}
	sums := apply(NormalizationSums(o), dy, x, moments)
	ofGroup := sums
	if _, pooled := moments.op.(PooledMoments); pooled {
		// Over the elements of all devices, N times as many: the
		// mean over devices of Σ stands to M as the whole sum to N·M.
		ofGroup = DeviceMean(sums)
	}
	return []*Node{
		apply(NormalizationInputGradient(o), dy, x, moments, ofGroup, scale),
		nil, // the path through the moments is in the input's gradient
		apply(GroupSum{1}, sums),
		apply(GroupSum{0}, sums),
	}
}

func (o Moments) gradient(_, _ *Node) []*Node { return noGradient(o) }

func (o NormalizationSums) gradient(_, _ *Node) []*Node { return noGradient(o) }

func (o NormalizationInputGradient) gradient(_, _ *Node) []*Node { return noGradient(o) }

func (o GroupSum) gradient(_, _ *Node) []*Node { return noGradient(o) }

// noGradient is the gradient of operations that only gradients are made of.
func noGradient(o Op) []*Node {
	fail("%s: has no gradient of its own", o.Name())
	return nil
}

// Norm normalises x [batch, height, width, channels] over the given axes with
// the current statistics, at training and at test time alike, then applies
// scale and shift [channels] (Ioffe & Szegedy 2015; Ulyanov et al. 2016).
func Norm(x, scale, shift *Node, over Statistics, epsilon float32) *Node {
	if over == PerGlobalBatch {
		moments := apply(PooledMoments{}, apply(Moments{PerBatch, epsilon}, x))
		return apply(Normalization{PerBatch}, x, moments, scale, shift)
	}
	moments := apply(Moments{over, epsilon}, x)
	if x.shape.Positions()/over.Groups(x.shape) < 2 {
		fail("%s: one element a channel in %v has no variance: the norm would make every picture the same", moments.op.Name(), x.shape)
	}
	return apply(Normalization{over}, x, moments, scale, shift)
}

// NormGiven normalises x [batch, height, width, channels] with a mean and a
// variance [channels] that are not its own but given, such as those that batch
// norm has gathered in training. There is no gradient.
func NormGiven(x, scale, shift, mean, variance *Node, epsilon float32) *Node {
	channels := x.shape.Channels()
	positive := Add(variance, Fill(x.graph.Constant([]float32{epsilon}), channels))
	return NormWith(x, scale, shift, Reshape(Concat(mean, Pow(positive, -0.5)), 1, 2, channels))
}

// NormWith normalises x [batch, height, width, channels] with the given moments [1,
// 2, channels] instead of its own: mean and 1/√(variance + ε). It has no gradient.
func NormWith(x, scale, shift, moments *Node) *Node {
	return apply(Normalization{PerBatch}, x, moments, scale, shift)
}
