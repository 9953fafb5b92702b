package gemm

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

func random(n int, r *rand.Rand) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = r.Float32()*2 - 1
	}
	return v
}

func near(a float32, b, size float64) bool {
	return math.Abs(float64(a)-b) <= 1e-5*size+1e-7
}

// Assembly knows the layout of a tile by number.
func TestLayout(t *testing.T) {
	var x Tile
	var s Segment
	for name, v := range map[string][2]uintptr{
		"A":          {unsafe.Offsetof(x.A), 0},
		"B":          {unsafe.Offsetof(x.B), 24},
		"C":          {unsafe.Offsetof(x.C), 48},
		"Bias":       {unsafe.Offsetof(x.Bias), 72},
		"Segments":   {unsafe.Offsetof(x.Segments), 96},
		"AStep":      {unsafe.Offsetof(x.AStep), 120},
		"LDB":        {unsafe.Offsetof(x.LDB), 128},
		"M":          {unsafe.Offsetof(x.M), 136},
		"N":          {unsafe.Offsetof(x.N), 144},
		"Rows":       {unsafe.Offsetof(x.Rows), 152},
		"Accumulate": {unsafe.Offsetof(x.Accumulate), 200},
		"Ahead":      {unsafe.Offsetof(x.Ahead), 208},
		"Segment.B":  {unsafe.Offsetof(s.B), 48},
		"Length":     {unsafe.Offsetof(s.Length), 56},
		"Segment":    {unsafe.Sizeof(s), 64},
	} {
		if v[0] != v[1] {
			t.Errorf("%s is at %d, assembly thinks %d", name, v[0], v[1])
		}
	}
}

func TestNamed(t *testing.T) {
	t.Parallel()
	if _, err := Named("mmx"); err == nil {
		t.Error("Named made kernels up")
	}
	for _, k := range Available() {
		if got, err := Named(k.Name); err != nil || got.NR != k.NR {
			t.Errorf("Named(%q) = %v, %v", k.Name, got, err)
		}
	}
}

// anyTile draws a tile whose operands end where the slices end, so that the Go
// kernels, which check bounds, and guarded memory find out about reads beyond.
func anyTile(t *rapid.T, nr int, r *rand.Rand) (tile Tile) {
	dim := rapid.IntRange(0, 40)
	tile.M, tile.N = rapid.IntRange(1, MR).Draw(t, "m"), rapid.IntRange(1, nr).Draw(t, "n")
	width := (&Kernels{}).Width(tile.N)
	tile.AStep = rapid.SampledFrom([]int{1, 2, MR, 9}).Draw(t, "a step")
	tile.LDB = width + dim.Draw(t, "ldb")
	sizeA, sizeB := 1, 1
	for range rapid.IntRange(0, 4).Draw(t, "segments") {
		s := Segment{B: dim.Draw(t, "b"), Length: 1 + dim.Draw(t, "length")}
		for i := range s.A {
			s.A[i] = r.IntN(100)
			sizeA = max(sizeA, s.A[i]+(s.Length-1)*tile.AStep+1)
		}
		sizeB = max(sizeB, (s.B+s.Length-1)*tile.LDB+width)
		tile.Segments = append(tile.Segments, s)
	}
	ldc := tile.N + dim.Draw(t, "ldc")
	for i := range tile.Rows {
		tile.Rows[i] = 11 + i*ldc
	}
	tile.A, tile.B = atEnd(random(sizeA, r)), atEnd(random(sizeB, r))
	tile.C = random(11+(tile.M-1)*ldc+tile.N+5, r)
	tile.Accumulate = rapid.Bool().Draw(t, "accumulate")
	if rapid.Bool().Draw(t, "bias") {
		tile.Bias = atEnd(random(tile.N, r))
	}
	tile.Ahead = 8 * tile.LDB
	return tile
}

func reference(t *Tile) (want, size []float64) {
	want, size = make([]float64, len(t.C)), make([]float64, len(t.C))
	for i, v := range t.C {
		want[i] = float64(v)
	}
	for i := range t.M {
		for j := range t.N {
			var v, abs float64
			for _, s := range t.Segments {
				for k := range s.Length {
					p := float64(t.A[s.A[i]+k*t.AStep]) * float64(t.B[(s.B+k)*t.LDB+j])
					v, abs = v+p, abs+math.Abs(p)
				}
			}
			if t.Bias != nil {
				v += float64(t.Bias[j])
			}
			at := t.Rows[i] + j
			if t.Accumulate {
				v += want[at]
			}
			want[at], size[at] = v, abs+2
		}
	}
	return want, size
}

