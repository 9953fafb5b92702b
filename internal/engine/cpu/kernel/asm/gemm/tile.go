package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"easel/internal/engine/cpu/kernel/asm/bfloat16"
)

// Offsets into gemm.Tile and gemm.Segment; gemm's tests hold them against the
// types.
const (
	mr = 6
	// fewRows is for what is left at the end of a matrix.
	fewRows = 4

	tileA          = 0
	tileB          = 24
	tileC          = 48
	tileBias       = 72
	tileSegments   = 96
	tileAStep      = 120
	tileLDB        = 128
	tileM          = 136
	tileN          = 144
	tileRows       = 152
	tileAccumulate = 200
	tileAhead      = 208

	segmentA      = 0
	segmentB      = 48
	segmentLength = 56
	segmentSize   = 64
)

// vectors is what differs between instruction sets: how wide a vector is and
// how the sums of a tile, rows of n vectors, are held.
type vectors struct {
	name  string
	bytes int
	n     int
	new   func() reg.VecVirtual
	sum   [][]reg.VecVirtual
	// multiply adds the product of two vectors to a third one.
	multiply func(b, a, sum Op)
	// mask, if there is one, selects the columns that count in each vector.
	mask []reg.OpmaskVirtual
}

func (v *vectors) at(base reg.Register, i int) Mem { return Mem{Base: base, Disp: i * v.bytes} }

func field(t reg.Register, offset int) Mem { return Mem{Base: t, Disp: offset} }

// tile emits a kernel of some rows, at most 6, by v.n vectors.
func tile(v *vectors, rows int) {
	TEXT(v.name, NOSPLIT, "func(t *byte)")
	t := GP64()
	Load(Param("t"), t)
	v.sum = make([][]reg.VecVirtual, rows)
	for i := range v.sum {
		for range v.n {
			s := v.new()
			VXORPS(s.AsX(), s.AsX(), s.AsX())
			v.sum[i] = append(v.sum[i], s)
		}
	}
	v.fetch(t)
	v.segments(t)
	v.store(t)
	VZEROUPPER()
	RET()
}

// fetch emits the fetching of the result's place into the cache: by the end of
// the sum it is there.
func (v *vectors) fetch(t reg.Register) {
	base, c := GP64(), GP64()
	MOVQ(field(t, tileC), base)
	for i := range v.sum {
		MOVQ(field(t, tileRows+8*i), c)
		for j := 0; j < v.n*v.bytes; j += 64 {
			PREFETCHT0(Mem{Base: base, Index: c, Scale: 4, Disp: j})
		}
	}
}

// segments emits the loops over segments and terms.
func (v *vectors) segments(t reg.Register) {
	k, step, b, ldb, ahead := GP64(), GP64(), GP64(), GP64(), GP64()
	seg, count := GP64(), GP64()
	a := make([]reg.GPVirtual, len(v.sum))
	MOVQ(field(t, tileAStep), step)
	SHLQ(U8(2), step)
	MOVQ(field(t, tileLDB), ldb)
	SHLQ(U8(2), ldb)
	MOVQ(field(t, tileAhead), ahead)
	SHLQ(U8(2), ahead)
	MOVQ(field(t, tileSegments), seg)

	Label("segment")
	// The end is reckoned anew each time: one register less in the inner loop.
	MOVQ(field(t, tileSegments+8), count)
	SHLQ(U8(6), count)
	ADDQ(field(t, tileSegments), count)
	CMPQ(seg, count)
	JAE(LabelRef("store"))
	MOVQ(field(t, tileA), k)
	for i := range a {
		a[i] = GP64()
		MOVQ(field(seg, segmentA+8*i), a[i])
		LEAQ(Mem{Base: k, Index: a[i], Scale: 4}, a[i])
	}
	MOVQ(field(seg, segmentB), b)
	IMULQ(ldb, b)
	ADDQ(field(t, tileB), b)
	MOVQ(field(seg, segmentLength), count)
	ADDQ(Imm(segmentSize), seg)
	XORQ(k, k)

	Label("term")
	row := make([]reg.VecVirtual, v.n)
	for i := range row {
		row[i] = v.new()
		VMOVUPS(v.at(b, i), row[i])
	}
	for i := 0; i < v.n*v.bytes; i += 64 {
		PREFETCHT0(Mem{Base: b, Index: ahead, Scale: 1, Disp: i})
	}
	for i := range a {
		x := v.new()
		VBROADCASTSS(Mem{Base: a[i], Index: k, Scale: 1}, x)
		for j := range row {
			v.multiply(x, row[j], v.sum[i][j])
		}
	}
	ADDQ(ldb, b)
	ADDQ(step, k)
	DECQ(count)
	JNZ(LabelRef("term"))
	JMP(LabelRef("segment"))
}

