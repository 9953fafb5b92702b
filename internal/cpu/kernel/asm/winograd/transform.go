package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

// isa is what differs between instruction sets.
type isa struct {
	name      string
	width     int // of a vector in bytes
	registers int
	vector    func() VecVirtual
}

var (
	avx512 = isa{"AVX512", 64, 32, ZMM}
	avx2   = isa{"AVX2", 32, 16, YMM}
)

const rowsAhead = 4

// transform emits Y = P·X·Pᵀ: X is q×q vectors at given offsets from src, Y
// p×p vectors to given offsets from dst. First P runs down the columns of X,
// then along the rows of what that makes. The values in between stay in
// registers if they fit, else on the stack.
//
// With ahead, the same place rowsAhead rows further is fetched into the cache:
// for operands that lie in main memory, in rows too short for the processor to
// see a pattern.
func transform(is isa, name string, matrix [][]float64, ahead bool, constants map[float64]Mem) {
	p, q := len(matrix), len(matrix[0])
	TEXT(name, 0, "func(dst *float32, to *int, dstRow int, src *float32, from *int, srcRow, rows, n int)")
	Pragma("noescape")
	e := &emitter{isa: is, matrix: matrix, constants: constants}
	between := e.place(p, q)
	dst, src, to, from := pointer("dst"), pointer("src"), pointer("to"), pointer("from")
	rows, n, i := pointer("rows"), pointer("n"), GP64()
	SHLQ(Imm(2), n)
	if ahead {
		e.ahead = GP64()
		Load(Param("srcRow"), e.ahead.(GPVirtual))
		IMUL3Q(U8(4*rowsAhead), e.ahead, e.ahead)
	}
	Label("row")
	XORQ(i, i)
	Label("vector")
	e.columns(src, i, from, between)
	e.rows(dst, i, to, between)
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

// temporaries are for what a one-dimensional pass needs beside a row or column
// and the values in between.
const temporaries = 2

// place decides where the p×q values between the passes are: the first ones in
// registers, the rest on the stack, in whole cache lines.
func (e *emitter) place(p, q int) [][]Op {
	held := e.registers - q - temporaries
	var spilled GPVirtual
	if p*q > held {
		local := AllocLocal((p*q - held + 1) * e.width)
		spilled = GP64()
		LEAQ(local.Offset(e.width-1), spilled)
		ANDQ(I32(-e.width), spilled)
	}
	between := make([][]Op, p)
	for i := range between {
		between[i] = make([]Op, q)
		for j := range q {
			// Columns are made one after the other.
			if n := j*p + i - held; n >= 0 {
				between[i][j] = Mem{Base: spilled, Disp: n * e.width}
			}
		}
	}
	return between
}

func pointer(name string) GPVirtual { return Load(Param(name), GP64()).(GPVirtual) }

type emitter struct {
	isa
	matrix    [][]float64
	constants map[float64]Mem // those written so far, a whole vector each
	ahead     Register        // bytes from src to what is to be fetched; nil for nothing
}

// columns applies P to each column of X.
func (e *emitter) columns(src, i, from Register, between [][]Op) {
	q := len(e.matrix[0])
	at, offset := GP64(), GP64()
	LEAQ(Mem{Base: src, Index: i, Scale: 1}, at)
	var next GPVirtual
	if e.ahead != nil {
		next = GP64()
		LEAQ(Mem{Base: at, Index: e.ahead, Scale: 1}, next)
	}
	for j := range q {
		x := make([]VecVirtual, q)
		for k := range x {
			x[k] = e.vector()
			MOVQ(Mem{Base: from, Disp: (k*q + j) * 8}, offset)
			VMOVUPS(Mem{Base: at, Index: offset, Scale: 4}, x[k])
			if next != nil {
				PREFETCHT0(Mem{Base: next, Index: offset, Scale: 4})
			}
		}
		e.apply(x, func(k int, y VecVirtual) {
			if m, onStack := between[k][j].(Mem); onStack {
				VMOVUPS(y, m)
			} else {
				between[k][j] = y
			}
		})
	}
}

// rows applies P to each row of what columns made, and writes Y.
func (e *emitter) rows(dst, i, to Register, between [][]Op) {
	at, offset := GP64(), GP64()
	LEAQ(Mem{Base: dst, Index: i, Scale: 1}, at)
	for k := range between {
		x := make([]VecVirtual, len(between[k]))
		for j, v := range between[k] {
			if m, onStack := v.(Mem); onStack {
				x[j] = e.vector()
				VMOVUPS(m, x[j])
			} else {
				x[j] = v.(VecVirtual)
			}
		}
		e.apply(x, func(l int, y VecVirtual) {
			MOVQ(Mem{Base: to, Disp: (k*len(between) + l) * 8}, offset)
			VMOVUPS(y, Mem{Base: at, Index: offset, Scale: 4})
		})
	}
}

// apply emits y = P·x and passes on each y in order. Two neighbouring rows of P
// that share enough, as those of points ±p do, are made as the sum and the
// difference of what they have in common and of what has opposite signs.
func (e *emitter) apply(x []VecVirtual, use func(i int, y VecVirtual)) {
	for i := 0; i < len(e.matrix); i++ {
		row := e.matrix[i]
		if i+1 < len(e.matrix) {
			next := e.matrix[i+1]
			even, odd := make([]float64, len(row)), make([]float64, len(row))
			for j := range row {
				even[j], odd[j] = (row[j]+next[j])/2, (row[j]-next[j])/2
			}
			if terms(even)+terms(odd) < terms(row)+terms(next) && terms(even) > 0 && terms(odd) > 0 {
				a, b := e.combine(even, x), e.combine(odd, x)
				sum, difference := e.vector(), e.vector()
				VADDPS(b, a, sum)
				use(i, sum)
				VSUBPS(b, a, difference)
				use(i+1, difference)
				i++
				continue
			}
		}
		use(i, e.combine(row, x))
	}
}

func terms(row []float64) (n int) {
	for _, c := range row {
		if c != 0 {
			n++
		}
	}
	return n
}

// combine emits Σ c·x, beginning with a term that needs no multiplication if
// there is one.
func (e *emitter) combine(row []float64, x []VecVirtual) VecVirtual {
	first := -1
	for _, wanted := range []func(float64) bool{
		func(c float64) bool { return c == 1 }, func(c float64) bool { return c == -1 }, func(c float64) bool { return c != 0 },
	} {
		for j, c := range row {
			if first < 0 && wanted(c) {
				first = j
			}
		}
	}
	if terms(row) == 1 && row[first] == 1 {
		return x[first]
	}
	sum := e.vector()
	switch c := row[first]; c {
	case 1:
		VMOVAPS(x[first], sum)
	case -1:
		VXORPS(sum.AsX(), sum.AsX(), sum.AsX())
		VSUBPS(x[first], sum, sum)
	default:
		VMULPS(e.constant(c), x[first], sum)
	}
	for j, c := range row {
		switch {
		case j == first || c == 0:
		case c == 1:
			VADDPS(x[j], sum, sum)
		case c == -1:
			VSUBPS(x[j], sum, sum)
		case c < 0:
			VFNMADD231PS(e.constant(-c), x[j], sum)
		default:
			VFMADD231PS(e.constant(c), x[j], sum)
		}
	}
	return sum
}

func (e *emitter) constant(c float64) Mem {
	if m, ok := e.constants[c]; ok {
		return m
	}
	m := GLOBL(fmt.Sprintf("constant%d", len(e.constants)), RODATA|NOPTR)
	for i := range 16 {
		DATA(4*i, F32(float32(c)))
	}
	e.constants[c] = m
	return m
}
