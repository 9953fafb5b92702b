package cli

import (
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"easel"
)

// parse returns the options that the flags of easel train stand for.
func parse(t *testing.T, args ...string) (easel.TrainOptions, error) {
	t.Helper()
	a := &app{Streams: Streams{Out: io.Discard, Err: io.Discard}}
	root := a.root()
	cmd, rest, err := root.Find(append([]string{"train", "--data", "d", "--out", "r"}, args...))
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return easel.TrainOptions{}, err
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
	want, _ := easel.TrainPreset("paper")
	want.Data, want.Out = "d", "r"
	if diff := cmp.Diff(want, paper); diff != "" {
		t.Errorf("no flags: %s", diff)
	}
	laptop, err := parse(t, "--width", "16", "--preset", "laptop", "--lr", "1e-3", "--seed", "7", "--threads", "2")
	if err != nil {
		t.Fatal(err)
	}
	want, _ = easel.TrainPreset("laptop")
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
		want easel.TrainLength
	}{
		{[]string{"--steps", "10"}, easel.TrainLength{Steps: 10}},
		{[]string{"--time", "90m"}, easel.TrainLength{Time: 90 * time.Minute}},
		{[]string{"--preset", "laptop", "--epochs", "3"}, easel.TrainLength{Epochs: 3}},
	} {
		if o, err := parse(t, c.args...); err != nil || o.Length != c.want {
			t.Errorf("%v: %+v, %v", c.args, o.Length, err)
		}
	}
}

// TestNoDiscriminator: without one the objective is L1, unless it is said.
func TestNoDiscriminator(t *testing.T) {
	t.Parallel()
	if o, err := parse(t, "--discriminator", "none"); err != nil || o.Network.Objective != "l1" {
		t.Errorf("%v, %v", o.Network.Objective, err)
	}
	if o, err := parse(t, "--discriminator", "none", "--objective", "l2"); err != nil || o.Network.Objective != "l2" {
		t.Errorf("%v, %v", o.Network.Objective, err)
	}
}

func TestBytes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bytes{"1": 1, "800MB": 8e8, "4GB": 4e9, "2GiB": 2 << 30, "1.5kb": 1500, "7 MiB": 7 << 20} {
		var b bytes
		if err := b.Set(text); err != nil || b != want {
			t.Errorf("%q is %d, %v", text, b, err)
		}
	}
	for _, text := range []string{"", "much", "-1GB", "0", "NaN", "1e99GB", "GB", "+Inf"} {
		var b bytes
		if err := b.Set(text); err == nil {
			t.Errorf("%q is %d", text, b)
		}
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

// FuzzBytes: whatever is written is an amount above 0 or an error.
func FuzzBytes(f *testing.F) {
	for _, text := range []string{"800MB", "2GiB", "1.5 kb", "-1", "NaN", "1e400", "B", "0x1p3GB"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var b bytes
		if err := b.Set(text); err == nil && b <= 0 {
			t.Errorf("%q is %d", text, b)
		}
	})
}
