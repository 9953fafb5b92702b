package gemm

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// paired is every set of kernels here whose operands are pairs.
func paired() (list []*Kernels) {
	for _, k := range Available() {
		if p := k.BFloat16(); p != nil {
			list = append(list, p)
		}
	}
	return list
}

func asBFloat16(x float32) float32 { return math.Float32frombits(round(x) << 16) }

// awkward are numbers of all kinds, denormal, infinite and none among them.
func awkward(n int, r *rand.Rand) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = math.Float32frombits(r.Uint32())
		if r.IntN(4) == 0 {
			v[i] = math.Float32frombits(r.Uint32() & 0x807fffff)
		}
	}
	return v
}

func bitsOf(v []float32) []uint32 {
	bits := make([]uint32, len(v))
	for i, x := range v {
		bits[i] = math.Float32bits(x)
	}
	return bits
}

// The nearest of both neighbours, and of two that are as near the even one.
func TestRoundsToNearest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := math.Float32frombits(rapid.Uint32Range(1<<23, 0x7f7effff).Draw(t, "bits"))
		bits := math.Float32bits(x)
		below, above := math.Float32frombits(bits>>16<<16), math.Float32frombits((bits>>16+1)<<16)
		want := below
		if down, up := float64(x)-float64(below), float64(above)-float64(x); up < down || up == down && bits>>16&1 == 1 {
			want = above
		}
		if got := asBFloat16(x); got != want || asBFloat16(-x) != -want {
			t.Fatalf("%v becomes %v, want %v", x, got, want)
		}
	})
}

// Kernels of all instruction sets have the same bits as the definition in Go.
func TestPairsTile(t *testing.T) {
	t.Parallel()
	for _, k := range paired() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				r := rand.New(rand.NewPCG(1, 2))
				tile := anyTile(t, 16, r)
				values := random
				if rapid.Bool().Draw(t, "small") { // whose products and sums are denormal
					values = func(n int, r *rand.Rand) []float32 {
						v := random(n, r)
						for i := range v {
							v[i] *= 0x1p-63
						}
						return v
					}
				}
				for _, operand := range [][]float32{tile.A, tile.B} {
					first, second := values(len(operand), r), values(len(operand), r)
					for i := range operand {
						operand[i] = pair(first[i], second[i])
					}
				}
				before := slices.Clone(tile.C)
				k.Run(&tile)
				got := slices.Clone(tile.C)
				copy(tile.C, before)
				(&Kernels{Name: "go", NR: 16, Pairs: true}).Run(&tile)
				if !slices.Equal(bitsOf(got), bitsOf(tile.C)) {
					t.Fatalf("%v, defined are %v", got, tile.C)
				}
			})
		})
	}
}

// The definition is within the rounding of the sums of the sum of exact products.
func TestPairsSum(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	var sum, b [16]float32
	var want, size [16]float64
	const n = 500
	for range n {
		first, second := asBFloat16(r.Float32()*2-1), asBFloat16(r.Float32()*2-1)
		for j := range b {
			b0, b1 := asBFloat16(r.Float32()*2-1), asBFloat16(r.Float32()*2-1)
			b[j] = pair(b0, b1)
			want[j] += float64(first)*float64(b0) + float64(second)*float64(b1)
			size[j] += math.Abs(float64(first)*float64(b0)) + math.Abs(float64(second)*float64(b1))
		}
		addPairs(&sum, &b, pair(first, second))
	}
	for j, v := range sum {
		if math.Abs(float64(v)-want[j]) > 2*n*0x1p-24*size[j] {
			t.Errorf("sum %d is %v, want %v", j, v, want[j])
		}
	}
}

func TestPackPairs(t *testing.T) {
	t.Parallel()
	for _, k := range paired() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				r := rand.New(rand.NewPCG(1, 2))
				rows, n := rapid.IntRange(0, 70).Draw(t, "rows"), rapid.IntRange(1, k.NR).Draw(t, "n")
				elements, width := k.Elements(rows), k.Width(n)
				ld := max(n, rows) + rapid.IntRange(0, 20).Draw(t, "ld")
				check := func(what string, dst []float32, width int, at func(i, j int) float32) {
					t.Helper()
					for i := range elements {
						for j := range n {
							second := float32(0)
							if 2*i+1 < rows {
								second = at(2*i+1, j)
							}
							if got, want := dst[i*width+j], pair(at(2*i, j), second); math.Float32bits(got) != math.Float32bits(want) {
								t.Fatalf("%s: [%d, %d] is %x, want %x", what, i, j, math.Float32bits(got), math.Float32bits(want))
							}
						}
						if width >= n && slices.ContainsFunc(bitsOf(dst[i*width+n:(i+1)*width]), func(b uint32) bool { return b != 0 }) {
							t.Fatalf("%s: row %d goes on with %v", what, i, dst[i*width+n:(i+1)*width])
						}
					}
				}
				panel := func() []float32 { return atEnd(random(elements*width, r)) }
				src, dst := atEnd(awkward(max(rows-1, 0)*ld+n, r)), panel()
				k.PackRows(dst, src, rows, n, ld, width)
				check("rows", dst, width, func(i, j int) float32 { return src[i*ld+j] })

				src, dst = atEnd(awkward((n-1)*ld+rows, r)), panel()
				k.PackTransposed(dst, src, rows, n, ld, width)
				check("transposed", dst, width, func(i, j int) float32 { return src[j*ld+i] })

				src = atEnd(awkward(max(rows-1, 0)*ld+n, r))
				size := 2*elements*MR + 5
				sixes := atEnd(random((n+MR-1)/MR*size, r))
				k.PackColumns(sixes, src, rows, n, ld, size)
				check("columns", columnsOf(sixes, elements, n, size), n, func(i, j int) float32 { return src[i*ld+j] })

				src, dst = atEnd(awkward(max(n-1, 0)*ld+rows, r)), atEnd(random(n*elements, r))
				k.Round(dst, src, n, rows, ld, elements)
				turned := make([]float32, n*elements)
				for at, v := range dst {
					turned[at%max(elements, 1)*n+at/max(elements, 1)] = v
				}
				check("round", turned, n, func(i, j int) float32 { return src[j*ld+i] })
			})
		})
	}
}

// columnsOf is the matrix that is packed in panels of six columns.
func columnsOf(panels []float32, rows, n, size int) []float32 {
	out := make([]float32, rows*n)
	for i := range rows {
		for j := range n {
			out[i*n+j] = panels[j/MR*size+i*MR+j%MR]
		}
	}
	return out
}
