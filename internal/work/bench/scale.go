package bench

import "easel/internal/engine/cpu"

// Scale predicts how a case's plan would run on each number of workers, without running it:
// see cpu.Simulation.
func Scale(name string, o Options, workers ...int) ([]cpu.Simulation, error) {
	g, _, err := build(name)
	if err != nil {
		return nil, err
	}
	d, err := cpu.New(cpu.Options{Threads: 1, Kernels: o.Kernels, Precision: o.precision()})
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }()
	return d.Simulate(g, workers...)
}
