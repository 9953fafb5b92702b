package stylize_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"easel/internal/file/imgio"
	"easel/internal/work/stylize"
)

// TestWithoutWeights holds what the default makes without weights: over three
// pairs, the distances of colours and texture to the style fall by half against
// the content picture, and its edges stay. It takes some minutes and the
// pictures of ../../../../shared/data, so it wants EASEL_CALIBRATE=1.
func TestWithoutWeights(t *testing.T) {
	if os.Getenv("EASEL_CALIBRATE") == "" {
		t.Skip("takes minutes: set EASEL_CALIBRATE=1, or to a folder where the pictures should stay")
	}
	images := "../../../../shared/data/images"
	if _, err := os.Stat(images); err != nil {
		t.Skip("there are no pictures in ../shared/data/images")
	}
	pairs := [][2]string{
		{"tubingen.jpg", "starry_night.jpg"}, {"golden_gate.jpg", "the_scream.jpg"}, {"kodim23.png", "woman-with-hat-matisse.jpg"},
	}
	for _, pair := range pairs {
		t.Run(fmt.Sprintf("%s in %s", pair[0], pair[1]), func(t *testing.T) {
			o, err := stylize.Preset(stylize.RandomPreset)
			if err != nil {
				t.Fatal(err)
			}
			o.Content = filepath.Join(images, pair[0])
			o.Styles = []stylize.Style{{Path: filepath.Join(images, pair[1]), Weight: 1}}
			o.Weights, o.Size, o.MinSize = stylize.RandomWeights, 256, 128
			p, _, err := stylize.Run(context.Background(), o, nil)
			if err != nil {
				t.Fatal(err)
			}
			content, style := read(t, o.Content), read(t, o.Styles[0].Path)
			plain := judge(imgio.Resize(content, p.Width, p.Height, imgio.Lanczos), content, style)
			got := judge(p, content, style)
			t.Logf("colour %.2f of %.2f, texture %.3f of %.3f, edges %.3f", got.colour, plain.colour, got.texture, plain.texture, got.edges)
			if dir := os.Getenv("EASEL_CALIBRATE"); dir != "1" {
				if err := imgio.Write(filepath.Join(dir, pair[0]+"-"+pair[1]+".png"), p); err != nil {
					t.Error(err)
				}
			}
			if got.colour > plain.colour/2 || got.texture > plain.texture/2 || got.edges < 0.4 {
				t.Errorf("colour %.2f of %.2f, texture %.3f of %.3f, edges %.3f", got.colour, plain.colour, got.texture, plain.texture, got.edges)
			}
		})
	}
}
