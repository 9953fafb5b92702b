package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"easel/client"
)

// What is promised of a server that has little to do.
const (
	connections = 1000
	eachStream  = 100 << 10 // bytes a connection
	idleShare   = 0.005     // of one processor
	stopTime    = 25 * time.Second
)

// stated starts a server with a state folder of its own.
func stated(f flags, do func(s *process) (any, error)) (any, error) {
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
	return do(s)
}

// held opens connections that last, looks whether another client is served meanwhile,
// and what is left of them.
func held(f flags, name string, open func(s *process, n int) (leave func() int, err error)) (any, error) {
	return stated(f, func(s *process) (any, error) {
		id, err := s.model()
		if err != nil {
			return nil, err
		}
		in := labels(f.size)
		ask := func() (float64, error) {
			return milliseconds(func() error {
				_, err := s.client.Translate(context.Background(), id, in, client.Translation{})
				return err
			})
		}
		for range warm {
			if _, err := ask(); err != nil {
				return nil, err
			}
		}
		before, err := s.measure("go_goroutines")
		if err != nil {
			return nil, err
		}
		_, memory := s.resident()
		n := f.or(connections)
		leave, err := open(s, n)
		if err != nil {
			return nil, err
		}
		var times []float64
		for range 20 {
			t, err := ask()
			if err != nil {
				return nil, fmt.Errorf("nobody else is served: %w", err)
			}
			times = append(times, t)
		}
		_, grown := s.resident()
		stayed := leave()
		after, err := s.settled("go_goroutines", before+2, 30*time.Second) // its own request, and a connection kept
		each := float64(grown-memory) / float64(n)
		pass := after <= before+2 && each <= eachStream && stayed == 0
		return map[string]any{
			"case": name, "pass": pass, "connections": n, "others_p50_ms": quantile(times, 0.5), "others_most_ms": quantile(times, 1),
			"bytes_each": each, "promised_bytes_each": eachStream, "goroutines_before": before, "goroutines_after": after, "not_cut_off": stayed,
		}, promised(pass, err)
	})
}

// streams are many who listen to events while nothing happens.
func streams(f flags) (any, error) {
	return held(f, "streams", func(s *process, n int) (func() int, error) {
		ctx, cancel := context.WithCancel(context.Background())
		c := &http.Client{Transport: &http.Transport{}}
		var wait sync.WaitGroup
		for range n {
			r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"v1/events", nil)
			if err != nil {
				cancel()
				return nil, err
			}
			answer, err := c.Do(r)
			if err != nil {
				cancel()
				return nil, err
			}
			wait.Go(func() {
				_, _ = io.Copy(io.Discard, answer.Body)
				_ = answer.Body.Close()
			})
		}
		return func() int { cancel(); wait.Wait(); return 0 }, nil
	})
}

// cutAfter is when a sender of a byte a second has to have been cut off.
const cutAfter = 20 * time.Second

// senders are many who send a request, half of them its header, a byte a second.
func senders(f flags) (any, error) {
	return held(f, "senders", func(s *process, n int) (func() int, error) {
		address := strings.Trim(strings.TrimPrefix(s.url, "http://"), "/")
		var open atomic.Int64
		var wait sync.WaitGroup
		for i := range n {
			c, err := net.Dial("tcp", address)
			if err != nil {
				return nil, err
			}
			open.Add(1)
			wait.Go(func() {
				defer open.Add(-1)
				trickle(c, i%2 == 0)
			})
		}
		return func() int {
			cut := make(chan struct{})
			go func() { wait.Wait(); close(cut) }()
			select {
			case <-cut:
			case <-time.After(cutAfter):
			}
			return int(open.Load())
		}, nil
	})
}

// trickle sends a request, a byte a second, until the connection is closed.
func trickle(c net.Conn, body bool) {
	defer func() { _ = c.Close() }()
	text := "POST /v1/translate HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\nContent-Length: 100000\r\n"
	if body {
		text += "\r\n"
	}
	if _, err := io.WriteString(c, text); err != nil {
		return
	}
	gone := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, c)
		close(gone)
	}()
	for {
		select {
		case <-gone:
			return
		case <-time.After(time.Second):
			if _, err := io.WriteString(c, "X"); err != nil {
				return
			}
		}
	}
}

// idle is what a server takes that nobody asks for anything.
func idle(f flags) (any, error) {
	f.model = ""
	return stated(f, func(s *process) (any, error) {
		time.Sleep(2 * time.Second)
		before := s.seconds()
		time.Sleep(f.time)
		share := (s.seconds() - before) / f.time.Seconds()
		all, own := s.resident()
		pass := share <= idleShare
		return map[string]any{
			"case": "idle", "pass": pass, "seconds": f.time.Seconds(), "processor_share": share, "promised_processor_share": idleShare, "resident_bytes": all, "own_bytes": own,
		}, promised(pass, nil)
	})
}

// stop is how long a server takes to end that works on jobs of every kind.
func stop(f flags) (any, error) {
	dir, err := os.MkdirTemp("", "easel-bench")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	site, err := prepare(f, dir)
	if err != nil {
		return nil, err
	}
	var times []float64
	for range f.or(5) {
		s, err := site.serve()
		if err != nil {
			return nil, err
		}
		if err := site.submitAll(s, map[string]request{}); err != nil {
			return nil, err
		}
		time.Sleep(time.Second)
		took, err := milliseconds(func() error {
			if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
				return err
			}
			_ = s.cmd.Wait() // its code says that it was stopped
			return nil
		})
		if err != nil {
			return nil, err
		}
		times = append(times, took)
	}
	most := quantile(times, 1) / 1000
	pass := most <= stopTime.Seconds()
	return map[string]any{"case": "stop", "pass": pass, "stops": len(times), "most_seconds": most, "promised_seconds": stopTime.Seconds()}, promised(pass, nil)
}
