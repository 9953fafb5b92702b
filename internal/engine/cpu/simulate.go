package cpu

import (
	"cmp"
	"container/heap"
	"slices"

	"easel/internal/engine/cpu/pool"
	"easel/internal/engine/graph"
)

// Simulation is how a plan would run on so many workers, every task taking the
// time that its arithmetic and bytes are priced at or that it took alone. It sees
// what waits for what and how work is cut; it does not see that workers share
// memory and caches.
type Simulation struct {
	Workers int     `json:"workers"`
	Seconds float64 `json:"seconds"` // of one run
	Speedup float64 `json:"speedup"` // over one worker
	// Efficiency is Speedup over Workers.
	Efficiency float64 `json:"efficiency"`
	// Waits are the steps that workers wait for, the worst first.
	Waits []Wait `json:"waits"`
}

// Wait is a step that keeps workers waiting.
type Wait struct {
	Step    string  `json:"step"`
	Tasks   int     `json:"tasks"`
	Longest float64 `json:"longest"` // task, in seconds
	// Seconds is how long workers have nothing to do, all added up, while this is
	// the first step that is not complete.
	Seconds float64 `json:"seconds"`
}

// Simulate plans a graph and tells how it would run on each number of workers.
func (d *Device) Simulate(g *graph.Graph, workers ...int) ([]Simulation, error) {
	p, err := d.plan(g)
	if err != nil {
		return nil, err
	}
	all, _ := p.layout()
	return simulate(p.steps, newOrder(waits(p.steps, all)), priced(p.steps), workers), nil
}

// Simulate tells how the program would run on each number of workers if its tasks took
// those times.
func (p *Program) Simulate(t *TaskTimes, workers ...int) []Simulation {
	return simulate(p.steps, p.order, t.costs, workers)
}

func simulate(steps []*step, o *order, c costs, workers []int) []Simulation {
	alone := newSimulator(steps, o, c, 1).run()
	out := make([]Simulation, len(workers))
	for i, n := range workers {
		s := newSimulator(steps, o, c, max(n, 1))
		time := s.run()
		out[i] = Simulation{Workers: n, Seconds: time * multiplyAdd, Speedup: alone / time, Efficiency: alone / time / float64(n), Waits: s.waits()}
	}
	return out
}

// simulator is a pool whose tasks take what they cost; see pool.Schedule.
type simulator struct {
	steps   []*step
	costs   costs
	workers int
	after   [][]int
	waiting []int // steps that each step waits for
	next    []int // task to hand out
	left    []int // tasks that are not complete
	ready   set
	events  events
	first   int // step that is not complete
	idle    []float64
}

// event is the end of some tasks or, with none, of a step.
type event struct {
	at          float64
	step, tasks int
}

type events []event

func (h events) Len() int           { return len(h) }
func (h events) Less(i, j int) bool { return h[i].at < h[j].at }
func (h events) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *events) Push(x any)        { *h = append(*h, x.(event)) }
func (h *events) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

func newSimulator(steps []*step, o *order, c costs, workers int) *simulator {
	n := len(steps)
	s := &simulator{
		steps: steps, costs: c, workers: workers, after: make([][]int, n), waiting: make([]int, n),
		next: make([]int, n), left: make([]int, n), ready: newSet(n), idle: make([]float64, n),
	}
	for j, before := range o.before {
		s.waiting[j], s.left[j] = len(before), steps[j].tasks
		for _, i := range before {
			s.after[i] = append(s.after[i], j)
		}
		if len(before) == 0 {
			s.ready.add(j)
		}
	}
	return s
}

// run returns when the last step is complete.
func (s *simulator) run() (now float64) {
	free, complete := s.workers, 0
	for complete < len(s.steps) {
		for free > 0 && !s.ready.empty() {
			s.begin(now)
			free--
		}
		e := heap.Pop(&s.events).(event)
		s.idle[s.first] += (e.at - now) * float64(free)
		now = e.at
		if e.tasks == 0 {
			complete++
			s.complete(e.step)
			continue
		}
		free++
		if s.left[e.step] -= e.tasks; s.left[e.step] == 0 {
			at := now
			if s.workers > 1 {
				at += priceStep
			}
			heap.Push(&s.events, event{at, e.step, 0})
		}
	}
	return now
}

// begin hands out tasks of the first step that has some.
func (s *simulator) begin(now float64) {
	j := s.ready.first()
	st, n, cost := s.steps[j], 1, s.costs.tasks[j][s.next[j]]
	if st.group > 1 && s.next[j]%st.group == 0 && pool.Together(s.next[j], st.tasks, st.group, s.workers) {
		n, cost = st.group, s.costs.groups[j][s.next[j]/st.group]
	}
	heap.Push(&s.events, event{now + cost, j, n})
	if s.next[j] += n; s.next[j] == st.tasks {
		s.ready.drop(j)
	}
}

func (s *simulator) complete(step int) {
	for _, j := range s.after[step] {
		if s.waiting[j]--; s.waiting[j] == 0 {
			s.ready.add(j)
		}
	}
	for s.first < len(s.left)-1 && s.left[s.first] == 0 {
		s.first++
	}
}

func (s *simulator) waits() []Wait {
	out := make([]Wait, len(s.steps))
	for i, st := range s.steps {
		out[i] = Wait{st.name, st.tasks, slices.Max(s.costs.tasks[i]) * multiplyAdd, s.idle[i] * multiplyAdd}
	}
	slices.SortStableFunc(out, func(a, b Wait) int { return cmp.Compare(b.Seconds, a.Seconds) })
	return out
}
