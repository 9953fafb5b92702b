//go:build !amd64 && !arm64

package gemm

func hasBFloat16(isa) bool { return false }

func (k *Kernels) packPairsAsm(dst, src []float32, pairs, n, ld, to int) bool { return false }

func (k *Kernels) pairSixesAsm(rows []float32, pairs int) bool { return false }

func (k *Kernels) roundAsm(dst, src []float32, rows, n, ld, to int) int { return 0 }
