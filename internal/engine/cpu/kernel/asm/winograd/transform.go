package main

import (
	"fmt"
	"math"
	"slices"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"easel/internal/engine/cpu/kernel/asm/linear"
)

// isa is what differs between instruction sets.
type isa struct {
	name  string
	width int // of a vector in bytes
	spec  Spec
	linear.Machine
}

var (
	avx512 = isa{"AVX512", 64, S512, linear.Machine{Registers: 32, EitherOperand: true}}
	avx2   = isa{"AVX2", 32, S256, linear.Machine{Registers: 16, EitherOperand: true}}
)

func (is isa) register(i int) VecPhysical { return Vector.Lookup(Index(i), is.spec).(VecPhysical) }

const rowsAhead = 4

// transform emits Y = P·X·Pᵀ: X is q×q vectors at given offsets from src, Y
// p×p vectors to given offsets from dst.
//
// Of routines that say so, the same place rowsAhead rows further is fetched into
// the cache.
func transform(is isa, r linear.Routine, memory map[float64]Mem) {
	TEXT(r.Name+is.name, 0, "func(dst *float32, to *int, dstRow int, src *float32, from *int, srcRow, rows, n int)")
	Pragma("noescape")
	e := &emitter{isa: is, memory: memory, fetch: r.Fetch, size: 8 * r.Plan.Inputs * r.Plan.Inputs}
	code := e.allocate(r.Plan)
	e.stack(code.Places)
	dst, src := pointer("dst"), pointer("src")
	e.to, e.from, e.x, e.y = pointer("to"), pointer("from"), GP64(), GP64()
	rows, n, i := pointer("rows"), pointer("n"), GP64()
	SHLQ(Imm(2), n)
	if r.Fetch == linear.FetchRows {
		e.ahead = GP64()
		Load(Param("srcRow"), e.ahead.(GPVirtual))
		IMUL3Q(U8(4*rowsAhead), e.ahead, e.ahead)
		e.next = GP64()
	}
	Label("row")
	XORQ(i, i)
	Label("vector")
	LEAQ(Mem{Base: src, Index: i, Scale: 1}, e.x)
	LEAQ(Mem{Base: dst, Index: i, Scale: 1}, e.y)
	if r.Fetch == linear.FetchRows {
		LEAQ(Mem{Base: e.x, Index: e.ahead, Scale: 1}, e.next)
	}
	for _, s := range code.Steps {
		e.step(s)
	}
	ADDQ(Imm(uint64(is.width)), i)
	CMPQ(i, n)
	JL(LabelRef("vector"))
	for _, next := range []struct {
		pointer Register
		step    string
	}{{dst, "dstRow"}, {src, "srcRow"}} {
		Load(Param(next.step), i)
		LEAQ(Mem{Base: next.pointer, Index: i, Scale: 4}, next.pointer)
	}
	DECQ(rows)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
}

func pointer(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }

type emitter struct {
	isa
	memory    map[float64]Mem // constants written so far, a vector of AVX2 each
	constants map[float64]Op  // those of the transform, by magnitude
	to, from  Register        // offsets of Y and X
	x, y      Register        // where they are relative to
	spilled   Register        // the stack, in whole cache lines
	fetch     linear.Fetch
	ahead     Register // bytes from X to rows that are to be fetched
	next      Register // where those are
	size      int      // of the offsets of X in bytes
}

// allocate plans the code, and keeps as many constants in registers as makes the
// least traffic with memory.
func (e *emitter) allocate(plan *linear.Plan) *linear.Code {
	e.constants = map[float64]Op{}
	list := plan.Constants()
	var best *linear.Code
	held, least := 0, math.Inf(1)
	for n := range len(list) + 1 {
		m := e.Machine
		m.Registers -= n
		code := linear.Transform(plan, m)
		if t := traffic(code, list[n:]); t < least {
			best, held, least = code, n, t
		}
	}
	for i, c := range list {
		e.constants[c] = e.constant(c)
		if i < held {
			register := e.register(e.Registers - 1 - i)
			VBROADCASTSS(e.constants[c], register)
			e.constants[c] = register
		}
	}
	return best
}

