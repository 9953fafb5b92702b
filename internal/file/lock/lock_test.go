package lock

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestMain is also the process that holds a lock until it is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("EASEL_TEST_HOLD"); dir != "" {
		if _, err := Folder(dir); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("held")
		time.Sleep(time.Minute)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestKilled: another process's lock is told with its owner, and gone when the
// process is killed.
func TestKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), "EASEL_TEST_HOLD="+dir)
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the other process says %q, %v", line, err)
	}
	var held *HeldError
	if _, err := Folder(dir); !errors.As(err, &held) {
		t.Fatalf("error is %v", err)
	}
	host, _ := os.Hostname()
	if held.Path != dir || held.Owner.PID != other.Process.Pid || held.Owner.Host != host || time.Since(held.Owner.Since) > time.Hour {
		t.Errorf("held by %+v", held)
	}
	if text := held.Error(); !strings.Contains(text, fmt.Sprint("process ", other.Process.Pid)) {
		t.Error(text)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = other.Wait()
	l, err := Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	l.Release()
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("%v is left", left)
	}
}

// TestOne: of many goroutines that want a file again and again one has it at a
// time, although each removes the lock's file.
func TestOne(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), strings.Repeat("n", 255))
	var inside, taken atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 200 {
				l, err := File(path)
				if err != nil {
					var held *HeldError
					if !errors.As(err, &held) {
						t.Error(err)
					}
					continue
				}
				if inside.Add(1) != 1 {
					t.Error("two have the lock")
				}
				taken.Add(1)
				inside.Add(-1)
				l.Release()
				l.Release()
			}
		})
	}
	wg.Wait()
	if taken.Load() == 0 {
		t.Error("nobody had the lock")
	}
}

func TestNoFolder(t *testing.T) {
	t.Parallel()
	if _, err := Folder(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error is %v", err)
	}
	(*Lock)(nil).Release()
}

// TestLeftByAnotherUser: a file that may be read only can be locked as well.
func TestLeftByAnotherUser(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, FolderFile), []byte("{}"), 0o444); err != nil {
		t.Fatal(err)
	}
	l, err := Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Release()
	var held *HeldError
	if _, err := Folder(dir); !errors.As(err, &held) {
		t.Errorf("error is %v", err)
	}
}
