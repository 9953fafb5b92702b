package stylize_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/base/hint"
	"easel/internal/base/near"
	"easel/internal/file/imgio"
	"easel/internal/work/stylize"
)

// painted makes a picture of 64×47 in a single stage, and returns its options.
func painted(t *testing.T, dir string) stylize.Options {
	t.Helper()
	o := options(t, dir)
	o.Size, o.Iterations, o.FinalIterations, o.Depth = 64, 12, 0, 16
	run(t, o)
	return o
}

// larger returns the options to go on from a picture.
func larger(t *testing.T, path string) stylize.Options {
	t.Helper()
	p, err := stylize.ReadPainting(path)
	if err != nil {
		t.Fatal(err)
	}
	o, err := p.Larger()
	if err != nil {
		t.Fatal(err)
	}
	o.Out = filepath.Join(t.TempDir(), "large.png")
	return o
}

// TestContinue: only the larger size is painted, beginning as a run of both sizes does
// there: up to the rounding of the file, and, where colours are the content's, up to those
// that the file does not have.
func TestContinue(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	for colours, far := range map[string]float64{stylize.StyleColours: 1e-4, stylize.LuminanceOnly: 0.1} {
		o := options(t, dir)
		o.Size, o.Iterations, o.FinalIterations, o.Depth, o.Colours, o.Optimizer = 64, 12, 0, 16, colours, stylize.Adam // which keeps pixels in the range of files
		run(t, o)
		further := furtherFrom(t, o)
		o.Out, o.Size = filepath.Join(t.TempDir(), "whole.png"), 128
		losses, _ := watched(t, o)
		further.Out, further.Threads = filepath.Join(t.TempDir(), "large.png"), o.Threads
		begun, plan := watched(t, further)
		if len(plan.Stages) != 1 || plan.Stages[0].Width != 128 || plan.Stages[0].Height != 94 || len(begun) != 12 {
			t.Errorf("stages %+v, %d iterations", plan.Stages, len(begun))
		}
		if d := begun[0]/losses[12] - 1; !near.Within(d, far) || !(begun[11] < 0.8*begun[0]) {
			t.Errorf("%s: the loss begins %+.5f from that of both sizes, and ends at %.3f of it", colours, d, begun[11]/begun[0])
		}
		if again := furtherFrom(t, further); again.Size != 256 || again.Continue != further.Out {
			t.Errorf("from there: %d pixels from %s", again.Size, again.Continue)
		}
	}
}