func TestTile(t *testing.T) {
	t.Parallel()
	for _, k := range Available() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				tile := anyTile(t, k.NR, rand.New(rand.NewPCG(1, 2)))
				want, size := reference(&tile)
				k.Run(&tile)
				for i, v := range tile.C {
					if !near(v, want[i], size[i]) {
						t.Fatalf("element %d is %v, want %v", i, v, want[i])
					}
				}
			})
		})
	}
}

func TestPack(t *testing.T) {
	t.Parallel()
	for _, k := range Available() {
		t.Run(k.Name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				r := rand.New(rand.NewPCG(1, 2))
				rows, n := rapid.IntRange(0, 70).Draw(t, "rows"), rapid.IntRange(1, 64).Draw(t, "n")
				width := k.Width(n)
				ld := max(n, rows) + rapid.IntRange(0, 20).Draw(t, "ld")
				check := func(what string, dst []float32, width, n int, want func(i, j int) float32) {
					t.Helper()
					for at, v := range dst[:rows*width] {
						w := float32(0)
						if i, j := at/width, at%width; j < n {
							w = want(i, j)
						}
						if v != w {
							t.Fatalf("%s: [%d, %d] is %v, want %v", what, at/width, at%width, v, w)
						}
					}
					if !slices.Equal(dst[rows*width:], []float32{7, 7, 7}) {
						t.Fatalf("%s: wrote beyond the panel", what)
					}
				}
				panel := func(width int) []float32 { return append(random(rows*width, r), 7, 7, 7) }
				src := atEnd(random(max(rows-1, 0)*ld+n, r))
				dst := panel(width)
				k.PackRows(dst, src, rows, n, ld, width)
				check("rows", dst, width, n, func(i, j int) float32 { return src[i*ld+j] })

				src = atEnd(random(max(rows-1, 0)*ld+n, r))
				size := rows*MR + 5
				dst = random((n+MR-1)/MR*size, r)
				old := slices.Clone(dst)
				k.PackColumns(dst, src, rows, n, ld, size)
				for at, v := range dst {
					i, j := at%size/MR, at/size*MR+at%size%MR
					want := old[at]
					if i < rows && j < n {
						want = src[i*ld+j]
					}
					if v != want {
						t.Fatalf("columns: [%d, %d] is %v, want %v", i, j, v, want)
					}
				}

				src = atEnd(random((n-1)*ld+rows, r))
				dst = panel(width)
				k.PackTransposed(dst, src, rows, n, ld, width)
				check("transposed", dst, width, n, func(i, j int) float32 { return src[j*ld+i] })
			})
		})
	}
}

func TestProduct(t *testing.T) {
	t.Parallel()
	for _, k := range append(Available(), paired()...) {
		t.Run(named(k), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				dim := rapid.SampledFrom([]int{1, 2, 5, 6, 7, 16, 33, 64, 100, 300})
				s := ProductShape{
					M: dim.Draw(t, "m"), N: dim.Draw(t, "n"), K: dim.Draw(t, "k") + rapid.SampledFrom([]int{0, 0, 0, 390}).Draw(t, "more k"),
					TransposeA: rapid.Bool().Draw(t, "ta"), TransposeB: rapid.Bool().Draw(t, "tb"),
				}
				checkProduct(t, k, s, rapid.Bool().Draw(t, "accumulate"))
			})
		})
	}
}

func checkProduct(t rapid.TB, k *Kernels, s ProductShape, accumulate bool) {
	r := rand.New(rand.NewPCG(1, 2))
	a, b, c := random(s.M*s.K, r), random(s.K*s.N, r), random(s.M*s.N, r)
	if k.Pairs { // what remains are the sums' errors
		for _, operand := range [][]float32{a, b} {
			for i, v := range operand {
				operand[i] = asBFloat16(v)
			}
		}
	}
	old := slices.Clone(c)
	p := NewProduct(k, s)
	var scratch Scratch
	scratch.Fit(p.Need())
	for _, task := range r.Perm(p.Tasks()) {
		if task%2 == 0 {
			p.Run(task, AllRows, &scratch, a, b, c, accumulate)
			continue
		}
		for _, part := range r.Perm(RowParts) {
			p.Run(task, part, &scratch, a, b, c, accumulate)
		}
	}
	at := func(x []float32, i, j, rows, columns int, transposed bool) float64 {
		if transposed {
			return float64(x[j*rows+i])
		}
		return float64(x[i*columns+j])
	}
	for i := range s.M {
		for j := range s.N {
			want := 0.0
			if accumulate {
				want = float64(old[i*s.N+j])
			}
			for x := range s.K {
				want += at(a, i, x, s.M, s.K, s.TransposeA) * at(b, x, j, s.K, s.N, s.TransposeB)
			}
			if got := c[i*s.N+j]; !near(got, want, float64(s.K)) {
				t.Fatalf("[%d, %d] is %v, want %v", i, j, got, want)
			}
		}
	}
}
