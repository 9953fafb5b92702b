package main

import (
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"

	"easel/internal/cpu/kernel/asm/linear"
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
// With ahead, the same place rowsAhead rows further is fetched into the cache:
// for operands that lie in main memory, in rows too short for the processor to
// see a pattern.
func transform(is isa, name string, plan *linear.Plan, ahead bool, memory map[float64]Mem) {
	TEXT(name, 0, "func(dst *float32, to *int, dstRow int, src *float32, from *int, srcRow, rows, n int)")
	Pragma("noescape")
	e := &emitter{isa: is, memory: memory}
	code := e.allocate(plan)
	e.stack(code.Places)
	dst, src := pointer("dst"), pointer("src")
	e.to, e.from, e.x, e.y = pointer("to"), pointer("from"), GP64(), GP64()
	rows, n, i := pointer("rows"), pointer("n"), GP64()
	SHLQ(Imm(2), n)
	if ahead {
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
	if ahead {
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
	memory    map[float64]Mem // constants written so far, a whole vector each
	constants map[float64]Op  // those of the transform, by magnitude
	to, from  Register        // offsets of Y and X
	x, y      Register        // where they are relative to
	spilled   Register        // the stack, in whole cache lines
	ahead     Register        // bytes from X to what is to be fetched; nil for nothing
	next      Register
}

// allocate plans the code, and keeps constants in the registers that are left:
// as many as cause no spilling.
func (e *emitter) allocate(plan *linear.Plan) *linear.Code {
	e.constants = map[float64]Op{}
	list := plan.Constants()
	for _, c := range list {
		e.constants[c] = e.constant(c)
	}
	code := linear.Transform(plan, e.Machine)
	for held := 1; held <= len(list); held++ {
		m := e.Machine
		m.Registers -= held
		next := linear.Transform(plan, m)
		if next.Places > code.Places {
			break
		}
		code = next
		register, c := e.register(m.Registers), list[held-1]
		VMOVUPS(e.constants[c], register)
		e.constants[c] = register
	}
	return code
}

func (e *emitter) constant(c float64) Mem {
	if m, ok := e.memory[c]; ok {
		return m
	}
	m := GLOBL(fmt.Sprintf("constant%d", len(e.memory)), RODATA|NOPTR)
	for i := range 16 {
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
		if e.next != nil {
			PREFETCHT0(Mem{Base: e.next, Index: offset, Scale: 4})
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

// combine emits to = a + c·b.
func (e *emitter) combine(s linear.Step) {
	to, b := e.register(s.To), e.register(s.B)
	if s.A == linear.None {
		VMULPS(e.constants[s.C], b, to)
		return
	}
	a := e.register(s.A)
	c := e.constants[math.Abs(s.C)]
	add, replaceA, replaceB := VADDPS, VFMADD231PS, VFMADD132PS
	if s.C < 0 {
		add, replaceA, replaceB = VSUBPS, VFNMADD231PS, VFNMADD132PS
	}
	switch {
	case c == nil:
		add(b, a, to)
	case s.To == s.B:
		replaceB(c, a, to)
	default:
		if s.To != s.A {
			VMOVAPS(a, to)
		}
		replaceA(c, b, to)
	}
}
