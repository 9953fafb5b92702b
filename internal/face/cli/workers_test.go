package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/face/cli"
)

// begin starts easel as a process that ends with the test, and returns what it writes.
func begin(t *testing.T, args ...string) (*exec.Cmd, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Args = append([]string{"easel"}, args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Logf("%s: %s", args[0], &errs)
		}
	})
	return cmd, bufio.NewScanner(out)
}

// until reads lines until one has a text, and returns that.
func until(t *testing.T, lines *bufio.Scanner, text string) string {
	t.Helper()
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			go func() { // let it write on
				for lines.Scan() { //nolint:revive // nobody reads it
				}
			}()
			return lines.Text()
		}
	}
	t.Fatalf("nothing says %q", text)
	return ""
}

// contents are the files below a folder, without hidden ones, such as the unfinished one of
// a killed process.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case strings.HasPrefix(e.Name(), ".") && e.IsDir():
			return fs.SkipDir
		case e.IsDir() || strings.HasPrefix(e.Name(), "."):
			return nil
		}
		name, _ := filepath.Rel(dir, path)
		text, err := os.ReadFile(path)
		found[filepath.ToSlash(name)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestBulkOverWorkers: with two workers, of which one is killed in the middle of a batch, and
// a command that is killed and given again, a place has the translations of one machine to
// the bit, whether workers see all of it, the outputs alone, or nothing, and are sent what they
// need.
func TestBulkOverWorkers(t *testing.T) {
	t.Parallel()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := drawPairs(at("labels/a"), 30, 32); err != nil {
		t.Fatal(err)
	}
	if err := drawPairs(at("labels/b"), 30, 64); err != nil {
		t.Fatal(err)
	}
	easel := func(args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		if code := cli.Run(context.Background(), args, cli.Streams{Out: &out, Err: &errs}); code != 0 {
			t.Fatalf("%s: exit code %d: %s", args[0], code, &errs)
		}
	}
	if err := os.Rename(at("labels/b/0.png"), at("labels/b/ü (1)+%#.png")); err != nil {
		t.Fatal(err)
	}
	easel(tiny("--data", at("labels/a"), "--out", at("run"), "--steps", "1")...)
	easel("translate", "--model", at("run"), "--in", at("labels"), "--out", at("alone"))
	want := contents(t, at("alone"))
	for name, shared := range map[string]string{"all": dir, "outputs": at("photos-outputs"), "nothing": ""} {
		t.Run("shared "+name, func(t *testing.T) {
			out := at("photos-" + name)
			listen := func(address string) (command *exec.Cmd, join string) {
				command, said := begin(t, "translate", "--model", at("run"), "--in", at("labels"), "--out", out,
					"--join-token-file", at("token"), "--listen", address, "--only-workers", "--contact", "1s")
				return command, strings.Fields(strings.Split(until(t, said, "workers join with"), "--join ")[1])[0]
			}
			command, join := listen("127.0.0.1:0")
			hired := t.TempDir()
			hire := func(i int) (*exec.Cmd, *bufio.Scanner) {
				args := []string{"work", "--join", join, "--token-file", at("token"), "--folder", filepath.Join(hired, fmt.Sprint(i)), "--threads", "1"}
				if shared != "" {
					args = append(args, "--shared", shared)
				}
				return begin(t, args...)
			}
			first, lines := hire(1)
			until(t, lines, "begun")
			_, lines = hire(2)
			if err := errors.Join(first.Process.Kill(), command.Process.Kill()); err != nil {
				t.Fatal(err)
			}
			_ = command.Wait()
			command, _ = listen(strings.TrimPrefix(join, "http://"))
			until(t, lines, "done")
			var exit *exec.ExitError
			if err := command.Wait(); err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 0) && !errors.Is(err, io.ErrClosedPipe) {
				t.Fatalf("the command: %v", err)
			}
			if fetched, err := os.ReadDir(filepath.Join(hired, "2", "cache")); err != nil || (len(fetched) == 0) != (shared == dir) {
				t.Errorf("%d files were sent to the worker: %v", len(fetched), err)
			}
			if got := contents(t, out); !maps.Equal(got, want) {
				t.Errorf("%d other translations than the %d of one machine", len(got), len(want))
			}
			if _, err := os.Stat(filepath.Join(out, ".easel-batches")); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the jobs are left: %v", err)
			}
			easel("translate", "--model", at("run"), "--in", at("labels"), "--out", out) // does nothing
			if err := os.WriteFile(at("labels/bad.png"), []byte("no picture"), 0o600); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = os.Remove(at("labels/bad.png")) }()
			command, _ = listen(strings.TrimPrefix(join, "http://"))
			if err := command.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Errorf("with a picture that is none: %v", err)
			}
		})
	}
}
