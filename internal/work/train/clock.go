package train

import "time"

// clock measures the time of a run.
type clock struct {
	now        func() time.Time
	before     float64 // seconds of earlier sessions
	began      time.Time
	last       time.Time // end of the last step, or of the work after it
	steps      int       // steps of this session
	secondsOne float64   // seconds per step, running mean
	validation float64   // seconds of the last validation
	checkpoint float64
	estimated  bool
}

func (c *clock) start() { c.began = c.now(); c.last = c.began }

// total returns the run's seconds over all sessions.
func (c *clock) total() float64 { return c.before + c.now().Sub(c.began).Seconds() }

// warmUp steps are not measured, because caches are cold and the loader has just started.
const (
	warmUp = 2
	enough = 10 // measured steps for an estimate
)

func (c *clock) stepped() {
	now := c.now()
	took := now.Sub(c.last).Seconds()
	c.last = now
	c.steps++
	n := c.steps - warmUp
	if n <= 0 {
		return
	}
	// The plain mean of the first fifty, then an exponential mean.
	c.secondsOne += (took - c.secondsOne) / float64(min(n, 50))
}

// outside begins to measure work other than steps; what it returns ends that.
func (c *clock) outside(into *float64) func() {
	began := c.now()
	return func() {
		c.last = c.now()
		*into = c.last.Sub(began).Seconds()
	}
}

func (c *clock) measured() bool { return c.steps > warmUp }

func (c *clock) stepsPerSecond() float64 {
	if !c.measured() || c.secondsOne <= 0 {
		return 0
	}
	return 1 / c.secondsOne
}
