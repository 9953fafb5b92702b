package train_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/file/imgio"
	"easel/internal/model/feedforward"
	"easel/internal/model/stored"
	"easel/internal/model/vgg"
	vggweights "easel/internal/model/weights"
	"easel/internal/work/train"
)

// scene draws a smooth picture.
func scene(t *testing.T, path string, w, h int, seed float64) {
	t.Helper()
	p := imgio.New(w, h, 3)
	for i := range p.Pix {
		c, x, y := float64(i%3), float64(i/3%w), float64(i/3/w)
		p.Pix[i] = float32(0.5 + 0.25*math.Sin(x/7+seed+c) + 0.24*math.Sin(y/5+seed*c))
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), imgio.Write(path, p)); err != nil {
		t.Fatal(err)
	}
}

// tinyStyle trains the smallest network of a kind on five photographs, with a
// narrow network of random weights in a file.
func tinyStyle(t *testing.T, kind feedforward.Kind) train.StyleOptions {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "vgg.safetensors")
	if err := vggweights.Write(file, vgg.Random(2, 1), vggweights.About{Kind: vgg.Caffe}); err != nil {
		t.Fatal(err)
	}
	o, err := train.DefaultStyle(kind, file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		scene(t, filepath.Join(dir, "photos", fmt.Sprintf("%d.png", i)), 50+i, 40, float64(i))
	}
	o.Styles = []string{filepath.Join(dir, "wave.png")}
	scene(t, o.Styles[0], 64, 48, 9)
	o.Data, o.Out = filepath.Join(dir, "photos"), filepath.Join(dir, "out", "wave.safetensors")
	o.Network.Width = 2
	if kind == feedforward.Johnson {
		o.Network.Blocks = 1
	}
	o.ImageSize, o.Batch, o.Length = 32, 2, train.Length{Steps: 6}
	o.CheckpointEvery, o.ValEvery, o.Threads, o.Seed = 3, 3, 1, 5
	return o
}

func mustStyle(t *testing.T, o train.StyleOptions, notify func(train.Event)) {
	t.Helper()
	if err := train.Style(t.Context(), o, notify); err != nil {
		t.Fatal(err, hint(err))
	}
}

