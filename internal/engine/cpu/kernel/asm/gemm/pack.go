package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// packAhead is how many rows ahead to fetch: rows are short pieces of long ones
// in main memory, a pattern that the processor does not see.
const packAhead = 8

// packRows copies rows of v.n vectors, the last ones masked if v has masks.
func packRows(v *vectors, args string) {
	TEXT(v.name, NOSPLIT, "func(dst, src *float32, rows, ld"+args+" int)")
	dst := Load(Param("dst"), GP64())
	src := Load(Param("src"), GP64())
	rows := Load(Param("rows"), GP64())
	ld := Load(Param("ld"), GP64())
	SHLQ(U8(2), ld)
	if v.mask != nil {
		n, bits := Load(Param("n"), GP64()), GP64()
		v.masks(n, bits)
	}
	ahead := GP64()
	IMUL3Q(U8(packAhead), ld, ahead)
	Label("row")
	for j := range v.n {
		if j*v.bytes%64 == 0 {
			PREFETCHT0(Mem{Base: src, Index: ahead, Scale: 1, Disp: j * v.bytes})
		}
		x := v.new()
		v.load(v.at(src, j), j, x)
		VMOVUPS(x, v.at(dst, j))
	}
	ADDQ(ld, src)
	ADDQ(U32(v.n*v.bytes), dst)
	DECQ(rows)
	JNZ(LabelRef("row"))
	VZEROUPPER()
	RET()
}

func packRowsAVX512(n int) {
	packRows(avx512(fmt.Sprintf("packRowsAVX512x%d", 16*n), n), ", n")
}

// packColumns copies columns into panels of six abreast: in each row six for
// each panel, then rest (0, 2 or 4) for a last one.
func packColumns(rest int) {
	TEXT(fmt.Sprintf("packColumnsSSE%d", rest), NOSPLIT, "func(dst, src *float32, rows, ld, panels, panel int)")
	dst := Load(Param("dst"), GP64())
	src := Load(Param("src"), GP64())
	rows := Load(Param("rows"), GP64())
	ld := Load(Param("ld"), GP64())
	panel := Load(Param("panel"), GP64())
	panels := Load(Param("panels"), GP64())
	SHLQ(U8(2), ld)
	SHLQ(U8(2), panel)
	from, to, count := GP64(), GP64(), GP64()
	four, two := reg.X0, reg.X1
	Label("row")
	MOVQ(src, from)
	MOVQ(dst, to)
	MOVQ(panels, count)
	TESTQ(count, count)
	JZ(LabelRef("rest"))
	Label("six")
	VMOVUPS(Mem{Base: from}, four)
	VMOVSD(Mem{Base: from, Disp: 16}, two)
	VMOVUPS(four, Mem{Base: to})
	VMOVSD(two, Mem{Base: to, Disp: 16})
	ADDQ(U8(4*mr), from)
	ADDQ(panel, to)
	DECQ(count)
	JNZ(LabelRef("six"))
	Label("rest")
	switch rest {
	case 2:
		VMOVSD(Mem{Base: from}, two)
		VMOVSD(two, Mem{Base: to})
	case 4:
		VMOVUPS(Mem{Base: from}, four)
		VMOVUPS(four, Mem{Base: to})
	}
	ADDQ(ld, src)
	ADDQ(U8(4*mr), dst)
	DECQ(rows)
	JNZ(LabelRef("row"))
	RET()
}

