package pix2pix

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/engine/cpu"
)

// The distance of two pictures is PyTorch's, of each pair alone.
func TestPerceptualDistance(t *testing.T) {
	t.Parallel()
	r := openRecorded(t, filepath.Join("testdata", "perceptual_small.safetensors"))
	size := r.config.ImageSize
	network, err := PerceptualDistance(r.width, size, size)
	if err != nil {
		t.Fatal(err)
	}
	d := processor(t, cpu.Options{})
	for _, p := range network.Parameters {
		if err := d.SetParameter(p.Name, p.Shape, r.tensor(p.Name)); err != nil {
			t.Fatal(err)
		}
	}
	p, err := d.Compile(network.Graph)
	if err != nil {
		t.Fatal(err)
	}
	made, target, want := r.tensor("output/fake"), r.tensor("input/b"), r.tensor("output/perceptual")
	n := size * size * 3
	for i, w := range want {
		copy(p.Input("made"), made[i*n:])
		copy(p.Input("target"), target[i*n:])
		if err := p.Run(); err != nil {
			t.Fatal(err)
		}
		if got := p.Output("distance")[0]; math.Abs(float64(got-w)) > 1e-5*float64(w) {
			t.Errorf("pair %d: %g, PyTorch's %g", i, got, w)
		}
	}
	if _, err := PerceptualDistance(r.width, 4, 4); err == nil || !strings.Contains(err.Error(), "perceptual distance") {
		t.Errorf("pictures that do not reach the layers: %v", err)
	}
}
