package verbs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"easel/internal/data/facade"
	"easel/internal/file/imgio"
	"easel/internal/file/safetensors"
	"easel/internal/work/jobs"
	"easel/internal/work/jobs/verbs"
)

func open(t *testing.T, state string) *jobs.Queue {
	t.Helper()
	q, err := jobs.Open(jobs.Options{State: state, Kinds: verbs.All(verbs.Env{Threads: 1}), Complain: func(err error) { t.Logf("complaint: %v", err) }})
	if err != nil {
		t.Fatal(err)
	}
	return q
}

func submit(t *testing.T, q *jobs.Queue, kind, options string) string {
	t.Helper()
	j, err := q.Submit(t.Context(), kind, json.RawMessage(options), "")
	if err != nil {
		t.Fatal(err)
	}
	return j.ID
}

// wait waits until a job has ended, or has done so much.
func wait(t *testing.T, q *jobs.Queue, id string, done int) jobs.View {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		j, err := q.Get(id)
		if err != nil {
			t.Fatal(err)
		}
		if j.State.Ended() || done > 0 && j.Progress != nil && j.Progress.Done >= done {
			return j
		}
	}
	t.Fatal("it takes too long")
	return jobs.View{}
}

func pairs(t *testing.T, count int) string {
	t.Helper()
	dir := t.TempDir()
	for i := range count {
		labels, photo := facade.Generate(5, i, 32)
		p, err := imgio.SideBySide(labels, photo)
		if err == nil {
			err = imgio.Write(filepath.Join(dir, fmt.Sprintf("%d.png", i)), p)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const network = `{"image_size": 32, "width": 4, "discriminator_width": 4, "patch_layers": 1}`

// TestInterrupted: a job that is stopped in the middle, twice, ends with the bits of
// one that was not, also where an earlier run's result is in the way.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	data := pairs(t, 6)
	content, style := filepath.Join(data, "0.png"), filepath.Join(data, "1.png")
	for kind, c := range map[string]struct {
		options string
		stop    int
		file    string
	}{
		"train": {fmt.Sprintf(`{"data": %q, "network": %s, "length": {"steps": 60}, "checkpoint_every": 7, "val_every": 30}`, data, network), 5,
			"run/checkpoints/step-00000060.safetensors"},
		"train-style": {fmt.Sprintf(`{"styles": [%q], "data": %q, "weights": "random", "network": {"width": 2, "blocks": 1}, "image_size": 16, "batch": 1,
			"length": {"steps": 12}, "checkpoint_every": 2, "val_every": 12}`, style, data), 3, "run/checkpoints/step-00000012.safetensors"},
		"stylize": {fmt.Sprintf(`{"content": %q, "styles": [{"path": %q, "weight": 1}], "weights": "random", "size": 32, "min_size": 0, "scale_step": 0, "iterations": 40, "final_iterations": 0}`,
			content, style), 6, "result.png"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			read := func(q *jobs.Queue, id string) []byte {
				j := wait(t, q, id, 0)
				if j.State != jobs.Done {
					t.Fatalf("%s: %s", j.State, j.Error)
				}
				files, _ := q.Files(id)
				if kind != "stylize" {
					return weights(t, filepath.Join(files, c.file))
				}
				b, err := os.ReadFile(filepath.Join(files, c.file))
				if err != nil {
					t.Fatal(err)
				}
				return b
			}
			q := open(t, t.TempDir())
			want := read(q, submit(t, q, kind, c.options))
			q.Close()
			state := t.TempDir()
			q = open(t, state)
			id := submit(t, q, kind, c.options)
			for round := range 2 {
				wait(t, q, id, c.stop*(round+1))
				files, _ := q.Files(id)
				q.Close()
				if kind == "stylize" { // as of a run that was killed between its end and its record
					if err := os.WriteFile(filepath.Join(files, c.file), want, 0o666); err != nil {
						t.Fatal(err)
					}
				}
				q = open(t, state)
			}
			defer func() { q.Close() }()
			if got := read(q, id); !bytes.Equal(got, want) {
				t.Error("other bits than those of an undisturbed job")
			}
			if j, _ := q.Get(id); j.Attempt != 1 || len(j.History) < 5 {
				t.Errorf("it was not interrupted: %+v", j.History)
			}
		})
	}
}

// weights are a checkpoint's tensors.
func weights(t *testing.T, path string) []byte {
	t.Helper()
	r, err := safetensors.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b bytes.Buffer
	for _, name := range r.Names() {
		_, v, err := r.Tensor(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(&b, name, v)
	}
	return b.Bytes()
}

// TestVerbs: train, then translate, evaluate, and an experiment, each with what the
// one before has made.
func TestVerbs(t *testing.T) {
	t.Parallel()
	data := pairs(t, 6)
	q := open(t, t.TempDir())
	defer q.Close()
	train := submit(t, q, "train", fmt.Sprintf(`{"data": %q, "network": %s, "length": {"steps": 2}}`, data, network))
	if j := wait(t, q, train, 0); j.State != jobs.Done {
		t.Fatalf("train: %s", j.Error)
	}
	files, _ := q.Files(train)
	model := filepath.Join(files, verbs.RunFolder)
	one := filepath.Join(data, "0.png")
	for kind, c := range map[string]struct{ options, file string }{
		"translate": {fmt.Sprintf(`{"model": %q, "inputs": [%q, "nothing.png"]}`, model, one), "pictures/000000.png"},
		"evaluate":  {fmt.Sprintf(`{"models": [%q], "data": %q, "resamples": 10, "samples": 0}`, model, data), "evaluation/evaluation.html"},
		"inspect":   {fmt.Sprintf(`{"data": %q}`, data), "inspection/contact-sheet.png"},
		"demo":      {`{"steps": 2, "pairs": 2, "image_size": 32, "width": 4}`, "demo/index.html"},
	} {
		id := submit(t, q, kind, c.options)
		j := wait(t, q, id, 0)
		folder, _ := q.Files(id)
		if _, err := os.Stat(filepath.Join(folder, c.file)); err != nil || j.State != jobs.Done {
			t.Errorf("%s: %s %s, %v", kind, j.State, j.Error, err)
		}
		if kind == "inspect" && !strings.Contains(string(j.Result), `"train":5`) {
			t.Errorf("inspect: %s", j.Result)
		}
		if kind == "translate" && (!strings.Contains(string(j.Result), `"translated":1`) || !strings.Contains(string(j.Result), "nothing.png")) {
			t.Errorf("translate: %s", j.Result)
		}
	}
}

// TestDemoProgress: over all stages of a demo, how far it is never goes back.
func TestDemoProgress(t *testing.T) {
	t.Parallel()
	q := open(t, t.TempDir())
	defer q.Close()
	id := submit(t, q, "demo", `{"steps": 6, "pairs": 5, "image_size": 32, "width": 4}`)
	if j := wait(t, q, id, 0); j.State != jobs.Done {
		t.Fatal(j.Error)
	}
	done, total := 0, 0
	for after := uint64(0); ; {
		e, err := q.Next(t.Context(), id, after)
		if err != nil {
			t.Fatal(err)
		}
		after = e.Sequence
		if p := e.Progress; p != nil {
			if p.Done < done || total > 0 && p.Total != total {
				t.Errorf("%d of %d after %d of %d", p.Done, p.Total, done, total)
			}
			done, total = p.Done, p.Total
		}
		var v jobs.View
		if e.Type == "job" && json.Unmarshal(e.Data, &v) == nil && v.State == jobs.Done {
			break
		}
	}
	if done < 5+6 || total < done {
		t.Errorf("it ended at %d of %d", done, total)
	}
}

// TestDemoLimit: a demo that may be queued may also run to its end, and none that may not run
// is queued. Only steps of its training count.
func TestDemoLimit(t *testing.T) {
	t.Parallel()
	const options = `{"steps": 2, "pairs": 2, "held_out": 1, "image_size": 32, "width": 4}`
	for limit, ok := range map[int]bool{2: true, 1: false} {
		q, err := jobs.Open(jobs.Options{State: t.TempDir(), MaxSteps: limit, Kinds: verbs.All(verbs.Env{Threads: 1, MaxSteps: limit})})
		if err != nil {
			t.Fatal(err)
		}
		defer q.Close()
		j, err := q.Submit(t.Context(), "demo", json.RawMessage(options), "")
		if (err == nil) != ok {
			t.Fatalf("with %d steps: %v", limit, err)
		}
		if ok && wait(t, q, j.ID, 0).State != jobs.Done {
			t.Errorf("with %d steps: %+v", limit, wait(t, q, j.ID, 0).Job)
		}
	}
}

// TestChecked: what the command would refuse is refused before it is queued.
func TestChecked(t *testing.T) {
	t.Parallel()
	q := open(t, t.TempDir())
	defer q.Close()
	for _, c := range []struct{ kind, options string }{
		{"train", `{}`}, {"train", `{"data": "d", "nonsense": 1}`}, {"train", `{"data": "d", "network": {"image_size": 33}}`},
		{"train", `{"data": "d", "preset": "none"}`}, {"train", `{"data": "d", "length": {"steps": 1, "epochs": 1}}`}, {"train", `[]`}, {"train", `{"data": "d"} x`},
		{"stylize", `{}`}, {"stylize", `{"content": "c", "styles": [{"path": "s", "weight": 1}], "weights": "random", "out": "elsewhere.png"}`},
		{"stylize", `{"content": "c", "styles": [{"path": "s", "weight": -1}], "weights": "random"}`},
		{"translate", `{"inputs": ["a"]}`}, {"translate", `{"model": "nowhere", "inputs": ["a"]}`}, {"translate", `{"model": "x"}`},
		{"evaluate", `{"data": "d"}`}, {"evaluate", `{"models": ["m"], "data": "d", "split": "most"}`},
		{"experiment", `{"data": "d"}`}, {"experiment", `{"data": "d", "experiments": ["dream"]}`}, {"demo", `{"pairs": 0}`},
		{"inspect", `{}`}, {"inspect", `{"data": "d", "sheet": -1}`},
	} {
		if j, err := q.Submit(t.Context(), c.kind, json.RawMessage(c.options), ""); err == nil {
			t.Errorf("%s %s is accepted as %s", c.kind, c.options, j.Options)
		}
	}
	if n := len(q.List()); n != 0 {
		t.Errorf("%d jobs", n)
	}
}

// FuzzOptions: no options bring a kind's check to its knees, and what is accepted is
// accepted again as it was resolved.
func FuzzOptions(f *testing.F) {
	f.Add("train", `{"data": "d", "length": {"steps": 3}}`)
	f.Add("stylize", `{"content": "c", "styles": [{"path": "s", "weight": 1}], "weights": "random"}`)
	f.Add("experiment", `{"data": "d", "experiments": ["losses"]}`)
	f.Add("evaluate", `{"models": ["m"], "data": "d"}`)
	f.Add("demo", `{"steps": 9}`)
	kinds := map[string]jobs.Kind{}
	for _, k := range verbs.All(verbs.Env{Threads: 1}) {
		kinds[k.Name] = k
	}
	f.Fuzz(func(t *testing.T, kind, options string) {
		k, ok := kinds[kind]
		if !ok {
			return
		}
		resolved, err := k.Check(json.RawMessage(options))
		if err != nil {
			return
		}
		again, err := k.Check(resolved)
		if err != nil || !bytes.Equal(again, resolved) {
			t.Errorf("%s becomes %s, and that %s, %v", options, resolved, again, err)
		}
	})
}
