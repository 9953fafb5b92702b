package bench

import (
	"fmt"
	"time"

	"easel/internal/engine/cpu"
)

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

// measuredRuns is how often ScaleMeasured times each task.
const measuredRuns = 5

// ScaleMeasured is Scale with the times that the tasks take on this machine, each alone:
// medians of five runs.
func ScaleMeasured(name string, o Options, workers ...int) ([]cpu.Simulation, error) {
	o.Threads = 1
	c, err := open(name, o)
	if err != nil {
		return nil, err
	}
	defer c.close()
	p, ok := c.program.(*cpu.Program)
	if !ok {
		return nil, fmt.Errorf("backend %s has no tasks to measure", o.Backend)
	}
	times, err := p.MeasureTasks(measuredRuns, time.Now)
	if err != nil {
		return nil, err
	}
	return p.Simulate(times, workers...), nil
}
