package stylize_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"easel/internal/data/facade"
	"easel/internal/file/imgio"
	"easel/internal/work/stylize"
)

const (
	trained = "../../../../shared/data/vgg19/vgg19.safetensors"
	images  = "../../../../shared/data/images"
)

// paints returns what a network makes of the pictures in o, and the processor's seconds
// for an evaluation.
func paints(t *testing.T, o stylize.Options, network string) (*imgio.Picture, float64) {
	t.Helper()
	preset, err := stylize.PresetFor(network)
	if err != nil {
		t.Fatal(err)
	}
	q, err := stylize.Preset(preset)
	if err != nil {
		t.Fatal(err)
	}
	q.Content, q.Styles, q.Pictures, q.Weights = o.Content, o.Styles, o.Pictures, network
	q.Size, q.MinSize, q.Iterations, q.FinalIterations = o.Size, o.MinSize, o.Iterations, o.FinalIterations
	begun, first, last := 0.0, 0, 0
	p, _, err := stylize.Run(context.Background(), q, func(e stylize.Event) {
		if e.Kind == stylize.Staged && e.Stage == e.Stages {
			begun, first = processorSeconds(t), e.Done
		}
		if e.Kind == stylize.Iterated {
			last = e.Done
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return p, (processorSeconds(t) - begun) / float64(last-first)
}

// lossOf returns the loss of a picture by VGG-19, with the default objective of o.
func lossOf(t *testing.T, o stylize.Options, p *imgio.Picture) (loss stylize.Losses) {
	t.Helper()
	o.Pictures = map[string]*imgio.Picture{"content": o.Pictures["content"], "style": o.Pictures["style"], "painting": p}
	o.Weights, o.Init, o.MinSize, o.ScaleStep, o.Iterations, o.FinalIterations = trained, "painting", 0, 0, 1, 0
	_, _, err := stylize.Run(context.Background(), o, func(e stylize.Event) {
		if e.Kind == stylize.Iterated {
			loss = *e.Losses
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return loss
}

// pair returns the default options for two pictures in memory.
func pair(t *testing.T, content, style *imgio.Picture) stylize.Options {
	t.Helper()
	o, err := stylize.Preset(stylize.DefaultPreset)
	if err != nil {
		t.Fatal(err)
	}
	o.Content, o.Styles = "content", []stylize.Style{{Path: "style", Weight: 1}}
	o.Pictures = map[string]*imgio.Picture{"content": content, "style": style}
	return o
}

// What the small network paints is nearly as good to VGG-19 as what VGG-19 paints, and
// much better than what random weights do.
func TestSmall(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat(trained); err != nil {
		t.Skip("there are no weights of VGG-19 in ../shared/data/vgg19")
	}
	_, content := facade.Generate(4, 1, 96)
	_, strokes := facade.Generate(4, 2, 96)
	o := pair(t, content, strokes)
	o.Size, o.MinSize, o.Iterations, o.FinalIterations = 96, 0, 30, 0
	losses := map[string]float64{}
	for _, network := range []string{trained, stylize.SmallWeights, stylize.RandomWeights} {
		p, _ := paints(t, o, network)
		losses[network] = lossOf(t, o, p).Total
	}
	best, thin, random := losses[trained], losses[stylize.SmallWeights], losses[stylize.RandomWeights]
	t.Logf("VGG-19 %.4f, small %.4f, random %.4f", best, thin, random)
	if !(thin < 1.7*best) || !(random > 1.3*thin) {
		t.Errorf("VGG-19's loss is %.4f with its own picture, %.4f with the small network's, %.4f with that of random weights", best, thin, random)
	}
}

// TestSmallPairs measures the small network on pairs of photographs and paintings: losses
// by VGG-19, and the processor's time for an evaluation. It takes minutes, so it wants
// EASEL_CALIBRATE=1, or a folder where the pictures should stay.
func TestSmallPairs(t *testing.T) {
	if os.Getenv("EASEL_CALIBRATE") == "" {
		t.Skip("takes minutes: set EASEL_CALIBRATE=1, or to a folder where the pictures should stay")
	}
	if _, err := os.Stat(trained); err != nil {
		t.Skip("there are no weights of VGG-19 in ../shared/data/vgg19")
	}
	for _, c := range []struct {
		content, style string
		size           int
	}{
		{"tubingen.jpg", "starry_night.jpg", 256},
		{"golden_gate.jpg", "the_scream.jpg", 256},
		{"kodim23.png", "woman-with-hat-matisse.jpg", 256},
		{"hoovertowernight.jpg", "seated-nude.jpg", 256},
		{"tubingen.jpg", "starry_night.jpg", 512},
	} {
		t.Run(fmt.Sprintf("%s in %s at %d", c.content, c.style, c.size), func(t *testing.T) {
			o := pair(t, read(t, filepath.Join(images, c.content)), read(t, filepath.Join(images, c.style)))
			o.Size = c.size
			first := lossOf(t, o, o.Pictures["content"])
			t.Logf("content itself: %.4f", first.Total)
			for _, network := range []string{trained, stylize.SmallWeights, stylize.RandomWeights} {
				p, seconds := paints(t, o, network)
				l := lossOf(t, o, p)
				name := filepath.Base(network)
				t.Logf("%-18s loss %.4f (content %.4f, style %.4f), %.3f s an evaluation of the last stage: %v", name, l.Total, l.Content, l.Style, seconds, l.Layers)
				if dir := os.Getenv("EASEL_CALIBRATE"); dir != "1" {
					if err := imgio.Write(filepath.Join(dir, fmt.Sprintf("%s-%s-%d-%s.png", c.content, c.style, c.size, name)), p); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
}
