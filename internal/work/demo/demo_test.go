package demo

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/file/imgio"
	"easel/internal/work/train"
)

// small is a demo that takes a moment.
func small(t *testing.T) Options {
	o := Default()
	o.Out = filepath.Join(t.TempDir(), "demo")
	o.Train, o.Val, o.Test = 3, 1, 3
	n := &o.Training.Network
	n.ImageSize, n.Width, n.DiscriminatorWidth = 32, 4, 4
	o.Steps(2)
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
	if stages[Drawing] != 7 || stages[Translating] != 3 || stages[Training] == 0 {
		t.Errorf("events: %v", stages)
	}
	if len(r.Scores) != len(methods()) || r.Scores[0].Method != Trained || len(r.Verdicts) != 4 {
		t.Errorf("result: %+v", r)
	}
	for split, want := range map[string]int{"train": 3, "val": 1, "test": 3} {
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
		o.Training.Threads = threads
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

// TestAnew: an earlier demo stays unless it is to be replaced, and other files
// stay always.
func TestAnew(t *testing.T) {
	t.Parallel()
	o := small(t)
	mine := filepath.Join(o.Out, "mine.txt")
	if err := os.MkdirAll(filepath.Join(o.Out, "data"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mine, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	var advice interface{ Hint() string }
	if _, err := Run(context.Background(), o, nil); !errors.As(err, &advice) {
		t.Errorf("error is %v", err)
	}
	o.Force = true
	if _, err := Run(context.Background(), o, nil); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(mine); err != nil {
		t.Error(err)
	}
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
