package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"easel/client"
	"easel/internal/data/facade"
	"easel/internal/file/imgio"
	"easel/internal/model/stored"
)

// request is a job that kill asks for, and the file that shows whether it did what
// an undisturbed one does.
type request struct {
	kind    string
	options string
	file    string
}

func requests(content, style string) []request {
	network := `{"image_size": 32, "width": 4, "discriminator_width": 4, "patch_layers": 1}`
	return []request{
		{"train", `{"data": "pairs", "network": ` + network + `, "length": {"steps": 120}, "checkpoint_every": 10, "val_every": 60}`, "run/checkpoints/step-00000120.safetensors"},
		{"stylize", fmt.Sprintf(`{"content": %q, "styles": [{"path": %q, "weight": 1}], "weights": "random", "size": 32, "min_size": 0, "scale_step": 0, "iterations": 30}`, content, style), "result.png"},
		{"demo", `{"steps": 40, "pairs": 6, "image_size": 32, "width": 4}`, "demo/demo.png"},
	}
}

// kill kills a server at random moments while it works, and looks whether every job
// that it accepted ended once, with the bits of one that was not disturbed.
func kill(f flags) (any, error) {
	f.model = ""
	dir, err := os.MkdirTemp("", "easel-bench")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	pairs := filepath.Join(dir, "pairs")
	if err := drawPairs(pairs, 6); err != nil {
		return nil, err
	}
	want, err := undisturbed(f, dir, pairs)
	if err != nil {
		return nil, err
	}
	state := filepath.Join(dir, "state")
	random := rand.New(rand.NewPCG(f.seed, 0))
	asked := map[string]request{}
	for round := range f.n {
		s, err := start(f, "--state", state, "--data", pairs)
		if err != nil {
			return nil, fmt.Errorf("round %d: %w", round, err)
		}
		life := time.Duration(random.IntN(3000)) * time.Millisecond
		timer := time.AfterFunc(life, func() { _ = s.cmd.Process.Kill() })
		if round%4 == 0 {
			_ = submitAll(s, asked) // what was accepted before the kill counts
		}
		_ = s.cmd.Wait()
		timer.Stop()
	}
	s, err := start(f, "--state", state, "--data", pairs)
	if err != nil {
		return nil, err
	}
	defer s.kill()
	lost, twice, other, attempts := 0, 0, 0, 0
	for id, r := range asked {
		j, err := s.client.Wait(context.Background(), id, nil)
		if err != nil || j.State != "done" {
			fmt.Fprintln(os.Stderr, id, r.kind, j.State, j.Error, err)
			lost++
			continue
		}
		ends := 0
		for _, c := range j.History {
			if c.State == "done" {
				ends++
			}
			if c.State == "running" {
				attempts++
			}
		}
		if ends != 1 {
			twice++
		}
		if got, err := digest(s, state, id, r); err != nil || got != want[r.kind] {
			fmt.Fprintln(os.Stderr, id, r.kind, "has other bits", err)
			other++
		}
	}
	result := map[string]any{"case": "kill", "kills": f.n, "jobs": len(asked), "begun": attempts, "lost": lost, "done_twice": twice, "other_bits": other}
	if lost+twice+other > 0 || len(asked) == 0 {
		return result, fmt.Errorf("of %d jobs %d lost, %d done twice, %d with other bits", len(asked), lost, twice, other)
	}
	return result, nil
}

func drawPairs(dir string, n int) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for i := range n {
		labels, photo := facade.Generate(5, i, 32)
		p, err := imgio.SideBySide(labels, photo)
		if err == nil {
			err = imgio.Write(filepath.Join(dir, fmt.Sprintf("%d.png", i)), p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// submitAll asks for one job of each kind and notes those that were accepted.
func submitAll(s *process, asked map[string]request) error {
	ctx := context.Background()
	content, err := s.client.Upload(ctx, labels(32))
	if err != nil {
		return err
	}
	style, err := s.client.Upload(ctx, labels(40))
	if err != nil {
		return err
	}
	for _, r := range requests(content, style) {
		j, err := s.client.Submit(ctx, r.kind, json.RawMessage(r.options), "")
		if err != nil {
			return err
		}
		asked[j.ID] = r
	}
	return nil
}

// undisturbed is what each kind makes where nobody is killed.
func undisturbed(f flags, dir, pairs string) (map[string]string, error) {
	state := filepath.Join(dir, "undisturbed")
	s, err := start(f, "--state", state, "--data", pairs)
	if err != nil {
		return nil, err
	}
	defer s.kill()
	asked, want := map[string]request{}, map[string]string{}
	if err := submitAll(s, asked); err != nil {
		return nil, err
	}
	for id, r := range asked {
		j, err := s.client.Wait(context.Background(), id, func(client.Event) {})
		if err != nil || j.State != "done" {
			return nil, fmt.Errorf("%s: %s %s %w", r.kind, j.State, j.Error, err)
		}
		if want[r.kind], err = digest(s, state, id, r); err != nil {
			return nil, err
		}
	}
	return want, nil
}

// digest is the SHA-256 of what a job made: of a checkpoint its tensors, since it
// says in seconds how long it took.
func digest(s *process, state, id string, r request) (string, error) {
	h := sha256.New()
	if r.kind != "train" {
		data, err := s.client.File(context.Background(), id, r.file)
		h.Write(data)
		return fmt.Sprintf("%x", h.Sum(nil)), err
	}
	m, err := stored.Open(filepath.Join(state, "jobs", id, "files", filepath.FromSlash(r.file)))
	if err != nil {
		return "", err
	}
	defer func() { _ = m.Close() }()
	for _, name := range m.Names() {
		_, v, err := m.Tensor(name)
		if err != nil {
			return "", err
		}
		_, _ = fmt.Fprint(h, name, v)
	}
	return fmt.Sprintf("%x", h.Sum(nil)), nil
}
