package easel

import (
	"easel/internal/engine/backend"
	"easel/internal/work/bench"
)

// BenchCases are what Bench measures: training steps and forward passes, by name.
// Other sizes and batches go by the same names, as "train-256-b16".
func BenchCases() []string { return bench.Cases() }

// Bench measures one case on this machine. It cannot be stopped; it takes a little
// more than o.Budget.
func Bench(name string, o BenchOptions) (BenchResult, error) {
	r, err := bench.Run(name, convert[bench.Options](o))
	return convert[BenchResult](r), err
}

// Backends are what this program can compute with on this machine, with devices and
// memory, and for what is missing the one thing to do. Plugins are loaded into the
// process, which ends with it if one of them is broken; easel backends looks at them
// from processes of their own.
func Backends() []BackendReport {
	return convert[[]BackendReport](backend.List(backend.Describe))
}
