// Command serve measures a server: easel serve as people run it, in a process of its
// own.
//
//	go build -o easel ./cmd/easel
//	go run ./bench/serve -easel ./easel -model runs/facades latency   # over the forward pass, one client
//	go run ./bench/serve -easel ./easel -model runs/facades load      # many clients at once
//	go run ./bench/serve -easel ./easel -n 1000 kill                  # kill -9 at random moments
//	go run ./bench/serve -easel ./easel -n 20 freeze                  # SIGSTOP beyond the lease
//	go run ./bench/serve -easel ./easel -model runs/facades idle      # processor and memory at rest
//
// Each prints one JSON object, and exits with 1 if what is promised does not hold.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"easel/client"
	"easel/internal/engine/backend"
	"easel/internal/file/imgio"
	"easel/internal/model/stored"
	"easel/internal/work/translate"
)

type flags struct {
	easel, model string
	size, n      int
	clients      int
	time         time.Duration
	lease        time.Duration // of jobs, of freeze
	seed         uint64
}

func main() {
	var f flags
	flag.StringVar(&f.easel, "easel", "./easel", "the program to measure")
	flag.StringVar(&f.model, "model", "", "run or model file")
	flag.IntVar(&f.size, "size", 256, "side of the pictures")
	flag.IntVar(&f.n, "n", 100, "pictures, or rounds of kill")
	flag.IntVar(&f.clients, "clients", 16, "clients at once, of load")
	flag.DurationVar(&f.time, "time", 60*time.Second, "how long, of load and idle")
	flag.Uint64Var(&f.seed, "seed", 1, "seed of the moments, of kill")
	flag.Parse()
	run, ok := map[string]func(flags) (any, error){"latency": latency, "load": load, "kill": kill, "freeze": freeze, "idle": idle}[flag.Arg(0)]
	if !ok {
		fmt.Fprintln(os.Stderr, "say latency, load, kill, freeze or idle")
		os.Exit(2)
	}
	result, err := run(f)
	if result != nil {
		_ = json.NewEncoder(os.Stdout).Encode(result)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// process is a server that runs.
type process struct {
	cmd    *exec.Cmd
	out    io.ReadCloser
	client *client.Client // nil before it is ready
}

// start starts a server and waits until it says where it is.
func start(f flags, args ...string) (*process, error) {
	p, err := launch(f, args...)
	if err != nil {
		return nil, err
	}
	return p, p.ready()
}

// launch starts a server.
func launch(f flags, args ...string) (*process, error) {
	args = append([]string{"serve", "--json", "--listen", "127.0.0.1:0", "--rate", "0"}, args...)
	if f.model != "" {
		args = append(args, "--model", f.model)
	}
	cmd := exec.Command(f.easel, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &process{cmd: cmd, out: out}, cmd.Start()
}

// ready waits until the server says where it is.
func (p *process) ready() error {
	lines := bufio.NewScanner(p.out)
	var at struct{ URL string }
	for at.URL == "" && lines.Scan() {
		_ = json.Unmarshal(lines.Bytes(), &at)
	}
	if at.URL == "" {
		p.kill()
		return errors.New("the server did not start")
	}
	go func() {
		for lines.Scan() {
		}
	}()
	p.client = client.New(at.URL, "")
	return nil
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// labels is a picture file with areas, as a drawing has.
func labels(size int) []byte {
	p := imgio.New(size, size, 3)
	for y := range size {
		for x := range size {
			p.Set(x, y, (x/(size/8)+y/(size/8))%3, 1)
		}
	}
	var b bytes.Buffer
	if err := imgio.Encode(&b, imgio.PNG, p); err != nil {
		panic(err) // three channels are always possible
	}
	return b.Bytes()
}

// forward measures the engine alone, on the same picture, in this process.
func forward(f flags, n int) (times []float64, err error) {
	m, err := stored.OpenMapped(f.model)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	t, err := translate.Load(m, "", backend.Options{}, translate.Options{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.Close()) }()
	p, _, err := imgio.Decode(bytes.NewReader(labels(f.size)), "labels", imgio.ReadOptions{})
	if err != nil {
		return nil, err
	}
	for range n + warm {
		began := time.Now()
		if _, err := t.Picture(context.Background(), p); err != nil {
			return nil, err
		}
		times = append(times, 1000*time.Since(began).Seconds())
	}
	return times[warm:], nil
}

// warm are the first pictures, which are not counted.
const warm = 5

func quantile(times []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// latency is one client's time for a picture over the engine's, in milliseconds. The
// two take turns, so that both see the same machine.
func latency(f flags) (any, error) {
	s, err := start(f, "--state", "")
	if err != nil {
		return nil, err
	}
	defer s.kill()
	models, err := s.client.Models(context.Background())
	if err != nil || len(models) == 0 {
		return nil, fmt.Errorf("no model: %w", err)
	}
	in := labels(f.size)
	var engine, whole []float64
	for range 4 {
		alone, err := forward(f, f.n/4)
		if err != nil {
			return nil, err
		}
		engine = append(engine, alone...)
		for i := range f.n/4 + warm {
			began := time.Now()
			if _, err := s.client.Translate(context.Background(), models[0].ID, in, client.Translation{}); err != nil {
				return nil, err
			}
			if i >= warm {
				whole = append(whole, 1000*time.Since(began).Seconds())
			}
		}
	}
	return map[string]any{
		"case": "latency", "size": f.size, "pictures": len(whole), "engine_p50_ms": quantile(engine, 0.5), "engine_p99_ms": quantile(engine, 0.99),
		"p50_ms": quantile(whole, 0.5), "p99_ms": quantile(whole, 0.99),
		"over_p50_ms": quantile(whole, 0.5) - quantile(engine, 0.5), "over_p99_ms": quantile(whole, 0.99) - quantile(engine, 0.99),
	}, nil
}

// load is many clients at once: every answer is a picture or 429, and all is well
// after.
func load(f flags) (any, error) {
	alone, err := forward(f, 20)
	if err != nil {
		return nil, err
	}
	s, err := start(f, "--state", "")
	if err != nil {
		return nil, err
	}
	defer s.kill()
	models, err := s.client.Models(context.Background())
	if err != nil || len(models) == 0 {
		return nil, fmt.Errorf("no model: %w", err)
	}
	in := labels(f.size)
	var done, busy, other atomic.Int64
	var most int64
	ctx, cancel := context.WithTimeout(context.Background(), f.time)
	defer cancel()
	var wait sync.WaitGroup
	for range f.clients {
		wait.Go(func() {
			for ctx.Err() == nil {
				_, err := s.client.Translate(ctx, models[0].ID, in, client.Translation{})
				var p *client.Problem
				switch {
				case err == nil:
					done.Add(1)
				case ctx.Err() != nil:
				case errors.As(err, &p) && p.Status == 429:
					busy.Add(1)
					time.Sleep(50 * time.Millisecond)
				default:
					other.Add(1)
					fmt.Fprintln(os.Stderr, err)
				}
			}
		})
	}
	for ctx.Err() == nil {
		time.Sleep(200 * time.Millisecond)
		_, resident := usage(s.cmd.Process.Pid)
		most = max(most, resident)
	}
	wait.Wait()
	_, after := s.client.Translate(context.Background(), models[0].ID, in, client.Translation{})
	rate := float64(done.Load()) / f.time.Seconds()
	engine := 1000 / quantile(alone, 0.5)
	result := map[string]any{
		"case": "load", "size": f.size, "clients": f.clients, "seconds": f.time.Seconds(), "pictures": done.Load(), "refused_429": busy.Load(), "other": other.Load(),
		"pictures_per_second": rate, "engine_per_second": engine, "of_engine": rate / engine, "most_resident_bytes": most, "answered_after": after == nil,
	}
	if other.Load() > 0 || after != nil {
		return result, fmt.Errorf("%d answers were neither a picture nor 429; after: %w", other.Load(), after)
	}
	return result, nil
}

// idle is what a server takes that nobody asks for anything.
func idle(f flags) (any, error) {
	state, err := os.MkdirTemp("", "easel-bench")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(state) }()
	s, err := start(f, "--state", state)
	if err != nil {
		return nil, err
	}
	defer s.kill()
	time.Sleep(2 * time.Second)
	before, _ := usage(s.cmd.Process.Pid)
	time.Sleep(f.time)
	after, resident := usage(s.cmd.Process.Pid)
	return map[string]any{"case": "idle", "seconds": f.time.Seconds(), "processor_seconds": after - before, "resident_bytes": resident}, nil
}

// usage is a process's processor time in seconds and its resident memory in bytes,
// as Linux tells.
func usage(pid int) (seconds float64, resident int64) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	var user, system, pages int64
	_, _ = fmt.Sscan(fields[11], &user)
	_, _ = fmt.Sscan(fields[12], &system)
	_, _ = fmt.Sscan(fields[21], &pages)
	const ticks = 100 // a second, on every Linux of today
	return float64(user+system) / ticks, pages * int64(os.Getpagesize())
}
