package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"easel/internal/data/facade"
	"easel/internal/file/imgio"
	"easel/internal/model/stored"
)

// request is a job that is asked for, and the file that shows whether it did what an
// undisturbed one does.
type request struct {
	kind    string
	options json.RawMessage
	file    string
}

// site is where servers are disturbed: pairs, a model, pictures, and what each kind of
// job makes of them in peace.
type site struct {
	flags
	dir, pairs, model string
	want              map[string]string // digests by kind
	extra             []string          // further flags of servers
}

// requests are one job of each kind, small.
func (s *site) requests(content, style string) []request {
	network := map[string]any{"image_size": 32, "width": 4, "discriminator_width": 4, "patch_layers": 1}
	return []request{
		{"train", text(map[string]any{"data": "pairs", "network": network, "length": map[string]any{"steps": 60}, "checkpoint_every": 10, "val_every": 30}), "run/checkpoints/step-00000060.safetensors"},
		{"stylize", text(map[string]any{"content": content, "styles": []any{map[string]any{"path": style, "weight": 1}}, "weights": "random", "size": 32, "min_size": 0, "scale_step": 0, "iterations": 30, "final_iterations": 0}), "result.png"},
		{"demo", text(map[string]any{"steps": 24, "pairs": 6, "held_out": 2, "image_size": 32, "width": 4, "checkpoint_every": 4}), "demo/demo.png"},
		{"translate", text(map[string]any{"model": "model", "inputs": []string{content, style, "pairs/0.png"}}), "pictures/000002.png"},
		{"evaluate", text(map[string]any{"models": []string{"model"}, "data": "pairs", "split": "val", "resamples": 100}), "evaluation/evaluation.json"},
		{"experiment", text(map[string]any{"data": "pairs", "experiments": []string{"noise"}, "steps": 4, "image_size": 32, "width": 4}), "experiment/noise-small.json"},
		{"inspect", text(map[string]any{"data": "pairs"}), "inspection/contact-sheet.png"},
	}
}

// prepare makes a site in a folder.
func prepare(f flags, dir string) (*site, error) {
	f.model = ""
	s := &site{flags: f, dir: dir, pairs: filepath.Join(dir, "pairs"), model: filepath.Join(dir, "model.safetensors"), want: map[string]string{}}
	if err := drawPairs(s.pairs, 8); err != nil {
		return nil, err
	}
	if err := s.train(); err != nil {
		return nil, err
	}
	return s, s.undisturbed()
}

func drawPairs(dir string, n int) error {
	for i := range n {
		sub := []string{"train", "val"}[i%2]
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return err
		}
		labels, photo := facade.Generate(5, i, 32)
		p, err := imgio.SideBySide(labels, photo)
		if err == nil {
			err = imgio.Write(filepath.Join(dir, sub, fmt.Sprintf("%d.png", i)), p)
		}
		if err == nil && i == 0 {
			err = imgio.Write(filepath.Join(dir, "0.png"), p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// launch starts a server on the site; serve waits until it says where it is.
func (s *site) launch() (*process, error) { return s.at(stateOf(s.dir)) }

func (s *site) serve() (*process, error) {
	p, err := s.launch()
	if err != nil {
		return nil, err
	}
	return p, p.ready()
}

// at launches a server on a state folder.
func (s *site) at(state string) (*process, error) {
	args := []string{"--state", state, "--data", s.pairs}
	if _, err := os.Stat(s.model); err == nil {
		args = append(args, "--model", s.model)
	}
	if s.lease > 0 {
		args = append(args, "--lease", s.lease.String())
	}
	return launch(s.flags, append(args, s.extra...)...)
}

// once runs a server for as long as do takes.
func (s *site) once(state string, do func(p *process) error) error {
	p, err := s.at(state)
	if err != nil {
		return err
	}
	defer p.kill()
	return errors.Join(p.ready(), do(p))
}

// train makes the model of the site.
func (s *site) train() error {
	state := filepath.Join(s.dir, "first")
	return s.once(state, func(p *process) error {
		r := s.requests("", "")[0]
		j, err := p.client.Submit(context.Background(), r.kind, r.options, "")
		if err != nil {
			return err
		}
		if j, err = p.client.Wait(context.Background(), j.ID, nil); err != nil || j.State != "done" {
			return fmt.Errorf("the model: %s %s %v", j.State, j.Error, err)
		}
		from, err := os.Open(filepath.Join(state, "jobs", j.ID, "files", r.file))
		if err != nil {
			return err
		}
		defer func() { _ = from.Close() }()
		to, err := os.Create(s.model)
		if err != nil {
			return err
		}
		_, err = io.Copy(to, from)
		return errors.Join(err, to.Close())
	})
}

// submitAll asks for one job of each kind and notes those that were accepted.
func (s *site) submitAll(p *process, asked map[string]request) error {
	ctx := context.Background()
	content, err := p.client.Upload(ctx, labels(32))
	if err != nil {
		return err
	}
	style, err := p.client.Upload(ctx, labels(40))
	if err != nil {
		return err
	}
	for _, r := range s.requests(content, style) {
		j, err := p.client.Submit(ctx, r.kind, r.options, "")
		if err != nil {
			return err
		}
		asked[j.ID] = r
	}
	return nil
}

// undisturbed learns what each kind makes where nobody is disturbed.
func (s *site) undisturbed() error {
	return s.once(filepath.Join(s.dir, "undisturbed"), func(p *process) error {
		asked := map[string]request{}
		if err := s.submitAll(p, asked); err != nil {
			return err
		}
		for id, r := range asked {
			j, err := p.client.Wait(context.Background(), id, nil)
			if err != nil || j.State != "done" {
				return fmt.Errorf("%s: %s %s %v", r.kind, j.State, j.Error, err)
			}
			if s.want[r.kind], err = s.digest(p, id, r); err != nil {
				return fmt.Errorf("%s: %w", r.kind, err)
			}
		}
		return nil
	})
}

// clocks are what differs between two runs of the same work.
var clocks = regexp.MustCompile(`"[a-z_]*seconds[a-z_]*": *[0-9.e+-]+`)

// digest is the SHA-256 of what a job made: of a checkpoint its tensors, and of tables
// all but the time that they took.
func (s *site) digest(p *process, id string, r request) (string, error) {
	data, err := p.client.File(context.Background(), id, r.file)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	if r.kind != "train" {
		data = clocks.ReplaceAll(bytes.ReplaceAll(data, []byte(id), nil), nil)
		h.Write(data)
		return fmt.Sprintf("%x", h.Sum(nil)), nil
	}
	path := filepath.Join(s.dir, "checkpoint.safetensors")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		return "", err
	}
	m, err := stored.Open(path)
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
