package jobs_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"easel/internal/work/jobs"
)

// killState names the folder that this binary is to work in as a server that will
// be killed.
const killState = "EASEL_TEST_KILL_STATE"

func TestMain(m *testing.M) {
	if state := os.Getenv(killState); state != "" {
		serveUntilKilled(state)
	}
	if state := os.Getenv(crashState); state != "" {
		serveUntilCrash(state)
	}
	os.Exit(m.Run())
}

// crashState is killState for a process with a job that ends it.
const crashState = "EASEL_TEST_CRASH_STATE"

func crashing() jobs.Options {
	return jobs.Options{CatchCrashes: true, Kinds: []jobs.Kind{{
		Name: "crash", Lane: "test",
		Check: func(o json.RawMessage) (json.RawMessage, error) { return o, nil },
		Run: func(context.Context, *jobs.Run) (any, error) {
			go panic("out of bounds")
			select {}
		},
	}}}
}

func serveUntilCrash(state string) {
	o := crashing()
	o.State = state
	q, err := jobs.Open(o)
	if err != nil {
		os.Exit(1)
	}
	if len(q.List()) == 0 {
		_, _ = q.Submit(context.Background(), "crash", json.RawMessage("{}"), "")
	}
	time.Sleep(time.Minute)
	os.Exit(0)
}

// TestCrashing: a job that ends the process has failed after three times, with the
// process's last words.
func TestCrashing(t *testing.T) {
	t.Parallel()
	o := crashing()
	o.State = t.TempDir()
	for range 3 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), crashState+"="+o.State)
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "out of bounds") {
			t.Fatalf("it did not crash: %v, %s", err, out)
		}
	}
	complaints := make(chan string, 9)
	o.Complain = func(err error) { complaints <- err.Error() }
	q, err := jobs.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	if c := <-complaints; !strings.Contains(c, "out of bounds") {
		t.Errorf("complaint: %s", c)
	}
	if j := until(t, q, q.List()[0].ID, jobs.Failed); !strings.Contains(j.Error, "out of bounds") || j.Attempt != 3 || j.Hint == "" {
		t.Errorf("%+v", j.Job)
	}
}

// appending writes a line at a time, and says at its end what it has written: a
// sum over lines that shows whether any was written twice.
func appending() jobs.Kind {
	return jobs.Kind{
		Name: "append", Lane: "test",
		Check: func(o json.RawMessage) (json.RawMessage, error) { return o, nil },
		Run: func(ctx context.Context, r *jobs.Run) (any, error) {
			for n := range 20 {
				name := filepath.Join(r.Folder, fmt.Sprint(n))
				if _, err := os.Stat(name); err == nil {
					continue
				}
				if ctx.Err() != nil {
					return nil, ctx.Err()
				}
				time.Sleep(time.Millisecond)
				if err := os.WriteFile(name, nil, 0o600); err != nil {
					return nil, err
				}
				r.Report(n, jobs.Progress{Done: n, Total: 20}, false)
			}
			return "20 lines", nil
		},
	}
}

func killOptions(state string) jobs.Options {
	return jobs.Options{State: state, Kinds: []jobs.Kind{appending()}, MaxAttempts: 1000, Complain: func(err error) { fmt.Fprintln(os.Stderr, err) }}
}

// serveUntilKilled accepts a job every few milliseconds, and prints its id only
// when it was accepted: those must not get lost.
func serveUntilKilled(state string) {
	q, err := jobs.Open(killOptions(state))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("open")
	for n := 0; ; n++ {
		j, err := q.Submit(context.Background(), "append", json.RawMessage("{}"), "")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Println(j.ID)
		time.Sleep(20 * time.Millisecond)
	}
}

// TestKilled: a server that is killed at random moments loses no job that it
// accepted, and ends each once.
func TestKilled(t *testing.T) {
	t.Parallel()
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	state := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	accepted := map[string]bool{}
	for range rounds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), killState+"="+state)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		if !lines.Scan() || lines.Text() != "open" {
			t.Fatalf("the server did not start: %q", lines.Text())
		}
		timer := time.AfterFunc(time.Duration(20+r.IntN(250))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		for lines.Scan() {
			accepted[lines.Text()] = true
		}
		timer.Stop()
		_ = cmd.Wait()
	}
	q, err := jobs.Open(killOptions(state))
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	for _, j := range q.List() {
		delete(accepted, j.ID)
		done := until(t, q, j.ID, jobs.Done)
		ends := 0
		for _, c := range done.History {
			if c.State.Ended() {
				ends++
			}
		}
		files, _ := q.Files(j.ID)
		entries, _ := os.ReadDir(files)
		if ends != 1 || len(entries) != 20 || string(done.Result) != `"20 lines"` {
			t.Errorf("%s ended %d times with %d lines and %s", j.ID, ends, len(entries), done.Result)
		}
	}
	if len(accepted) > 0 {
		t.Errorf("lost: %v", accepted)
	}
}
