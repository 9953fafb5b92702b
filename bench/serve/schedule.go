package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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
	sleepTime = 20 * time.Second
	sleepJobs = 5 // for each worker
)

// scheduled is how busy simulated workers were.
type scheduled struct {
	Case    string  `json:"case"`
	Pass    bool    `json:"pass"`
	Workers int     `json:"workers"`
	Jobs    int     `json:"jobs"`
	Busy    float64 `json:"busy"` // part of the time
	Seconds float64 `json:"seconds"`
	// Submit is how long a job takes to be accepted.
	Submit float64 `json:"submit_seconds"`
}

// sleeping is a kind of job that sleeps.
func sleeping(slept *atomic.Int64) jobs.Kind {
	return jobs.Kind{
		Name: "sleep", Lane: "sleep",
		Check: func(o json.RawMessage) (json.RawMessage, error) { return o, nil },
		Run: func(ctx context.Context, _ *jobs.Run) (any, error) {
			select {
			case <-time.After(sleepTime):
				slept.Add(int64(sleepTime))
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
	began := time.Now()
	for range r.Jobs {
		if _, err := q.Submit(context.Background(), "sleep", json.RawMessage("{}"), ""); err != nil {
			return nil, err
		}
	}
	r.Submit = time.Since(began).Seconds() / float64(r.Jobs)
	began = time.Now()
	if err := simulate(q, dir, &slept, r.Jobs); err != nil {
		return nil, err
	}
	r.Seconds = time.Since(began).Seconds()
	r.Busy = time.Duration(slept.Load()).Seconds() / (r.Seconds * sleepers)
	r.Pass = r.Busy >= 0.95
	return r, promised(r.Pass, nil)
}

// simulate has workers do all jobs.
func simulate(q *jobs.Queue, dir string, slept *atomic.Int64, count int) error {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	var wait sync.WaitGroup
	failed := make(chan error, sleepers)
	for i := range sleepers {
		wait.Go(func() {
			failed <- worker.Run(ctx, worker.Options{
				Host: q, Machine: jobs.Machine{Name: fmt.Sprintf("worker/%d", i), Version: "bench", Bits: "none"},
				Kinds: []jobs.Kind{sleeping(slept)}, Folder: filepath.Join(dir, fmt.Sprint("worker", i)),
			})
		})
	}
	for done := 0; done < count; {
		select {
		case err := <-failed:
			return errors.Join(errors.New("a worker ended"), err)
		case <-time.After(50 * time.Millisecond):
		}
		done = int(slept.Load() / int64(sleepTime))
	}
	stop()
	wait.Wait()
	return nil
}
