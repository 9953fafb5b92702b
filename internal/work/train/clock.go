package train

import "time"

// clock measures a run.
type clock struct {
	now        func() time.Time
	before     float64 // seconds of earlier sittings
	began      time.Time
	last       time.Time // end of the last step, or of what came after it
	steps      int       // of this sitting
	secondsOne float64   // of a step, a running mean
	validation float64   // seconds of the last one
	checkpoint float64
	estimated  bool
}

func (c *clock) start() { c.began = c.now(); c.last = c.began }

// total is the run's seconds over all sittings.
func (c *clock) total() float64 { return c.before + c.now().Sub(c.began).Seconds() }

// warmUp steps are not measured: caches are cold and the loader has just started.
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
	// The mean of the first fifty, then a mean that forgets.
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
