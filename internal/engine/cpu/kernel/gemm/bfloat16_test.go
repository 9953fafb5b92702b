package gemm

import (
	"math"
	"math/big"
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
				// Products and sums may be denormal or too large.
				scale := rapid.SampledFrom([]float32{1, 0x1p-63, 0x1p63}).Draw(t, "scale")
				for _, operand := range [][]float32{tile.A, tile.B} {
					first, second := random(len(operand), r), random(len(operand), r)
					for i := range operand {
						operand[i] = pair(scale*first[i], scale*second[i])
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

// The definitions are within the rounding of the sums of the sum of exact products: half a
// unit or, to odd, one.
func TestPairsSum(t *testing.T) {
	t.Parallel()
	for name, d := range map[string]struct {
		add  func(sum, b *[16]float32, a float32)
		unit float64
	}{"to nearest": {addPairsToNearest, 0x1p-24}, "to odd": {addPairsToOdd, 0x1p-23}} {
		t.Run(name, func(t *testing.T) {
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
				d.add(&sum, &b, pair(first, second))
			}
			for j, v := range sum {
				if math.Abs(float64(v)-want[j]) > 2*n*d.unit*size[j] {
					t.Errorf("sum %d is %v, want %v", j, v, want[j])
				}
			}
		})
	}
}

// Rounding to odd by its definition: the exact sum cut off, and its last bit set where
// something was cut off.
func TestAddToOdd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := math.Float32frombits(rapid.Uint32Range(1<<23, 0x7f7fffff).Draw(t, "a"))
		exponent := rapid.IntRange(-60, 60).Draw(t, "exponent")
		b := float32(math.Ldexp(float64(a), exponent)) * (1 + rapid.Float32Range(-0.9, 1).Draw(t, "factor"))
		if rapid.Bool().Draw(t, "difference") {
			b = -b
		}
		if b = flush(b); math.IsInf(float64(b), 0) {
			t.Skip("too large")
		}
		exact := new(big.Float).SetPrec(400).Add(big.NewFloat(float64(a)), big.NewFloat(float64(b)))
		cut := new(big.Float).SetPrec(24).SetMode(big.ToZero).Set(exact)
		want, _ := cut.Float32() // infinite if too large
		if cut.Acc() != big.Exact && !math.IsInf(float64(want), 0) {
			want = math.Float32frombits(math.Float32bits(want) | 1)
		}
		if got := addToOdd(a, b); math.Float32bits(got) != math.Float32bits(flush(want)) {
			t.Fatalf("%x + %x = %x, want %x", a, b, got, want)
		}
	})
	infinity, none := float32(math.Inf(1)), math.Float32frombits(0x7fc00000)
	for _, c := range [][3]float32{
		{1, -1, 0}, {float32(math.Copysign(0, -1)), float32(math.Copysign(0, -1)), float32(math.Copysign(0, -1))},
		{0x1p-126, -0x1.8p-126, float32(math.Copysign(0, -1))}, {0x1p-127, 1, 1},
		{math.MaxFloat32, math.MaxFloat32, infinity}, {math.MaxFloat32, 1, math.MaxFloat32}, {infinity, 1, infinity},
		{infinity, -infinity, none}, {-none, 1, none},
	} {
		if got := addToOdd(c[0], c[1]); math.Float32bits(got) != math.Float32bits(c[2]) {
			t.Errorf("%v + %v = %v, want %v", c[0], c[1], got, c[2])
		}
	}
}

// To the nearest bfloat16, a denormal number may round to a number that is not.
func TestRoundsDenormals(t *testing.T) {
	t.Parallel()
	for bits, want := range map[uint32][2]uint32{
		0x007fffff: {0x0080, 0}, 0x807fffff: {0x8080, 0x8000}, 0x00018000: {0x0002, 0}, 0x7f800001: {0x7fc0, 0x7fc0},
	} {
		x := math.Float32frombits(bits)
		if got := [2]uint32{nearest(x, true), nearest(x, false)}; got != want {
			t.Errorf("%#x becomes %#x, want %#x", bits, got, want)
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
