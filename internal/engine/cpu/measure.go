package cpu

import (
	"slices"
	"time"
)

// TaskTimes are how long each task of a program takes alone.
type TaskTimes struct{ costs costs }

// MeasureTasks runs the program's tasks one after the other on the caller's goroutine, one
// run to warm up and then so many, with a clock such as time.Now, and returns the median
// of each task's times. Groups of tasks that a worker may run together are timed in runs
// of their own. Parameters change as by Run.
func (p *Program) MeasureTasks(runs int, now func() time.Time) (times *TaskTimes, err error) {
	if p.arena == nil {
		return nil, errClosed
	}
	at := 0
	defer p.failed(&at, &err)
	all := make([]costs, runs)
	for run := -1; run < runs; run++ {
		c := newCosts(p.steps)
		for _, together := range []bool{false, true} {
			for at = range p.steps {
				p.steps[at].timed(c.tasks[at], c.groups[at], together, now)
			}
		}
		if run >= 0 {
			all[run] = c
		}
	}
	return &TaskTimes{medians(all)}, nil
}

// timed runs all tasks of the step, in groups where it has groups if together.
func (s *step) timed(tasks, groups []float64, together bool, now func() time.Time) {
	run, each := s.run, tasks
	if together && s.whole != nil {
		run, each = s.whole, groups
	}
	for i := range each {
		began := now()
		run(i, 0)
		each[i] = now().Sub(began).Seconds()/multiplyAdd + priceTask
	}
}

// medians are those of each task's costs in several runs.
func medians(runs []costs) costs {
	middle := runs[0]
	median := func(into []float64, of func(c *costs) []float64) {
		for i := range into {
			one := make([]float64, len(runs))
			for r := range runs {
				one[r] = of(&runs[r])[i]
			}
			slices.Sort(one)
			into[i] = one[len(one)/2]
		}
	}
	for s := range middle.tasks {
		median(middle.tasks[s], func(c *costs) []float64 { return c.tasks[s] })
		median(middle.groups[s], func(c *costs) []float64 { return c.groups[s] })
	}
	return middle
}
