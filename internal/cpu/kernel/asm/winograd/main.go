// Command winograd writes the assembly of package
// easel/internal/cpu/kernel/winograd: the transforms of its filters, each
// Y = P·X·Pᵀ for a constant matrix P, on vectors of channels. Run it with go
// generate there.
package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"

	"easel/internal/cpu/kernel/asm/linear"
	"easel/internal/cpu/kernel/winograd/toom"
)

// filters are the F(m, r) that are written.
var filters = [][2]int{{4, 2}, {2, 3}, {3, 3}, {4, 3}, {3, 4}, {4, 4}}

func main() {
	ConstraintExpr("amd64")
	constants := map[float64]Mem{}
	for _, isa := range []isa{avx512, avx2} {
		for _, f := range filters {
			m := toom.New(f[0], f[1])
			for _, p := range []struct {
				kind   string
				matrix [][]float64
				ahead  bool
			}{
				{"input", m.BT, false}, {"kernel", m.G, true}, {"output", m.AT, false},
				{"outputGradient", toom.Transpose(m.AT), false}, {"kernelGradient", toom.Transpose(m.G), false},
			} {
				transform(isa, fmt.Sprintf("%sF%dx%d%s", p.kind, f[0], f[1], isa.name), linear.Factor(p.matrix), p.ahead, constants)
			}
		}
	}
	Generate()
}
