package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"easel/client"
	"easel/internal/engine/backend"
	"easel/internal/file/imgio"
	"easel/internal/model/stored"
	"easel/internal/work/translate"
)

// What is promised.
const (
	overForward = 10.0 // ms, at the 99th percentile
	ofEngine    = 0.95
	many        = 16  // clients of throughput
	crowded     = 200 // clients of crowd
)

// engine is the forward pass alone, in this process.
type engine struct {
	*translate.Translator
	file    *stored.Model
	picture *imgio.Picture
}

func openEngine(f flags) (*engine, error) {
	m, err := stored.OpenMapped(f.model)
	if err != nil {
		return nil, err
	}
	t, err := translate.Load(m, "", backend.Options{}, translate.Options{})
	if err != nil {
		return nil, errors.Join(err, m.Close())
	}
	p, _, err := imgio.Decode(bytes.NewReader(labels(f.size)), "labels", imgio.ReadOptions{})
	return &engine{t, m, p}, err
}

func (e *engine) close() { _, _ = e.Close(), e.file.Close() }

// pass is one forward pass.
func (e *engine) pass() error {
	_, err := e.Picture(context.Background(), e.picture)
	return err
}

// pace is how many pictures a second it makes in about this time, and how many processor
// seconds each takes.
func (e *engine) pace(of time.Duration) (pace, cost float64, err error) {
	began, before := time.Now(), processorTime(os.Getpid())
	for n := 1.0; ; n++ {
		if err := e.pass(); err != nil {
			return 0, 0, err
		}
		if spent := time.Since(began); spent >= of {
			return n / spent.Seconds(), (processorTime(os.Getpid()) - before) / n, nil
		}
	}
}

// warm are the first pictures, which are not counted.
const warm = 5

