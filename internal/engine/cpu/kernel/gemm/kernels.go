package gemm

import (
	"fmt"
	"slices"
	"strings"
)

//go:generate go run -C ../asm ./gemm -out ../gemm/kernels_amd64.s
//go:generate go run -C ../asm ./neon/gemm -out ../gemm/neon_arm64.s -stubs ../gemm/neon_arm64.go

// MR is the number of rows of a tile.
const MR = 6

// MaxNR is the largest number of columns of a tile among all kernels.
const MaxNR = 64

// Segment is a run of the sum of a tile.
type Segment struct {
	A      [MR]int // where in A each row begins, in elements
	B      int     // the row of B to begin with
	Length int     // number of terms, at least 1
}

// Tile is one call of a kernel. Assembly reads it by offset: its layout is
// checked against the generated code by a test.
type Tile struct {
	A        []float32 // left operand, read at the segments' places
	B        []float32 // right operand, rows of LDB elements
	C        []float32 // result, written at Rows
	Bias     []float32 // N elements to add to each row; nil for none
	Segments []Segment // may be empty: then the sum is 0
	AStep    int       // elements between terms in A
	LDB      int       // elements between rows of B
	M, N     int       // rows and columns of the result that count, ≤ MR, ≤ NR
	Rows     [MR]int   // where in C each row begins, in elements
	// Accumulate adds the sum to C; otherwise C is only written.
	Accumulate bool
	// Ahead is how far ahead of B to prefetch, in elements. No effect on the
	// result.
	Ahead int
}

// Kernels is a set of routines for one instruction set and kind of operands. A tile
// always reads Width(N) columns of B, and as many of each packed panel exist.
type Kernels struct {
	// Name is "avx512", "avx2", "neon" or "go".
	Name string
	// NR is the largest number of columns of a tile.
	NR int
	// Pairs says that an element of an operand is two terms of the sum, rounded to
	// bfloat16: see BFloat16.
	Pairs bool

	isa isa
}

type isa int

const (
	isaGo isa = iota
	isaAVX2
	isaAVX512
	isaNEON
)

func all() []*Kernels {
	return []*Kernels{
		{Name: "avx512", NR: 64, isa: isaAVX512},
		{Name: "avx2", NR: 16, isa: isaAVX2},
		{Name: "neon", NR: 16, isa: isaNEON},
		{Name: "go", NR: 16, isa: isaGo},
	}
}

// Detect returns the fastest kernels that the processor has.
func Detect() *Kernels { return Available()[0] }

// Available returns all kernels that the processor has, the fastest first.
func Available() []*Kernels {
	return slices.DeleteFunc(all(), func(k *Kernels) bool { return !supported(k.isa) })
}

// Named returns the kernels "avx512", "avx2", "neon" or "go". It fails on an unknown
// name and on kernels that the processor cannot run.
func Named(name string) (*Kernels, error) {
	var names []string
	for _, k := range Available() {
		if k.Name == name {
			return k, nil
		}
		names = append(names, k.Name)
	}
	return nil, fmt.Errorf("gemm: no kernels %q on this processor (it has %s)", name, strings.Join(names, ", "))
}

// BFloat16 returns the kernels of the same instruction set whose operands are
// rounded to bfloat16, nil where there are none.
func (k *Kernels) BFloat16() *Kernels {
	if k.isa != isaGo && !hasBFloat16(k.isa) {
		return nil
	}
	pairs := *k
	pairs.Pairs = true
	return &pairs
}

// Float32 returns the kernels of the same instruction set whose operands are float32.
func (k *Kernels) Float32() *Kernels {
	plain := *k
	plain.Pairs = false
	return &plain
}

// Elements is how many elements of an operand so many terms are.
func (k *Kernels) Elements(terms int) int {
	if k.Pairs {
		return (terms + 1) / 2
	}
	return terms
}

// Width is the number of columns of B that a tile of n columns reads, and
// therefore the width of the panel to pack for it: 16, 32 or 64.
func (k *Kernels) Width(n int) int {
	switch {
	case n <= 16:
		return 16
	case n <= 32:
		return 32
	default:
		return 64
	}
}

// Run computes a tile.
func (k *Kernels) Run(t *Tile) {
	if t.M < 1 || t.M > MR || t.N < 1 || t.N > k.NR {
		panic(fmt.Sprintf("gemm: a tile of %d×%d", t.M, t.N))
	}
	if k.isa == isaGo {
		runGo(t, k.Pairs)
		return
	}
	k.runAsm(t)
}

// runGo is the tile in Go. It is also the definition of what a tile is.
func runGo(t *Tile, pairs bool) {
	var sum [MR][16]float32
	for s := range t.Segments {
		seg := &t.Segments[s]
		for k := range seg.Length {
			b := (*[16]float32)(t.B[(seg.B+k)*t.LDB:])
			for i := range t.M {
				if a := t.A[seg.A[i]+k*t.AStep]; pairs {
					addPairs(&sum[i], b, a)
				} else {
					addProducts(&sum[i], b, a)
				}
			}
		}
	}
	for i := range t.M {
		store(t, t.C[t.Rows[i]:][:t.N], sum[i][:t.N])
	}
}

func addProducts(sum, b *[16]float32, a float32) {
	for j := range sum {
		sum[j] += a * b[j]
	}
}

// store writes a row of sums with what else is to be added.
func store(t *Tile, c, sum []float32) {
	for j, v := range sum {
		if t.Bias != nil {
			v += t.Bias[j]
		}
		if t.Accumulate {
			v += c[j]
		}
		c[j] = v
	}
}
