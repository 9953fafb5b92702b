package eval

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/base/near"
	"easel/internal/data/metric"
	"easel/internal/data/palette"
	"easel/internal/work/train"
)

// trainScorer trains a small judge on the photographs of a folder.
func trainScorer(t *testing.T, data string, edit func(*train.Options)) string {
	t.Helper()
	o := train.Default()
	o.Data, o.Out, o.Task, o.Threads = data, filepath.Join(t.TempDir(), "scorer"), train.Labels, 1
	o.Network.ImageSize, o.Network.Width, o.Network.LearningRate = side, 8, 2e-3
	o.Length, o.ValEvery = train.Length{Steps: 60}, 1000
	if edit != nil {
		edit(&o)
	}
	if err := train.Train(context.Background(), o, nil); err != nil {
		t.Fatal(err)
	}
	return o.Out
}

// TestScorer: it reads more in the real pictures than in those of a model that
// has learned nothing, and the numbers are those of its confusion matrix.
func TestScorer(t *testing.T) {
	t.Parallel()
	data := writePairs(t, map[string]int{"train": 8, "test": 4})
	o := options(data, writeModel(t, tiny(), "BtoA", 3))
	o.Scorer = trainScorer(t, data, nil)
	e := evaluate(t, o)
	m := e.Models[0]
	if e.Targets == nil || len(e.Targets.Values) != 3 || len(e.Targets.Pictures) != 4 {
		t.Fatalf("%+v", e.Targets)
	}
	for _, x := range []*Model{e.Targets, &m} {
		counts := slices.Concat(x.Scorer.Counts...)
		s := metric.ConfusionOf(len(x.Scorer.Classes), counts).Scores()
		if got := x.Values[ScorerClassIoU].Value; !near.Within(got-s.ClassIoU, 1e-12) {
			t.Errorf("%s: IoU %v, want %v", x.Name, got, s.ClassIoU)
		}
		all := 0.0
		for _, n := range counts {
			all += n
		}
		if all != 4*side*side {
			t.Errorf("%s: %v pixels", x.Name, all)
		}
	}
	ceiling, made := e.Targets.Values[ScorerPixelAccuracy].Value, m.Values[ScorerPixelAccuracy].Value
	if ceiling <= made {
		t.Errorf("accuracy %v on real pictures, %v on those of an untrained model", ceiling, made)
	}
	// At another size of the pictures the scorer still works at its own.
	o.Size = 2 * side
	if again := evaluate(t, o); math.Abs(again.Targets.Values[ScorerPixelAccuracy].Value-ceiling) > 0.2 {
		t.Errorf("accuracy %v at twice the size", again.Targets.Values[ScorerPixelAccuracy])
	}
	if err := e.Write(t.TempDir()); err != nil {
		t.Error(err)
	}
}

func TestScorerRefuses(t *testing.T) {
	t.Parallel()
	data := writePairs(t, map[string]int{"train": 4, "test": 2})
	path := writeModel(t, tiny(), "BtoA", 3)
	scorer := trainScorer(t, data, func(o *train.Options) { o.Length.Steps = 1 })
	for name, c := range map[string]struct {
		edit       func(*Options)
		text, hint string
	}{
		"knows the pictures": {func(o *Options) { o.Split = "train" }, "trained on", "without them"},
		"makes pictures":     {func(o *Options) { o.Scorer = path }, "predicts pictures", `Task: "labels"`},
		"same direction":     {func(o *Options) { o.Models = []string{writeModel(t, tiny(), "AtoB", 4)} }, "AtoB", "opposite direction"},
		"not there":          {func(o *Options) { o.Scorer = "nowhere" }, "nowhere", "run folder"},
	} {
		o := options(data, path)
		o.Scorer = scorer
		c.edit(&o)
		_, err := Evaluate(context.Background(), o, nil)
		if err == nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: error is %v", name, err)
			continue
		}
		var advice interface{ Hint() string }
		if !errors.As(err, &advice) || !strings.Contains(advice.Hint(), c.hint) {
			t.Errorf("%s: no such hint in %#v", name, err)
		}
	}
}

// TestTrainedOnTheJudged: a model that was trained on what it is judged by is
// judged, and that is said. And one that classifies makes label pictures.
func TestTrainedOnTheJudged(t *testing.T) {
	t.Parallel()
	data := writePairs(t, map[string]int{"train": 4, "test": 2})
	run := trainScorer(t, data, func(o *train.Options) { o.ValFraction = 0.3 })
	o := options(data, run)
	o.Split, o.Labels = "train", "b"
	e := evaluate(t, o)
	if !slices.ContainsFunc(e.Notes, func(n string) bool { return strings.Contains(n, "was trained on") }) {
		t.Errorf("notes: %v", e.Notes)
	}
	// Outputs have exactly the classes' colours, which are the palette's.
	made := e.gallery.best[0][0].made
	if share, err := (&palette.Palette{Classes: e.Models[0].Labels.Classes}).Fit(made); err != nil || share != 1 {
		t.Errorf("%v of the output has colours of classes: %v", share, err)
	}
	if a := e.Models[0].Values[PixelAccuracy].Value; a < 0.2 {
		t.Errorf("accuracy %v", a)
	}
}
