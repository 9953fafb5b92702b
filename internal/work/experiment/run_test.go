package experiment

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"easel/internal/file/imgio"
	"easel/internal/file/lock"
	"easel/internal/work/eval"
	"easel/internal/work/train"
)

// works counts how often each job was done.
type works map[string]int

// job is a job that notes that it was done, and how many units of work it was
// interrupted after.
func (w works) job(name string, do func(ctx context.Context, p Place) error) Job {
	return Job{
		Kind: "made", Name: name, Config: map[string]string{"name": name},
		Seconds: func(*Meter, string) (float64, error) { return 10, nil },
		Do: func(ctx context.Context, p Place) error {
			w[name]++
			p.Notify(Progress{Done: 1, Total: 2, SecondsLeft: 3})
			if do != nil {
				return do(ctx, p)
			}
			return nil
		},
	}
}

// made is an experiment of jobs.
func made(name string, jobs ...Job) Experiment {
	return Experiment{Name: name, Source: "a paper, Table 9", About: "things that are made", Needs: Pictures, Plan: func(Setting) (Plan, error) {
		return Plan{Jobs: jobs, Report: func(folder func(Job) string) (Report, error) {
			t := Table{Title: "Jobs", Columns: []Column{{Key: "done", Title: "Done", Better: "higher", Digits: 1}}}
			for _, j := range jobs {
				state, err := stateOf(folder(j))
				if err != nil {
					return Report{}, err
				}
				t.Rows = append(t.Rows, Row{Name: j.Name, Cells: map[string]Cell{"done": cellOf(eval.Value{Value: float64(state)})}})
			}
			return Report{Tables: []Table{t}, Notes: []string{"a note"}, Sheets: []Sheet{{Title: "Pictures", Headings: []string{"one"}, Rows: [][]*imgio.Picture{{imgio.New(4, 4, 3)}}}}}, nil
		}}, nil
	}}
}

func options(t *testing.T) Options {
	o := DefaultOptions()
	o.Data, o.Out = "data", filepath.Join(t.TempDir(), "out")
	return o
}

func TestOneOwner(t *testing.T) {
	t.Parallel()
	o := options(t)
	work, asked := works{}, false
	first := made("first", work.job("a", func(ctx context.Context, _ Place) error {
		var held *lock.HeldError
		_, err := Run(ctx, []Experiment{made("second", work.job("b", nil))}, o, nil)
		if asked = true; !errors.As(err, &held) {
			t.Errorf("error is %v", err)
		}
		return nil
	}))
	if _, err := Run(t.Context(), []Experiment{first}, o, nil); err != nil || !asked || work["b"] != 0 {
		t.Errorf("%v, %v", err, work)
	}
}

