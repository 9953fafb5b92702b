package style_test

import (
	"testing"

	"easel/internal/base/near"
	"easel/internal/engine/backend/backendtest"
	"easel/internal/engine/device"
	"easel/internal/file/safetensors"
	"easel/internal/model/style"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
)

// TestParity holds every preset's losses and gradient against PyTorch's, of the
// formulas as their authors have them (testdata/reference.py), on every backend.
func TestParity(t *testing.T) {
	t.Parallel()
	backendtest.Each(t, func(t *testing.T, open func(testing.TB) device.Device) { parity(t, open(t)) })
}

func parity(t *testing.T, d device.Device) {
	w, _, err := weights.Open("../vgg/testdata/torchvision.safetensors", vgg.Torchvision)
	if err != nil {
		t.Fatal(err)
	}
	n, err := style.NewNetwork(d, vgg.Default(), w)
	if err != nil {
		t.Fatal(err)
	}
	r, err := safetensors.Open("testdata/reference.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	tensor := func(name string) ([]int, []float32) {
		shape, value, err := r.Tensor(name)
		if err != nil {
			t.Fatal(err)
		}
		return shape, value
	}
	read := func(name string) style.Picture {
		shape, value := tensor(name)
		return style.Picture{Height: shape[1], Width: shape[2], Pixels: value}
	}
	x, content, painting := read("picture"), read("content"), read("style")
	_, mask := tensor("mask")
	all := objectives()
	masked := all["relative"]
	masked.ContentWeight = 0
	for name, o := range map[string]style.Objective{
		"paper": all["paper"], "gatys": all["gatys"], "gatys_normalised": all["gatys-normalised"],
		"neural_style": all["neural-style"], "crowsonkb": all["crowsonkb"], "relative": all["relative"], "masked": masked,
	} {
		p := style.Problem{Height: x.Height, Width: x.Width, Objective: o}
		if p.Content, err = n.Features(content, style.Whole(), o.ContentLayers()...); err != nil {
			t.Fatal(err)
		}
		region := style.Region{Weight: 1}
		if region.Target, err = n.Moments(painting, nil, style.Whole(), o.StyleLayers()...); err != nil {
			t.Fatal(err)
		}
		if name == "masked" {
			region.Mask = mask
		}
		p.Regions = []style.Region{region}
		losses, gradient := evaluate(t, n, p, style.Whole(), x.Pixels)
		_, want := tensor(name + "/losses")
		for i, got := range []float64{losses.Content, losses.Style, losses.Variation} {
			if !near.Within(relative(got, float64(want[i])), 1e-4) && got != float64(want[i]) {
				t.Errorf("%s: losses %+v, PyTorch has content, style and variation %v", name, losses, want)
				break
			}
		}
		_, slopes := tensor(name + "/gradient")
		if far := distance(gradient, slopes); !near.Within(far, 1e-3) {
			t.Errorf("%s: gradient is %g away from PyTorch's", name, far)
		}
	}
}
