package gemm

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// The peak: operands in the first- and second-level cache.
func BenchmarkTile(b *testing.B) {
	for _, k := range Available() {
		for _, n := range []int{16, 32, 64} {
			for _, terms := range []int{16, 64, 256, 512} {
				if n > k.NR {
					continue
				}
				b.Run(fmt.Sprintf("%s/6x%dx%d", k.Name, n, terms), func(b *testing.B) { benchmarkTile(b, k, n, terms) })
			}
		}
	}
}

func benchmarkTile(b *testing.B, k *Kernels, n, terms int) {
	r := rand.New(rand.NewPCG(1, 2))
	t := Tile{A: random(MR*terms, r), B: aligned(terms * n), C: random(MR*n, r), AStep: 1, LDB: n, M: MR, N: n, Accumulate: true, Ahead: 8 * n}
	s := Segment{Length: terms}
	for i := range s.A {
		s.A[i], t.Rows[i] = i*terms, i*n
	}
	t.Segments = []Segment{s}
	for b.Loop() {
		k.Run(&t)
	}
	b.ReportMetric(float64(2*MR*n*terms)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "GFLOP/s")
}

func BenchmarkPack(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	src, dst := random(512*1024, r), aligned(512*64)
	for _, k := range Available() {
		for _, w := range []int{16, 64} {
			for name, f := range map[string]func(){
				"rows":       func() { k.PackRows(dst, src, 256, w, 512, w) },
				"transposed": func() { k.PackTransposed(dst, src, 256, w, 512, w) },
			} {
				b.Run(fmt.Sprintf("%s/%s-%d", k.Name, name, w), func(b *testing.B) {
					for b.Loop() {
						f()
					}
					b.ReportMetric(float64(256*w)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "floats/ns")
				})
			}
		}
		b.Run(k.Name+"/columns", func(b *testing.B) {
			for b.Loop() {
				k.PackColumns(dst, src, 256, 8*MR, 512, 256*MR)
			}
			b.ReportMetric(float64(8*256)*float64(b.N)/float64(b.Elapsed().Nanoseconds()), "sixes/ns")
		})
	}
}
