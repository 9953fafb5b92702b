package stylize_test

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/base/hint"
	"easel/internal/file/imgio"
	"easel/internal/work/stylize"
)

// greyWaves are waves in grey; with tint, red is one 8-bit level more.
func greyWaves(t *testing.T, seed, tint float64) *imgio.Picture {
	t.Helper()
	p, err := waves(48, 40, 1, seed).Convert(3)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(p.Pix); i += 3 {
		p.Pix[i] += float32(tint / 255)
	}
	return p
}

// inMemory are options whose pictures are in memory, of two small stages.
func inMemory(t *testing.T, content, style *imgio.Picture) stylize.Options {
	t.Helper()
	o := options(t, folder(t))
	o.Pictures = map[string]*imgio.Picture{"content": content, "painting": style}
	o.Content, o.Styles = "content", []stylize.Style{{Path: "painting", Weight: 1}}
	o.Size, o.MinSize, o.Iterations, o.FinalIterations = 64, 32, 5, 4
	return o
}

// isGrey reports whether all channels are equal to the bit.
func isGrey(p *imgio.Picture) bool {
	for i := 0; i < len(p.Pix); i += 3 {
		if p.Pix[i] != p.Pix[i+1] || p.Pix[i] != p.Pix[i+2] {
			return false
		}
	}
	return true
}

// TestGreyStaysGrey: of grey pictures comes grey, to the bit, and it is stylised.
func TestGreyStaysGrey(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*stylize.Options){
		"content":    func(*stylize.Options) {},
		"noise":      func(o *stylize.Options) { o.Init = stylize.FromNoise },
		"Adam":       func(o *stylize.Options) { o.Optimizer, o.LearningRate, o.AverageDecay = stylize.Adam, 0.02, 0.9 },
		"covariance": func(o *stylize.Options) { o.Colours = stylize.MatchCovariance },
		"texture": func(o *stylize.Options) {
			o.Content, o.Init, o.Width, o.Height, o.Size = "", stylize.FromNoise, 64, 48, 0
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := inMemory(t, greyWaves(t, 1, 0), greyWaves(t, 2, 1))
			change(&o)
			first, last := 0.0, 0.0
			p, _, err := stylize.Run(context.Background(), o, func(e stylize.Event) {
				if e.Kind == stylize.Iterated && e.Iteration == 1 {
					first = e.Losses.Total
				} else if e.Kind == stylize.Ended {
					last = e.Losses.Total
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if !isGrey(p) || !isGrey(read(t, o.Out)) {
				t.Error("the result has colours")
			}
			if !(last < first) {
				t.Errorf("the loss went from %g to %g", first, last)
			}
		})
	}
}

// TestColourOfOne: where content or style has colours, the result may.
func TestColourOfOne(t *testing.T) {
	t.Parallel()
	if isGrey(run(t, inMemory(t, greyWaves(t, 1, 0), waves(48, 40, 3, 2)))) {
		t.Error("a coloured style made a grey picture")
	}
	if isGrey(run(t, inMemory(t, greyWaves(t, 1, 3), greyWaves(t, 2, 0)))) {
		t.Error("a tinted content became a grey picture")
	}
}

// TestStyleWithoutTexture: a style of one colour is refused by name, before any
// work, and fine where styles do not count.
func TestStyleWithoutTexture(t *testing.T) {
	t.Parallel()
	flat := imgio.New(32, 32, 3)
	for i := range flat.Pix {
		flat.Pix[i] = float32(i%3) / 4
	}
	flat.Pix[30] += 1.0 / 255
	for name, style := range map[string]*imgio.Picture{"black": imgio.New(32, 32, 3), "one colour": flat} {
		o := inMemory(t, waves(48, 40, 3, 1), style)
		o.Init = stylize.FromNoise
		_, _, err := stylize.Run(context.Background(), o, nil)
		if !errors.Is(err, stylize.ErrNoTexture) || !strings.Contains(err.Error(), "painting") || hint.On(err) == "" {
			t.Errorf("%s: error is %v", name, err)
		}
		if names := list(t, filepath.Dir(o.Out)); names != "" {
			t.Errorf("%s: files %s", name, names)
		}
		o.Objective.StyleWeight = 0
		run(t, o)
	}
}

// TestLossNotFinite: it ends the run with the iteration, and nothing is written.
func TestLossNotFinite(t *testing.T) {
	t.Parallel()
	for _, optimizer := range []string{stylize.LBFGS, stylize.Adam} {
		o := inMemory(t, waves(48, 40, 3, 1), waves(48, 40, 3, 2))
		o.Optimizer, o.LearningRate = optimizer, 0.02
		o.Objective.StyleWeight = 1e300
		_, _, err := stylize.Run(context.Background(), o, nil)
		var bad *stylize.LossError
		if !errors.As(err, &bad) || bad.Iteration != 1 || !strings.Contains(err.Error(), "iteration 1:") {
			t.Errorf("%s: error is %v", optimizer, err)
		} else if !math.IsInf(bad.Loss, 1) && !math.IsNaN(bad.Loss) {
			t.Errorf("%s: the loss is %g", optimizer, bad.Loss)
		}
		if names := list(t, filepath.Dir(o.Out)); names != "" {
			t.Errorf("%s: files %s", optimizer, names)
		}
	}
}
