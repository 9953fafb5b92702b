package lowering

import (
	hlo "github.com/gomlx/go-xla/pkg/stablehlo"

	"easel/internal/engine/graph"
)

// contract sums products of x and y over one axis of each, batch by batch.
func (b *builder) contract(x *hlo.Value, overX int, y *hlo.Value, overY int, batch ...int) *hlo.Value {
	z := must(hlo.DotGeneral(b.operand(x), []int{overX}, batch, b.operand(y), []int{overY}, batch).
		Precision(b.exactness(), b.exactness()).Done())
	return convert(z, float32Type)
}

func (b *builder) matrixProduct(op graph.MatrixProduct, x, y *hlo.Value) *hlo.Value {
	overX, overY := 1, 0
	if op.TransposeA {
		overX = 0
	}
	if op.TransposeB {
		overY = 1
	}
	return b.contract(x, overX, y, overY)
}

// features is F [batch, height·width, channels] of each picture.
func features(x *hlo.Value) *hlo.Value {
	d := x.Shape().Dimensions
	return reshape(x, d[0], d[1]*d[2], d[3])
}

func (b *builder) gram(x *hlo.Value) *hlo.Value {
	f := features(x)
	return b.contract(f, 1, f, 1, 0)
}

func (b *builder) gramGradient(dy, x *hlo.Value) *hlo.Value {
	both := add(dy, must(hlo.Transpose(dy, 0, 2, 1)))
	return reshape(b.contract(features(x), 2, both, 1, 0), x.Shape().Dimensions...)
}
