package winograd

import (
	"fmt"
	"math"
	"testing"
	"time"

	"easel/internal/engine/cpu/kernel/gemm"
)

// BenchmarkTransform runs transforms as package conv does, on blocks of tiles
// whose results lie in the cache. It gives the best time of
// 16 channels.
func BenchmarkTransform(b *testing.B) {
	for _, k := range gemm.Available() {
		for _, size := range Sizes() {
			f := New(size[0], size[1], k.Name)
			for _, t := range []struct {
				name      string
				transform *Transform
			}{
				{"input", f.Input}, {"kernel", f.Kernel}, {"output", f.Output},
				{"outputGradient", f.OutputGradient}, {"kernelGradient", f.KernelGradient},
			} {
				b.Run(fmt.Sprintf("%s/%v/%s", k.Name, f, t.name), func(b *testing.B) {
					benchmark(b, t.transform)
				})
			}
		}
	}
}

func benchmark(b *testing.B, t *Transform) {
	const channels, tiles, width = 64, 24, 128
	point := tiles*channels + Lanes
	from, to := make([]int, t.places()), make([]int, t.p*t.p)
	for i := range from {
		at := i % (t.q * t.q)
		from[i] = (at/t.q*width + at%t.q) * channels
	}
	for i := range to {
		to[i] = i * point
	}
	src, dst := make([]float32, width*width*channels), make([]float32, len(to)*point)
	best := time.Duration(math.MaxInt64)
	for b.Loop() {
		start := time.Now()
		for tile := range tiles {
			x := Operand{Data: src[tile*channels:]}
			t.Run(Operand{Data: dst[tile*channels:]}, to, x, from, 1, channels)
		}
		best = min(best, time.Since(start))
	}
	b.ReportMetric(float64(best.Nanoseconds())/float64(tiles*channels/Lanes), "ns/16channels")
}
