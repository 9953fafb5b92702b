package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// What kill and freeze keep the server busy with, and how long one of its lives is at
// most.
const (
	unfinished = 6 // jobs
	rounds     = 100
	life       = 3 * time.Second
	// frozenLease is longer than a job of prepare takes to begin on a busy machine.
	frozenLease = 15 * time.Second
)

// violence is a server that is disturbed again and again while it works, and what came
// of its jobs.
type violence struct {
	flags
	*site
	random *rand.Rand
	asked  map[string]request // the jobs that were accepted
	crew   *crew              // of workers
}

// kill kills a server at random moments, some while it starts, and looks whether every
// job that it accepted ended once, with the bits of one that was not disturbed.
func kill(f flags) (any, error) {
	return f.disturbed("kill", func(v *violence) error {
		for round := range f.or(rounds) {
			if err := v.round(); err != nil {
				return fmt.Errorf("round %d: %w", round, err)
			}
		}
		return nil
	})
}

// round is one life of the server.
func (v *violence) round() error {
	if v.random.IntN(10) == 0 { // it dies before it is there
		s, err := v.launch()
		if err != nil {
			return err
		}
		time.Sleep(time.Duration(v.random.Int64N(int64(life / 8))))
		s.kill()
		return nil
	}
	s, err := v.serve()
	if err != nil {
		return err
	}
	timer := time.AfterFunc(time.Duration(v.random.Int64N(int64(life))), func() { _ = s.cmd.Process.Kill() })
	defer timer.Stop()
	_ = v.feed(s) // what was accepted before the kill counts
	_ = s.cmd.Wait()
	return nil
}

// feed asks for jobs while few are unfinished.
func (v *violence) feed(s *process) error {
	list, err := s.client.Jobs(context.Background())
	if err != nil {
		return err
	}
	open := 0
	for _, j := range list {
		if !j.Ended() {
			open++
		}
	}
	if open >= unfinished {
		return nil
	}
	return v.submitAll(s, v.asked)
}

// freeze stops a server with SIGSTOP for longer than the lease of its jobs, and lets it
// go on.
func freeze(f flags) (any, error) {
	f.lease = frozenLease
	return f.disturbed("freeze", func(v *violence) error {
		s, err := v.serve()
		if err != nil {
			return err
		}
		defer s.kill()
		for range f.or(rounds) {
			if err := v.feed(s); err != nil {
				return err
			}
			time.Sleep(time.Duration(v.random.Int64N(int64(life))))
			if err := halt(s.cmd.Process); err != nil {
				return err
			}
			time.Sleep(f.lease + time.Duration(v.random.Int64N(int64(f.lease))))
			if err := goOn(s.cmd.Process); err != nil {
				return err
			}
		}
		return nil
	})
}

// disturbed learns what each kind of job makes in peace, disturbs a server, and judges
// what it made.
func (f flags) disturbed(name string, disturb func(*violence) error) (any, error) {
	dir, err := os.MkdirTemp("", "easel-bench")
	if err != nil {
		return nil, err
	}
	site, err := prepare(f, dir)
	if err != nil {
		return nil, err
	}
	v := &violence{flags: f, site: site, random: rand.New(rand.NewPCG(f.seed, 0)), asked: map[string]request{}}
	began := time.Now()
	defer func() {
		if v.crew != nil {
			v.crew.dismiss()
		}
	}()
	if err := disturb(v); err != nil {
		return nil, fmt.Errorf("%w (its folder stays: %s)", err, dir)
	}
	took := time.Since(began)
	result, err := v.judge()
	if v.crew != nil {
		result.Faults = v.crew.faults
	}
	result.Case, result.Rounds, result.Seconds = name, f.or(rounds), took.Seconds()
	if err != nil {
		return result, fmt.Errorf("%w (its folder stays: %s)", err, dir)
	}
	return result, os.RemoveAll(dir)
}

// verdict is what became of the jobs.
type verdict struct {
	Case   string         `json:"case"`
	Pass   bool           `json:"pass"`
	Rounds int            `json:"rounds"`
	Jobs   map[string]int `json:"jobs"` // by kind
	// Begun counts attempts, Cut those that were cut short.
	Begun int `json:"begun"`
	Cut   int `json:"cut"`
	// The faults.
	Lost      int     `json:"lost"`
	Failed    int     `json:"failed"`
	Twice     int     `json:"done_twice"`
	OtherBits int     `json:"other_bits"`
	Seconds   float64 `json:"seconds"`
	// Faults of workers counts what was done to them and their server.
	Faults map[string]int `json:"faults,omitempty"`
}

// patience is how long the last server has for what is left.
const patience = 20 * time.Minute

// judge lets a server do the rest in peace and looks at every job that was accepted.
func (v *violence) judge() (r verdict, err error) {
	r.Jobs = map[string]int{}
	s, err := v.serve()
	if err != nil {
		return r, err
	}
	defer s.kill()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for id, asked := range v.asked {
		r.Jobs[asked.kind]++
		j, err := s.client.Wait(ctx, id, nil)
		switch {
		case err != nil:
			fmt.Fprintln(os.Stderr, id, asked.kind, err)
			r.Lost++
			continue
		case j.State != "done":
			fmt.Fprintln(os.Stderr, id, asked.kind, j.State, j.Error)
			r.Failed++
			continue
		}
		ends := 0
		for _, c := range j.History {
			switch c.State {
			case "done":
				ends++
			case "running":
				r.Begun++
			}
		}
		if ends != 1 {
			r.Twice++
		}
		if got, err := v.digest(s, id, asked); err != nil || got != v.want[asked.kind] {
			fmt.Fprintln(os.Stderr, id, asked.kind, "has other bits", err)
			r.OtherBits++
		}
	}
	r.Cut = r.Begun - len(v.asked) + r.Lost + r.Failed
	list, err := s.client.Jobs(ctx)
	if err != nil {
		return r, err
	}
	for _, j := range list {
		if _, ours := v.asked[j.ID]; !ours && !j.Ended() {
			// It was accepted, and the kill came before its answer.
			if _, err := s.client.Wait(ctx, j.ID, nil); err != nil {
				r.Lost++
			}
		}
	}
	r.Pass = r.Lost+r.Failed+r.Twice+r.OtherBits == 0 && len(v.asked) > 0
	if !r.Pass {
		err = errors.New("not every job was done once, with the same bits")
	}
	return r, err
}

// text is what a job's options look like in JSON.
func text(options map[string]any) json.RawMessage {
	b, err := json.Marshal(options)
	if err != nil {
		panic(err) // of what is written below: never
	}
	return b
}

func stateOf(dir string) string { return filepath.Join(dir, "state") }
