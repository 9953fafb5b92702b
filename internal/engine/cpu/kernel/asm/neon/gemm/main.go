// Command gemm writes the NEON assembly of package
// easel/internal/engine/cpu/kernel/gemm: the tile of a matrix product and packing. Run it
// with go generate there.
package main

import (
	"flag"
	"fmt"
	"log"

	"easel/internal/engine/cpu/kernel/asm/neon"
)

// Offsets into gemm.Tile and gemm.Segment; gemm's tests hold them against the
// types.
const (
	mr = 6

	tileA          = 0
	tileB          = 24
	tileC          = 48
	tileBias       = 72
	tileSegments   = 96
	tileAStep      = 120
	tileLDB        = 128
	tileM          = 136
	tileRows       = 152
	tileAccumulate = 200
	tileAhead      = 208

	segmentB      = 48
	segmentLength = 56
	segmentSize   = 64
)

// quads of four columns in a tile: 6×16 takes 24 registers for the sums, four
// for a row of B and four for numbers of A.
const quads = 4

func main() {
	out := flag.String("out", "", "assembly file")
	stubs := flag.String("stubs", "", "file of declarations")
	flag.Parse()
	a := neon.New("gemm", "gemm")
	tile(a, "tileNEONx16", "computes a tile of 6×16.", a.FMLALane)
	tile(a, "tileBFloat16x16", "computes a tile of 6×16 whose operands are pairs.", a.BFDOTLane)
	packRows(a)
	for _, rest := range []int{0, 2, 4} {
		packColumns(a, rest)
	}
	transpose(a)
	packPairs(a)
	packSixPairs(a)
	roundRows(a)
	if err := a.Write(*out, *stubs); err != nil {
		log.Fatal(err)
	}
}

// tile is a kernel of 6 rows by 16 columns. A number of A is loaded into one lane
// and multiplies a quad of B by lane, so nothing is spread over lanes first. A pair of
// bfloat16 numbers is multiplied in the same way.
func tile(a *neon.Assembler, name, doc string, multiply multiplication) {
	a.Function(name, "(t *Tile)", doc, func() {
		t := a.Param("t")
		var sum [mr][quads]neon.Vec
		for i := range sum {
			for j := range sum[i] {
				sum[i][j] = a.V()
				a.Zero(sum[i][j])
			}
		}
		a.Scope(func() { segments(a, t, sum, multiply) })
		store(a, t, sum)
	})
}

// multiplication adds to d the products of n with an element of A.
type multiplication func(d, n neon.Vec, m neon.Lane)

func field(a *neon.Assembler, t neon.Reg, offset int) neon.Reg {
	r := a.GP()
	a.Op("MOVD", neon.Mem(t, offset), r)
	return r
}

// segments writes the loops over segments and terms.
func segments(a *neon.Assembler, t neon.Reg, sum [mr][quads]neon.Vec, multiply multiplication) {
	step, ldb, ahead := field(a, t, tileAStep), field(a, t, tileLDB), field(a, t, tileAhead)
	for _, r := range []neon.Reg{step, ldb, ahead} {
		a.Op("LSL", "$2", r, r)
	}
	seg, left := field(a, t, tileSegments), field(a, t, tileSegments+8)
	b, fetch, count, k, tmp := a.GP(), a.GP(), a.GP(), a.GP(), a.GP()
	var rows [mr]neon.Reg
	for i := range rows {
		rows[i] = a.GP()
	}
	a.Label("segment")
	a.Op("CBZ", left, "summed")
	a.Op("SUB", "$1", left, left)
	a.Op("MOVD", neon.Mem(t, tileA), k)
	for i, r := range rows {
		a.Op("MOVD", neon.Mem(seg, 8*i), r)
		a.Op("ADD", fmt.Sprintf("%s<<2", r), k, r)
	}
	a.Op("MOVD", neon.Mem(seg, segmentB), b)
	a.Op("MUL", ldb, b, b)
	a.Op("MOVD", neon.Mem(t, tileB), tmp)
	a.Op("ADD", tmp, b, b)
	a.Op("ADD", ahead, b, fetch)
	a.Op("MOVD", neon.Mem(seg, segmentLength), count)
	a.Op("ADD", fmt.Sprintf("$%d", segmentSize), seg, seg)
	a.Op("MOVD", "$0", k)

	a.Label("term")
	var row [quads]neon.Vec
	for j := range row {
		row[j] = a.V()
	}
	for j := 0; j < quads; j += 2 {
		a.Op("FLDPQ", neon.Mem(b, 16*j), fmt.Sprintf("(%s, %s)", row[j].Quad(), row[j+1].Quad()))
	}
	a.Op("PRFM", neon.Mem(fetch, 0), "PLDL1KEEP")
	var numbers [4]neon.Vec
	for i := range numbers {
		numbers[i] = a.V()
	}
	load := func(i int) { a.Op("FMOVS", fmt.Sprintf("(%s)(%s)", rows[i], k), numbers[i%4].Quad()) }
	for i := range numbers {
		load(i)
	}
	for i := range rows {
		for j := range row {
			multiply(sum[i][j], row[j], neon.Lane{V: numbers[i%4]})
		}
		if i+4 < mr {
			load(i + 4)
		}
	}
	a.Op("ADD", ldb, b, b)
	a.Op("ADD", ldb, fetch, fetch)
	a.Op("ADD", step, k, k)
	a.Op("SUBS", "$1", count, count)
	a.Op("BNE", "term")
	a.Op("B", "segment")
	a.Label("summed")
}

// store writes the end of a tile.
func store(a *neon.Assembler, t neon.Reg, sum [mr][quads]neon.Vec) {
	bias, base, rows, flag := field(a, t, tileBias), field(a, t, tileC), field(a, t, tileM), a.GP()
	at := a.GP()
	a.Op("CBZ", bias, "unbiased")
	for j := range quads {
		a.Scope(func() {
			x := a.Load(neon.Mem(bias, 16*j))
			for i := range sum {
				a.FADD(sum[i][j], sum[i][j], x)
			}
		})
	}
	a.Label("unbiased")
	a.Op("MOVBU", neon.Mem(t, tileAccumulate), flag)
	for i := range sum {
		if i > 0 {
			a.Op("CMP", fmt.Sprintf("$%d", i), rows)
			a.Op("BEQ", "end")
		}
		a.Op("MOVD", neon.Mem(t, tileRows+8*i), at)
		a.Op("ADD", fmt.Sprintf("%s<<2", at), base, at)
		a.Op("CBZ", flag, fmt.Sprintf("write%d", i))
		for j := range quads {
			a.Scope(func() {
				x := a.Load(neon.Mem(at, 16*j))
				a.FADD(sum[i][j], sum[i][j], x)
			})
		}
		a.Label(fmt.Sprintf("write%d", i))
		for j := range quads {
			a.Store(sum[i][j], neon.Mem(at, 16*j))
		}
	}
	a.Label("end")
}
