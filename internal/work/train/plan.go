package train

import "math"

// pairs is the number of training pairs, or of photographs.
func (l *loop) pairs() int { return l.data.Record().Train }

// epoch returns the epoch, from 1, in which a step begins; steps count from 0.
func (l *loop) epoch(step int) int { return step*l.perStep/l.pairs() + 1 }

// planned returns the number of steps of the whole run, 0 if unknown.
func (l *loop) planned() int {
	switch {
	case l.pace.Steps > 0:
		return l.pace.Steps
	case l.pace.Epochs > 0:
		return (l.pace.Epochs*l.pairs() + l.perStep - 1) / l.perStep
	}
	return l.state.Planned
}

func (l *loop) finished() bool {
	if l.pace.Time > 0 {
		return l.timeLeft() <= 0
	}
	return l.done >= l.planned()
}

// timeLeft returns how many seconds of a run of a given time are left for steps, after the
// last validation and the last checkpoint.
func (l *loop) timeLeft() float64 {
	return l.pace.Time.Seconds() - l.clock.total() - l.clock.validation - l.clock.checkpoint
}

// plan fits a run of a given time to the measured speed, and reports once how long the run
// will take.
func (l *loop) plan() {
	if !l.clock.measured() {
		return
	}
	if l.pace.Time > 0 {
		l.state.Planned = l.done + int(math.Ceil(max(l.timeLeft(), 0)/l.secondsEach()))
	}
	if l.clock.estimated || (l.clock.steps < warmUp+enough && l.clock.total()-l.clock.before < 20) {
		return
	}
	l.clock.estimated = true
	l.notify(Event{Kind: Estimated, Step: l.done, Steps: l.planned(), Epoch: l.epoch(l.done),
		StepsPerSecond: l.clock.stepsPerSecond(), SecondsLeft: l.secondsLeft(), Seconds: l.clock.total()})
}

// secondsEach returns a step's time with its share of validations and checkpoints.
func (l *loop) secondsEach() float64 {
	c := &l.clock
	return max(c.secondsOne, 1e-6) + c.validation/float64(l.pace.valEvery) + c.checkpoint/float64(l.pace.checkpointEvery)
}

// secondsLeft is 0 before anything was measured.
func (l *loop) secondsLeft() float64 {
	if limit := l.pace.Time.Seconds(); limit > 0 {
		return max(limit-l.clock.total(), 0)
	}
	if !l.clock.measured() {
		return 0
	}
	return float64(max(l.planned()-l.done, 0)) * l.secondsEach()
}
