package easel

import "easel/internal/work/bench"

// BenchCases are what Bench measures: training steps and forward passes, by name.
// Names of other sizes and batches have the same form, such as "train-256-b16".
func BenchCases() []string { return bench.Cases() }

// Bench measures one case on this machine. It cannot be stopped; it takes a little
// more than o.Budget.
func Bench(name string, o BenchOptions) (BenchResult, error) {
	r, err := bench.Run(name, convert[bench.Options](o))
	return convert[BenchResult](r), err
}

// MeasureMachine measures how fast the processor multiplies and how fast its memory is,
// with easel's own kernels. It takes about a second and 256 MB. Of o only Threads and
// Kernels matter.
func MeasureMachine(o BenchOptions) (Machine, error) {
	m, err := bench.MeasureMachine(convert[bench.Options](o))
	return convert[Machine](m), err
}

// SimulateBench predicts how a case would run on each number of cores, from its plan,
// without running it. The prediction knows arithmetic and bytes, not that cores share
// memory and caches.
func SimulateBench(name string, o BenchOptions, cores ...int) ([]Simulation, error) {
	s, err := bench.Scale(name, convert[bench.Options](o), cores...)
	return convert[[]Simulation](s), err
}
