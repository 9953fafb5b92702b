package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"easel/internal/work/jobs"
	"easel/internal/work/worker"
)

// What schedule simulates.
const (
	sleepers  = 200
	shortest  = 10 * time.Second
	longest   = 30 * time.Second
	sleepJobs = 5 // for each worker
)

// scheduled is how busy simulated workers were.
type scheduled struct {
	Case    string `json:"case"`
	Pass    bool   `json:"pass"`
	Workers int    `json:"workers"`
	Jobs    int    `json:"jobs"`
	// Busy is the part of the time that workers slept, up to the end of their last job.
	Busy    float64 `json:"busy"`
	Seconds float64 `json:"seconds"`
	// Submit is how long a job takes to be accepted.
	Submit float64 `json:"submit_seconds"`
}

// sleeping is a kind of job that sleeps.
func sleeping(slept *atomic.Int64) jobs.Kind {
	return jobs.Kind{
		Name: "sleep", Lane: "sleep",
		Check: func(o json.RawMessage) (json.RawMessage, error) { return o, nil },
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			var o struct{ Time time.Duration }
			if err := json.Unmarshal(r.Options, &o); err != nil {
				return nil, err
			}
			select {
			case <-time.After(o.Time):
				slept.Add(int64(o.Time))
				return nil, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		},
	}
}

// schedule has a queue keep 200 workers busy that only sleep: what they do not sleep is the
// queue's doing.
func schedule(f flags) (any, error) {
	dir, err := os.MkdirTemp("", "easel-bench")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	r := scheduled{Case: "schedule", Workers: sleepers, Jobs: f.or(sleepers * sleepJobs)}
	var slept atomic.Int64
	q, err := jobs.Open(jobs.Options{
		State: filepath.Join(dir, "state"), Kinds: []jobs.Kind{sleeping(&slept)}, OnlyWorkers: true, Version: "bench", Bits: "none", MaxWaiting: r.Jobs,
		Complain: func(err error) { fmt.Fprintln(os.Stderr, err) },
	})
	if err != nil {
		return nil, err
	}
	defer q.Close()
	began, random := time.Now(), rand.New(rand.NewPCG(f.seed, 0))
	for range r.Jobs {
		sleep := text(map[string]any{"time": shortest + time.Duration(random.Int64N(int64(longest-shortest)))})
		if _, err := q.Submit(context.Background(), "sleep", sleep, ""); err != nil {
			return nil, err
		}
	}
	r.Submit = time.Since(began).Seconds() / float64(r.Jobs)
	began = time.Now()
	worked, err := simulate(q, dir, &slept, r.Jobs)
	if err != nil {
		return nil, err
	}
	r.Seconds = time.Since(began).Seconds()
	r.Busy = float64(slept.Load()) / float64(worked)
	r.Pass = r.Busy >= 0.95
	return r, promised(r.Pass, nil)
}

// simulate has workers do all jobs, and returns how long they were there for, each until
// its last job had ended.
func simulate(q *jobs.Queue, dir string, slept *atomic.Int64, count int) (worked time.Duration, err error) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var wait sync.WaitGroup
	var mu sync.Mutex
	began, returned, last := time.Now(), 0, make([]time.Duration, sleepers)
	failed := make(chan error, sleepers)
	for i := range sleepers {
		wait.Go(func() {
			failed <- worker.Run(ctx, worker.Options{
				Host: q, Machine: jobs.Machine{Name: fmt.Sprintf("worker/%d", i), Version: "bench", Bits: "none"},
				Kinds: []jobs.Kind{sleeping(slept)}, Folder: filepath.Join(dir, fmt.Sprint("worker", i)),
				Notify: func(e worker.Event) {
					if e.Event != "returned" {
						return
					}
					mu.Lock()
					defer mu.Unlock()
					returned++
					last[i] = time.Since(began)
					if returned == count {
						stop()
					}
				},
			})
		})
	}
	wait.Wait()
	for range sleepers {
		err = errors.Join(err, <-failed)
	}
	for _, d := range last {
		worked += d
	}
	return worked, err
}
