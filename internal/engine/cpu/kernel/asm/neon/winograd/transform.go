package main

import (
	"fmt"
	"math"

	"easel/internal/engine/cpu/kernel/asm/linear"
	"easel/internal/engine/cpu/kernel/asm/neon"
)

const rowsAhead = 4

// emitter writes one transform.
type emitter struct {
	*neon.Assembler
	constants map[float64]neon.Lane
	vectors   []neon.Vec // of the code's registers
	to, from  neon.Reg   // offsets of Y and X
	x, y      neon.Reg   // where they are relative to
	at        neon.Reg   // an address
	stack     neon.Reg
	ahead     neon.Reg // bytes from X to what is to be fetched
	fetch     bool
}

// transform emits Y = P·X·Pᵀ: X is q×q vectors at given offsets from src, Y
// p×p vectors to given offsets from dst. Constants share registers, four in
// each, and multiply by lane.
//
// Of routines that say so, the same place rowsAhead rows further is fetched into
// the cache.
func transform(a *neon.Assembler, r linear.Routine) {
	const signature = "(dst *float32, to *int, dstRow int, src *float32, from *int, srcRow int, rows int, n int)"
	doc := fmt.Sprintf("is Y = P·X·Pᵀ with a P of %d×%d.", len(r.Plan.Outputs), r.Plan.Inputs)
	a.Function(r.Name+"NEON", signature, doc, func() {
		e := &emitter{Assembler: a, fetch: r.Fetch == linear.FetchRows}
		code := e.allocate(r.Plan)
		dst, src, rows, n, i := e.Param("dst"), e.Param("src"), e.Param("rows"), e.Param("n"), e.GP()
		e.to, e.from, e.x, e.y, e.at = e.Param("to"), e.Param("from"), e.GP(), e.GP(), e.GP()
		e.Op("LSL", "$2", n, n)
		if e.fetch {
			e.ahead = e.Param("srcRow")
			e.Op("LSL", fmt.Sprintf("$%d", 2+bits(rowsAhead)), e.ahead, e.ahead)
		}
		e.Label("row")
		e.Op("MOVD", "$0", i)
		e.Label("vector")
		e.Op("ADD", i, src, e.x)
		e.Op("ADD", i, dst, e.y)
		for _, s := range code.Steps {
			e.step(s)
		}
		e.Op("ADD", "$16", i, i)
		e.Op("CMP", n, i)
		e.Op("BLT", "vector")
		e.Op("MOVD", e.Place("dstRow"), i)
		e.Op("ADD", fmt.Sprintf("%s<<2", i), dst, dst)
		e.Op("MOVD", e.Place("srcRow"), i)
		e.Op("ADD", fmt.Sprintf("%s<<2", i), src, src)
		e.Op("SUBS", "$1", rows, rows)
		e.Op("BNE", "row")
	})
}

func bits(n int) int { return int(math.Log2(float64(n))) }

// allocate loads the constants and plans the code for the registers that are
// left.
func (e *emitter) allocate(plan *linear.Plan) *linear.Code {
	list := plan.Constants()
	numbers := make([]float32, len(list))
	for i, c := range list {
		numbers[i] = float32(c)
	}
	e.constants = map[float64]neon.Lane{}
	for i, lane := range e.Lanes(numbers) {
		e.constants[list[i]] = lane
	}
	for e.FreeV() > 0 {
		e.vectors = append(e.vectors, e.V())
	}
	code := linear.Transform(plan, linear.Machine{Registers: len(e.vectors)})
	if code.Places > 0 {
		e.stack = e.Local(code.Places)
	}
	return code
}

func (e *emitter) step(s linear.Step) {
	switch s.Kind {
	case linear.Load:
		e.address(e.from, s.At, e.x)
		e.Op("FMOVQ", neon.Mem(e.at, 0), e.vectors[s.To].Quad())
		if e.fetch {
			e.Op("ADD", e.ahead, e.at, e.at)
			e.Op("PRFM", neon.Mem(e.at, 0), "PLDL1KEEP")
		}
	case linear.Store:
		e.address(e.to, s.At, e.y)
		e.Store(e.vectors[s.A], neon.Mem(e.at, 0))
	case linear.Spill:
		e.Store(e.vectors[s.A], neon.Mem(e.stack, 16*s.At))
	case linear.Reload:
		e.Op("FMOVQ", neon.Mem(e.stack, 16*s.At), e.vectors[s.To].Quad())
	case linear.Combine:
		e.combine(s)
	}
}

// address makes the address of an element of Y or X.
func (e *emitter) address(offsets neon.Reg, element int, base neon.Reg) {
	e.Op("MOVD", neon.Mem(offsets, 8*element), e.at)
	e.Op("ADD", fmt.Sprintf("%s<<2", e.at), base, e.at)
}

// combine emits to = a + c·b.
func (e *emitter) combine(s linear.Step) {
	to, b, c := e.vectors[s.To], e.vectors[s.B], s.Constant()
	if s.A == linear.None {
		e.FMULLane(to, b, e.constants[c])
		return
	}
	a := e.vectors[s.A]
	if c != 0 && to != a {
		e.Copy(to, a)
	}
	switch {
	case c == 0 && s.C > 0:
		e.FADD(to, a, b)
	case c == 0:
		e.FSUB(to, a, b)
	case s.C > 0:
		e.FMLALane(to, b, e.constants[c])
	default:
		e.FMLSLane(to, b, e.constants[c])
	}
}
