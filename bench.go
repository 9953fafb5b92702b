package easel

import "easel/internal/work/bench"

// BenchCases lists what Bench measures: training steps and forward passes, by name.
// Other sizes and batches are named in the same way, such as "train-256-b16".
func BenchCases() []string { return bench.Cases() }

// Bench measures one case on this machine. It cannot be cancelled, and takes a little
// longer than o.Budget.
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

// SimulateBench predicts how fast a case would run on each number of cores. It plans
// the case but does not run it. It does not account for caches and memory bandwidth that
// cores share.
func SimulateBench(name string, o BenchOptions, cores ...int) ([]Simulation, error) {
	s, err := bench.Scale(name, convert[bench.Options](o), cores...)
	return convert[[]Simulation](s), err
}
