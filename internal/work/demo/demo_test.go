package demo

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"easel/internal/file/imgio"
	"easel/internal/work/train"
)

// small is a demo that takes a moment.
func small(t *testing.T) Options {
	o := Default()
	o.Out = filepath.Join(t.TempDir(), "demo")
	o.Pairs, o.HeldOut, o.ImageSize, o.Width, o.Steps = 3, 3, 32, 4, 2
	return o
}

func TestRun(t *testing.T) {
	t.Parallel()
	o := small(t)
	stages := map[Stage]int{}
	r, err := Run(context.Background(), o, func(e Event) { stages[e.Stage]++ })
	if err != nil {
		t.Fatal(err)
	}
	if stages[Drawing] != 3+validation+3 || stages[Translating] != 3 || stages[Training] == 0 {
		t.Errorf("events: %v", stages)
	}
	if len(r.Scores) != len(methods()) || r.Scores[0].Method != Trained || len(r.Verdicts) != 4 {
		t.Errorf("result: %+v", r)
	}
	for split, want := range map[string]int{"train": 3, "val": validation, "test": 3} {
		if found, _ := filepath.Glob(filepath.Join(o.Out, "data", split, "*.png")); len(found) != want {
			t.Errorf("%d pairs in %s", len(found), split)
		}
	}
	text, err := os.ReadFile(r.Page)
	if err != nil {
		t.Fatal(err)
	}
	// The plotter's banner says where it is from; nothing is loaded from there.
	if strings.Contains(strings.ReplaceAll(string(text), "/*! https://github.com/leeoniya/uPlot", ""), "http") || strings.Contains(string(text), "ZgotmplZ") {
		t.Error("the page is not self-contained")
	}
	if _, err := os.Stat(filepath.Join(o.Out, "run", "best.safetensors")); err != nil {
		t.Error(err)
	}
}

// TestSameBits: for any number of threads.
func TestSameBits(t *testing.T) {
	t.Parallel()
	var pictures [][]byte
	var scores []Score
	for _, threads := range []int{1, 3} {
		o := small(t)
		o.Threads = threads
		r, err := Run(context.Background(), o, nil)
		if err != nil {
			t.Fatal(err)
		}
		picture, err := os.ReadFile(r.Picture)
		if err != nil {
			t.Fatal(err)
		}
		pictures, scores = append(pictures, picture), append(scores, r.Scores[0])
	}
	if string(pictures[0]) != string(pictures[1]) || scores[0] != scores[1] {
		t.Errorf("one and three threads differ: %+v", scores)
	}
}

// TestStranger: with or without force, nothing is touched that no demo wrote.
func TestStranger(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"data/mine.png", "data/train/0000.png", "run/best.safetensors", "run/notes.txt", "index.html", "demo.png", "demo.json"} {
		for _, force := range []bool{false, true} {
			o := small(t)
			o.Force = force
			path := filepath.Join(o.Out, filepath.FromSlash(name))
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte("mine"), 0o666)); err != nil {
				t.Fatal(err)
			}
			var advice interface{ Hint() string }
			_, err := Run(context.Background(), o, nil)
			if !errors.As(err, &advice) || strings.Contains(err.Error(), "holds a demo") || strings.Contains(advice.Hint(), "Force") {
				t.Errorf("%s: error is %v", name, err)
			}
			if text, _ := os.ReadFile(path); string(text) != "mine" {
				t.Errorf("%s: there is %q now", name, text)
			}
			if found := tree(t, o.Out); len(found) != 1 {
				t.Errorf("%s: there are %v", name, found)
			}
		}
	}
}

