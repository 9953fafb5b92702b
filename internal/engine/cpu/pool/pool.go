// Package pool has the workers of the cpu engine: a fixed number of
// goroutines that share the tasks of one step after another.
//
// Which worker runs a task is left to chance; what a task computes must not
// depend on it. Idle workers sleep. Run does not allocate.
package pool

import (
	"fmt"
	"runtime"
	"sync/atomic"
)

// Pool runs the tasks of one step at a time. It is used by one goroutine at a
// time, which is worker 0 itself.
type Pool struct {
	wake    []chan struct{}
	pending atomic.Int64  // helpers that have not finished the step
	done    chan struct{} // tells that none is pending
	next    atomic.Int64
	tasks   int64
	work    func(task, worker int)
	failure atomic.Pointer[string]

	schedule *Schedule     // that is run, nil while it is a step
	sleeping atomic.Int32  // workers that wait for alarm
	alarm    chan struct{} // that there may be work in the schedule
}

// New starts a pool of the given number of workers, the caller of Run included.
func New(workers int) *Pool {
	p := &Pool{
		wake: make([]chan struct{}, max(workers, 1)-1), done: make(chan struct{}, 1),
		alarm: make(chan struct{}, max(workers, 1)),
	}
	for i := range p.wake {
		p.wake[i] = make(chan struct{}, 1)
		go p.worker(i+1, p.wake[i])
	}
	return p
}

// Workers is the number of workers.
func (p *Pool) Workers() int { return len(p.wake) + 1 }

// Run calls work for each task in [0, tasks), each once, and returns when all
// are done. A panic in a task comes out of Run.
func (p *Pool) Run(tasks int, work func(task, worker int)) {
	helpers := min(tasks-1, len(p.wake))
	if helpers < 1 {
		for t := range tasks {
			work(t, 0)
		}
		return
	}
	p.work, p.tasks = work, int64(tasks)
	p.next.Store(0)
	p.pending.Store(int64(helpers))
	for _, c := range p.wake[:helpers] {
		c <- struct{}{}
	}
	p.share(0)
	await(p.done)
	p.work = nil
	if text := p.failure.Swap(nil); text != nil {
		panic(*text)
	}
}

// Close ends the workers.
func (p *Pool) Close() {
	for _, c := range p.wake {
		close(c)
	}
	p.wake = nil
}

func (p *Pool) worker(id int, wake <-chan struct{}) {
	for await(wake) {
		if p.schedule != nil {
			p.advance(id)
		} else {
			p.share(id)
		}
		if p.pending.Add(-1) == 0 {
			p.done <- struct{}{}
		}
	}
}

// looks is how often to look before going to sleep: some ten microseconds. Steps
// follow each other sooner, and to be woken takes as long.
const looks = 200

// await receives from c, and is false when c is closed.
func await(c <-chan struct{}) (ok bool) {
	for range looks {
		select {
		case _, ok = <-c:
			return ok
		default:
			runtime.Gosched()
		}
	}
	_, ok = <-c
	return ok
}

// share takes tasks until none is left. A failed task is kept for Run to
// report, since a panic in a worker would end the program.
func (p *Pool) share(id int) {
	defer p.catch()
	for {
		t := p.next.Add(1) - 1
		if t >= p.tasks {
			return
		}
		p.work(int(t), id)
	}
}

func (p *Pool) catch() {
	if r := recover(); r != nil {
		text := fmt.Sprintf("pool: %v", r)
		p.failure.CompareAndSwap(nil, &text)
	}
}