func quantile(times []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// milliseconds is how long something takes.
func milliseconds(do func() error) (float64, error) {
	began := time.Now()
	err := do()
	return 1000 * time.Since(began).Seconds(), err
}

// duel is the engine in this process and a server with the same model.
type duel struct {
	engine *engine
	server *process
	id     string // the server's of the model
}

func openDuel(f flags) (*duel, error) {
	e, err := openEngine(f)
	if err != nil {
		return nil, err
	}
	s, err := start(f, "--state", "")
	if err != nil {
		e.close()
		return nil, err
	}
	d := &duel{engine: e, server: s}
	if d.id, err = s.model(); err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (d *duel) close() {
	d.server.kill()
	d.engine.close()
}

// latency is one client's time for a picture over the engine's. The two take turns,
// picture by picture, so that both see the same machine.
func latency(f flags) (any, error) {
	d, err := openDuel(f)
	if err != nil {
		return nil, err
	}
	defer d.close()
	in := labels(f.size)
	var engine, whole []float64
	for i := range f.or(400) + warm {
		alone, err := milliseconds(d.engine.pass)
		if err != nil {
			return nil, err
		}
		served, err := milliseconds(func() error {
			_, err := d.server.client.Translate(context.Background(), d.id, in, client.Translation{})
			return err
		})
		if err != nil {
			return nil, err
		}
		if i >= warm {
			engine, whole = append(engine, alone), append(whole, served)
		}
	}
	over := quantile(whole, 0.99) - quantile(engine, 0.99)
	pass := over <= overForward
	return map[string]any{
		"case": "latency", "pass": pass, "promised_over_p99_ms": overForward, "over_p99_ms": over, "over_p50_ms": quantile(whole, 0.5) - quantile(engine, 0.5),
		"size": f.size, "pictures": len(whole), "engine_p50_ms": quantile(engine, 0.5), "engine_p99_ms": quantile(engine, 0.99), "p50_ms": quantile(whole, 0.5), "p99_ms": quantile(whole, 0.99),
	}, promised(pass, nil)
}

// answers counts what came of requests.
type answers struct {
	done, busy, other atomic.Int64

	mu          sync.Mutex
	first, last time.Time // when pictures came
}

// came counts a picture.
func (a *answers) came() {
	a.done.Add(1)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.last = time.Now(); a.first.IsZero() {
		a.first = a.last
	}
}

// pace is how many pictures came a second, from the first to the last.
func (a *answers) pace() float64 {
	if n := a.done.Load(); n > 1 {
		return float64(n-1) / a.last.Sub(a.first).Seconds()
	}
	return 0
}

// ask has so many clients ask for pictures until ctx ends, and waits for the last.
func (s *process) ask(ctx context.Context, clients int, id string, in []byte) *answers {
	a := &answers{}
	var wait sync.WaitGroup
	for range clients {
		wait.Go(func() {
			for ctx.Err() == nil {
				_, err := s.client.Translate(context.WithoutCancel(ctx), id, in, client.Translation{})
				var p *client.Problem
				switch {
				case err == nil:
					a.came()
				case errors.As(err, &p) && p.Status == 429:
					a.busy.Add(1)
					time.Sleep(min(p.RetryAfter, time.Second))
				default:
					a.other.Add(1)
					fmt.Fprintln(os.Stderr, err)
				}
			}
		})
	}
	wait.Wait()
	return a
}

// turns is how often throughput and the engine take turns.
const turns = 10

// throughput is many clients' pictures a second, against the engine's. The two take
// turns, and the median turn counts. On a busy machine the processor time of a picture
// tells more: with the engine never idle, its share is that of the pictures.
func throughput(f flags) (any, error) {
	d, err := openDuel(f)
	if err != nil {
		return nil, err
	}
	defer d.close()
	in := labels(f.size)
	if _, err := d.server.client.Translate(context.Background(), d.id, in, client.Translation{}); err != nil {
		return nil, err
	}
	var alone, served, shares, costs []float64
	var others int64
	for range turns {
		engine, cost, err := d.engine.pace(f.time / (2 * turns))
		if err != nil {
			return nil, err
		}
		before := d.server.seconds()
		ctx, cancel := context.WithTimeout(context.Background(), f.time/(2*turns))
		a := d.server.ask(ctx, many, d.id, in)
		cancel()
		spent := d.server.seconds() - before
		alone, served, shares = append(alone, engine), append(served, a.pace()), append(shares, a.pace()/engine)
		costs = append(costs, cost*float64(a.done.Load())/spent)
		others += a.other.Load()
	}
	share := quantile(shares, 0.5)
	pass := share >= ofEngine && others == 0
	return map[string]any{
		"case": "throughput", "pass": pass, "promised_of_engine": ofEngine, "of_engine": share, "of_engine_each_turn": shares, "clients": many, "size": f.size,
		"pictures_per_second": quantile(served, 0.5), "engine_pictures_per_second": quantile(alone, 0.5), "processor_time_of_engine": quantile(costs, 0.5), "other_answers": others,
	}, promised(pass, nil)
}

// The memory for crowd, and what a server takes beside it and as much for networks.
const (
	crowdMemory = 1 << 30
	baseMemory  = 256 << 20
)

// crowd is many more clients than there is room for: every answer is a picture or 429,
// memory stays within its budget, and all is well after.
func crowd(f flags) (any, error) {
	s, err := start(f, "--state", "", "--max-memory", fmt.Sprint(crowdMemory))
	if err != nil {
		return nil, err
	}
	defer s.kill()
	id, err := s.model()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), f.time)
	defer cancel()
	most := make(chan int64)
	go func() {
		var peak int64
		for ctx.Err() == nil {
			_, own := s.resident()
			peak = max(peak, own)
			time.Sleep(100 * time.Millisecond)
		}
		most <- peak
	}()
	in := labels(f.size)
	a := s.ask(ctx, f.or(crowded), id, in)
	peak := <-most
	_, after := s.client.Translate(context.Background(), id, in, client.Translation{})
	reserved, err := s.settled("easel_memory_reserved_bytes", 0, 10*time.Second)
	bound := int64(2*crowdMemory + baseMemory)
	pass := a.other.Load() == 0 && a.done.Load() > 0 && after == nil && peak <= bound && reserved == 0
	return map[string]any{
		"case": "crowd", "pass": pass, "clients": f.or(crowded), "seconds": f.time.Seconds(), "size": f.size, "pictures": a.done.Load(), "refused_429": a.busy.Load(), "other_answers": a.other.Load(),
		"peak_bytes": peak, "promised_peak_bytes": bound, "answered_after": after == nil, "reserved_after_bytes": reserved,
	}, promised(pass, err)
}
