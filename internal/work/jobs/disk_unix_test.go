//go:build unix

package jobs_test

import (
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
	if state := os.Getenv(diskState); state != "" {
		if err := serveOnFullDisk(state); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
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
