// Command winograd writes the assembly of package
// easel/internal/engine/cpu/kernel/winograd: the transforms of its filters, each
// Y = P·X·Pᵀ for a constant matrix P, on vectors of channels. Run it with go
// generate there.
package main

import (
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"easel/internal/engine/cpu/kernel/asm/linear"
	"easel/internal/engine/cpu/kernel/asm/signature"
)

func main() {
	ConstraintExpr("amd64")
	constants := map[float64]Mem{}
	routines := linear.Routines()
	for _, isa := range []isa{avx512, avx2} {
		for _, r := range routines {
			transform(isa, r, constants)
		}
	}
	Generate()
	signature.Sign("winograd")
}
