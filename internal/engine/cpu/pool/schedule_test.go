package pool

import (
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
)

// random makes a schedule whose tasks check that the steps before are complete.
func random(t *testing.T, r *rand.Rand, steps int) (*Schedule, []atomic.Int32) {
	done := make([]atomic.Int32, steps)
	list := make([]Step, steps)
	for j := range list {
		s := &list[j]
		s.Tasks, s.Group = 1+r.IntN(12), 1
		for i := range j {
			if r.IntN(j) < 2 {
				s.Before = append(s.Before, i)
			}
		}
		begin := func(tasks int) {
			for _, i := range s.Before {
				if n := done[i].Load(); int(n) != list[i].Tasks {
					t.Errorf("step %d begins after %d of %d tasks of step %d", j, n, list[i].Tasks, i)
				}
			}
			done[j].Add(int32(tasks))
		}
		s.Run = func(task, _ int) {
			if task < 0 || task >= s.Tasks {
				t.Errorf("task %d of %d", task, s.Tasks)
			}
			begin(1)
		}
		if r.IntN(2) == 0 {
			s.Group = 1 + r.IntN(4)
			s.Tasks *= s.Group
			s.Whole = func(int, int) { begin(s.Group) }
		}
	}
	return NewSchedule(list), done
}

func TestScheduleKeepsOrder(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 2, 3, 16} {
		p := New(workers)
		r := rand.New(rand.NewPCG(uint64(workers), 1))
		for range 50 {
			s, done := random(t, r, 1+r.IntN(150))
			for range 3 {
				for j := range done {
					done[j].Store(0)
				}
				if _, err := p.RunAll(s); err != nil {
					t.Fatal(err)
				}
				for j := range done {
					if n := done[j].Load(); int(n) != s.steps[j].Tasks {
						t.Fatalf("%d workers: %d of %d tasks of step %d", workers, n, s.steps[j].Tasks, j)
					}
				}
			}
			p.Run(3, func(int, int) {}) // a step in between
		}
		p.Close()
	}
}

func TestScheduleDoesNotAllocate(t *testing.T) {
	p := New(3)
	defer p.Close()
	s := NewSchedule([]Step{
		{Tasks: 5, Run: func(int, int) {}},
		{Tasks: 7, Run: func(int, int) {}, Before: []int{0}},
	})
	if n := testing.AllocsPerRun(100, func() { _, _ = p.RunAll(s) }); n != 0 {
		t.Errorf("RunAll allocates %v times", n)
	}
}

func TestScheduleFails(t *testing.T) {
	t.Parallel()
	p := New(4)
	defer p.Close()
	after := false
	s := NewSchedule([]Step{
		{Tasks: 20, Run: func(int, int) {}},
		{Tasks: 100, Before: []int{0}, Run: func(task, _ int) {
			if task == 57 {
				panic("cannot")
			}
		}},
		{Tasks: 1, Before: []int{1}, Run: func(int, int) { after = true }},
	})
	step, err := p.RunAll(s)
	if err == nil || !strings.Contains(err.Error(), "cannot") || step != 1 || after {
		t.Errorf("step %d, error %v, what comes after ran: %v", step, err, after)
	}
	p.Run(10, func(_, _ int) {}) // still usable
}