// transpose writes columns of eight source rows (or two times eight) as rows
// of dst, in blocks of 8×8.
func transpose(n int) {
	TEXT(fmt.Sprintf("transposeAVX2x%d", 8*n), NOSPLIT, "func(dst, src *float32, blocks, ld, width int)")
	dst := Load(Param("dst"), GP64())
	src := Load(Param("src"), GP64())
	blocks := Load(Param("blocks"), GP64())
	ld := Load(Param("ld"), GP64())
	width := Load(Param("width"), GP64())
	SHLQ(U8(2), ld)
	SHLQ(U8(2), width)
	ld3, width3, from, to := GP64(), GP64(), GP64(), GP64()
	LEAQ(Mem{Base: ld, Index: ld, Scale: 2}, ld3)
	LEAQ(Mem{Base: width, Index: width, Scale: 2}, width3)
	ahead := GP64() // as many rows further
	MOVQ(ld, ahead)
	SHLQ(U8(uint8(2+n)), ahead)
	Label("block")
	MOVQ(src, from)
	for i := range n {
		r := loadHalves(from, ld, ld3, ahead)
		LEAQ(Mem{Base: from, Index: ld, Scale: 4}, from)
		LEAQ(Mem{Base: dst, Disp: 32 * i}, to)
		for half := range 2 {
			storeFour(r[4*half:], to, width, width3)
			LEAQ(Mem{Base: to, Index: width, Scale: 4}, to)
		}
	}
	ADDQ(U8(32), src)
	LEAQ(Mem{Base: dst, Index: width, Scale: 8}, dst)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// loadHalves loads 8×8 numbers: vector i < 4 has the first four columns of
// rows i and i + 4, vector 4 + i the last four. from is left at the fifth row.
// What lies ahead bytes further is fetched into the cache.
func loadHalves(from, ld, ld3, ahead reg.Register) (r [8]reg.VecPhysical) {
	r = [8]reg.VecPhysical{reg.Y0, reg.Y1, reg.Y2, reg.Y3, reg.Y4, reg.Y5, reg.Y6, reg.Y7}
	next := GP64()
	row := func(i, column int) Mem {
		return []Mem{
			{Base: from, Disp: column},
			{Base: from, Index: ld, Scale: 1, Disp: column},
			{Base: from, Index: ld, Scale: 2, Disp: column},
			{Base: from, Index: ld3, Scale: 1, Disp: column},
		}[i]
	}
	fetch := func() {
		LEAQ(Mem{Base: from, Index: ahead, Scale: 1}, next)
		for i := range 4 {
			m := row(i, 0)
			m.Base = next
			PREFETCHT0(m)
		}
	}
	for i := range r {
		VMOVUPS(row(i%4, i/4*16), r[i].AsX())
	}
	fetch()
	LEAQ(Mem{Base: from, Index: ld, Scale: 4}, from)
	fetch()
	for i := range r {
		VINSERTF128(U8(1), row(i%4, i/4*16), r[i], r[i])
	}
	return r
}

// storeFour transposes 4×4 blocks in both halves of four vectors. The registers
// are fixed, because avo would take some that AVX2 does not have.
func storeFour(r []reg.VecPhysical, to, width, width3 reg.Register) {
	low01, high01, low23, high23 := reg.Y8, reg.Y9, reg.Y10, reg.Y11
	VUNPCKLPS(r[1], r[0], low01)
	VUNPCKHPS(r[1], r[0], high01)
	VUNPCKLPS(r[3], r[2], low23)
	VUNPCKHPS(r[3], r[2], high23)
	for i, m := range []Mem{
		{Base: to}, {Base: to, Index: width, Scale: 1}, {Base: to, Index: width, Scale: 2}, {Base: to, Index: width3, Scale: 1},
	} {
		a, b, x := low01, low23, reg.Y12
		if i >= 2 {
			a, b = high01, high23
		}
		VSHUFPS(U8([]uint8{0x44, 0xEE}[i%2]), b, a, x)
		VMOVUPS(x, m)
	}
}

// transposeAVX512 writes columns of sixteen source rows as rows of dst, in
// blocks of 16×16: each cache line of src is read once, so that it does not
// matter that rows a power of two apart have few places in the cache.
func transposeAVX512() {
	TEXT("transposeAVX512x16", NOSPLIT, "func(dst, src *float32, blocks, ld, width int)")
	dst := Load(Param("dst"), GP64())
	src := Load(Param("src"), GP64())
	blocks := Load(Param("blocks"), GP64())
	ld := Load(Param("ld"), GP64())
	width := Load(Param("width"), GP64())
	SHLQ(U8(2), ld)
	SHLQ(U8(2), width)
	from, to, ahead := GP64(), GP64(), GP64()
	Label("block")
	MOVQ(src, from)
	MOVQ(ld, ahead)
	SHLQ(U8(4), ahead)
	ADDQ(src, ahead) // the same columns, sixteen rows further
	var a, b [16]reg.VecVirtual
	for i := range a {
		a[i] = ZMM()
		VMOVUPS(Mem{Base: from}, a[i])
		PREFETCHT0(Mem{Base: ahead})
		ADDQ(ld, from)
		ADDQ(ld, ahead)
	}
	for i := 0; i < len(a); i += 2 {
		b[i], b[i+1] = ZMM(), ZMM()
		VUNPCKLPS(a[i+1], a[i], b[i])
		VUNPCKHPS(a[i+1], a[i], b[i+1])
	}
	// b[4q + 2k] and b[4q + 2k + 1] are the low and high halves of rows 4q + 2k
	// and the next one.
	var c [16]reg.VecVirtual
	for q := 0; q < 16; q += 4 {
		for half := range 2 {
			x, y := b[q+half], b[q+2+half]
			c[q+2*half], c[q+2*half+1] = ZMM(), ZMM()
			VUNPCKLPD(y, x, c[q+2*half])
			VUNPCKHPD(y, x, c[q+2*half+1])
		}
	}
	// c[4q + k] has columns k, k + 4, k + 8 and k + 12 of rows 4q to 4q + 3.
	MOVQ(dst, to)
	quarters := func(x, y reg.VecVirtual) (even, odd reg.VecVirtual) {
		even, odd = ZMM(), ZMM()
		VSHUFF32X4(U8(0x88), y, x, even)
		VSHUFF32X4(U8(0xdd), y, x, odd)
		return even, odd
	}
	var out [16]reg.VecVirtual
	for k := range 4 {
		evenTop, oddTop := quarters(c[k], c[4+k])
		evenBottom, oddBottom := quarters(c[8+k], c[12+k])
		out[k], out[8+k] = quarters(evenTop, evenBottom)
		out[4+k], out[12+k] = quarters(oddTop, oddBottom)
	}
	for i := range out {
		VMOVUPS(out[i], Mem{Base: to})
		ADDQ(width, to)
	}
	MOVQ(to, dst)
	ADDQ(U8(64), src)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// fetch asks for rows of whole cache lines to be brought near.
func fetch() {
	TEXT("fetchLines", NOSPLIT, "func(src *float32, rows, ld, lines int)")
	src := Load(Param("src"), GP64())
	rows := Load(Param("rows"), GP64())
	ld := Load(Param("ld"), GP64())
	lines := Load(Param("lines"), GP64())
	at, count := GP64(), GP64()
	SHLQ(U8(2), ld)
	Label("row")
	MOVQ(src, at)
	MOVQ(lines, count)
	Label("line")
	PREFETCHT1(Mem{Base: at})
	ADDQ(U8(64), at)
	DECQ(count)
	JNZ(LabelRef("line"))
	ADDQ(ld, src)
	DECQ(rows)
	JNZ(LabelRef("row"))
	RET()
}
