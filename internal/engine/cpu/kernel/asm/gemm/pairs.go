package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"easel/internal/engine/cpu/kernel/asm/bfloat16"
)

// interleaving rounds pairs of vectors.
type interleaving struct {
	places Mem // in memory
	order  reg.VecVirtual
}

// newInterleaving writes the places of VPERMW that put number i of the first half of
// 32 beside number i of the second half.
func newInterleaving() *interleaving {
	places := GLOBL("interleave", RODATA|NOPTR)
	for i := range 32 {
		DATA(2*i, U16(i/2+i%2*16))
	}
	return &interleaving{places: places}
}

// load begins a routine.
func (p *interleaving) load() {
	p.order = ZMM()
	VMOVUPS(p.places, p.order)
}

// pairs rounds two vectors to pairs of their elements.
func (p *interleaving) pairs(first, second reg.VecVirtual) reg.VecVirtual {
	x := ZMM()
	bfloat16.Round(first, second, x)
	VPERMW(x, p.order, x)
	return x
}

// packPairs rounds pairs of rows of n vectors, ld apart, to a row of pairs each, to
// apart. The columns that are beyond columns are zero.
func packPairs(p *interleaving, n int) {
	v := avx512(fmt.Sprintf("packPairsx%d", 16*n), n)
	TEXT(v.name, NOSPLIT, "func(dst, src *float32, pairs, ld, to, columns int)")
	p.load()
	dst, src := Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	pairs, ld, to := Load(Param("pairs"), GP64()), Load(Param("ld"), GP64()), Load(Param("to"), GP64())
	columns, bits := Load(Param("columns"), GP64()), GP64()
	v.masks(columns, bits)
	SHLQ(U8(2), ld)
	SHLQ(U8(2), to)
	second, ahead := GP64(), GP64()
	IMUL3Q(U8(packAhead), ld, ahead)
	Label("pair")
	LEAQ(Mem{Base: src, Index: ld, Scale: 1}, second)
	for j := range v.n {
		PREFETCHT0(Mem{Base: src, Index: ahead, Scale: 1, Disp: j * v.bytes})
		PREFETCHT0(Mem{Base: second, Index: ahead, Scale: 1, Disp: j * v.bytes})
		x, y := v.new(), v.new()
		v.load(v.at(src, j), j, x)
		v.load(v.at(second, j), j, y)
		VMOVUPS(p.pairs(x, y), v.at(dst, j))
	}
	LEAQ(Mem{Base: second, Index: ld, Scale: 1}, src)
	ADDQ(to, dst)
	DECQ(pairs)
	JNZ(LabelRef("pair"))
	VZEROUPPER()
	RET()
}

// packSixPairs is packPairs of rows of six that lie next to each other, in place.
func packSixPairs(p *interleaving) {
	TEXT("packSixPairs", NOSPLIT, "func(rows *float32, pairs int)")
	p.load()
	src := Load(Param("rows"), GP64())
	pairs := Load(Param("pairs"), GP64())
	v := avx512("", 1)
	six, bits, dst := GP64(), GP64(), GP64()
	MOVQ(U32(mr), six)
	v.masks(six, bits)
	MOVQ(src, dst)
	Label("pair")
	x, y := v.new(), v.new()
	v.load(Mem{Base: src}, 0, x)
	v.load(Mem{Base: src, Disp: 4 * mr}, 0, y)
	v.save(p.pairs(x, y), 0, Mem{Base: dst})
	ADDQ(U8(8*mr), src)
	ADDQ(U8(4*mr), dst)
	DECQ(pairs)
	JNZ(LabelRef("pair"))
	VZEROUPPER()
	RET()
}

// roundRows rounds rows of so many vectors, ld apart, to rows of half as many, to
// apart.
func roundRows() {
	TEXT("roundRows", NOSPLIT, "func(dst, src *float32, rows, ld, to, vectors int)")
	dst, src := Load(Param("dst"), GP64()), Load(Param("src"), GP64())
	rows, ld, to := Load(Param("rows"), GP64()), Load(Param("ld"), GP64()), Load(Param("to"), GP64())
	vectors := Load(Param("vectors"), GP64())
	SHLQ(U8(2), ld)
	SHLQ(U8(2), to)
	from, at, left := GP64(), GP64(), GP64()
	zero := ZMM()
	VPXORQ(zero, zero, zero)
	Label("row")
	MOVQ(src, from)
	MOVQ(dst, at)
	MOVQ(vectors, left)
	Label("two")
	CMPQ(left, U8(2))
	JL(LabelRef("rest"))
	low, high, x := ZMM(), ZMM(), ZMM()
	VMOVUPS(Mem{Base: from}, low)
	VMOVUPS(Mem{Base: from, Disp: 64}, high)
	bfloat16.Round(low, high, x)
	VMOVUPS(x, Mem{Base: at})
	ADDQ(U8(128), from)
	ADDQ(U8(64), at)
	SUBQ(U8(2), left)
	JMP(LabelRef("two"))
	Label("rest")
	TESTQ(left, left)
	JZ(LabelRef("next"))
	low, x = ZMM(), ZMM()
	VMOVUPS(Mem{Base: from}, low)
	bfloat16.Round(low, zero, x)
	VMOVUPS(x.AsY(), Mem{Base: at})
	Label("next")
	ADDQ(ld, src)
	ADDQ(to, dst)
	DECQ(rows)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
}
