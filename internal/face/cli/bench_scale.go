package cli

import (
	"errors"
	"fmt"

	"easel/internal/engine/cpu"
	"easel/internal/work/bench"
)

// checkScale checks --scale together with the other flags.
func (a *app) checkScale(workers []int, show benchOutput) error {
	for _, n := range workers {
		if n < 1 {
			return usage(fmt.Errorf("--scale %d: it must be 1 or more cores", n), "")
		}
	}
	switch {
	case !show.plan || show.machine:
		return usage(errors.New("--scale needs --plan, and excludes --machine"), "")
	case a.backend != "" && a.backend != "cpu":
		return usage(fmt.Errorf("--scale predicts plans of the processor, not of %s", a.backend), "")
	}
	return nil
}

// scaled is a prediction for a case, as JSON.
type scaled struct {
	Case     string `json:"case"`
	Measured bool   `json:"measured"` // from times of this machine
	cpu.Simulation
}

// shownWaits is how many steps that cores wait for are shown.
const shownWaits = 10

func (a *app) benchScale(o bench.Options, cases []string, workers []int, measured bool) error {
	predict, from := bench.Scale, ""
	if measured {
		predict, from = bench.ScaleMeasured, " from times of this machine"
	}
	for _, name := range cases {
		simulations, err := predict(name, o, workers...)
		if err != nil {
			return fmt.Errorf("bench %s: %w", name, err)
		}
		a.say("%s, simulated%s:\n%8s %10s %9s %11s", name, from, "cores", "time", "speed-up", "efficiency")
		for _, s := range simulations {
			s.Waits = s.Waits[:min(len(s.Waits), shownWaits)]
			if a.json {
				a.emit(scaled{name, measured, s})
				continue
			}
			a.say("%8d %7.1f ms %8.1f× %10.1f%%", s.Workers, 1e3*s.Seconds, s.Speedup, 100*s.Efficiency)
		}
		if a.json {
			continue
		}
		last := simulations[len(simulations)-1]
		a.say("steps that %d cores would wait for longest: idle time of all cores together, longest task, tasks", last.Workers)
		for _, w := range last.Waits[:min(len(last.Waits), shownWaits)] {
			a.say("%9.3f ms %9.3f ms %5d  %s", 1e3*w.Seconds, 1e3*w.Longest, w.Tasks, w.Step)
		}
	}
	return nil
}
