package lowering

import (
	"fmt"
	"slices"

	hlo "github.com/gomlx/go-xla/pkg/stablehlo"
	"github.com/gomlx/go-xla/pkg/types"
	"github.com/gomlx/go-xla/pkg/types/dtypes"
	"github.com/gomlx/go-xla/pkg/types/shapes"

	"easel/internal/engine/device"
)

const (
	float32Type = dtypes.Float32
	float64Type = dtypes.Float64
	uint32Type  = dtypes.Uint32
	uint64Type  = dtypes.Uint64
	int32Type   = dtypes.Int32
)

// failure is what the library refuses, on its way up to Lower.
type failure struct{ error }

func check(err error) {
	if err != nil {
		panic(failure{err})
	}
}

func must(v *hlo.Value, err error) *hlo.Value {
	check(err)
	return v
}

// builder writes the operations of main. Its methods take and return values of any
// type of XLA. Shapes and types of operands must be equal: nothing is broadcast
// silently.
type builder struct {
	program   *hlo.Builder
	fn        *hlo.Function
	precision device.Precision
	devices   int
	device    *hlo.Value // its number, where there are several
	closures  map[string]*hlo.Function
	scalars   map[string]*hlo.Value
}

func newBuilder(o Options) *builder {
	m := hlo.New("easel")
	if o.devices() > 1 {
		m.WithNumReplicas(o.devices())
	}
	return &builder{program: m, fn: m.Main(), precision: o.Precision, devices: o.devices(), closures: map[string]*hlo.Function{}, scalars: map[string]*hlo.Value{}}
}

func add(x, y *hlo.Value) *hlo.Value      { return must(hlo.Add(x, y)) }
func subtract(x, y *hlo.Value) *hlo.Value { return must(hlo.Subtract(x, y)) }
func multiply(x, y *hlo.Value) *hlo.Value { return must(hlo.Multiply(x, y)) }
func divide(x, y *hlo.Value) *hlo.Value   { return must(hlo.Divide(x, y)) }
func maximum(x, y *hlo.Value) *hlo.Value  { return must(hlo.Maximum(x, y)) }
func minimum(x, y *hlo.Value) *hlo.Value  { return must(hlo.Minimum(x, y)) }

// negate is −x.
func negate(x *hlo.Value) *hlo.Value { return must(hlo.Negate(x)) }

// scalar is a constant of the type of value, written once.
func (b *builder) scalar(value any) *hlo.Value {
	key := fmt.Sprintf("%T %v", value, value)
	if b.scalars[key] == nil {
		b.scalars[key] = must(b.fn.ConstantFromScalar(value))
	}
	return b.scalars[key]
}

// like fills the shape of x with a constant of the same type.
func (b *builder) like(x *hlo.Value, value any) *hlo.Value {
	return fill(b.scalar(value), x.Shape())
}

// fill fills a shape with a scalar.
func fill(x *hlo.Value, shape shapes.Shape) *hlo.Value { return broadcast(x, shape) }

// broadcast repeats x, whose axes are the given ones of the shape.
func broadcast(x *hlo.Value, shape shapes.Shape, axes ...int) *hlo.Value {
	return must(hlo.BroadcastInDim(x, shape, axes))
}

// channels repeats x [channels] at every position of the shape.
func channels(x *hlo.Value, shape shapes.Shape) *hlo.Value {
	return broadcast(x, shape, shape.Rank()-1)
}

// scaled is factor·x.
func (b *builder) scaled(x *hlo.Value, factor float32) *hlo.Value {
	return multiply(x, b.like(x, factor))
}

func reshape(x *hlo.Value, dimensions ...int) *hlo.Value {
	return must(hlo.Reshape(x, shapes.Make(x.Shape().DType, dimensions...)))
}

func convert(x *hlo.Value, to dtypes.DType) *hlo.Value {
	if x.Shape().DType == to {
		return x
	}
	return must(hlo.Convert(x, to))
}

// compare compares numbers of any type.
func compare(x, y *hlo.Value, direction types.ComparisonDirection) *hlo.Value {
	kind := types.CompareFloat
	switch t := x.Shape().DType; {
	case t.IsUnsigned():
		kind = types.CompareUnsigned
	case t.IsInt():
		kind = types.CompareSigned
	}
	return must(hlo.Compare(x, y, direction, kind))
}

// choose is x where the condition holds, else y.
func choose(condition, x, y *hlo.Value) *hlo.Value { return must(hlo.Select(condition, x, y)) }

// slice is from ≤ i < to along an axis.
func slice(x *hlo.Value, axis, from, to int) *hlo.Value {
	s := x.Shape()
	starts, limits := make([]int, s.Rank()), slices.Clone(s.Dimensions)
	starts[axis], limits[axis] = from, to
	return must(hlo.Slice(x, starts, limits, nil))
}

func concatenate(axis int, parts ...*hlo.Value) *hlo.Value {
	return must(hlo.Concatenate(axis, parts...))
}

// pad puts zeros before and after x along an axis.
func (b *builder) pad(x *hlo.Value, axis, before, after int) *hlo.Value {
	if before == 0 && after == 0 {
		return x
	}
	low, high := make([]int, x.Shape().Rank()), make([]int, x.Shape().Rank())
	low[axis], high[axis] = before, after
	return must(hlo.Pad(x, b.zero(x.Shape().DType), low, high, nil))
}

// zero is a scalar 0.
func (b *builder) zero(of dtypes.DType) *hlo.Value {
	return convert(b.scalar(float32(0)), of)
}

// closure is a function of two scalars, as reductions take. It is made once.
func (b *builder) closure(name string, of dtypes.DType, f func(x, y *hlo.Value) (*hlo.Value, error)) *hlo.Function {
	key := fmt.Sprint(name, of)
	if c := b.closures[key]; c != nil {
		return c
	}
	c := b.fn.Closure()
	x, y := must(c.Input(shapes.Make(of))), must(c.Input(shapes.Make(of)))
	check(c.Return(must(f(x, y))))
	b.closures[key] = c
	return c
}

func (b *builder) addition(of dtypes.DType) *hlo.Function { return b.closure("add", of, hlo.Add) }

// sum adds up along axes, which disappear.
func (b *builder) sum(x *hlo.Value, axes ...int) *hlo.Value {
	t := x.Shape().DType
	return must(hlo.Reduce(x, b.zero(t), b.addition(t), axes...))
}

// total is the sum of all elements.
func (b *builder) total(x *hlo.Value) *hlo.Value {
	axes := make([]int, x.Shape().Rank())
	for i := range axes {
		axes[i] = i
	}
	if len(axes) == 0 {
		return x
	}
	return b.sum(x, axes...)
}

// iota counts along an axis.
func (b *builder) iota(of dtypes.DType, axis int, dimensions ...int) *hlo.Value {
	return must(b.fn.Iota(shapes.Make(of, dimensions...), axis))
}
