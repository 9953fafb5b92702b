package stylize

import "time"

// pace measures how fast iterations are.
type pace struct {
	perWork float64 // seconds, smoothed
}

// add records an iteration. Small pictures have some overhead besides their work, so later
// iterations, of larger pictures, weigh more.
func (p *pace) add(took time.Duration, s Stage) {
	now := took.Seconds() / s.work
	if p.perWork == 0 {
		p.perWork = now
		return
	}
	p.perWork += 0.2 * (now - p.perWork)
}

// left returns how many seconds the remaining iterations of a plan will take.
func (p *pace) left(plan *Plan, stage, iteration int) (seconds float64) {
	for i, s := range plan.Stages {
		rest := s.Iterations
		switch {
		case i < stage:
			continue
		case i == stage:
			rest -= iteration
		}
		seconds += float64(rest) * s.work * p.perWork
	}
	return seconds
}
