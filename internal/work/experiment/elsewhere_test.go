package experiment

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// places do jobs on request, and note in which order they begin and end.
type places struct {
	list []Experiment
	mu   sync.Mutex
	told []string
	fail string
}

func (p *places) note(what string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.told = append(p.told, what)
}

func (p *places) Do(ctx context.Context, r Request, dir string, notify func(Progress)) error {
	name := strings.TrimPrefix(r.Job, "made/")
	name = name[:strings.LastIndex(name, "-")]
	p.note("begin " + name)
	defer p.note("end " + name)
	for _, need := range r.Needs {
		if _, err := os.Stat(filepath.Join(need, "done.json")); err != nil {
			return err
		}
	}
	if name == p.fail {
		return errors.New("the machine is on fire")
	}
	notify(Progress{Done: 1, Total: 1})
	return Serve(ctx, p.list, r, dir, notify)
}

// TestElsewhere: jobs are done elsewhere, each after those that it needs and once, and the
// tables are as always.
func TestElsewhere(t *testing.T) {
	t.Parallel()
	w := works{}
	var mu sync.Mutex
	counted := func(name string, needs ...Job) Job {
		j := w.job(name, nil)
		j.Needs = needs
		j.Do = func(_ context.Context, p Place) error {
			mu.Lock()
			defer mu.Unlock()
			w[name]++
			for _, need := range needs {
				if !strings.Contains(p.Folder(need), need.Name) {
					t.Errorf("%s finds %s at %s", name, need.Name, p.Folder(need))
				}
			}
			return nil
		}
		return j
	}
	scorer, run := counted("scorer"), counted("run")
	list := []Experiment{made("one", scorer, run, counted("judgement", scorer, run)), made("two", scorer, counted("other", scorer))}
	p := &places{list: list}
	o := options(t)
	var finished, reused int
	hear := func(e Event) {
		switch e.Kind {
		case Finished:
			finished++
		case Reused:
			reused++
		}
	}
	results, err := RunElsewhere(t.Context(), list, o, p, hear)
	if err != nil || len(results) != 2 || finished != 4 || reused != 0 {
		t.Fatalf("%d results, %d finished, %d reused, %v", len(results), finished, reused, err)
	}
	for name, n := range w {
		if n != 1 {
			t.Errorf("%s was done %d times", name, n)
		}
	}
	for _, order := range [][2]string{{"end scorer", "begin judgement"}, {"end run", "begin judgement"}, {"end scorer", "begin other"}} {
		if slices.Index(p.told, order[0]) > slices.Index(p.told, order[1]) {
			t.Errorf("%s is after %s: %q", order[0], order[1], p.told)
		}
	}
	if _, err := RunElsewhere(t.Context(), list, o, p, nil); err != nil || len(p.told) != 8 {
		t.Errorf("again: %q, %v", p.told, err)
	}
}

// TestElsewhereFails: the first failure ends the rest, and names its job.
func TestElsewhereFails(t *testing.T) {
	t.Parallel()
	w := works{}
	bad := w.job("bad", nil)
	after := w.job("after", nil)
	after.Needs = []Job{bad}
	list := []Experiment{made("one", bad, after)}
	_, err := RunElsewhere(t.Context(), list, options(t), &places{list: list, fail: "bad"}, nil)
	if err == nil || !strings.Contains(err.Error(), "bad: the machine is on fire") {
		t.Error(err)
	}
	if w["after"] != 0 {
		t.Error("a job is done without what it needs")
	}
}
