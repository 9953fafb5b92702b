package stylize_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/file/lock"
	"easel/internal/work/stylize"
)

// TestSourcesStay: an output is never an input, with or without force.
func TestSourcesStay(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	for name, change := range map[string]func(*stylize.Options){
		"content":        func(o *stylize.Options) { o.Out = o.Content },
		"style":          func(o *stylize.Options) { o.Out = o.Styles[0].Path },
		"mask":           func(o *stylize.Options) { o.Styles[0].Mask = filepath.Join(dir, "left.png"); o.Out = o.Styles[0].Mask },
		"init":           func(o *stylize.Options) { o.Init = filepath.Join(dir, "deep.png"); o.Out = o.Init },
		"another way":    func(o *stylize.Options) { o.Out = filepath.Join(dir, "..", filepath.Base(dir), "content.png") },
		"on the way":     func(o *stylize.Options) { numbered(t, o, dir) },
		"its checkpoint": func(o *stylize.Options) { asCheckpoint(t, o, dir) },
	} {
		o := options(t, dir)
		o.Force = true
		change(&o)
		before := list(t, dir)
		_, _, err := stylize.Run(context.Background(), o, nil)
		if err == nil || !strings.Contains(err.Error(), "would be overwritten") {
			t.Errorf("%s: error is %v", name, err)
		}
		if after := list(t, dir); after != before {
			t.Errorf("%s: there was %s, there is %s", name, before, after)
		}
	}
}

// numbered makes the picture of an iteration on the way the content.
func numbered(t *testing.T, o *stylize.Options, dir string) {
	sub := t.TempDir()
	copyFile(t, o.Content, filepath.Join(sub, "out-00004.png"))
	o.Content, o.Out, o.SaveEvery = filepath.Join(sub, "out-00004.png"), filepath.Join(sub, "out.png"), 4
}

// asCheckpoint gives the weights the name of the checkpoint.
func asCheckpoint(t *testing.T, o *stylize.Options, dir string) {
	sub := t.TempDir()
	copyFile(t, o.Weights, filepath.Join(sub, "out.checkpoint.safetensors"))
	o.Weights, o.Out = filepath.Join(sub, "out.checkpoint.safetensors"), filepath.Join(sub, "out.png")
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, text, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// interrupted leaves a checkpoint and returns its path.
func interrupted(t *testing.T, o stylize.Options) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	_, _, err := stylize.Run(ctx, o, func(i stylize.Event) {
		if i.Kind == stylize.Iterated && i.Done == 3 {
			cancel()
		}
	})
	if !errors.Is(err, stylize.ErrInterrupted) {
		t.Fatal(err)
	}
	return strings.TrimSuffix(o.Out, ".png") + ".checkpoint.safetensors"
}

// TestResumeElsewhere: a run goes on beside its checkpoint, wherever that lies and
// wherever the command is given, and overwrites only the picture that it wrote.
func TestResumeElsewhere(t *testing.T) {
	dir := folder(t)
	o := options(t, dir)
	home := filepath.Dir(o.Out)
	t.Chdir(home)
	o.Out = "out.png"
	interrupted(t, o)
	elsewhere := t.TempDir()
	strangers := filepath.Join(elsewhere, "out.png")
	if err := os.WriteFile(strangers, []byte("mine"), 0o666); err != nil {
		t.Fatal(err)
	}
	t.Chdir(elsewhere)
	moved := filepath.Join(elsewhere, "out.checkpoint.safetensors")
	copyFile(t, filepath.Join(home, "out.checkpoint.safetensors"), moved)
	for _, re := range []stylize.ResumeOptions{{Checkpoint: moved}, {Checkpoint: filepath.Join(home, "out.checkpoint.safetensors"), Out: strangers}} {
		if _, _, err := stylize.Resume(context.Background(), re, nil); !errors.Is(err, fs.ErrExist) {
			t.Errorf("error is %v", err)
		}
	}
	if _, _, err := stylize.Resume(context.Background(), stylize.ResumeOptions{Checkpoint: filepath.Join(home, "out.checkpoint.safetensors")}, nil); err != nil {
		t.Error(err)
	}
	if text, _ := os.ReadFile(strangers); string(text) != "mine" {
		t.Errorf("the stranger's picture is %.20q", text)
	}
	read(t, filepath.Join(home, "out.png"))
	if _, _, err := stylize.Resume(context.Background(), stylize.ResumeOptions{Checkpoint: moved, Force: true}, nil); err != nil {
		t.Error(err)
	}
	read(t, strangers)
}

// TestResumeBackend: what is asked for is taken, not left aside.
func TestResumeBackend(t *testing.T) {
	t.Parallel()
	checkpoint := interrupted(t, options(t, folder(t)))
	_, _, err := stylize.Resume(context.Background(), stylize.ResumeOptions{Checkpoint: checkpoint, Backend: "abacus"}, nil)
	if err == nil || !strings.Contains(err.Error(), "abacus") {
		t.Errorf("error is %v", err)
	}
}

// TestOneOwner: while a picture is being made nobody else makes it.
func TestOneOwner(t *testing.T) {
	t.Parallel()
	o := options(t, folder(t))
	asked := false
	_, _, err := stylize.Run(context.Background(), o, func(i stylize.Event) {
		if i.Kind == stylize.Planned {
			var held *lock.HeldError
			_, _, err := stylize.Run(context.Background(), o, nil)
			if asked = true; !errors.As(err, &held) {
				t.Errorf("error is %v", err)
			}
		}
	})
	if err != nil || !asked {
		t.Error(err)
	}
	if names := list(t, filepath.Dir(o.Out)); names != "out.png" {
		t.Errorf("files %s", names)
	}
}
