package train_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"easel/internal/file/imgio"
	"easel/internal/file/safetensors"
	"easel/internal/model/stored"
	"easel/internal/work/train"
)

// pairs draws side-by-side pictures: coloured blocks, and the same with red and
// blue exchanged and brightened.
func pairs(t *testing.T, count int, seed uint64) string {
	t.Helper()
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(seed, 1))
	for i := range count {
		p := imgio.New(80, 40, 3)
		for y := range 40 {
			for x := range 40 {
				if x%8 == 0 && y%8 == 0 {
					for c := range 3 {
						fill(p, x, y, c, r.Float32())
					}
				}
			}
		}
		if err := imgio.Write(filepath.Join(dir, fmt.Sprintf("%d.png", i)), p); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func fill(p *imgio.Picture, x, y, c int, v float32) {
	for dy := range 8 {
		for dx := range 8 {
			p.Set(x+dx, y+dy, c, v)
			p.Set(40+x+dx, y+dy, 2-c, 0.25+0.7*v)
		}
	}
}

func tiny(t *testing.T, data string) train.Options {
	t.Helper()
	o := train.Default()
	o.Data, o.Out = data, filepath.Join(t.TempDir(), "run")
	o.Network.ImageSize, o.Network.Width, o.Network.DiscriminatorWidth, o.Network.PatchLayers = 32, 4, 4, 1
	o.Length = train.Length{Steps: 12}
	o.CheckpointEvery, o.ValEvery = 5, 4
	o.Threads, o.Seed = 1, 3
	return o
}

func mustTrain(t *testing.T, o train.Options, notify func(train.Event)) {
	t.Helper()
	if err := train.Train(t.Context(), o, notify); err != nil {
		t.Fatal(err)
	}
}

// weights are all tensors of a run's latest checkpoint.
func weights(t *testing.T, run string) (*safetensors.File, int) {
	t.Helper()
	path, step, err := stored.Latest(filepath.Join(run, "checkpoints"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := safetensors.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return f, step
}

func sameBits(t *testing.T, a, b *safetensors.File) {
	t.Helper()
	if len(a.Tensors) != len(b.Tensors) {
		t.Fatalf("%d and %d tensors", len(a.Tensors), len(b.Tensors))
	}
	for i, x := range a.Tensors {
		for j, v := range x.Data {
			if v != b.Tensors[i].Data[j] {
				t.Fatalf("%s differs at %d: %v and %v", x.Name, j, v, b.Tensors[i].Data[j])
			}
		}
	}
}

// log reads a run's log and returns the steps of its Stepped events and the
// losses as JSON.
func log(t *testing.T, run string) (steps []int, losses []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(run, "log.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(text) {
		var e train.Event
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if e.Kind == train.Stepped {
			l, _ := json.Marshal(e.Losses)
			steps, losses = append(steps, e.Step), append(losses, string(l))
		}
	}
	return steps, losses
}

func resume(t *testing.T, run string, steps int) train.Options {
	t.Helper()
	o, err := train.ResumeOptions(run)
	if err != nil {
		t.Fatal(err)
	}
	o.Length = train.Length{Steps: steps}
	return o
}

func TestARunLeavesWhatItPromises(t *testing.T) {
	t.Parallel()
	o := tiny(t, pairs(t, 8, 1))
	seen := map[train.Kind]int{}
	mustTrain(t, o, func(e train.Event) { seen[e.Kind]++ })
	want := map[train.Kind]int{train.Started: 1, train.Stepped: 12, train.Validated: 4, train.Saved: 4, train.Ended: 1, train.Sampled: 4, train.Estimated: 1}
	for kind, n := range want {
		if seen[kind] != n {
			t.Errorf("%d events %q, want %d", seen[kind], kind, n)
		}
	}
	for _, name := range []string{"config.json", "log.jsonl", "report.html", "best.safetensors",
		"checkpoints/step-00000010.safetensors", "checkpoints/step-00000012.safetensors", "samples/step-00000000.png", "samples/step-00000012.png"} {
		if _, err := os.Stat(filepath.Join(o.Out, name)); err != nil {
			t.Error(err)
		}
	}
	if list, _ := filepath.Glob(filepath.Join(o.Out, "checkpoints", "*")); len(list) != o.Keep {
		t.Errorf("%v is not pruned to %d", list, o.Keep)
	}
	m, err := stored.Open(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if m.Training.Metrics["l1"] <= 0 || m.Config.Images.LoadSize != 36 || m.Config.Network.InputChannels != 3 {
		t.Errorf("the model says %+v of %+v", m.Training, m.Config)
	}
}

func TestChannelsAreThoseOfThePicturesInTheirDirection(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range 5 {
		for side, channels := range map[string]int{"A": 1, "B": 3} {
			p := imgio.New(40, 48, channels)
			for j := range p.Pix {
				p.Pix[j] = float32((j*(i+3))%256) / 255
			}
			if err := os.MkdirAll(filepath.Join(dir, side), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := imgio.Write(filepath.Join(dir, side, fmt.Sprintf("%d.png", i)), p); err != nil {
				t.Fatal(err)
			}
		}
	}
	for direction, want := range map[string][2]int{"AtoB": {1, 3}, "btoa": {3, 1}} {
		o := tiny(t, dir)
		o.Direction, o.Batch, o.Length = direction, 3, train.Length{Epochs: 2}
		steps := 0
		mustTrain(t, o, func(e train.Event) { steps = max(steps, e.Step) })
		m, err := stored.Open(o.Out)
		if err != nil {
			t.Fatal(err)
		}
		if n := m.Config.Network; n.InputChannels != want[0] || n.OutputChannels != want[1] {
			t.Errorf("%s: %d to %d channels", direction, n.InputChannels, n.OutputChannels)
		}
		if !strings.EqualFold(m.Config.Images.Direction, direction) || steps != 3 || m.Training.Epoch > 2 {
			t.Errorf("%s: %d steps, %+v", m.Config.Images.Direction, steps, m.Training)
		}
		m.Close()
	}
}

func TestLossFalls(t *testing.T) {
	t.Parallel()
	o := tiny(t, pairs(t, 8, 1))
	o.Length, o.ValEvery, o.CheckpointEvery = train.Length{Steps: 150}, 1000, 1000
	o.Network.LearningRate = 2e-3
	var l1 []float64
	var validation []float64
	mustTrain(t, o, func(e train.Event) {
		switch e.Kind {
		case train.Stepped:
			l1 = append(l1, e.Losses["l1"])
		case train.Validated:
			validation = append(validation, e.Metrics["l1"])
		}
	})
	if first, last := mean(l1[:10]), mean(l1[140:]); last > 0.7*first {
		t.Errorf("training L1 went from %.3f to %.3f", first, last)
	}
	if first, last := validation[0], validation[len(validation)-1]; last > 0.8*first {
		t.Errorf("validation L1 went from %.3f to %.3f", first, last)
	}
}

func mean(v []float64) (m float64) {
	for _, x := range v {
		m += x / float64(len(v))
	}
	return m
}

func TestStoppedAndResumedIsTheSameAsNeverStopped(t *testing.T) {
	t.Parallel()
	data := pairs(t, 5, 2)
	whole := tiny(t, data)
	mustTrain(t, whole, nil)
	want, _ := weights(t, whole.Out)
	_, wantLosses := log(t, whole.Out)

	for name, stop := range map[string]func(t *testing.T) string{
		"at the end": func(t *testing.T) string {
			o := tiny(t, data)
			o.Length.Steps = 6
			mustTrain(t, o, nil)
			return o.Out
		},
		"cancelled": func(t *testing.T) string {
			o := tiny(t, data)
			ctx, cancel := context.WithCancel(t.Context())
			err := train.Train(ctx, o, func(e train.Event) {
				if e.Kind == train.Stepped && e.Step == 7 {
					cancel()
				}
			})
			if !errors.Is(err, train.ErrInterrupted) {
				t.Fatalf("got %v", err)
			}
			if _, step := weights(t, o.Out); step != 7 {
				t.Fatalf("saved at step %d", step)
			}
			return o.Out
		},
		"killed": func(t *testing.T) string {
			o := tiny(t, data)
			mustTrain(t, o, nil) // then forget the end: back to step 10
			if err := os.Remove(filepath.Join(o.Out, "checkpoints", "step-00000012.safetensors")); err != nil {
				t.Fatal(err)
			}
			cutLog(t, o.Out)
			return o.Out
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := stop(t)
			o := resume(t, run, 12)
			o.Threads = 2
			mustTrain(t, o, nil)
			got, step := weights(t, run)
			if step != 12 {
				t.Fatalf("ends at step %d", step)
			}
			sameBits(t, want, got)
			steps, losses := log(t, run)
			if len(steps) != 12 || steps[11] != 12 || strings.Join(losses, "\n") != strings.Join(wantLosses, "\n") {
				t.Errorf("the log has steps %v", steps)
			}
		})
	}
}

// cutLog ends a log in the middle of a line, as a killed process may.
func cutLog(t *testing.T, run string) {
	t.Helper()
	path := filepath.Join(run, "log.jsonl")
	text, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(path, append(text, `{"event":"step","st`...), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestANumberThatIsNotFiniteStopsTheRun(t *testing.T) {
	t.Parallel()
	o := tiny(t, pairs(t, 4, 1))
	o.Network.LearningRate = 1e38
	o.Length.Steps = 100
	var bad *train.NotFiniteError
	if err := train.Train(t.Context(), o, nil); !errors.As(err, &bad) {
		t.Fatalf("got %v", err)
	}
	f, err := stored.ReadHeader(bad.Checkpoint)
	if err != nil || bad.Step < 1 || f.Training.Step >= bad.Step || bad.Hint() == "" {
		t.Errorf("%v; checkpoint %+v, %v", bad, f.Training, err)
	}
}

func TestACheckpointThatCannotBeWrittenLosesNothing(t *testing.T) {
	t.Parallel()
	o := tiny(t, pairs(t, 4, 1))
	folder, aside := filepath.Join(o.Out, "checkpoints"), filepath.Join(o.Out, "aside")
	err := train.Train(t.Context(), o, func(e train.Event) {
		if e.Kind == train.Stepped && e.Step == 8 { // the next checkpoint is that of step 10
			if err := errors.Join(os.Rename(folder, aside), os.WriteFile(folder, nil, 0o600)); err != nil {
				t.Error(err)
			}
		}
	})
	if err == nil || !strings.Contains(err.Error(), "last good checkpoint is "+stored.StepPath(folder, 5)) || !strings.Contains(hint(err), fmt.Sprintf("Resume: %q", o.Out)) {
		t.Fatalf("got %v", err)
	}
	if err := errors.Join(os.Remove(folder), os.Rename(aside, folder)); err != nil {
		t.Fatal(err)
	}
	mustTrain(t, resume(t, o.Out, 12), nil)
	if steps, _ := log(t, o.Out); len(steps) != 12 {
		t.Errorf("the log has steps %v", steps)
	}
}

func TestResumingRefusesOtherDataAndOptions(t *testing.T) {
	t.Parallel()
	data := pairs(t, 4, 1)
	o := tiny(t, data)
	o.Length.Steps = 2
	mustTrain(t, o, nil)
	for name, test := range map[string]struct {
		change func(o *train.Options)
		want   string
	}{
		"width": {func(o *train.Options) { o.Network.Width = 8 }, "network.width was 4, is 8"},
		"seed":  {func(o *train.Options) { o.Seed = 9 }, "seed was 3, is 9"},
		"data":  {func(o *train.Options) { o.Data = pairs(t, 4, 99) }, "data set differs from the one"},
		"more":  {func(o *train.Options) { o.Data = pairs(t, 6, 1) }, "data set differs from the one"},
		"out":   {func(o *train.Options) { o.Out = o.Resume + "2" }, "own folder"},
	} {
		t.Run(name, func(t *testing.T) { // one after the other: a run has one owner
			r := resume(t, o.Out, 4)
			test.change(&r)
			err := train.Train(t.Context(), r, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) || hint(err) == "" {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAFolderThatWillNotDoIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	o := tiny(t, pairs(t, 4, 1))
	o.Length.Steps = 1
	mustTrain(t, o, nil)
	if err := train.Train(t.Context(), o, nil); err == nil || !strings.Contains(err.Error(), "already holds a run") || !strings.Contains(hint(err), fmt.Sprintf("easel train with Resume: %q", o.Out)) {
		t.Errorf("a second run in the folder: %v", err)
	}
	o.Out = filepath.Join(o.Out, "config.json", "run")
	if err := train.Train(t.Context(), o, nil); err == nil || !strings.Contains(err.Error(), "run folder") || hint(err) == "" {
		t.Errorf("a folder below a file: %v", err)
	}
	if _, err := train.ResumeOptions(t.TempDir()); err == nil || hint(err) == "" {
		t.Errorf("resuming what is no run: %v", err)
	}
}

// files are the paths of all that is in a folder, itself included; none if there
// is no such folder.
func files(t *testing.T, dir string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if !errors.Is(err, fs.ErrNotExist) {
			paths = append(paths, strings.TrimPrefix(filepath.ToSlash(path), filepath.ToSlash(dir)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// TestARunThatCameToNothingLeavesNothing: but it does not take away what was
// there before.
func TestARunThatCameToNothingLeavesNothing(t *testing.T) {
	t.Parallel()
	data := pairs(t, 4, 1)
	for name, change := range map[string]func(o *train.Options){
		"data":      func(o *train.Options) { o.Data = t.TempDir() },
		"init-from": func(o *train.Options) { o.InitFrom = filepath.Join(data, "0.png") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := tiny(t, data)
			home := filepath.Dir(o.Out)
			o.Out = filepath.Join(home, "runs", "first")
			change(&o)
			if err := train.Train(t.Context(), o, nil); err == nil {
				t.Fatal("it trains")
			}
			if got := files(t, home); len(got) != 1 {
				t.Errorf("%v is left", got)
			}
			if err := errors.Join(os.MkdirAll(filepath.Join(o.Out, "samples"), 0o700), os.WriteFile(filepath.Join(o.Out, "notes.txt"), nil, 0o600)); err != nil {
				t.Fatal(err)
			}
			before := files(t, home)
			if err := train.Train(t.Context(), o, nil); err == nil {
				t.Fatal("it trains")
			}
			if after := files(t, home); !slices.Equal(before, after) {
				t.Errorf("there was %v, there is %v", before, after)
			}
		})
	}
}

// TestNoRoomForTheFirstCheckpoint: there is nothing to resume, and the same
// command will do.
func TestNoRoomForTheFirstCheckpoint(t *testing.T) {
	t.Parallel()
	o := tiny(t, pairs(t, 4, 1))
	o.Length.Steps = 1
	inTheWay := stored.StepPath(filepath.Join(o.Out, "checkpoints"), 0)
	err := train.Train(t.Context(), o, func(e train.Event) {
		if e.Kind == train.Started {
			if err := os.Mkdir(inTheWay, 0o700); err != nil {
				t.Error(err)
			}
		}
	})
	if err == nil || !strings.Contains(hint(err), "repeat the command") {
		t.Fatalf("got %v, hint %s", err, hint(err))
	}
	if got := files(t, o.Out); !slices.Equal(got, []string{"", "/checkpoints", "/checkpoints/step-00000000.safetensors"}) {
		t.Errorf("%v is left", got)
	}
	if err := os.Remove(inTheWay); err != nil {
		t.Fatal(err)
	}
	mustTrain(t, o, nil)
}

func TestInitFromTakesWhatFits(t *testing.T) {
	t.Parallel()
	data := pairs(t, 4, 1)
	o := tiny(t, data)
	o.Length.Steps = 3
	mustTrain(t, o, nil)

	next := tiny(t, data)
	next.InitFrom, next.Network.DiscriminatorWidth = o.Out, 5
	ctx, cancel := context.WithCancel(t.Context())
	var fit train.Event
	err := train.Train(ctx, next, func(e train.Event) {
		if e.Kind == train.Fitted {
			fit = e
		}
		if e.Kind == train.Saved {
			cancel() // before the first step
		}
	})
	if !errors.Is(err, train.ErrInterrupted) {
		t.Fatal(err)
	}
	if len(fit.Fits) == 0 || len(fit.Misfits) == 0 {
		t.Fatalf("fits %v, misfits %v", fit.Fits, fit.Misfits)
	}
	from, err := stored.Open(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	got, _ := weights(t, next.Out)
	for _, x := range got.Tensors {
		if strings.HasPrefix(x.Name, "generator/") && !strings.Contains(x.Name, "/adam/") {
			_, want, err := from.Tensor(x.Name)
			if err != nil || want[0] != x.Data[0] {
				t.Errorf("%s starts with %v, not %v (%v)", x.Name, x.Data[0], want[0], err)
			}
		}
	}
}

// TestTime: of 1.5 seconds, with 0.1 s a step, and a rate that falls over the steps that
// they are enough for.
func TestTime(t *testing.T) {
	t.Parallel()
	o := tiny(t, pairs(t, 4, 1))
	o.Length = train.Length{Time: 1500 * time.Millisecond}
	o.Network.Schedule, o.Network.DecayFrom = "linear", 0
	var rates []float64
	at := time.Unix(0, 0)
	err := train.TrainBy(t.Context(), o, func(e train.Event) {
		if e.Kind == train.Stepped {
			rates = append(rates, e.LearningRate)
			at = at.Add(100 * time.Millisecond)
		}
	}, func() time.Time { return at })
	if err != nil {
		t.Fatal(err)
	}
	if n := len(rates); n != 15 || rates[n-1] >= rates[0] {
		t.Errorf("%d steps with the rates %v", n, rates)
	}
	weights(t, o.Out)
}

func TestReportStandsAlone(t *testing.T) {
	t.Parallel()
	o := tiny(t, pairs(t, 4, 1))
	o.ValEvery = 1
	o.Length.Steps = 30
	mustTrain(t, o, nil)
	text, err := os.ReadFile(filepath.Join(o.Out, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(text, []byte("data-follow")) {
		t.Error("the report of a finished run loads itself again")
	}
	if n := bytes.Count(text, []byte("<figure data-chart=")); n != 6 {
		t.Errorf("%d charts", n)
	}
	sheets := regexp.MustCompile(`samples/[^&]*\.png`).FindAll(text, -1)
	if len(sheets) != 31 {
		t.Errorf("%d sheets of samples are shown", len(sheets))
	}
	for _, name := range sheets {
		if _, err := os.Stat(filepath.Join(o.Out, string(name))); err != nil {
			t.Errorf("a sheet is not there: %v", err)
		}
	}
	if link := regexp.MustCompile(`(?:src|href)="[^"]*"`).Find(text); link != nil {
		t.Errorf("the report needs %s", link)
	}
}

func TestWrongOptionsAreNamed(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*train.Options){
		"exactly one of":   func(o *train.Options) { o.Length.Epochs = 3 },
		"batch is 0":       func(o *train.Options) { o.Batch = 0 },
		"load_size is 31":  func(o *train.Options) { o.LoadSize = 31 },
		"unknown backend":  func(o *train.Options) { o.Backend = "abacus" },
		"direction":        func(o *train.Options) { o.Direction = "sideways" },
		"image_size is 33": func(o *train.Options) { o.Network.ImageSize = 33 },
		"negative":         func(o *train.Options) { o.Length.Steps = -1 },
		"no data folder":   func(o *train.Options) { o.Data = "" },
		"no run folder":    func(o *train.Options) { o.Out = "" },
	} {
		o := tiny(t, "data")
		change(&o)
		if err := train.Train(t.Context(), o, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	for _, name := range train.Presets() {
		o, err := train.Preset(name)
		o.Data, o.Out = "d", "o"
		if err != nil || o.Validate() != nil {
			t.Errorf("preset %s: %v, %v", name, err, o.Validate())
		}
	}
	if _, err := train.Preset("desktop"); err == nil {
		t.Error("an unknown preset passes")
	}
}

func hint(err error) string {
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		return h.Hint()
	}
	return ""
}

// Colours are varied only where they mean nothing to the target: of photographs
// whose targets are labels.
func TestRecolour(t *testing.T) {
	t.Parallel()
	data := pairs(t, 3, 1)
	for labels, want := range map[string]string{"none": "not of the targets", "a": "whose colours are classes", "b": ""} {
		o := tiny(t, data)
		o.Labels, o.Recolour, o.Rotate, o.Length.Steps = labels, 0.2, 10, 2
		err := train.Train(t.Context(), o, nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("labels %s: want %q, got %v", labels, want, err)
		}
	}
}

// TestOnePair: where no pair can be held out, training begins and says what its
// validation is worth.
func TestOnePair(t *testing.T) {
	t.Parallel()
	o := tiny(t, pairs(t, 1, 1))
	o.Length.Steps = 2
	var warned string
	mustTrain(t, o, func(e train.Event) {
		if e.Kind == train.Warned {
			warned += e.Text
		}
	})
	if !strings.Contains(warned, "no pair can be held out") {
		t.Errorf("warned of %q", warned)
	}
	mustTrain(t, resume(t, o.Out, 3), nil)
	if _, step := weights(t, o.Out); step != 3 {
		t.Errorf("ends at step %d", step)
	}
}

// TestMovedData: the error says which option names the new place.
func TestMovedData(t *testing.T) {
	t.Parallel()
	data := pairs(t, 4, 1)
	o := tiny(t, data)
	o.Length.Steps = 1
	mustTrain(t, o, nil)
	if err := os.Rename(data, data+"-moved"); err != nil {
		t.Fatal(err)
	}
	err := train.Train(t.Context(), resume(t, o.Out, 2), nil)
	if err == nil || !strings.Contains(hint(err), "Data") || !strings.Contains(err.Error(), data) {
		t.Errorf("%v, hint %s", err, hint(err))
	}
	again := resume(t, o.Out, 2)
	again.Data = data + "-moved"
	mustTrain(t, again, nil)
}

// TestTrials: data sets that people have and that could not be trained once.
func TestTrials(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"one-pair-cannot-be-trained", "same-input-everywhere-inspect-says-begin-train-refuses", "cities-inside-train-combine-makes-what-train-refuses", "heic-and-jfif-are-left-out-without-a-word"} {
		data := filepath.Join("..", "..", "..", "..", "shared", "trials", name)
		if _, err := os.Stat(data); err != nil {
			t.Skip("the files beside the project are not here:", err)
		}
		o := tiny(t, data)
		o.Length.Steps = 1
		mustTrain(t, o, nil)
		weights(t, o.Out)
	}
}

// TestLabelsStay: a run goes on with the sides that it has taken for labels, however
// this easel would tell them, and on data that it would refuse for their look.
func TestLabelsStay(t *testing.T) {
	t.Parallel()
	for _, direction := range []string{"AtoB", "BtoA"} {
		o := tiny(t, pairs(t, 4, 1))
		o.Length.Steps, o.Direction, o.Labels = 1, direction, "b"
		mustTrain(t, o, nil)
		config := filepath.Join(o.Out, "config.json")
		text, err := os.ReadFile(config)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.Replace(text, []byte(`"labels": "b"`), []byte(`"labels": "auto"`), 1)
		if err := os.WriteFile(config, text, 0o644); err != nil {
			t.Fatal(err)
		}
		told := ""
		mustTrain(t, resume(t, o.Out, 2), func(e train.Event) {
			if e.Facts != nil {
				told = e.Facts.Labels
			}
		})
		if told != "b" {
			t.Errorf("%s: labels are %q", direction, told)
		}
	}
}

// TestStopsBeforeItTakesMemory: a run tells what it needs first, and who stops it then
// finds nothing left of it.
func TestStopsBeforeItTakesMemory(t *testing.T) {
	t.Parallel()
	o := tiny(t, pairs(t, 4, 1))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	told := false
	err := train.Train(ctx, o, func(e train.Event) {
		switch e.Kind {
		case train.Checked:
		case train.Sized:
			told = e.MemoryNeeded > 0 && !told
			cancel()
		default:
			t.Errorf("%s follows the stop", e.Kind)
		}
	})
	if !errors.Is(err, train.ErrInterrupted) || !told {
		t.Fatal(err, told)
	}
	if _, err := os.Stat(o.Out); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something is left in %s: %v", o.Out, err)
	}
}

// TestStopsBeforeItBegins: who stops a run before its first step finds nothing left of it.
func TestStopsBeforeItBegins(t *testing.T) {
	t.Parallel()
	o := tiny(t, pairs(t, 4, 1))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err := train.Train(ctx, o, func(e train.Event) {
		switch e.Kind {
		case train.Started:
			cancel()
		case train.Validated, train.Saved, train.Stepped:
			t.Errorf("%s follows the stop", e.Kind)
		}
	})
	if !errors.Is(err, train.ErrInterrupted) {
		t.Fatal(err)
	}
	if _, err := os.Stat(o.Out); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("something is left in %s: %v", o.Out, err)
	}
}
