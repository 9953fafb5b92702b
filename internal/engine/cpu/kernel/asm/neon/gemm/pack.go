package main

import (
	"fmt"

	"easel/internal/engine/cpu/kernel/asm/neon"
)

// packRows copies rows of sixteen numbers.
func packRows(a *neon.Assembler) {
	a.Function("packRowsNEONx16", "(dst, src *float32, rows, ld int)", "copies rows of 16, ld apart.", func() {
		dst, src, rows, ld := a.Param("dst"), a.Param("src"), a.Param("rows"), a.Param("ld")
		a.Label("row")
		for j := range quads {
			a.Scope(func() { a.Store(a.Load(neon.Mem(src, 16*j)), neon.Mem(dst, 16*j)) })
		}
		a.Op("ADD", fmt.Sprintf("%s<<2", ld), src, src)
		a.Op("ADD", "$64", dst, dst)
		a.Op("SUBS", "$1", rows, rows)
		a.Op("BNE", "row")
	})
}

// packColumns copies columns into panels of six abreast: in each row six for
// each panel, then rest (0, 2 or 4) for a last one.
func packColumns(a *neon.Assembler, rest int) {
	a.Function(fmt.Sprintf("packColumnsNEON%d", rest), "(dst, src *float32, rows, ld, panels, panel int)",
		fmt.Sprintf("copies columns into panels of 6, and %d into the last.", rest), func() {
			dst, src, rows, ld := a.Param("dst"), a.Param("src"), a.Param("rows"), a.Param("ld")
			panels, panel := a.Param("panels"), a.Param("panel")
			from, to, count := a.GP(), a.GP(), a.GP()
			four, two := a.V(), a.V()
			a.Label("row")
			a.Op("MOVD", src, from)
			a.Op("MOVD", dst, to)
			a.Op("MOVD", panels, count)
			a.Op("CBZ", count, "rest")
			a.Label("six")
			a.Op("FMOVQ", neon.Mem(from, 0), four.Quad())
			a.Op("FMOVD", neon.Mem(from, 16), two.Quad())
			a.Op("FMOVQ", four.Quad(), neon.Mem(to, 0))
			a.Op("FMOVD", two.Quad(), neon.Mem(to, 16))
			a.Op("ADD", fmt.Sprintf("$%d", 4*mr), from, from)
			a.Op("ADD", fmt.Sprintf("%s<<2", panel), to, to)
			a.Op("SUBS", "$1", count, count)
			a.Op("BNE", "six")
			a.Label("rest")
			if rest > 0 {
				move := map[int]string{2: "FMOVD", 4: "FMOVQ"}[rest]
				a.Op(move, neon.Mem(from, 0), four.Quad())
				a.Op(move, four.Quad(), neon.Mem(to, 0))
			}
			a.Op("ADD", fmt.Sprintf("%s<<2", ld), src, src)
			a.Op("ADD", fmt.Sprintf("$%d", 4*mr), dst, dst)
			a.Op("SUBS", "$1", rows, rows)
			a.Op("BNE", "row")
		})
}

// transpose writes columns of four source rows as rows of dst, in blocks of 4×4.
func transpose(a *neon.Assembler) {
	a.Function("transposeNEONx4", "(dst, src *float32, blocks, ld, width int)",
		"writes 4·blocks columns of four rows, ld apart, as rows, width apart.", func() {
			dst, blocks, width := a.Param("dst"), a.Param("blocks"), a.Param("width")
			rows := [4]neon.Reg{a.Param("src")}
			ld := a.Param("ld")
			for i := 1; i < 4; i++ {
				rows[i] = a.GP()
				a.Op("ADD", fmt.Sprintf("%s<<2", ld), rows[i-1], rows[i])
			}
			a.Label("block")
			a.Scope(func() {
				var r [4]neon.Vec
				for i, p := range rows {
					r[i] = a.Load(neon.Mem(p, 0))
					a.Op("ADD", "$16", p, p)
				}
				// zip is the lower or upper halves of two vectors, lane by lane.
				zip := func(half int, n, m neon.Vec) neon.Vec {
					d := a.V()
					a.Op(fmt.Sprintf("VZIP%d", half), m, n, d)
					return d
				}
				for half := 1; half <= 2; half++ {
					even, odd := zip(half, r[0], r[2]), zip(half, r[1], r[3])
					for part := 1; part <= 2; part++ {
						a.Store(zip(part, even, odd), neon.Mem(dst, 0))
						a.Op("ADD", fmt.Sprintf("%s<<2", width), dst, dst)
					}
				}
			})
			a.Op("SUBS", "$1", blocks, blocks)
			a.Op("BNE", "block")
		})
}
