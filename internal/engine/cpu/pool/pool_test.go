package pool

import (
	"strings"
	"sync/atomic"
	"testing"
)

func TestEveryTaskRunsOnce(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 2, 7} {
		p := New(workers)
		for _, tasks := range []int{0, 1, 2, 6, 7, 8, 1000} {
			counts := make([]atomic.Int32, tasks)
			p.Run(tasks, func(task, worker int) {
				if worker < 0 || worker >= p.Workers() {
					t.Errorf("worker %d of %d", worker, p.Workers())
				}
				counts[task].Add(1)
			})
			for i := range counts {
				if n := counts[i].Load(); n != 1 {
					t.Fatalf("%d workers, task %d of %d ran %d times", workers, i, tasks, n)
				}
			}
		}
		p.Close()
	}
}

func TestRunDoesNotAllocate(t *testing.T) {
	p := New(3)
	defer p.Close()
	var sum atomic.Int64
	work := func(task, _ int) { sum.Add(int64(task)) }
	if n := testing.AllocsPerRun(100, func() { p.Run(50, work) }); n != 0 {
		t.Errorf("Run allocates %v times", n)
	}
}

func TestPanicComesOutOfRun(t *testing.T) {
	t.Parallel()
	p := New(4)
	defer p.Close()
	text := func() (text string) {
		defer func() { text, _ = recover().(string) }()
		p.Run(100, func(task, _ int) {
			if task == 57 {
				panic("cannot")
			}
		})
		return ""
	}()
	if !strings.Contains(text, "cannot") {
		t.Errorf("panic text %q", text)
	}
	p.Run(10, func(_, _ int) {}) // still usable
}
