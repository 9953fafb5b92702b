// Command serve measures a server: easel serve as people run it, in a process of its
// own.
//
//	go build -o easel ./cmd/easel
//	go run ./bench/serve latency              # p99 over the forward pass, one client
//	go run ./bench/serve throughput           # 16 clients, against the engine alone
//	go run ./bench/serve crowd                # 200 clients for a minute
//	go run ./bench/serve streams              # 1,000 idle event streams
//	go run ./bench/serve senders              # 1,000 slow senders
//	go run ./bench/serve idle                 # processor and memory at rest
//	go run ./bench/serve -n 1000 kill         # kill -9 at random moments
//	go run ./bench/serve -n 20 freeze         # SIGSTOP beyond the lease
//	go run ./bench/serve -n 100 workers       # five workers and a server, killed and frozen
//	go run ./bench/serve -n 100 cluster       # the same on three NATS servers, killed too
//	go run ./bench/serve schedule             # 200 workers that sleep
//	go run ./bench/serve stop                 # a graceful stop while jobs run
//
// Each prints one JSON object with what was measured, what is promised and "pass", and
// exits with 1 if the promise does not hold. Without -model the paper's network is
// measured, with random weights.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

type flags struct {
	easel, model string
	size, n      int
	time         time.Duration
	lease        time.Duration // of jobs, of freeze
	seed         uint64
}

// cases are what can be measured.
var cases = map[string]func(flags) (any, error){
	"latency": latency, "throughput": throughput, "crowd": crowd, "streams": streams, "senders": senders, "idle": idle,
	"kill": kill, "freeze": freeze, "workers": workers, "cluster": onCluster, "schedule": schedule, "stop": stop,
}

func main() {
	var f flags
	flag.StringVar(&f.easel, "easel", "./easel", "the program to measure")
	flag.StringVar(&f.model, "model", "", "run or model file")
	flag.IntVar(&f.size, "size", 256, "side of the pictures")
	flag.IntVar(&f.n, "n", 0, "pictures, connections or rounds (default: the case's own)")
	flag.DurationVar(&f.time, "time", 60*time.Second, "how long, of throughput, crowd and idle")
	flag.Uint64Var(&f.seed, "seed", 1, "seed of the moments, of kill, freeze, workers and cluster")
	flag.Parse()
	if flag.Arg(0) == natsServer {
		if err := serveNATS(flag.Arg(1)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	run, ok := cases[flag.Arg(0)]
	if !ok {
		fmt.Fprintln(os.Stderr, "say", strings.Join(slices.Sorted(maps.Keys(cases)), ", "))
		os.Exit(2)
	}
	if err := measure(f, run); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// measure runs a case and prints its result.
func measure(f flags, run func(flags) (any, error)) error {
	dir, err := os.MkdirTemp("", "easel-bench")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if f.model == "" {
		f.model = filepath.Join(dir, "paper.safetensors")
		if err := randomModel(f.model); err != nil {
			return err
		}
	}
	result, err := run(f)
	if result != nil {
		_ = json.NewEncoder(os.Stdout).Encode(result)
	}
	return err
}

// or is n, or a case's own number.
func (f flags) or(n int) int {
	if f.n > 0 {
		return f.n
	}
	return n
}

// promised is err, or that a promise does not hold.
func promised(pass bool, err error) error {
	if err == nil && !pass {
		return fmt.Errorf("what is promised does not hold here")
	}
	return err
}
