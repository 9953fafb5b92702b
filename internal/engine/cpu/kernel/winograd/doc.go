// Package winograd has the transforms of Winograd convolution
// (Lavin & Gray 2016), which make a convolution of stride 1 with fewer
// multiplications.
//
// [New] returns the [Filter] F(m×m, r×r) for a set of kernels. A tile of m×m
// outputs of an r×r kernel, from T×T inputs with T = m+r−1, is
//
//	y  = Aᵀ[ (G·w·Gᵀ) ⊙ (Bᵀ·x·B) ]A        forward
//	w̄ = Gᵀ[ Σ tiles (A·ȳ·Aᵀ) ⊙ (Bᵀ·x·B) ]G  the kernel's gradient
//
// where ⊙ multiplies T² points. With C input and O output channels each point
// is a matrix product [tiles, C]·[C, O], so that nearly all arithmetic stays in
// package gemm, T²/(m·r)² of it:
//
//	F(4×4, 2×2)   25 for 64   2.6×      F(4×4, 3×3)   36 for 144   4×
//	F(2×2, 3×3)   16 for 36   2.3×      F(3×3, 4×4)   36 for 144   4×
//	F(3×3, 3×3)   25 for 81   3.2×      F(4×4, 4×4)   49 for 256   5.2×
//
// The gradient to the input is a forward convolution with the kernel turned,
// and layers of stride 2 are convolutions of stride 1 of their phases: package
// conv does that.
//
// Every transform is Y = P·X·Pᵀ for a small constant P, from package toom, and
// runs along channels: a vector is the same place of 4, 8 or 16 channels. Its X is
// gathered from anywhere by offsets, so that tiles overlap, begin in the
// padding or step over phases without a copy, and its Y goes anywhere by offsets.
//
// # Guarantees
//
// Run allocates nothing and writes only its result. Channels come in multiples
// of [Lanes]. The kernels avx512, avx2 and neon differ from go in the last digits.
// In float32 the result of a whole convolution has a root-mean-square error of
// a few 1e-6 of its own size; conv's tests state it for each direction.
package winograd
