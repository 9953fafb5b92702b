package train

import "math"

// pairs is the number of training pairs.
func (t *trainer) pairs() int { return t.data.Record().Train }

// epoch is the epoch, from 1, in which a step begins, the first step being 0.
func (t *trainer) epoch(step int) int { return step*t.perStep/t.pairs() + 1 }

// planned is the number of steps of the whole run, 0 where it is not known yet.
func (t *trainer) planned() int {
	switch l := t.o.Length; {
	case l.Steps > 0:
		return l.Steps
	case l.Epochs > 0:
		return (l.Epochs*t.pairs() + t.perStep - 1) / t.perStep
	}
	return t.state.Planned
}

func (t *trainer) finished() bool {
	if t.o.Length.Time > 0 {
		return t.timeLeft() <= 0
	}
	return t.done >= t.planned()
}

// timeLeft is how many seconds of a run of a given time are left for steps: the
// last validation and the last checkpoint have to fit in as well.
func (t *trainer) timeLeft() float64 {
	return t.o.Length.Time.Seconds() - t.clock.total() - t.clock.validation - t.clock.checkpoint
}

// rate is the learning rate of a step, the first being 0, plateaus included.
func (t *trainer) rate(step int) float64 { return t.scheduled(step) * t.state.Plateau.factor() }

// scheduled is the rate of a step by the run's schedule alone. Runs of whole epochs
// have the schedule of whole epochs, as the papers' programs have; others go
// down step by step.
func (t *trainer) scheduled(step int) float64 {
	if n := t.o.Length.Epochs; n > 0 {
		return t.o.Network.Rate(float64(t.epoch(step)), float64(n))
	}
	total := t.planned()
	if total == 0 {
		return t.o.Network.LearningRate
	}
	return t.o.Network.Rate(float64(min(step+1, total)), float64(total))
}

// plan fits a run of a given time to the speed, and reports once how long the
// run will take.
func (t *trainer) plan() {
	if !t.clock.measured() {
		return
	}
	if t.o.Length.Time > 0 {
		t.state.Planned = t.done + int(math.Ceil(max(t.timeLeft(), 0)/t.secondsEach()))
	}
	if t.clock.estimated || (t.clock.steps < warmUp+enough && t.clock.total()-t.clock.before < 20) {
		return
	}
	t.clock.estimated = true
	t.notify(Event{Kind: Estimated, Step: t.done, Steps: t.planned(), Epoch: t.epoch(t.done),
		StepsPerSecond: t.clock.stepsPerSecond(), SecondsLeft: t.secondsLeft(), Seconds: t.clock.total()})
}

// secondsEach is a step's time with its share of validations and checkpoints.
func (t *trainer) secondsEach() float64 {
	c := &t.clock
	return max(c.secondsOne, 1e-6) + c.validation/float64(t.o.ValEvery) + c.checkpoint/float64(t.o.CheckpointEvery)
}

// secondsLeft is 0 where nothing was measured yet.
func (t *trainer) secondsLeft() float64 {
	if limit := t.o.Length.Time.Seconds(); limit > 0 {
		return max(limit-t.clock.total(), 0)
	}
	if !t.clock.measured() {
		return 0
	}
	return float64(max(t.planned()-t.done, 0)) * t.secondsEach()
}
