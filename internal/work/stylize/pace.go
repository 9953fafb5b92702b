package stylize

import "time"

// pace is how fast iterations are.
type pace struct {
	perPixel float64 // seconds, smoothed
}

// add learns from one iteration. Work is in proportion to pixels; that of small
// pictures is dearer, so newer iterations, of larger ones, count more.
func (p *pace) add(took time.Duration, s Stage) {
	now := took.Seconds() / float64(s.Width*s.Height) / s.factor()
	if p.perPixel == 0 {
		p.perPixel = now
		return
	}
	p.perPixel += 0.2 * (now - p.perPixel)
}

// factor is about how much more work tiles are than the whole.
func (s Stage) factor() float64 {
	if s.Tiles.Tiles() > 1 {
		return 2
	}
	return 1
}

// left is how many seconds a plan's other iterations will take.
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
