package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"easel/internal/face/cli"
)

// tiny are the flags of a network that trains in no time.
func tiny(flags ...string) []string {
	return append([]string{"train", "--image-size", "32", "--width", "4", "--discriminator-width", "4", "--patch-layers", "1"}, flags...)
}

// watcher does something when a text is written.
type watcher struct {
	bytes.Buffer
	text string
	do   func()
}

func (w *watcher) Write(p []byte) (int, error) {
	n, err := w.Buffer.Write(p)
	if bytes.Contains(w.Bytes(), []byte(w.text)) {
		w.do()
	}
	return n, err
}

// TestInterrupted: a cancelled run saves, says how to go on and exits with 130,
// and goes on.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := drawPairs(filepath.Join(dir, "data"), 4, 32); err != nil {
		t.Fatal(err)
	}
	run := filepath.Join(dir, "run")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out, errs := &watcher{text: `"event":"step","step":3`, do: cancel}, &bytes.Buffer{}
	args := tiny("--data", filepath.Join(dir, "data"), "--out", run, "--steps", "100000", "--json")
	if code := cli.Run(ctx, args, cli.Streams{Out: out, Err: errs}); code != 130 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	if !strings.Contains(errs.String(), "easel: interrupted at step 3") || !strings.Contains(errs.String(), "easel: hint: continue with: easel train --resume "+run) {
		t.Errorf("it says %q", errs)
	}
	if _, err := os.Stat(filepath.Join(run, "checkpoints", "step-00000003.safetensors")); err != nil {
		t.Error(err)
	}
	var rest bytes.Buffer
	code := cli.Run(context.Background(), []string{"train", "--resume", run, "--steps", "5"}, cli.Streams{Out: &rest, Err: errs})
	if code != 0 || !strings.Contains(rest.String(), "going on after step 3") {
		t.Errorf("resumed with code %d: %s%s", code, &rest, errs)
	}
}

// TestSignal: Ctrl-C does the same to the program.
func TestSignal(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be sent an interrupt there")
	}
	dir := t.TempDir()
	if err := drawPairs(filepath.Join(dir, "data"), 4, 32); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Args = append([]string{"easel"}, tiny("--data", filepath.Join(dir, "data"), "--out", filepath.Join(dir, "run"), "--steps", "1000000", "--json")...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	sent := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if !sent && strings.Contains(lines.Text(), `"event":"step"`) {
			sent = true
			if err := cmd.Process.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
		}
	}
	if _ = cmd.Wait(); cmd.ProcessState.ExitCode() != 130 {
		t.Errorf("exit code %d", cmd.ProcessState.ExitCode())
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "run", "checkpoints", "*.safetensors")); len(found) == 0 {
		t.Error("no checkpoint is left")
	}
}

// TestCancelledBefore: every verb that works on files stops with 130.
func TestCancelledBefore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := drawPairs(filepath.Join(dir, "data"), 2, 32); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, args := range [][]string{
		{"prepare", "gray", "--in", filepath.Join(dir, "data"), "--out", filepath.Join(dir, "out")},
		{"stylize", "--content", filepath.Join(dir, "data", "0.png"), "--style", filepath.Join(dir, "data", "1.png"), "--out", filepath.Join(dir, "out.png")},
		{"demo", "--out", filepath.Join(dir, "demo"), "--image-size", "32", "--width", "4", "--steps", "1"},
		tiny("--data", filepath.Join(dir, "data"), "--out", filepath.Join(dir, "run"), "--steps", "1"),
	} {
		var out, errs bytes.Buffer
		if code := cli.Run(ctx, args, cli.Streams{Out: &out, Err: &errs}); code != 130 {
			t.Errorf("%s: exit code %d: %s", args[0], code, &errs)
		}
	}
}

// TestStylizeInterrupted: a cancelled style transfer leaves the picture so far,
// says how to go on, exits with 130, and goes on.
func TestStylizeInterrupted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := drawPairs(dir, 2, 32); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(dir, name) }
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out, errs := &watcher{text: `"iteration":2`, do: cancel}, &bytes.Buffer{}
	args := []string{"stylize", "--content", at("0.png"), "--style", at("1.png"), "--out", at("out.png"), "--weights", "random",
		"--size", "64", "--iterations", "4", "--final-iterations", "4", "--json"}
	if code := cli.Run(ctx, args, cli.Streams{Out: out, Err: errs}); code != 130 {
		t.Fatalf("exit code %d: %s", code, errs)
	}
	resume := "stylize --resume " + at("out.checkpoint.safetensors")
	if !strings.Contains(errs.String(), "interrupted at iteration 2 of 4") || !strings.Contains(errs.String(), resume) {
		t.Errorf("it says %q", errs)
	}
	if _, err := os.Stat(at("out.png")); err != nil {
		t.Error(err)
	}
	var rest bytes.Buffer
	code := cli.Run(context.Background(), strings.Fields(resume), cli.Streams{Out: &rest, Err: errs})
	if code != 0 || !strings.Contains(rest.String(), "going on after iteration 2") {
		t.Errorf("resumed with code %d: %s%s", code, &rest, errs)
	}
}
