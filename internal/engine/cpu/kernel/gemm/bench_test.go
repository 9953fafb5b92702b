package gemm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// The peak: operands in the first- and second-level cache. The figures are those of the
// best hundred runs, which other load on the machine disturbs least.
func BenchmarkTile(b *testing.B) {
	for _, k := range append(Available(), paired()...) {
		for _, n := range []int{16, 32, 64} {
			for _, terms := range []int{16, 64, 256, 512} {
				if n > k.NR {
					continue
				}
				b.Run(fmt.Sprintf("%s/6x%dx%d", named(k), n, terms), func(b *testing.B) { benchmarkTile(b, k, n, terms) })
			}
		}
	}
}

func named(k *Kernels) string {
	if k.Pairs {
		return k.Name + "-bf16"
	}
	return k.Name
}

func benchmarkTile(b *testing.B, k *Kernels, n, terms int) {
	r := rand.New(rand.NewPCG(1, 2))
	elements := k.Elements(terms)
	t := Tile{A: make([]float32, MR*elements), B: aligned(elements * n), C: random(MR*n, r), AStep: 1, LDB: n, M: MR, N: n, Accumulate: true, Ahead: 8 * n}
	s := Segment{Length: elements}
	for i := range s.A {
		s.A[i], t.Rows[i] = i*elements, i*n
	}
	t.Segments = []Segment{s}
	best := time.Duration(math.MaxInt64)
	const runs = 100
	for b.Loop() {
		from := time.Now()
		for range runs {
			k.Run(&t)
		}
		best = min(best, time.Since(from))
	}
	b.ReportMetric(float64(2*MR*n*terms*runs)/float64(best.Nanoseconds()), "GFLOP/s(best)")
}

func BenchmarkPack(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	src, dst := random(512*1024, r), aligned(512*64)
	for _, k := range append(Available(), paired()...) {
		for _, w := range []int{16, 64} {
			for name, f := range map[string]func(){
				"rows":       func() { k.PackRows(dst, src, 256, w, 512, w) },
				"transposed": func() { k.PackTransposed(dst, src, 256, w, 512, w) },
			} {
				b.Run(fmt.Sprintf("%s/%s-%d", named(k), name, w), func(b *testing.B) {
					for b.Loop() {
						f()
					}
					b.ReportMetric(float64(256*w)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "floats/ns")
				})
			}
		}
		b.Run(named(k)+"/columns", func(b *testing.B) {
			for b.Loop() {
				k.PackColumns(dst, src, 256, 8*MR, 512, 256*MR)
			}
			b.ReportMetric(float64(8*256)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "sixes/ns")
		})
	}
}