// TestStyle trains a network of each kind: the run is whole, the model opens and says
// what it has learned, and a run that was stopped goes on to the same bits.
func TestStyle(t *testing.T) {
	t.Parallel()
	for name, kind := range map[string]feedforward.Kind{"one style": feedforward.Johnson, "two styles": feedforward.Johnson, "any style": feedforward.AdaIN} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := tinyStyle(t, kind)
			if name == "two styles" {
				o.Styles = append(o.Styles, filepath.Join(filepath.Dir(o.Styles[0]), "sand.png"))
				scene(t, o.Styles[1], 40, 50, 2)
				o.Network.Styles = 2
			}
			mustStyle(t, o, nil)
			run := strings.TrimSuffix(o.Out, ".safetensors")
			for _, name := range []string{"config.json", "log.jsonl", "report.html", "samples/step-00000006.png"} {
				if _, err := os.Stat(filepath.Join(run, name)); err != nil {
					t.Error(err)
				}
			}
			s, err := stored.OpenStyle(o.Out)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if s.Network != o.Network || len(s.Styles) != s.Network.Learned() || s.Training.Metrics["total"] <= 0 {
				t.Errorf("the model says %+v, %+v", s.StyleConfig, s.Training)
			}

			again := o
			again.Out = filepath.Join(filepath.Dir(o.Out), "again")
			ctx, cancel := context.WithCancel(t.Context())
			err = train.Style(ctx, again, func(e train.Event) {
				if e.Kind == train.Stepped && e.Step == 2 {
					cancel()
				}
			})
			if !errors.Is(err, train.ErrInterrupted) || !strings.Contains(hint(err), "style train") {
				t.Fatalf("%v: %s", err, hint(err))
			}
			more, err := train.ResumeStyleOptions(again.Out)
			if err != nil {
				t.Fatal(err)
			}
			more.Threads = 2
			mustStyle(t, more, nil)
			want, _ := weights(t, run)
			got, step := weights(t, again.Out)
			if step != 6 {
				t.Errorf("the resumed run ends at step %d", step)
			}
			sameBits(t, got, want)
			if _, err := os.Stat(filepath.Join(again.Out, "best.safetensors")); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestStyleLearns: the losses of held-out photographs fall.
func TestStyleLearns(t *testing.T) {
	t.Parallel()
	o := tinyStyle(t, feedforward.Johnson)
	o.Network.Width, o.Length, o.ValEvery, o.LearningRate = 4, train.Length{Steps: 60}, 60, 1e-2
	var totals []float64
	mustStyle(t, o, func(e train.Event) {
		if e.Kind == train.Validated {
			totals = append(totals, e.Metrics["total"])
		}
	})
	if len(totals) != 2 || totals[1] > 0.9*totals[0] {
		t.Errorf("total losses of photographs that were held out: %v", totals)
	}
}

// TestStyleRefuses what cannot be trained, and writes nothing then.
func TestStyleRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit func(o *train.StyleOptions)
		want string
	}{
		"three styles": {func(o *train.StyleOptions) { o.Network.Styles = 3 }, "1 picture"},
		"no style":     {func(o *train.StyleOptions) { o.Styles = nil }, "no picture of a style"},
		"no photos":    {func(o *train.StyleOptions) { o.Data = filepath.Dir(o.Out) }, "find pictures"},
		"odd size":     {func(o *train.StyleOptions) { o.ImageSize = 30 }, "multiples of 4"},
		"layers":       {func(o *train.StyleOptions) { o.Objective.Comparison = "wasserstein" }, "wasserstein"},
		"weights":      {func(o *train.StyleOptions) { o.Weights = "nowhere.pth" }, "nowhere.pth"},
		"small": {func(o *train.StyleOptions) {
			*o = tinyStyle(t, feedforward.AdaIN)
			o.Weights = "../../model/weights/small/small.safetensors"
		}, "a small network does for style transfer"},
		"exists": {func(o *train.StyleOptions) {
			if err := os.MkdirAll(filepath.Dir(o.Out), 0o755); err != nil {
				panic(err)
			}
			if err := os.WriteFile(o.Out, nil, 0o644); err != nil {
				panic(err)
			}
		}, "would overwrite"},
	} {
		o := tinyStyle(t, feedforward.Johnson)
		c.edit(&o)
		if err := train.Style(t.Context(), o, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(filepath.Join(strings.TrimSuffix(o.Out, ".safetensors"))); err == nil {
			t.Errorf("%s: a folder is left", name)
		}
	}
}

// TestStyleRunsAreTold: neither verb takes up the other's run, and options that
// a resumed run has are kept.
func TestStyleRunsAreTold(t *testing.T) {
	t.Parallel()
	o := tinyStyle(t, feedforward.Johnson)
	o.Length.Steps = 1
	mustStyle(t, o, nil)
	run := strings.TrimSuffix(o.Out, ".safetensors")
	if _, err := train.ResumeOptions(run); err == nil || !strings.Contains(hint(err), "style train") {
		t.Errorf("resumed as pairs: %v", err)
	}
	more, err := train.ResumeStyleOptions(run)
	if err != nil {
		t.Fatal(err)
	}
	more.LearningRate = 1
	if err := train.Style(t.Context(), more, nil); err == nil || !strings.Contains(err.Error(), "learning_rate") && !strings.Contains(err.Error(), "lr") {
		t.Errorf("another rate: %v", err)
	}
	text, err := os.ReadFile(filepath.Join(run, "config.json"))
	var r struct{ Kind string }
	if err != nil || json.Unmarshal(text, &r) != nil || r.Kind != "style" {
		t.Errorf("%s, %v", text, err)
	}
}
