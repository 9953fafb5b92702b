package gemm

import "unsafe"

// cacheLine is in bytes; vectors that do not straddle lines load faster.
const cacheLine = 64

func aligned(n int) []float32 {
	all := make([]float32, n+cacheLine/4)
	skip := -uintptr(unsafe.Pointer(unsafe.SliceData(all))) % cacheLine / 4
	return all[skip:][:n:n]
}
