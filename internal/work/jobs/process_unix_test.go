//go:build unix

package jobs_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"easel/internal/work/jobs"
)

// diskState names the folder that this binary is to work in as a server whose disk is
// full for a while.
const diskState = "EASEL_TEST_DISK_STATE"

func init() {
	for variable, serve := range map[string]func(state string) error{diskState: serveOnFullDisk, frozenState: serveFrozen} {
		if state := os.Getenv(variable); state != "" {
			if err := serve(state); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			os.Exit(0)
		}
	}
}

// room sets how large a file may become.
func room(limit uint64) error {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &r); err != nil {
		return err
	}
	r.Cur = limit
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &r)
}

// serveOnFullDisk accepts jobs before, while and after nothing can be written.
func serveOnFullDisk(state string) error {
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		return err
	}
	o := killOptions(state)
	o.Complain = func(err error) { fmt.Fprintln(os.Stderr, "complaint:", err) }
	q, err := jobs.Open(o)
	if err != nil {
		return err
	}
	submit := func() (jobs.View, error) {
		return q.Submit(context.Background(), "append", json.RawMessage("{}"), "")
	}
	before, err := submit()
	if err != nil {
		return err
	}
	if err := room(0); err != nil {
		return err
	}
	for range 3 {
		j, err := submit()
		if err == nil {
			return fmt.Errorf("a job is accepted that cannot be written: %+v", j.Job)
		}
		fmt.Println("refused:", err)
		time.Sleep(50 * time.Millisecond)
	}
	fmt.Println("health:", q.Health())
	if err := room(was.Cur); err != nil {
		return err
	}
	for end := time.Now().Add(30 * time.Second); q.Health() != nil; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			return fmt.Errorf("it does not recover: %w", q.Health())
		}
	}
	after, err := submit()
	if err != nil {
		return fmt.Errorf("after there is room again: %w", err)
	}
	for _, id := range []string{before.ID, after.ID} {
		for end := time.Now().Add(60 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			j, err := q.Get(id)
			if err != nil {
				return err
			}
			if j.State == jobs.Done {
				break
			}
			if time.Now().After(end) || j.State.Ended() {
				return fmt.Errorf("job %s is %s: %s", id, j.State, j.Error)
			}
		}
	}
	q.Close()
	return nil
}

// TestFullDisk: jobs are refused while nothing can be written, and what was accepted
// before is done once there is room again.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), diskState+"="+t.TempDir())
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil || strings.Count(string(out), "refused: ") != 3 || !strings.Contains(string(out), "health: ") || strings.Contains(string(out), "health: <nil>") {
		t.Errorf("%v: %s", err, out)
	}
}

// TestFrozen: a process that is stopped for longer than the lease, and goes on, does
// every job once.
func TestFrozen(t *testing.T) {
	t.Parallel()
	cmd := exec.Command(os.Args[0])
	state := t.TempDir()
	cmd.Env = append(os.Environ(), frozenState+"="+state)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "running" {
	}
	for range 3 {
		_ = cmd.Process.Signal(syscall.SIGSTOP)
		time.Sleep(2 * frozenLease)
		_ = cmd.Process.Signal(syscall.SIGCONT)
		time.Sleep(frozenLease / 2)
	}
	for lines.Scan() {
		if line := lines.Text(); line != "done 1" {
			t.Errorf("a job is %s", line)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

const (
	frozenState = "EASEL_TEST_FROZEN_STATE"
	frozenLease = 300 * time.Millisecond
)

// serveFrozen does some jobs and says how each ended, and how often.
func serveFrozen(state string) error {
	o := killOptions(state)
	o.Lease = frozenLease
	q, err := jobs.Open(o)
	if err != nil {
		return err
	}
	defer q.Close()
	var ids []string
	for range 10 {
		j, err := q.Submit(context.Background(), "append", json.RawMessage("{}"), "")
		if err != nil {
			return err
		}
		ids = append(ids, j.ID)
	}
	fmt.Println("running")
	for _, id := range ids {
		j, err := q.Get(id)
		for ; err == nil && !j.State.Ended(); j, err = q.Get(id) {
			time.Sleep(time.Millisecond)
		}
		if err != nil {
			return err
		}
		ends := 0
		for _, c := range j.History {
			if c.State.Ended() {
				ends++
			}
		}
		fmt.Println(j.State, ends)
	}
	return nil
}
