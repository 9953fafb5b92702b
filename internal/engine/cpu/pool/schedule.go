package pool

import (
	"errors"
	"fmt"
	"math/bits"
	"runtime"
	"sync/atomic"
)

// Step is a part of a schedule: tasks that can be run in any order and at the
// same time, once the steps before it are complete.
type Step struct {
	Tasks int
	Run   func(task, worker int)
	// Whole, if it is there, runs Group tasks from group·Group on together, for
	// less than one after the other: see Together.
	Group int
	Whole func(group, worker int)
	// Before are the steps to wait for.
	Before []int
}

// Schedule is steps that wait for each other, to be run again and again. Of
// those that can begin, the first in order goes first.
type Schedule struct {
	steps []Step
	after [][]int
	state []progress
	ready []atomic.Uint64 // steps with tasks to hand out, a bit each
	left  atomic.Int64    // steps that are not complete
	width int             // most tasks of a step
	// failed is the first step with a failed task, as its number + 1.
	failed  atomic.Int64
	failure atomic.Pointer[string]
}

// progress is how far a step is, on a cache line of its own.
type progress struct {
	waiting atomic.Int32 // for so many steps
	next    atomic.Int32 // task to hand out
	left    atomic.Int32 // tasks that are not complete
	_       [52]byte
}

// NewSchedule prepares steps, which wait for earlier ones only.
func NewSchedule(steps []Step) *Schedule {
	s := &Schedule{
		steps: steps, after: make([][]int, len(steps)), state: make([]progress, len(steps)),
		ready: make([]atomic.Uint64, (len(steps)+63)/64),
	}
	for j := range steps {
		s.width = max(s.width, steps[j].Tasks)
		for _, i := range steps[j].Before {
			s.after[i] = append(s.after[i], j)
		}
	}
	return s
}

// RunAll runs the steps of a schedule, and fails with the number of a step whose
// task panicked: what was running then is complete, and nothing else is begun.
func (p *Pool) RunAll(s *Schedule) (step int, err error) {
	s.reset()
	p.schedule = s
	helpers := max(min(s.width-1, len(p.wake)), 0)
	p.pending.Store(int64(helpers))
	for _, c := range p.wake[:helpers] {
		c <- struct{}{}
	}
	p.advance(0)
	if helpers > 0 {
		await(p.done)
	}
	p.schedule = nil
	if text := s.failure.Load(); text != nil {
		return int(s.failed.Load()) - 1, errors.New(*text)
	}
	return 0, nil
}

func (s *Schedule) reset() {
	s.failed.Store(0)
	s.failure.Store(nil)
	s.left.Store(int64(len(s.steps)))
	for i := range s.ready {
		s.ready[i].Store(0)
	}
	for j := range s.steps {
		st := &s.state[j]
		st.next.Store(0)
		st.left.Store(int32(s.steps[j].Tasks))
		st.waiting.Store(int32(len(s.steps[j].Before)))
		if len(s.steps[j].Before) == 0 {
			s.ready[j/64].Or(1 << (j % 64))
		}
	}
}

// over tells whether there is nothing left to begin.
func (s *Schedule) over() bool { return s.left.Load() == 0 || s.failed.Load() != 0 }

// advance works on the schedule until it is over.
func (p *Pool) advance(worker int) {
	s := p.schedule
	for !s.over() {
		j := s.first()
		if j < 0 {
			p.idle(s)
			continue
		}
		if from, to := s.take(j, len(p.wake)+1); from < to {
			s.run(j, from, to, worker)
			if s.state[j].left.Add(int32(from-to)) == 0 {
				p.complete(s, j)
			}
		}
		if s.failed.Load() != 0 {
			p.rouse(len(p.wake))
		}
	}
}

// first is the first step with tasks to hand out, or −1.
func (s *Schedule) first() int {
	for i := range s.ready {
		if w := s.ready[i].Load(); w != 0 {
			return i*64 + bits.TrailingZeros64(w)
		}
	}
	return -1
}

// Together tells whether the group that task n of a step begins is run by one
// worker: those are that all workers can have the same number of. Two workers
// share no group, since one has something else to do as a rule.
func Together(n, tasks, group, workers int) bool {
	groups := tasks / group
	return workers <= 2 || n/group < groups/workers*workers
}

// take hands out tasks of a step: a group or one.
func (s *Schedule) take(j, workers int) (from, to int) {
	step, st := &s.steps[j], &s.state[j]
	for {
		n := int(st.next.Load())
		if n >= step.Tasks {
			return 0, 0
		}
		size := 1
		if step.Whole != nil && n%step.Group == 0 && Together(n, step.Tasks, step.Group, workers) {
			size = step.Group
		}
		if st.next.CompareAndSwap(int32(n), int32(n+size)) {
			if n+size == step.Tasks {
				s.ready[j/64].And(^uint64(1 << (j % 64)))
			}
			return n, n + size
		}
	}
}

// run runs tasks. A failure is kept for RunAll to report, since a panic in a
// worker would end the program.
func (s *Schedule) run(j, from, to, worker int) {
	defer func() {
		if r := recover(); r != nil {
			text := fmt.Sprint(r)
			if s.failed.CompareAndSwap(0, int64(j)+1) {
				s.failure.Store(&text)
			}
		}
	}()
	if to-from > 1 {
		s.steps[j].Whole(from/s.steps[j].Group, worker)
		return
	}
	s.steps[j].Run(from, worker)
}

// complete lets the steps begin that have waited for j only.
func (p *Pool) complete(s *Schedule, j int) {
	tasks := 0
	for _, k := range s.after[j] {
		if s.state[k].waiting.Add(-1) == 0 {
			s.ready[k/64].Or(1 << (k % 64))
			tasks += s.steps[k].Tasks
		}
	}
	if s.left.Add(-1) == 0 {
		tasks = len(p.wake) + 1
	}
	p.rouse(tasks - 1)
}

// rouse wakes up to n of the workers that sleep within a schedule.
func (p *Pool) rouse(n int) {
	for n = min(n, int(p.sleeping.Load())); n > 0; n-- {
		select {
		case p.alarm <- struct{}{}:
		default: // as many as there are workers are on their way
			return
		}
	}
}

// idle looks for work for some time and then sleeps until there may be some.
func (p *Pool) idle(s *Schedule) {
	for range looks {
		runtime.Gosched()
		if s.over() || s.first() >= 0 {
			return
		}
	}
	p.sleeping.Add(1)
	if !s.over() && s.first() < 0 {
		<-p.alarm
	}
	p.sleeping.Add(-1)
}
