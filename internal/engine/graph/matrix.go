package graph

import "fmt"

type (
	// MatrixProduct is op(A)·op(B), where op transposes if asked to.
	MatrixProduct struct{ TransposeA, TransposeB bool }
	// GramMatrix is FᵀF of each picture, with F [height·width, channels]
	// (Gatys et al. 2016, eq. 3, not normalised): [batch, channels, channels].
	GramMatrix struct{}
	// GramGradient is F(Ḡ + Ḡᵀ): operands Ḡ, x.
	GramGradient struct{}
)

// Name implements Op.
func (o MatrixProduct) Name() string {
	mark := map[bool]string{true: "ᵀ"}
	return fmt.Sprintf("matmul A%s·B%s", mark[o.TransposeA], mark[o.TransposeB])
}

// Name implements Op.
func (GramMatrix) Name() string { return "gram" }

// Name implements Op.
func (GramGradient) Name() string { return "gram-gradient" }

func (o MatrixProduct) infer(in []Shape) Shape {
	a, b := in[0], in[1]
	wantRank(o.Name(), a, 2)
	wantRank(o.Name(), b, 2)
	m, k := a[0], a[1]
	if o.TransposeA {
		m, k = k, m
	}
	k2, n := b[0], b[1]
	if o.TransposeB {
		k2, n = n, k2
	}
	if k != k2 {
		fail("%s: %v does not fit %v", o.Name(), a, b)
	}
	return Shape{m, n}
}

func (o GramMatrix) infer(in []Shape) Shape {
	wantRank(o.Name(), in[0], 4)
	return Shape{in[0][0], in[0][3], in[0][3]}
}

func (o GramGradient) infer(in []Shape) Shape {
	wantSame(o.Name(), in[0], GramMatrix{}.infer(in[1:]))
	return in[1]
}

func (o MatrixProduct) gradient(n, dy *Node) []*Node {
	a, b := n.in(0), n.in(1)
	da := apply(MatrixProduct{false, !o.TransposeB}, dy, b)
	if o.TransposeA {
		da = apply(MatrixProduct{o.TransposeB, true}, b, dy)
	}
	db := apply(MatrixProduct{!o.TransposeA, false}, a, dy)
	if o.TransposeB {
		db = apply(MatrixProduct{true, o.TransposeA}, dy, a)
	}
	return []*Node{da, db}
}

func (o GramMatrix) gradient(n, dy *Node) []*Node {
	return []*Node{apply(GramGradient{}, dy, n.in(0))}
}

func (o GramGradient) gradient(_, _ *Node) []*Node { return noGradient(o) }

// MatMul is a·b for a [m, k] and b [k, n].
func MatMul(a, b *Node) *Node { return apply(MatrixProduct{}, a, b) }

// TransposedMatMul is aᵀ·b for a [k, m] and b [k, n].
func TransposedMatMul(a, b *Node) *Node { return apply(MatrixProduct{TransposeA: true}, a, b) }

// Gram is the Gram matrix of each picture's features x
// [batch, height, width, channels]: [batch, channels, channels], not
// normalised.
func Gram(x *Node) *Node { return apply(GramMatrix{}, x) }
