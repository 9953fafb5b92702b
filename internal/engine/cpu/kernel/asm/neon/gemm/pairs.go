package main

import (
	"fmt"

	"easel/internal/engine/cpu/kernel/asm/neon"
)

// packPairs rounds pairs of rows of sixteen numbers to a row of pairs each.
func packPairs(a *neon.Assembler) {
	a.Function("packPairsNEONx16", "(dst, src *float32, pairs, ld, to int)",
		"rounds pairs of rows of 16, ld apart, to rows of pairs, to apart.", func() {
			dst, src, pairs, ld, to := a.Param("dst"), a.Param("src"), a.Param("pairs"), a.Param("ld"), a.Param("to")
			second := a.GP()
			a.Label("pair")
			a.Op("ADD", fmt.Sprintf("%s<<2", ld), src, second)
			for j := 0; j < quads; j += 2 {
				a.Scope(func() {
					half := func(row neon.Reg) neon.Vec {
						low, high := a.Load(neon.Mem(row, 16*j)), a.Load(neon.Mem(row, 16*j+16))
						v := a.V()
						a.Round(v, low, high)
						return v
					}
					x, y := half(src), half(second)
					low, high := a.V(), a.V()
					a.Interleave(low, high, x, y)
					a.Store(low, neon.Mem(dst, 16*j))
					a.Store(high, neon.Mem(dst, 16*j+16))
				})
			}
			a.Op("ADD", fmt.Sprintf("%s<<2", ld), second, src)
			a.Op("ADD", fmt.Sprintf("%s<<2", to), dst, dst)
			a.Op("SUBS", "$1", pairs, pairs)
			a.Op("BNE", "pair")
		})
}

// packSixPairs is packPairs of rows of six that lie next to each other, in place.
func packSixPairs(a *neon.Assembler) {
	a.Function("packSixPairsNEON", "(rows *float32, pairs int)", "rounds pairs of rows of 6 to rows of pairs, in place.", func() {
		src, pairs := a.Param("rows"), a.Param("pairs")
		dst := a.GP()
		a.Op("MOVD", src, dst)
		a.Label("pair")
		six := func(bytes int) neon.Vec {
			four, two, v := a.Load(neon.Mem(src, bytes)), a.V(), a.V()
			a.Op("FMOVD", neon.Mem(src, bytes+16), two.Quad())
			a.Round(v, four, two)
			return v
		}
		x, y := six(0), six(4*mr)
		low, high := a.V(), a.V()
		a.Interleave(low, high, x, y)
		a.Store(low, neon.Mem(dst, 0))
		a.Op("FMOVD", high.Quad(), neon.Mem(dst, 16))
		a.Op("ADD", fmt.Sprintf("$%d", 8*mr), src, src)
		a.Op("ADD", fmt.Sprintf("$%d", 4*mr), dst, dst)
		a.Op("SUBS", "$1", pairs, pairs)
		a.Op("BNE", "pair")
	})
}

// roundRows rounds neighbours to pairs.
func roundRows(a *neon.Assembler) {
	a.Function("roundRowsNEON", "(dst, src *float32, rows, ld, to, vectors int)",
		"rounds rows of so many vectors of 8, ld apart, to rows of pairs, to apart.", func() {
			dst, src, rows, ld, to := a.Param("dst"), a.Param("src"), a.Param("rows"), a.Param("ld"), a.Param("to")
			vectors := a.Param("vectors")
			from, at, left := a.GP(), a.GP(), a.GP()
			a.Label("row")
			a.Op("MOVD", src, from)
			a.Op("MOVD", dst, at)
			a.Op("MOVD", vectors, left)
			a.Label("vector")
			low, high, v := a.Load(neon.Mem(from, 0)), a.Load(neon.Mem(from, 16)), a.V()
			a.Round(v, low, high)
			a.Store(v, neon.Mem(at, 0))
			a.Op("ADD", "$32", from, from)
			a.Op("ADD", "$16", at, at)
			a.Op("SUBS", "$1", left, left)
			a.Op("BNE", "vector")
			a.Op("ADD", fmt.Sprintf("%s<<2", ld), src, src)
			a.Op("ADD", fmt.Sprintf("%s<<2", to), dst, dst)
			a.Op("SUBS", "$1", rows, rows)
			a.Op("BNE", "row")
		})
}
