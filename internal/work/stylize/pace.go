package stylize

import "time"

// pace measures how fast iterations are.
type pace struct {
	perPixel float64 // seconds, smoothed
}

// add records an iteration. Work is proportional to pixels, with some overhead for small
// pictures, so later iterations, of larger pictures, weigh more.
func (p *pace) add(took time.Duration, s Stage) {
	now := took.Seconds() / float64(s.Width*s.Height) / s.factor()
	if p.perPixel == 0 {
		p.perPixel = now
		return
	}
	p.perPixel += 0.2 * (now - p.perPixel)
}

// factor estimates how much more work the tiles are than the whole.
func (s Stage) factor() float64 {
	if s.Tiles.Tiles() > 1 {
		return 2
	}
	return 1
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
		seconds += float64(rest*s.Width*s.Height) * s.factor() * p.perPixel
	}
	return seconds
}
