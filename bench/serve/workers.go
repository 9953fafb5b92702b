package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"easel/internal/face/join"
	"easel/internal/work/jobs"
)

// What workers disturbs: how many there are, and how long one may be out of touch.
const (
	crewSize    = 5
	crewContact = 4 * time.Second
)

// crew are workers, each a process, and what is done to them.
type crew struct {
	*violence
	url, token string   // token is a file
	join       []string // what workers are told of the server
	server     *process
	workers    []*exec.Cmd
	faults     map[string]int
	nats       *fleet // nil without a cluster
}

// workers disturbs a server that leaves all jobs to five workers: it kills any of them and
// freezes workers beyond their contact at random moments, and lets one of another version
// try to join. Then every job must have ended once, with the bits of one that was not
// disturbed.
func workers(f flags) (any, error) {
	result, err := f.disturbed("workers", func(v *violence) error {
		c := &crew{violence: v, token: filepath.Join(v.dir, "token"), faults: map[string]int{}}
		address, err := freeAddress()
		if err != nil {
			return err
		}
		c.url = "http://" + address
		c.join = []string{"--join", c.url, "--token-file", c.token}
		v.crew = c
		v.extra = []string{"--listen", address, "--join-token-file", c.token, "--only-workers", "--contact", crewContact.String()}
		if err := c.begin(); err != nil {
			return err
		}
		for round := range f.or(rounds) {
			if err := c.round(); err != nil {
				return fmt.Errorf("round %d: %w", round, err)
			}
		}
		c.server.kill() // the judge starts its own
		return nil
	})
	return result, err
}

// freeAddress is where nobody listens.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

func (c *crew) begin() (err error) {
	if c.server, err = c.serve(); err != nil {
		return err
	}
	for i := range crewSize {
		c.workers = append(c.workers, nil)
		if err := c.hire(i); err != nil {
			return err
		}
	}
	return nil
}

// hire starts a worker.
func (c *crew) hire(i int) error {
	cmd := exec.Command(c.easel, append([]string{"work", "--quiet", "--folder", filepath.Join(c.dir, fmt.Sprint("worker", i))}, c.join...)...)
	cmd.Stderr = os.Stderr
	c.workers[i] = cmd
	return cmd.Start()
}

// round is one fault.
func (c *crew) round() error {
	_ = c.feed(c.server)
	time.Sleep(time.Duration(c.random.Int64N(int64(life))))
	worker := c.random.IntN(crewSize)
	switch n := c.random.IntN(10); {
	case n < 5:
		return c.killWorker(worker)
	case n < 7:
		return c.freezeWorker(worker)
	case n < 8:
		c.faults["other_version"]++
		return c.stranger()
	case n < 9:
		return c.drainWorker(worker)
	default:
		return c.killServer()
	}
}

func (c *crew) killWorker(i int) error {
	c.faults["worker_killed"]++
	_ = c.workers[i].Process.Kill()
	_ = c.workers[i].Wait()
	return c.hire(i)
}

func (c *crew) freezeWorker(i int) error {
	c.faults["worker_frozen"]++
	if err := halt(c.workers[i].Process); err != nil {
		return err
	}
	time.Sleep(crewContact + time.Duration(c.random.Int64N(int64(crewContact))))
	return goOn(c.workers[i].Process)
}

func (c *crew) drainWorker(i int) error {
	c.faults["worker_drained"]++
	_ = c.workers[i].Process.Signal(os.Interrupt)
	if err := c.workers[i].Wait(); err != nil {
		return fmt.Errorf("a worker that was asked to stop: %w", err)
	}
	return c.hire(i)
}

func (c *crew) killServer() (err error) {
	c.faults["server_killed"]++
	c.server.kill()
	time.Sleep(time.Duration(c.random.Int64N(int64(life))))
	c.server, err = c.serve()
	return err
}

// stranger is a worker of another version, which must not get a job.
func (c *crew) stranger() error {
	token, err := os.ReadFile(c.token)
	if err != nil {
		return err
	}
	host, err := join.New(join.Options{URL: c.url, Token: string(token[:len(token)-1])})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, err = host.Join(ctx, jobs.Machine{Name: "stranger", Version: "v0.0.0-other", Bits: "x", Kinds: []string{"translate"}})
	var refused *join.Refused
	if !errors.As(err, &refused) || refused.Type != "urn:easel:version" {
		return fmt.Errorf("a worker of another version is answered %w", err)
	}
	return nil
}

// dismiss ends the workers.
func (c *crew) dismiss() {
	for _, w := range c.workers {
		if w != nil {
			_ = w.Process.Kill()
			_ = w.Wait()
		}
	}
	if c.nats != nil {
		c.nats.stop()
	}
}
