package train_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/file/lock"
	"easel/internal/work/train"
)

// TestOneOwner: a second process that resumes, or begins, a run that is being
// trained is told so and touches nothing.
func TestOneOwner(t *testing.T) {
	t.Parallel()
	data := pairs(t, 4, 1)
	o := tiny(t, data)
	o.Length.Steps = 2
	asked := 0
	mustTrain(t, o, func(e train.Event) {
		if e.Kind != train.Started && e.Kind != train.Stepped {
			return
		}
		asked++
		for _, second := range []train.Options{resume(t, o.Out, 12), o} {
			before := files(t, o.Out)
			err := train.Train(t.Context(), second, nil)
			var held *lock.HeldError
			if !errors.As(err, &held) || held.Owner.PID != os.Getpid() {
				t.Errorf("got %v", err)
			}
			if after := files(t, o.Out); !slices.Equal(before, after) {
				t.Errorf("there was %v, there is %v", before, after)
			}
		}
	})
	if steps, _ := log(t, o.Out); asked != 3 || len(steps) != 2 {
		t.Errorf("asked %d times; the log has steps %v", asked, steps)
	}
	if slices.ContainsFunc(files(t, o.Out), func(name string) bool { return strings.Contains(name, "lock") }) {
		t.Errorf("a lock is left in %v", files(t, o.Out))
	}
}

// TestKilledBeforeTheFirstCheckpoint: the run goes on from step 0, or begins anew,
// and gives the same bits.
func TestKilledBeforeTheFirstCheckpoint(t *testing.T) {
	t.Parallel()
	data := pairs(t, 4, 1)
	o := tiny(t, data)
	o.Length.Steps = 2
	killed := filepath.Join(t.TempDir(), "killed")
	mustTrain(t, o, func(e train.Event) {
		if e.Kind == train.Started {
			if err := os.CopyFS(killed, os.DirFS(o.Out)); err != nil {
				t.Error(err)
			}
		}
	})
	want, _ := weights(t, o.Out)
	anew := filepath.Join(t.TempDir(), "anew")
	if err := os.CopyFS(anew, os.DirFS(killed)); err != nil {
		t.Fatal(err)
	}
	mustTrain(t, resume(t, killed, 2), nil)
	o.Out = anew
	mustTrain(t, o, nil)
	for _, run := range []string{killed, anew} {
		got, step := weights(t, run)
		if step != 2 {
			t.Errorf("ends at step %d", step)
		}
		sameBits(t, want, got)
		if steps, _ := log(t, run); len(steps) != 2 {
			t.Errorf("the log has steps %v", steps)
		}
	}
}

// TestAStrangersFolder: what easel did not write is not overwritten.
func TestAStrangersFolder(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"config.json", "log.jsonl", "report.html", "best.safetensors", "samples/step-00000000.png"} {
		o := tiny(t, pairs(t, 4, 1))
		path := filepath.Join(o.Out, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte("mine"), 0o666)); err != nil {
			t.Fatal(err)
		}
		before := files(t, o.Out)
		err := train.Train(t.Context(), o, nil)
		if err == nil || !strings.Contains(err.Error(), filepath.FromSlash(name)) || !strings.Contains(hint(err), "another folder") {
			t.Errorf("%s: got %v, hint %s", name, err, hint(err))
		}
		if text, _ := os.ReadFile(path); string(text) != "mine" {
			t.Errorf("%s: is %q", name, text)
		}
		if after := files(t, o.Out); !slices.Equal(before, after) {
			t.Errorf("%s: there was %v, there is %v", name, before, after)
		}
	}
}