// store emits the end of a tile.
func (v *vectors) store(t reg.Register) {
	Label("store")
	c, base, rows := GP64(), GP64(), GP64()
	if v.mask != nil {
		MOVQ(field(t, tileN), c)
		v.masks(c, base)
	}
	MOVQ(field(t, tileBias), c)
	TESTQ(c, c)
	JZ(LabelRef("unbiased"))
	for j := range v.n {
		x := v.new()
		v.load(v.at(c, j), j, x)
		for i := range v.sum {
			VADDPS(x, v.sum[i][j], v.sum[i][j])
		}
	}
	Label("unbiased")
	MOVQ(field(t, tileC), base)
	MOVQ(field(t, tileM), rows)
	flag := GP8()
	MOVB(field(t, tileAccumulate), flag)
	TESTB(flag, flag)
	JZ(LabelRef("write"))
	v.rows(t, base, c, rows, "added", func(i, j int) {
		x := v.new()
		v.load(v.at(c, j), j, x)
		VADDPS(x, v.sum[i][j], x)
		v.save(x, j, v.at(c, j))
	})
	JMP(LabelRef("end"))
	Label("write")
	v.rows(t, base, c, rows, "written", func(i, j int) { v.save(v.sum[i][j], j, v.at(c, j)) })
	Label("end")
}

// rows emits body for each vector of each row that counts, c being its address.
func (v *vectors) rows(t, base, c, rows reg.Register, done string, body func(i, j int)) {
	for i := range v.sum {
		if i > 0 {
			CMPQ(rows, U8(i))
			JE(LabelRef(done))
		}
		MOVQ(field(t, tileRows+8*i), c)
		LEAQ(Mem{Base: base, Index: c, Scale: 4}, c)
		for j := range v.n {
			body(i, j)
		}
	}
	Label(done)
}

// masks sets the masks of the vectors from the number of columns.
func (v *vectors) masks(n, bits reg.Register) {
	MOVQ(I32(-1), bits)
	BZHIQ(n, bits, bits)
	for j := range v.mask {
		if j > 0 {
			SHRQ(U8(16), bits)
		}
		KMOVW(reg.Register(bits).(reg.GP).As32(), v.mask[j])
	}
}

func (v *vectors) load(m Mem, j int, x reg.VecVirtual) {
	if v.mask == nil {
		VMOVUPS(m, x)
		return
	}
	VMOVUPS_Z(m, v.mask[j], x)
}

func (v *vectors) save(x reg.VecVirtual, j int, m Mem) {
	if v.mask == nil {
		VMOVUPS(x, m)
		return
	}
	VMOVUPS(x, v.mask[j], m)
}

// avx512 is n vectors of AVX-512, with masks.
func avx512(name string, n int) *vectors {
	v := &vectors{name: name, bytes: 64, n: n, new: ZMM, multiply: fused}
	for range n {
		v.mask = append(v.mask, K())
	}
	return v
}

// fused is a multiplication with addition of float32 numbers.
func fused(b, a, sum Op) { VFMADD231PS(b, a, sum) }

func tileAVX512(rows, n int) { tile(avx512(fmt.Sprintf("tileAVX512r%dx%d", rows, 16*n), n), rows) }

func tileAVX2() { tile(&vectors{name: "tileAVX2x16", bytes: 32, n: 2, new: YMM, multiply: fused}, mr) }

// tileBFloat16 is tileAVX512 of elements that are pairs of bfloat16 numbers.
func tileBFloat16(rows, n int) {
	v := avx512(fmt.Sprintf("tileBFloat16r%dx%d", rows, 16*n), n)
	v.multiply = bfloat16.MultiplyAdd
	tile(v, rows)
}
