package experiment

import (
	"fmt"
	"time"

	"easel/internal/model/pix2pix"
	"easel/internal/work/bench"
)

// Meter measures how long things take on this machine, each only once.
type Meter struct {
	backend string
	threads int
	known   map[string]float64
}

// NewMeter makes a meter for a backend and a number of threads, 0 for all.
func NewMeter(backend string, threads int) *Meter {
	return &Meter{backend, threads, map[string]float64{}}
}

// Measure returns the seconds that something takes. It calls measure only the first time.
func (m *Meter) Measure(what string, measure func() (float64, error)) (float64, error) {
	if s, ok := m.known[what]; ok {
		return s, nil
	}
	s, err := measure()
	if err == nil {
		m.known[what] = s
	}
	return s, err
}

// stepBudget is how long to measure a kind of step. There are about ten kinds.
const stepBudget = 200 * time.Millisecond

// TrainStep returns the time of an optimisation step with one picture. Settings that do not
// affect it (rates, weights of losses) are ignored.
func (m *Meter) TrainStep(c pix2pix.Config) (float64, error) {
	c.InputChannels, c.OutputChannels = max(c.InputChannels, 3), max(c.OutputChannels, 3)
	like := pix2pix.Default()
	c.LearningRate, c.Schedule, c.Lambda, c.DecayFrom = like.LearningRate, like.Schedule, like.Lambda, like.DecayFrom
	return m.Measure(fmt.Sprintf("step %+v", c), func() (float64, error) {
		r, err := bench.TrainStep(c, 1, bench.Options{Backend: m.backend, Threads: m.threads, Budget: stepBudget, Repeats: 1})
		return r.Fastest, err // other load can only make a step slower
	})
}
