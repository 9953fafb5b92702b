package cpu_test

import (
	"math"
	"testing"

	"easel/internal/cpu"
	"easel/internal/pix2pix"
)

// BenchmarkTrainingStep is the paper's step at 256², batch 1, on one thread; the
// metric is the processor time of the best step, which other load on the
// machine disturbs least.
func BenchmarkTrainingStep(b *testing.B) {
	t := newTrainer(b, cpu.Options{Threads: 1}, pix2pix.Default(), 1)
	t.run(b, 1)
	best := math.Inf(1)
	for b.Loop() {
		from := processTime()
		t.run(b, 1)
		best = min(best, float64(processTime()-from))
	}
	b.ReportMetric(best/1e6, "ms(best)")
}