func TestJobsAreDoneOnceAndReused(t *testing.T) {
	t.Parallel()
	w := works{}
	a, b, c := w.job("a", nil), w.job("b", nil), w.job("c", nil)
	list := []Experiment{made("first", a, b), made("second", b, c)}
	o := options(t)
	var kinds []Kind
	var left []float64
	results, err := Run(context.Background(), list, o, func(e Event) {
		kinds = append(kinds, e.Kind)
		if e.Kind == Planned || e.Kind == Advanced {
			left = append(left, e.SecondsLeft)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(works{"a": 1, "b": 1, "c": 1}, w); diff != "" {
		t.Error(diff)
	}
	want := []Kind{Planned, Started, Advanced, Finished, Started, Advanced, Finished, Written, Reused, Started, Advanced, Finished, Written}
	if diff := cmp.Diff(want, kinds); diff != "" {
		t.Error(diff)
	}
	// Three jobs of ten seconds; then, in the first, it says three for itself.
	if left[0] != 30 || left[1] != 23 {
		t.Errorf("time left: %v", left)
	}
	for _, r := range results {
		for _, path := range []string{r.Page, r.Markdown, r.JSON} {
			if _, err := os.Stat(path); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := Run(context.Background(), list, o, nil); err != nil || w["a"]+w["b"]+w["c"] != 3 {
		t.Errorf("a second time: %v, %v", w, err)
	}
}

func TestAnInterruptedJobIsGoneOnWithOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	w := works{}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	second := w.job("b", func(ctx context.Context, p Place) error {
		left := filepath.Join(p.Dir, "left")
		if _, err := os.Stat(left); err == nil {
			return nil // what it was begun with is there
		}
		if err := os.WriteFile(left, nil, 0o644); err != nil {
			return err
		}
		cancel()
		return ctx.Err()
	})
	list := []Experiment{made("one", w.job("a", nil), second)}
	o := options(t)
	_, err := Run(ctx, list, o, nil)
	if !errors.Is(err, context.Canceled) || !strings.Contains(hintOf(err), "Resume") {
		t.Fatalf("interrupted: %v, hint %q", err, hintOf(err))
	}
	if files, _ := filepath.Glob(filepath.Join(o.Out, "*.html")); len(files) > 0 {
		t.Errorf("a table of what is not finished: %v", files)
	}
	if _, err := Run(context.Background(), list, o, nil); err == nil || !strings.Contains(hintOf(err), "Resume") {
		t.Errorf("without being asked: %v", err)
	}
	o.Resume = true
	if _, err := Run(context.Background(), list, o, nil); err != nil {
		t.Fatal(err)
	}
	if w["a"] != 1 || w["b"] != 2 {
		t.Errorf("done: %v", w)
	}
}

func TestAFailedJobIsNotTakenForFinished(t *testing.T) {
	t.Parallel()
	w := works{}
	fail := errors.New("it cannot be")
	list := []Experiment{made("one", w.job("a", func(context.Context, Place) error { return fail }))}
	o := options(t)
	for range 2 {
		if _, err := Run(context.Background(), list, o, nil); !errors.Is(err, fail) || !strings.Contains(err.Error(), "experiment one: a: ") {
			t.Errorf("got %v", err)
		}
	}
	if w["a"] != 2 {
		t.Errorf("done %d times", w["a"])
	}
}

func TestFoldersDependOnTheConfigurationAlone(t *testing.T) {
	t.Parallel()
	base := Setting{Data: "here", Scale: Small(), Source: Nominal()}
	key := func(s Setting, edit func(*train.Options)) string {
		o := s.options()
		edit(&o)
		k, err := s.training(o).key()
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	nothing := func(*train.Options) {}
	first := key(base, nothing)
	moved := base
	moved.Data, moved.Threads, moved.SkipBad = "there", 7, true
	if key(moved, nothing) != first {
		t.Error("the key depends on where the data are or on the machine")
	}
	if key(base, func(o *train.Options) { o.CheckpointEvery, o.ValEvery, o.Keep = 3, 4, 5 }) != first {
		t.Error("the key depends on how often a run is saved")
	}
	other := base
	changed := *base.Source
	changed.Contents = "other"
	other.Source = &changed
	seen := map[string]bool{first: true}
	for _, k := range []string{
		key(other, nothing),
		key(base, func(o *train.Options) { o.Seed = 1 }),
		key(base, func(o *train.Options) { o.Network.Lambda = 10 }),
		key(base, func(o *train.Options) { o.Direction = "AtoB" }),
		key(base, func(o *train.Options) { o.Batch = 4 }),
		key(base, func(o *train.Options) { o.Length.Steps++ }),
	} {
		if seen[k] {
			t.Error("two configurations have one key")
		}
		seen[k] = true
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	list := []Experiment{made("one"), made("two")}
	found, err := Find(list, "two", "one")
	if err != nil || found[0].Name != "two" || found[1].Name != "one" {
		t.Errorf("got %v, %v", found, err)
	}
	if _, err := Find(list, "one", "three"); err == nil || !strings.Contains(err.Error(), "one, two") {
		t.Errorf("got %v", err)
	}
}

func TestListMeasuresWhatIsNotFinished(t *testing.T) {
	t.Parallel()
	w := works{}
	a, b, c := w.job("a", nil), w.job("b", nil), w.job("c", nil)
	list := []Experiment{made("first", a, b), made("second", b, c)}
	o := options(t)
	if _, err := Run(context.Background(), list[:1], o, nil); err != nil {
		t.Fatal(err)
	}
	listings, together, err := List(context.Background(), list, o, nil)
	if err != nil || together != 10 {
		t.Fatalf("together %v, %v", together, err)
	}
	if l := listings[1]; l.Seconds != 10 || l.Finished != 1 || len(l.Jobs) != 2 {
		t.Errorf("got %+v", l)
	}
	o.Out, o.Data = "", ""
	listings, together, err = List(context.Background(), list, o, nil)
	if err != nil || together != 30 || listings[0].Seconds != 20 {
		t.Errorf("of nothing: %v, %+v, %v", together, listings, err)
	}
	if w["c"] > 0 {
		t.Error("listing did a job")
	}
}

func TestBadOptions(t *testing.T) {
	t.Parallel()
	for want, edit := range map[string]func(*Options){
		"folder":          func(o *Options) { o.Out = "" },
		"AtoB":            func(o *Options) { o.Direction = "up" },
		"auto, none":      func(o *Options) { o.Labels = "c" },
		"seeds is -1":     func(o *Options) { o.Seeds = -1 },
		"steps is -1":     func(o *Options) { o.Steps = -1 },
		"power of two":    func(o *Options) { o.ImageSize = 100 },
		"medium or paper": func(o *Options) { o.Scale = "huge" },
	} {
		o := options(t)
		edit(&o)
		if _, err := Run(context.Background(), nil, o, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	for _, s := range Scales() {
		o := options(t)
		o.Scale = s.Name
		if err := o.Validate(); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		if again, err := ParseScale(s.Name); err != nil || again != s {
			t.Errorf("%s: %v", s.Name, err)
		}
	}
	if _, err := ParseScale("huge"); err == nil || !strings.Contains(err.Error(), "small, medium, paper") {
		t.Errorf("got %v", err)
	}
}

func TestAFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	o := options(t)
	if err := os.WriteFile(o.Out, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Run(context.Background(), []Experiment{made("one")}, o, nil); err == nil || hintOf(err) == "" {
		t.Errorf("got %v", err)
	}
}

func hintOf(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}