// traffic is about how many cycles code uses memory for the stack and for
// constants: stores take two, vectors one, single numbers half of one.
func traffic(code *linear.Code, constants []float64) (cycles float64) {
	for _, s := range code.Steps {
		switch c := s.Constant(); {
		case s.Kind == linear.Spill:
			cycles += 2
		case s.Kind == linear.Reload:
			cycles++
		case s.Kind == linear.Combine && slices.Contains(constants, c):
			cycles += 0.5
		}
	}
	return cycles
}

func (e *emitter) constant(c float64) Mem {
	if m, ok := e.memory[c]; ok {
		return m
	}
	m := GLOBL(fmt.Sprintf("constant%d", len(e.memory)), RODATA|NOPTR)
	for i := range avx2.width / 4 {
		DATA(4*i, F32(float32(c)))
	}
	e.memory[c] = m
	return m
}

func (e *emitter) stack(places int) {
	if places == 0 {
		return
	}
	local := AllocLocal((places + 1) * e.width)
	e.spilled = GP64()
	LEAQ(local.Offset(e.width-1), e.spilled)
	ANDQ(I32(-e.width), e.spilled)
}

func (e *emitter) step(s linear.Step) {
	place := Mem{Base: e.spilled, Disp: s.At * e.width}
	switch s.Kind {
	case linear.Load:
		offset := GP64()
		MOVQ(Mem{Base: e.from, Disp: 8 * s.At}, offset)
		VMOVUPS(Mem{Base: e.x, Index: offset, Scale: 4}, e.register(s.To))
		switch e.fetch {
		case linear.FetchRows:
			PREFETCHT0(Mem{Base: e.next, Index: offset, Scale: 4})
		case linear.FetchNext:
			next := GP64()
			MOVQ(Mem{Base: e.from, Disp: e.size + 8*s.At}, next)
			PREFETCHT0(Mem{Base: e.x, Index: next, Scale: 4})
		}
	case linear.Store:
		offset := GP64()
		MOVQ(Mem{Base: e.to, Disp: 8 * s.At}, offset)
		VMOVUPS(e.register(s.A), Mem{Base: e.y, Index: offset, Scale: 4})
	case linear.Spill:
		VMOVUPS(e.register(s.A), place)
	case linear.Reload:
		VMOVUPS(place, e.register(s.To))
	case linear.Combine:
		e.combine(s)
	}
}

// instruction is one that multiplies by a constant: in a register or a whole
// vector in memory, or by a single number in memory.
type instruction struct{ whole, single func(...Op) }

var (
	multiply    = instruction{VMULPS, VMULPS_BCST}
	addProduct  = instruction{VFMADD231PS, VFMADD231PS_BCST}
	subProduct  = instruction{VFNMADD231PS, VFNMADD231PS_BCST}
	timesAdd    = instruction{VFMADD132PS, VFMADD132PS_BCST}
	timesSubbed = instruction{VFNMADD132PS, VFNMADD132PS_BCST}
)

// by emits an instruction with the constant c. A single number takes half the
// time of a whole vector of AVX-512 to load.
func (e *emitter) by(c float64, i instruction, operands ...Op) {
	constant := e.constants[c]
	emit := i.whole
	if _, inMemory := constant.(Mem); inMemory && e.spec == S512 {
		emit = i.single
	}
	emit(append([]Op{constant}, operands...)...)
}

// combine emits to = a + c·b.
func (e *emitter) combine(s linear.Step) {
	to, b := e.register(s.To), e.register(s.B)
	if s.A == linear.None {
		e.by(s.C, multiply, b, to)
		return
	}
	a := e.register(s.A)
	add, replaceA, replaceB := VADDPS, addProduct, timesAdd
	if s.C < 0 {
		add, replaceA, replaceB = VSUBPS, subProduct, timesSubbed
	}
	switch c := s.Constant(); {
	case c == 0:
		add(b, a, to)
	case s.To == s.B:
		e.by(c, replaceB, a, to)
	default:
		if s.To != s.A {
			VMOVAPS(a, to)
		}
		e.by(c, replaceA, b, to)
	}
}
