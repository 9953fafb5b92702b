package winograd

import (
	"fmt"

	"easel/internal/engine/cpu/kernel/winograd/toom"
)

//go:generate go run -C ../asm ./neon/winograd -out ../winograd/neon_arm64.s -stubs ../winograd/neon_arm64.go

// Lanes is what numbers of channels must be a multiple of.
const Lanes = 16

// Filter is F(M×M, R×R).
type Filter struct {
	M, R, T int // outputs, taps and inputs along an axis; T = M+R−1

	Input          *Transform // Bᵀ·x·B: T×T to T×T
	Kernel         *Transform // G·w·Gᵀ: R×R to T×T
	Output         *Transform // Aᵀ·y·A: T×T to M×M
	OutputGradient *Transform // A·ȳ·Aᵀ: M×M to T×T
	KernelGradient *Transform // Gᵀ·w̄·G: T×T to R×R
}

// Points is the number of multiplications of a tile, T².
func (f *Filter) Points() int { return f.T * f.T }

func (f *Filter) String() string { return fmt.Sprintf("F(%d×%d, %d×%d)", f.M, f.M, f.R, f.R) }

// Sizes are the filters that New knows, as {m, r}.
func Sizes() [][2]int { return [][2]int{{4, 2}, {2, 3}, {3, 3}, {4, 3}, {3, 4}, {4, 4}} }

// New returns F(m×m, r×r), one of Sizes, for kernels named as in gemm.Kernels;
// names that have no assembly here run in Go.
func New(m, r int, kernels string) *Filter {
	x := toom.New(m, r)
	a := assembly(m, r, kernels)
	return &Filter{
		M: m, R: r, T: m + r - 1,
		Input:          newTransform(x.BT, a.input, true),
		Kernel:         newTransform(x.G, a.kernel, false),
		Output:         newTransform(x.AT, a.output, false),
		OutputGradient: newTransform(toom.Transpose(x.AT), a.outputGradient, true),
		KernelGradient: newTransform(toom.Transpose(x.G), a.kernelGradient, false),
	}
}

// routine is a transform in assembly.
type routine func(dst *float32, to *int, dstRow int, src *float32, from *int, srcRow, rows, n int)

// routines are a filter's transforms in assembly, nil where there is none.
type routines struct{ input, kernel, output, outputGradient, kernelGradient routine }
