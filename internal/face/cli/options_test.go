package cli

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"easel/internal/base/option"
	"easel/internal/work/train"
)

// parse returns the options that the flags of easel train stand for.
func parse(t *testing.T, args ...string) (train.Options, error) {
	t.Helper()
	a := &app{Streams: Streams{Out: io.Discard, Err: io.Discard}}
	root := a.root()
	cmd, rest, err := root.Find(append([]string{"train", "--data", "d", "--out", "r"}, args...))
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return train.Options{}, err
	}
	return a.trainOptions(cmd, cmd.Flags().Lookup("preset").Value.String())
}

// TestPrecedence: a default is less than a preset, a preset less than a flag,
// wherever the flag stands.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	paper, err := parse(t)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := train.Preset("paper")
	want.Data, want.Out = "d", "r"
	if diff := cmp.Diff(want, paper); diff != "" {
		t.Errorf("no flags: %s", diff)
	}
	laptop, err := parse(t, "--width", "16", "--preset", "laptop", "--lr", "1e-3", "--seed", "7", "--threads", "2")
	if err != nil {
		t.Fatal(err)
	}
	want, _ = train.Preset("laptop")
	want.Data, want.Out = "d", "r"
	want.Network.Width, want.Network.LearningRate, want.Seed, want.Threads = 16, 1e-3, 7, 2
	if diff := cmp.Diff(want, laptop); diff != "" {
		t.Errorf("preset and flags: %s", diff)
	}
	same, err := parse(t, "--preset", "laptop", "--width", "64", "--image-size", "256")
	if err != nil || same.Network.Width != 64 || same.Network.ImageSize != 256 {
		t.Errorf("flags that equal the default do not count: %+v, %v", same.Network, err)
	}
}

// TestTask: its own objective, and lists that a later flag adds to.
func TestTask(t *testing.T) {
	t.Parallel()
	o, err := parse(t, "--task", "labels", "--ignore", "sky", "--ignore", "a, b", "--palette", "p.txt")
	if err != nil || o.Task != "labels" || !cmp.Equal(o.Ignore, []string{"sky", "a, b"}) || o.Palette != "p.txt" {
		t.Errorf("%+v, %v", o, err)
	}
	for _, args := range [][]string{{"--task", "labels", "--objective", "l1"}, {"--task", "paint"}, {"--ignore", "sky"}, {"--objective", "cross-entropy"}} {
		if _, err := parse(t, args...); err == nil {
			t.Errorf("%v passes", args)
		}
	}
}

// TestDevices: a number, or all of them.
func TestDevices(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"all": 0, "1": 1, "8": 8} {
		if o, err := parse(t, "--devices", text, "--sync-norm=false"); err != nil || o.Devices != want || o.SyncNorm {
			t.Errorf("--devices %s: %d devices, sync_norm %v, %v", text, o.Devices, o.SyncNorm, err)
		}
	}
	if o, err := parse(t); err != nil || o.Devices != 1 || !o.SyncNorm {
		t.Errorf("no flags: %d devices, sync_norm %v, %v", o.Devices, o.SyncNorm, err)
	}
}

// TestLength: one flag replaces the preset's length.
func TestLength(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want train.Length
	}{
		{[]string{"--steps", "10"}, train.Length{Steps: 10}},
		{[]string{"--time", "90m"}, train.Length{Time: 90 * time.Minute}},
		{[]string{"--preset", "laptop", "--epochs", "3"}, train.Length{Epochs: 3}},
	} {
		if o, err := parse(t, c.args...); err != nil || o.Length != c.want {
			t.Errorf("%v: %+v, %v", c.args, o.Length, err)
		}
	}
}

// TestNoDiscriminator: without one the objective is L1, unless it is said.
func TestNoDiscriminator(t *testing.T) {
	t.Parallel()
	if o, err := parse(t, "--discriminator", "none"); err != nil || o.Network.Objective.String() != "l1" {
		t.Errorf("%v, %v", o.Network.Objective, err)
	}
	if o, err := parse(t, "--discriminator", "none", "--objective", "l2"); err != nil || o.Network.Objective.String() != "l2" {
		t.Errorf("%v, %v", o.Network.Objective, err)
	}
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[float64]string{0.2: "0s", 59.4: "59s", 61: "1m01s", 3599.8: "1h00m", 11100: "3h05m"} {
		if got := duration(seconds); got != want {
			t.Errorf("%v s is %s, not %s", seconds, got, want)
		}
	}
}

// TestIgnored: what would count for nothing is refused.
func TestIgnored(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--objective", "gan", "--lambda", "10"}, {"--lambda", "10", "--objective", "cgan"}, {"--objective", "l1", "--gan-loss", "hinge"}} {
		if _, err := parse(t, args...); err == nil || !strings.Contains(option.Word(err, option.AsFlag), args[len(args)-2]) && !strings.Contains(option.Word(err, option.AsFlag), args[0]) {
			t.Errorf("%v: %v", args, err)
		}
	}
	if o, err := parse(t, "--objective", "L2+GAN", "--lambda", "10"); err != nil || o.Network.Objective.String() != "l2+gan" {
		t.Errorf("%v, %v", o.Network.Objective, err)
	}
}
