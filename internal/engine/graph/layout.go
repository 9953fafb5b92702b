package graph

import (
	"fmt"
	"slices"
)

type (
	// Concatenation joins values along the last axis.
	Concatenation struct{}
	// ChannelSlice is channels From ≤ c < To.
	ChannelSlice struct{ From, To int }
	// ChannelEmbed puts a value at channels From… of Total, zeros elsewhere:
	// the gradient of ChannelSlice.
	ChannelEmbed struct{ From, Total int }
	// Reshaping reads the same elements in the same order as another shape.
	Reshaping struct{ To Shape }
)

// Name implements Op.
func (Concatenation) Name() string { return "concat" }

// Name implements Op.
func (o ChannelSlice) Name() string { return fmt.Sprintf("channels %d:%d", o.From, o.To) }

// Name implements Op.
func (o ChannelEmbed) Name() string { return fmt.Sprintf("embed-channels %d of %d", o.From, o.Total) }

// Name implements Op.
func (o Reshaping) Name() string { return fmt.Sprintf("reshape %v", o.To) }

func (o Reshaping) infer(in []Shape) Shape {
	if in[0].Size() != o.To.Size() {
		fail("%s: %v has another number of elements", o.Name(), in[0])
	}
	return o.To
}

func (o Concatenation) infer(in []Shape) Shape {
	out := append(Shape{}, in[0]...)
	last := len(out) - 1
	if last < 0 {
		fail("concat: scalars have no channels")
	}
	for _, s := range in[1:] {
		if len(s) != len(out) || !s[:last].Equal(out[:last]) {
			fail("concat: %v and %v differ in more than channels", in[0], s)
		}
		out[last] += s[last]
	}
	return out
}

func (o ChannelSlice) infer(in []Shape) Shape {
	if o.From < 0 || o.To <= o.From || o.To > in[0].Channels() || len(in[0]) == 0 {
		fail("%s: out of %v", o.Name(), in[0])
	}
	return withChannels(in[0], o.To-o.From)
}

func (o ChannelEmbed) infer(in []Shape) Shape {
	if o.From < 0 || o.From+in[0].Channels() > o.Total {
		fail("%s: %v does not fit", o.Name(), in[0])
	}
	return withChannels(in[0], o.Total)
}

func withChannels(s Shape, channels int) Shape {
	out := append(Shape{}, s...)
	out[len(out)-1] = channels
	return out
}

func (o Concatenation) gradient(n, dy *Node) []*Node {
	grads := make([]*Node, len(n.inputs))
	from := 0
	for i, in := range n.inputs {
		to := from + in.shape.Channels()
		grads[i] = Slice(dy, from, to)
		from = to
	}
	return grads
}

func (o ChannelSlice) gradient(n, dy *Node) []*Node {
	return []*Node{apply(ChannelEmbed{o.From, n.in(0).shape.Channels()}, dy)}
}

func (o ChannelEmbed) gradient(n, dy *Node) []*Node {
	return []*Node{Slice(dy, o.From, o.From+n.in(0).shape.Channels())}
}

func (o Reshaping) gradient(n, dy *Node) []*Node {
	return []*Node{Reshape(dy, n.in(0).shape...)}
}

// Reshape is the elements of x, in their order, as another shape.
func Reshape(x *Node, shape ...int) *Node { return apply(Reshaping{slices.Clone(Shape(shape))}, x) }

// Concat joins values that agree in all axes but the last along it.
func Concat(xs ...*Node) *Node {
	if len(xs) == 0 {
		fail("concat: of nothing")
	}
	return apply(Concatenation{}, xs...)
}

// Slice is channels from ≤ c < to of x.
func Slice(x *Node, from, to int) *Node { return apply(ChannelSlice{from, to}, x) }

// PadMode says what stands in the border that a padding adds.
type PadMode int

const (
	// PadZeros is 1234 → 00123400.
	PadZeros PadMode = iota
	// PadReflect is 1234 → 32123432; narrower than the picture.
	PadReflect
	// PadReplicate is 1234 → 11123444.
	PadReplicate
)

func (m PadMode) String() string { return [...]string{"zero", "reflect", "replicate"}[m] }

type (
	// Border adds a border to pictures.
	Border struct {
		Mode PadMode
		Padding
	}
	// BorderGradient is the adjoint of Border: each border element's gradient
	// is added to that of the element it was copied from.
	BorderGradient struct {
		Mode PadMode
		Padding
	}
)

// Name implements Op.
func (o Border) Name() string { return fmt.Sprintf("%v-pad %v", o.Mode, o.Padding) }

// Name implements Op.
func (o BorderGradient) Name() string { return fmt.Sprintf("%v-pad-gradient %v", o.Mode, o.Padding) }

func (o Border) infer(in []Shape) Shape {
	x, p := in[0], o.Padding
	wantOneOf("pad", int(o.Mode), int(PadReplicate))
	wantRank(o.Name(), x, 4)
	if min(p.Top, p.Left, p.Bottom, p.Right) < 0 {
		fail("%s: negative", o.Name())
	}
	if o.Mode == PadReflect && (max(p.Top, p.Bottom) >= x[1] || max(p.Left, p.Right) >= x[2]) {
		fail("%s: as wide as the picture %v or wider", o.Name(), x)
	}
	return Shape{x[0], x[1] + p.Top + p.Bottom, x[2] + p.Left + p.Right, x[3]}
}

func (o BorderGradient) infer(in []Shape) Shape {
	y, p := in[0], o.Padding
	wantRank(o.Name(), y, 4)
	return Shape{y[0], y[1] - p.Top - p.Bottom, y[2] - p.Left - p.Right, y[3]}
}

func (o Border) gradient(_, dy *Node) []*Node { return []*Node{apply(BorderGradient(o), dy)} }

func (o BorderGradient) gradient(_, dx *Node) []*Node { return []*Node{apply(Border(o), dx)} }

// PadPicture adds a border to x [batch, height, width, channels].
func PadPicture(x *Node, mode PadMode, padding Padding) *Node {
	return apply(Border{mode, padding}, x)
}

// CropPicture takes a border off x [batch, height, width, channels].
func CropPicture(x *Node, border Padding) *Node {
	wantRank("crop", x.shape, 4)
	if min(border.Top, border.Left, border.Bottom, border.Right) < 0 {
		fail("crop %v: negative", border)
	}
	return apply(BorderGradient{PadZeros, border}, x)
}
