// Package toom derives the matrices of Winograd convolution (Toom–Cook
// over rational points; Winograd 1980, Lavin & Gray 2016).
//
// F(m, r) makes m outputs of a filter of r taps, y[i] = Σ_k g[k]·d[i+k], from
// T = m+r−1 inputs with T multiplications instead of m·r:
//
//	y = Aᵀ[(G·g) ⊙ (Bᵀ·d)]
//
// Evaluating polynomials at T points (one of them ∞), multiplying pointwise and
// interpolating is a product of polynomials; its transpose is this filter. So A
// and G evaluate and B interpolates. The denominators of the interpolation
// stand in G, which leaves Bᵀ with small exact numbers.
package toom

import (
	"fmt"
	"math/big"
)

// Matrices are those of F(m, r): AT [m, T], G [T, r], BT [T, T]. Every entry
// is the float64 nearest to the exact rational.
type Matrices struct{ AT, G, BT [][]float64 }

// points by T − 1, beside ∞. Larger sets are chosen for the rounding error that
// they cause in float32, not for the least additions: 1/2 beside −2 keeps
// powers of both small (Barabasz et al. 2020).
func points(n int) []*big.Rat {
	all := []*big.Rat{
		big.NewRat(0, 1), big.NewRat(1, 1), big.NewRat(-1, 1), big.NewRat(1, 2), big.NewRat(-2, 1), big.NewRat(2, 1),
	}
	if n > len(all) {
		panic(fmt.Sprintf("toom: no %d points", n))
	}
	return all[:n]
}

// New derives F(m, r), m + r ≤ 8.
func New(m, r int) Matrices {
	if m < 1 || r < 1 {
		panic(fmt.Sprintf("toom: F(%d, %d)", m, r))
	}
	finite := points(m + r - 2)
	bt := make([][]float64, 0, len(finite)+1)
	a, g := make([][]*big.Rat, 0, len(finite)+1), make([][]*big.Rat, 0, len(finite)+1)
	for i, p := range finite {
		var others []*big.Rat
		scale := big.NewRat(1, 1)
		for j, q := range finite {
			if j != i {
				others = append(others, q)
				scale.Mul(scale, new(big.Rat).Sub(p, q))
			}
		}
		bt = append(bt, floats(product(others, m+r-1)))
		a = append(a, powers(p, m, big.NewRat(1, 1)))
		g = append(g, powers(p, r, scale))
	}
	bt = append(bt, floats(product(finite, m+r-1)))
	a, g = append(a, infinity(m)), append(g, infinity(r))
	return Matrices{AT: Transpose(rows(a)), G: rows(g), BT: bt}
}

// product is the coefficients of Π (x − p), lowest first, n of them.
func product(roots []*big.Rat, n int) []*big.Rat {
	c := make([]*big.Rat, n)
	for i := range c {
		c[i] = new(big.Rat)
	}
	c[0].SetInt64(1)
	for degree, p := range roots {
		for i := degree + 1; i >= 0; i-- {
			next := new(big.Rat).Mul(c[i], new(big.Rat).Neg(p))
			if i > 0 {
				next.Add(next, c[i-1])
			}
			c[i] = next
		}
	}
	return c
}

// powers are p⁰ … pⁿ⁻¹ over a divisor.
func powers(p *big.Rat, n int, divisor *big.Rat) []*big.Rat {
	out := make([]*big.Rat, n)
	power := big.NewRat(1, 1)
	for i := range out {
		out[i] = new(big.Rat).Quo(power, divisor)
		power = new(big.Rat).Mul(power, p)
	}
	return out
}

// infinity evaluates at ∞: the leading coefficient.
func infinity(n int) []*big.Rat {
	out := make([]*big.Rat, n)
	for i := range out {
		out[i] = new(big.Rat)
	}
	out[n-1].SetInt64(1)
	return out
}

func floats(from []*big.Rat) []float64 {
	out := make([]float64, len(from))
	for i, v := range from {
		out[i], _ = v.Float64()
	}
	return out
}

func rows(from [][]*big.Rat) [][]float64 {
	out := make([][]float64, len(from))
	for i, r := range from {
		out[i] = floats(r)
	}
	return out
}

// Transpose turns a matrix.
func Transpose(m [][]float64) [][]float64 {
	out := make([][]float64, len(m[0]))
	for j := range out {
		out[j] = make([]float64, len(m))
		for i := range m {
			out[j][i] = m[i][j]
		}
	}
	return out
}
