package cpu

import (
	"math"
	"testing"
	"time"
)

// Tasks that take the time of a clock of their own: 4 of 20 ms, of which 2 together take
// 30, and then 2 of 10 ms. Once everything takes ten times as long, which medians leave out.
func TestMeasuredTasks(t *testing.T) {
	t.Parallel()
	var clock time.Time
	runs := 0
	takes := func(milliseconds int) func(int, int) {
		return func(int, int) {
			each := time.Millisecond
			if runs/2 == 2 { // a run has two passes, and the first one warms up
				each *= 10
			}
			clock = clock.Add(time.Duration(milliseconds) * each)
		}
	}
	last := takes(10)
	p := &Program{
		arena: make([]float32, 1),
		order: newOrder([]set{{0}, {1}}),
		steps: []*step{
			{name: "first", tasks: 4, group: 2, run: takes(20), whole: takes(30)},
			{name: "last", tasks: 2, group: 1, run: func(task, worker int) {
				last(task, worker)
				runs += task
			}},
		},
	}
	times, err := p.MeasureTasks(3, func() time.Time { return clock })
	if err != nil {
		t.Fatal(err)
	}
	workers := []int{1, 2, 4}
	for i, want := range []float64{
		0.080, // two groups, two tasks
		0.040, // a group each, a task each
		0.030, // each of four has one of the first step's tasks alone
	} {
		s := p.Simulate(times, workers...)[i]
		if math.Abs(s.Seconds-want) > 1e-5 || math.Abs(s.Speedup-0.080/want) > 1e-2 {
			t.Errorf("%d workers: %v s, %v times as fast, want %v s", workers[i], s.Seconds, s.Speedup, want)
		}
		if w := s.Waits[0]; workers[i] == 4 && (w.Step != "last" || math.Abs(w.Seconds-0.020) > 1e-4 || math.Abs(w.Longest-0.010) > 1e-5) {
			t.Errorf("they wait for %+v", w)
		}
	}
}
