package experiment

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"easel/internal/base/near"
	"easel/internal/data/facade"
	"easel/internal/file/imgio"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
	"easel/internal/work/train"
)

// draw draws façades into folders of pairs, labels on the left.
func draw(t *testing.T, counts map[string]int) string {
	t.Helper()
	dir := t.TempDir()
	index := 0
	for _, split := range []string{"train", "val", "test", "."} {
		for range counts[split] {
			labels, photo := facade.Generate(1, index, 32)
			pair, err := imgio.SideBySide(labels, imgio.Quantise(photo))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Join(dir, split), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := imgio.Write(filepath.Join(dir, split, fmt.Sprintf("%d.png", index)), pair); err != nil {
				t.Fatal(err)
			}
			index++
		}
	}
	return dir
}

// toy is a scale that takes a moment.
func toy(t *testing.T, data string) Options {
	o := options(t)
	o.Data = data
	o.ImageSize, o.Width, o.Steps = 32, 4, 2
	return o
}

func one(t *testing.T, name string) []Experiment {
	t.Helper()
	list, err := Find(All(), name)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// TestColors makes a table from pairs to page, with two seeds, and again with
// another experiment that shares its runs.
func TestColors(t *testing.T) {
	t.Parallel()
	o := toy(t, draw(t, map[string]int{"train": 6, "test": 3}))
	o.Seeds = 2
	results, err := Run(context.Background(), one(t, "colors"), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	table := results[0].Tables[0]
	var rows []string
	for _, r := range table.Rows {
		rows = append(rows, r.Name)
		for _, c := range table.Columns {
			cell, ok := r.Cells[c.Key]
			if !ok || cell.Seeds != 2 || !(cell.Mean >= 0) || !(cell.Deviation > 0) {
				t.Errorf("%s, %s: %+v", r.Name, c.Title, cell)
			}
		}
	}
	if diff := cmp.Diff([]string{rowL1, rowCGAN, rowL1CGAN, rowPixelGAN}, rows); diff != "" {
		t.Error(diff)
	}
	// Labels are on the left, so it goes from A to B.
	if runs, _ := filepath.Glob(filepath.Join(o.Out, "runs", "*-AtoB-*")); len(runs) != 8 {
		t.Errorf("runs: %v", runs)
	}
	if sheet := results[0].Sheets[0]; len(sheet.Rows) != 3 || len(sheet.Rows[0]) != 6 {
		t.Errorf("%d rows of %d pictures", len(sheet.Rows), len(sheet.Rows[0]))
	}
}

// TestLosses is judged by a scorer, which is trained once, for all tables, and says
// what it reads in the truth.
func TestLosses(t *testing.T) {
	t.Parallel()
	o := toy(t, draw(t, map[string]int{"train": 4, "test": 2}))
	list, err := Find(All(), "losses", "generators")
	if err != nil {
		t.Fatal(err)
	}
	results, err := Run(context.Background(), list, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	table := results[0].Tables[0]
	if len(table.Rows) != 7 || table.Rows[6].Name != rowTruth {
		t.Fatalf("rows: %+v", table.Rows)
	}
	for i, r := range table.Rows {
		for k, c := range table.Columns {
			cell, ok := r.Cells[c.Key]
			if ok != (i < 6 || k < 3) || k < 3 && !(cell.Mean >= 0 && cell.Mean <= 1) {
				t.Errorf("%s, %s: %+v", r.Name, c.Title, cell)
			}
		}
	}
	if runs, _ := filepath.Glob(filepath.Join(o.Out, "runs", "scorer-BtoA-*")); len(runs) != 1 {
		t.Errorf("scorers: %v", runs)
	}
	if runs, _ := filepath.Glob(filepath.Join(o.Out, "runs", "*")); len(runs) != 1+6+2 {
		t.Errorf("runs: %v", runs)
	}
}

// TestNoise: only noise makes samples differ.
func TestNoise(t *testing.T) {
	t.Parallel()
	o := toy(t, draw(t, map[string]int{"train": 3, "test": 2}))
	results, err := Run(context.Background(), one(t, "noise"), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range results[0].Tables[0].Rows {
		d, ok := r.Cells[diversityColumn().Key]
		noisy, silent := i == 0 || i == 2, i == 1 // which has no samples
		if ok == silent || noisy != (d.Mean > 0) {
			t.Errorf("%s: diversity %+v", r.Name, d)
		}
	}
}

// TestWithoutLabels: pairs of photographs are judged without a scorer.
func TestWithoutLabels(t *testing.T) {
	t.Parallel()
	o := toy(t, draw(t, map[string]int{"train": 4, "test": 2}))
	o.Labels, o.Direction = "none", "BtoA"
	results, err := Run(context.Background(), one(t, "generators"), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if table := results[0].Tables[0]; len(table.Columns) != 4 || len(table.Rows) != 4 {
		t.Errorf("%d rows and %d columns", len(table.Rows), len(table.Columns))
	}
	if runs, _ := filepath.Glob(filepath.Join(o.Out, "runs", "*-BtoA-*")); len(runs) != 4 {
		t.Errorf("runs: %v", runs)
	}
}

// TestSegmentation goes the other way round and reads labels.
func TestSegmentation(t *testing.T) {
	t.Parallel()
	o := toy(t, draw(t, map[string]int{"train": 4, "test": 2}))
	results, err := Run(context.Background(), one(t, "segmentation"), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	table := results[0].Tables[0]
	for _, r := range table.Rows {
		for _, c := range table.Columns {
			cell, ok := r.Cells[c.Key]
			if !ok || cell.Mean < 0 || strings.HasPrefix(c.Title, "Per-") && cell.Mean > 1 {
				t.Errorf("%s, %s: %+v", r.Name, c.Title, cell)
			}
		}
	}
	if runs, _ := filepath.Glob(filepath.Join(o.Out, "runs", "*-BtoA-*")); len(runs) != 4 {
		t.Errorf("runs: %v", runs)
	}
}

// TestResumedTableIsTheSame: a training run that is stopped half way, in the
// middle of a table, is gone on with, and the table is that of one that was not.
func TestResumedTableIsTheSame(t *testing.T) {
	t.Parallel()
	data := draw(t, map[string]int{"train": 4, "test": 2})
	whole := toy(t, data)
	whole.Steps = 4
	want, err := Run(context.Background(), one(t, "colors"), whole, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := toy(t, data)
	o.Steps = 4
	o.Threads = 2
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	_, err = Run(ctx, one(t, "colors"), o, func(e Event) {
		if e.Inside != nil && e.Inside.Training != nil && e.Inside.Training.Kind == train.Stepped && e.Done == 2 && e.Inside.Done == 2 {
			cancel()
		}
	})
	if !errors.Is(err, train.ErrInterrupted) || !strings.Contains(hintOf(err), "Resume") {
		t.Fatalf("interrupted: %v", err)
	}
	if _, err := Run(context.Background(), one(t, "colors"), o, nil); err == nil {
		t.Error("gone on with without being asked")
	}
	o.Resume = true
	resumed := false
	got, err := Run(context.Background(), one(t, "colors"), o, func(e Event) {
		if e.Inside != nil && e.Inside.Training != nil && e.Inside.Training.Facts != nil && e.Inside.Training.Facts.Resumed {
			resumed = true
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if !resumed {
		t.Error("the run began anew")
	}
	if diff := cmp.Diff(want[0].Tables, got[0].Tables); diff != "" {
		t.Error(diff)
	}
}

// TestAfterAKill: what a killed process leaves of a run that had no checkpoint yet
// is begun anew, and of a judgement that was not marked as done made anew.
func TestAfterAKill(t *testing.T) {
	t.Parallel()
	o := toy(t, draw(t, map[string]int{"train": 3, "test": 2}))
	want, err := Run(context.Background(), one(t, "resolution"), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"runs/*/checkpoints/*.safetensors", "runs/*/done.json", "scores/*/done.json", "scores/*-at64*/evaluation.json"} {
		files, err := filepath.Glob(filepath.Join(o.Out, filepath.FromSlash(pattern)))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", pattern, files, err)
		}
		for _, f := range files {
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	o.Resume = true
	got, err := Run(context.Background(), one(t, "resolution"), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want[0].Tables, got[0].Tables); diff != "" {
		t.Error(diff)
	}
	if rows := got[0].Tables[0].Rows; len(rows) != 3 || rows[2].Name != "128×128" {
		t.Errorf("rows: %+v", rows)
	}
}

func TestDataThatWillNotDo(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		counts     map[string]int
		experiment string
		edit       func(*Options)
		want       string
	}{
		"nothing":            {nil, "losses", nil, "empty"},
		"no pairs to judge":  {map[string]int{"train": 3}, "losses", nil, "0 in test"},
		"flat":               {map[string]int{".": 4}, "losses", nil, "others to judge by"},
		"no pairs to train":  {map[string]int{"test": 3}, "losses", nil, "0 pairs in train/"},
		"no labels":          {map[string]int{"train": 3, "test": 2}, "segmentation", func(o *Options) { o.Labels = "none" }, "label pictures"},
		"against the labels": {map[string]int{"train": 3, "test": 2}, "losses", func(o *Options) { o.Direction = "BtoA" }, "the labels are on side a"},
		"too small":          {map[string]int{"train": 3, "test": 2}, "patches", nil, "286×286: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := toy(t, draw(t, test.counts))
			if test.edit != nil {
				test.edit(&o)
			}
			_, err := Run(context.Background(), one(t, test.experiment), o, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v", err)
			}
			if runs, _ := filepath.Glob(filepath.Join(o.Out, "runs", "*")); len(runs) > 0 {
				t.Errorf("it began: %v", runs)
			}
		})
	}
}

// TestPairsOfVal: as in the paper's Cityscapes, val/ judges where there is no test/.
func TestPairsOfVal(t *testing.T) {
	t.Parallel()
	o := toy(t, draw(t, map[string]int{"train": 3, "val": 2}))
	s, err := openSource(context.Background(), o, func(Event) {})
	if err != nil || s.Split != "val" || s.Judged != 2 || s.Held || s.used() != 3 {
		t.Errorf("got %+v, %v", s, err)
	}
}

// TestEveryPlan: every experiment plans at every scale, with runs that training
// would take, each under a name of its own.
func TestEveryPlan(t *testing.T) {
	t.Parallel()
	for _, scale := range Scales() {
		for _, e := range All() {
			p, err := e.Plan(Setting{Data: "data", Scale: scale, Source: Nominal()})
			if err != nil {
				t.Errorf("%s, %s: %v", scale.Name, e.Name, err)
				continue
			}
			names := map[string]string{}
			for _, j := range p.Jobs {
				dir, err := j.folder("out")
				if err != nil {
					t.Error(err)
				}
				if other, ok := names[j.Kind+j.Name]; ok && other != dir {
					t.Errorf("%s, %s: two jobs are called %s", scale.Name, e.Name, j.Name)
				}
				names[j.Kind+j.Name] = dir
			}
		}
	}
}

func TestSpread(t *testing.T) {
	t.Parallel()
	// Halves at bins 2 and 6: mean 4, deviation 2, whatever the sum.
	if d := deviation([]float64{0, 0, 1, 0, 0, 0, 1}); d != 2 {
		t.Errorf("got %v", d)
	}
	if d := deviation([]float64{0, 0.3}); d != 0 {
		t.Errorf("of one bin: %v", d)
	}
}

// TestRecipe makes the table with the perceptual loss, and again without VGG-19's weights,
// for which nothing is trained anew.
func TestRecipe(t *testing.T) {
	t.Parallel()
	o := toy(t, draw(t, map[string]int{"train": 4, "test": 3}))
	o.PerceptualWeights = filepath.Join(t.TempDir(), "vgg.safetensors")
	if err := weights.Write(o.PerceptualWeights, vgg.Random(2, 1), weights.About{Kind: vgg.Torchvision}); err != nil {
		t.Fatal(err)
	}
	trained := 0
	count := func(e Event) {
		if e.Kind == Finished && !strings.HasPrefix(e.Job, "scorer") && e.Inside == nil {
			trained++
		}
	}
	results, err := Run(context.Background(), one(t, "recipe"), o, count)
	if err != nil {
		t.Fatal(err)
	}
	table := results[0].Tables[0]
	if len(table.Rows) != 8 || trained != 16 { // each is trained and judged
		t.Errorf("%d rows of %d jobs", len(table.Rows), trained)
	}
	for _, r := range table.Rows {
		for _, c := range table.Columns {
			if cell, ok := r.Cells[c.Key]; !ok || !near.Within(cell.Mean, 1e6) {
				t.Errorf("%s, %s: %+v", r.Name, c.Title, cell)
			}
		}
	}

	o.PerceptualWeights, o.Resume, trained = "", true, 0
	if results, err = Run(context.Background(), one(t, "recipe"), o, count); err != nil {
		t.Fatal(err)
	}
	if rows := len(results[0].Tables[0].Rows); rows != 6 || trained != 6 { // judged without VGG-19
		t.Errorf("%d rows of %d jobs without weights", rows, trained)
	}
}

func TestRecipeWithoutTheFile(t *testing.T) {
	t.Parallel()
	o := toy(t, draw(t, map[string]int{"train": 4, "test": 3}))
	o.PerceptualWeights = filepath.Join(t.TempDir(), "none.safetensors")
	if _, err := Run(context.Background(), one(t, "recipe"), o, nil); err == nil || !strings.Contains(err.Error(), "none.safetensors") {
		t.Errorf("error %v", err)
	}
}