// watched returns the losses of all iterations, and the plan.
func watched(t *testing.T, o stylize.Options) (losses []float64, plan *stylize.Plan) {
	t.Helper()
	_, _, err := stylize.Run(t.Context(), o, func(i stylize.Event) {
		switch i.Kind {
		case stylize.Planned:
			plan = i.Plan
		case stylize.Iterated:
			losses = append(losses, i.Losses.Total)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return losses, plan
}

// furtherFrom reads how the result of a run was made, whose pictures are where they were.
func furtherFrom(t *testing.T, o stylize.Options) stylize.Options {
	t.Helper()
	p, err := stylize.ReadPainting(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	p.Move(o)
	q, err := p.Larger()
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// TestContinueResumes: an interrupted one goes on to the same bits.
func TestContinueResumes(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	o := painted(t, dir)
	o = furtherFrom(t, o)
	o.Out = filepath.Join(t.TempDir(), "large.png")
	want := run(t, o).Pix
	o.Force = true
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, _, err := stylize.Run(ctx, o, func(i stylize.Event) {
		if i.Done == 5 {
			cancel()
		}
	})
	if !errors.Is(err, stylize.ErrInterrupted) {
		t.Fatal(err)
	}
	p, _, err := stylize.Resume(t.Context(), stylize.ResumeOptions{Checkpoint: strings.TrimSuffix(o.Out, ".png") + ".checkpoint.safetensors"}, nil)
	if err != nil || !slices.Equal(p.Pix, want) {
		t.Errorf("other bits, %v", err)
	}
}

// TestContinueFinds: pictures are found beside the painting; one that is missing or has
// changed is named, with the flag that says where it is.
func TestContinueFinds(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	o := options(t, dir)
	o.Size, o.Iterations, o.FinalIterations = 64, 1, 0
	o.Styles = append(o.Styles, stylize.Style{Path: filepath.Join(dir, "other.png"), Weight: 2})
	o.Styles[0].Mask, o.Styles[1].Mask = filepath.Join(dir, "left.png"), filepath.Join(dir, "right.png")
	o.Out = filepath.Join(dir, "out.png")
	run(t, o)
	if got := larger(t, o.Out); got.Content != o.Content || !slices.Equal(got.Styles, o.Styles) || got.Weights != o.Weights || got.Size != 128 {
		t.Errorf("found %+v", got)
	}
	refused := func(name, text, advice string) {
		t.Helper()
		p, err := stylize.ReadPainting(name)
		if err == nil {
			_, err = p.Larger()
		}
		if err == nil || !strings.Contains(err.Error(), text) || !strings.Contains(hint.On(err), advice) {
			t.Errorf("%v, with the hint %q", err, hint.On(err))
		}
	}
	for path, say := range map[string][2]string{
		o.Content: {"content picture", "{content}"}, o.Styles[1].Path: {"style picture", "{style}"},
		o.Styles[0].Mask: {"mask", "{mask}"}, o.Weights: {"weights", "{weights}"},
	} {
		kept := path + ".kept"
		if err := os.Rename(path, kept); err != nil {
			t.Fatal(err)
		}
		refused(o.Out, say[0]+": there is no "+filepath.Base(path), say[1])
		if path != o.Weights {
			if err := imgio.Write(path, waves(60, 44, 3, 1.5)); err != nil {
				t.Fatal(err)
			}
			refused(o.Out, say[0]+": "+path+" is not the picture", say[1])
		}
		if err := os.Rename(kept, path); err != nil {
			t.Fatal(err)
		}
	}
	refused(o.Content, "does not say how it was made", "{init}")
	refused(filepath.Join(dir, "none.png"), "painted picture", "")
}

// TestContinueRefuses sizes and shapes that do not go with the painting.
func TestContinueRefuses(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	o := painted(t, dir)
	for text, change := range map[string]func(o *stylize.Options){
		"no larger":     func(o *stylize.Options) { o.Size = 64 },
		"another shape": func(o *stylize.Options) { o.Continue = o.Styles[0].Path },
		"is not there":  func(o *stylize.Options) { o.Continue = filepath.Join(dir, "is not there") },
	} {
		p := furtherFrom(t, o)
		p.Out = filepath.Join(t.TempDir(), "large.png")
		change(&p)
		if _, _, err := stylize.Run(t.Context(), p, nil); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%v, want %q", err, text)
		}
	}
}

// TestContinueOfStrangers: a picture says which files it was made from, but neither where
// to read on this machine, nor what to run there and how much to use. What no run could have
// said is an error that names it.
func TestContinueOfStrangers(t *testing.T) {
	t.Parallel()
	o := options(t, folder(t))
	o.Backend, o.Precision, o.MaxMemory, o.Threads, o.SaveEvery, o.CheckpointEvery = "xla:/tmp/plugin.so", "tf32", 1<<60, 1000, 1, 1
	path := filepath.Join(t.TempDir(), "found.png")
	found := func(o stylize.Options) (*stylize.Painting, error) {
		t.Helper()
		text, err := json.Marshal(o)
		if err == nil {
			err = imgio.Write(path, waves(64, 47, 3, 1.5), imgio.Text{Keyword: stylize.MadeBy, Text: string(text)})
		}
		if err != nil {
			t.Fatal(err)
		}
		return stylize.ReadPainting(path)
	}
	p, err := found(o)
	if err != nil {
		t.Fatal(err)
	}
	if q := p.Options; q.Content != "content.png" || q.Styles[0].Path != "style.png" || q.Weights != "vgg.safetensors" || q.Out != "" ||
		q.Backend != "cpu" || q.Precision != "float32" || q.MaxMemory != 0 || q.Threads != 0 || q.SaveEvery != 0 || q.CheckpointEvery != 0 {
		t.Errorf("taken from the picture: %+v", q)
	}
	if _, err := p.Larger(); err == nil || !strings.Contains(err.Error(), "there is no content.png") {
		t.Error(err)
	}
	scale, nameless := o, o
	scale.StyleScale, nameless.Styles = 1e9, []stylize.Style{{Weight: 1}}
	for text, o := range map[string]stylize.Options{"1e+09": scale, "style 1 has no picture": nameless} {
		if _, err := found(o); err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), text) {
			t.Errorf("%v, want %q", err, text)
		}
	}
}
