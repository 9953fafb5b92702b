// Command gemm writes the assembly of the kernels: tiles of matrix products and
// packing for amd64. Run it with go generate in the package that it is for.
//
// It is a module of its own so that the generator's library is not a
// dependency of the program.
package main

import (
	. "github.com/mmcloughlin/avo/build"

	"easel/internal/engine/cpu/kernel/asm/bfloat16"
	"easel/internal/engine/cpu/kernel/asm/signature"
)

func main() {
	ConstraintExpr("amd64")
	p := newInterleaving()
	for _, n := range []int{4, 2, 1} {
		tileAVX512(mr, n)
		tileAVX512(fewRows, n)
		packRowsAVX512(n)
		tileBFloat16(mr, n)
		tileBFloat16(fewRows, n)
		packPairs(p, n)
	}
	packSixPairs(p)
	roundRows()
	tileAVX2()
	packRows(&vectors{name: "packRowsAVX2x16", bytes: 32, n: 2, new: YMM}, "")
	for _, rest := range []int{0, 2, 4} {
		packColumns(rest)
	}
	transpose(1)
	transpose(2)
	transposeAVX512()
	fetch()
	Generate()
	bfloat16.Encode()
	signature.Sign("gemm")
}