// TestAnew: an earlier demo stays unless it is to be replaced, and other files
// stay always.
func TestAnew(t *testing.T) {
	t.Parallel()
	o := small(t)
	first, err := Run(context.Background(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	whole := tree(t, o.Out)
	var advice interface{ Hint() string }
	if _, err := Run(context.Background(), o, nil); !errors.As(err, &advice) || !strings.Contains(err.Error(), "already holds a demo") {
		t.Errorf("error is %v", err)
	}
	again, err := Continue(context.Background(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	again.Seconds = first.Seconds // of a training that was complete
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("a finished demo, continued: %s", diff)
	}
	mine := map[string]bool{"mine.txt": true, "run/notes.txt": true, "run/checkpoints/other.safetensors": true, "run/samples/step-1.png": true}
	for name := range mine {
		if err := os.WriteFile(filepath.Join(o.Out, filepath.FromSlash(name)), []byte("mine"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	o.Force = true
	o.Pairs = 2 // fewer: the third pair of before has to go
	inData := filepath.Join(o.Out, "data", "train", "mine.png")
	if err := os.WriteFile(inData, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), o, nil); !errors.As(err, &advice) || !strings.Contains(err.Error(), inData) {
		t.Errorf("error is %v", err)
	}
	if err := os.Remove(inData); err != nil {
		t.Fatal(err)
	}
	_, err = Run(context.Background(), o, nil)
	if err == nil || !strings.Contains(err.Error(), "in the way") { // of a new run: samples and checkpoints of somebody else
		t.Errorf("error is %v", err)
	}
	for name := range mine {
		path := filepath.Join(o.Out, filepath.FromSlash(name))
		if text, _ := os.ReadFile(path); string(text) != "mine" {
			t.Errorf("%s is %q", name, text)
		}
		if strings.HasPrefix(name, "run/") && name != "run/notes.txt" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := Run(context.Background(), o, nil); err != nil {
		t.Fatal(err)
	}
	if found := tree(t, o.Out); len(found) != len(whole)-1+2 {
		t.Errorf("there are %v, there were %v", found, whole)
	}
}

// TestGoesOn: a demo that was interrupted anywhere goes on when it is given again,
// and ends as one that was not.
func TestGoesOn(t *testing.T) {
	t.Parallel()
	whole := small(t)
	want, err := Run(context.Background(), whole, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := small(t)
	for _, stage := range []Stage{Drawing, Training, Translating, ""} {
		ctx, cancel := context.WithCancel(context.Background())
		got, err := Run(ctx, o, func(e Event) {
			if e.Stage == stage && (e.Training == nil || e.Training.Kind == train.Stepped) {
				cancel()
			}
		})
		cancel()
		var advice interface{ Hint() string }
		switch {
		case stage == "" && err != nil:
			t.Fatal(err)
		case stage != "" && (!errors.As(err, &advice) || !strings.Contains(advice.Hint(), "repeat the command")):
			t.Errorf("%s: error is %v", stage, err)
		case stage == "" && got.Scores[0] != want.Scores[0]:
			t.Errorf("%+v, not %+v", got.Scores[0], want.Scores[0])
		}
		if stage == Training {
			other := o
			other.Seed++
			if _, err := Run(context.Background(), other, nil); !errors.As(err, &advice) || !strings.Contains(err.Error(), "other options") {
				t.Errorf("other options: error is %v", err)
			}
		}
	}
	if have, should := tree(t, o.Out), tree(t, whole.Out); !slices.Equal(have, should) {
		t.Errorf("there are %v, not %v", have, should)
	}
}

// tree are the files in a folder.
func tree(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			name, _ := filepath.Rel(dir, path)
			files = append(files, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	for _, stage := range []Stage{Drawing, Training, Translating} {
		ctx, cancel := context.WithCancel(context.Background())
		o := small(t)
		_, err := Run(ctx, o, func(e Event) {
			if e.Stage == stage && (e.Training == nil || e.Training.Kind == train.Stepped) {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) && !errors.Is(err, train.ErrInterrupted) {
			t.Errorf("%s: error is %v", stage, err)
		}
		cancel()
	}
}

// TestBaselines on pictures whose answers are known.
func TestBaselines(t *testing.T) {
	t.Parallel()
	flat := func(pix ...float32) *imgio.Picture {
		p := imgio.New(len(pix)/3, 1, 3)
		copy(p.Pix, pix)
		return p
	}
	pairs := []pair{
		{flat(1, 0, 0, 0, 1, 0), flat(0.2, 0, 0, 0, 0.4, 1)},
		{flat(1, 0, 0, 1, 0, 0), flat(0.4, 0, 0, 0.6, 0, 1)},
	}
	near := func(name string, p *imgio.Picture, want ...float32) {
		t.Helper()
		for i, v := range p.Pix {
			if math.Abs(float64(v-want[i])) > 0.51/255 {
				t.Errorf("%s: %v, not %v", name, p.Pix, want)
				return
			}
		}
	}
	near("mean", meanPicture(pairs), 0.3, 0, 0, 0.3, 0.2, 1)
	painted := meanColours(pairs).paint(flat(0, 1, 0, 1, 0, 0, 0, 0, 1))
	near("colours", painted, 0, 0.4, 1, 0.4, 0, float32(1)/3, 0, 0, 0)
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	good := Score{Trained, 0.1, 20, 0.9, 0.5}
	worse := []Score{{Untrained, 0.2, 10, 0.1, 3}, {Mean, 0.2, 10, 0.1, 3}, {Colours, 0.2, 10, 0.1, 3}}
	for _, v := range verdicts(append([]Score{good}, worse...)) {
		if !v.Beaten {
			t.Errorf("%+v", v)
		}
	}
	bad := Score{Trained, 0.3, 5, 0, 4}
	for _, v := range verdicts(append([]Score{bad}, worse...)) {
		if v.Beaten {
			t.Errorf("%+v", v)
		}
	}
}
