package translate

import (
	"context"
	"testing"

	"easel/internal/data/palette"
	"easel/internal/engine/cpu"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

// TestClasses: the picture of a network that classifies is its classes in their
// colours, of any size.
func TestClasses(t *testing.T) {
	t.Parallel()
	c := tiny()
	c.Objective, c.OutputChannels = pix2pix.ClassEntropy.Alone(), 3
	labels := &palette.Labels{Classes: []palette.Class{{Colour: [3]uint8{255, 0, 0}}, {Colour: [3]uint8{0, 255, 0}}, {Colour: [3]uint8{0, 0, 255}}}}
	tr := of(t, stored.Config{Network: c, Labels: labels}, Options{})
	p := noise(41, 30, 3)
	classes, err := tr.Classes(context.Background(), p)
	if err != nil {
		t.Fatal(err)
	}
	out, err := tr.Picture(context.Background(), p)
	if err != nil || out.Width != 41 || out.Height != 30 || out.Channels != 3 {
		t.Fatalf("%+v, %v", out, err)
	}
	seen := [3]int{}
	for i, k := range classes {
		seen[k]++
		for c := range 3 {
			want := float32(0)
			if c == k {
				want = 1
			}
			if out.Pix[3*i+c] != want {
				t.Fatalf("pixel %d of class %d is %v", i, k, out.Pix[3*i:][:3])
			}
		}
	}
	if seen[0] == len(classes) || seen[1] == len(classes) || seen[2] == len(classes) {
		t.Errorf("only one class: %v", seen)
	}
	if _, err := random(t, tiny(), Options{}).Classes(context.Background(), p); err == nil {
		t.Error("a network that makes pictures has classes")
	}
	d, err := cpu.New(cpu.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(d, stored.Config{Network: c}, untrained{}, Options{}); err == nil {
		t.Error("classes without labels")
	}
}

// TestSample: another seed is another sample, and the same seed the same one.
func TestSample(t *testing.T) {
	t.Parallel()
	tr, p := random(t, tiny(), Options{Seed: 5}), noise(32, 32, 3)
	sample := func(seed uint64) []float32 {
		out, err := tr.Sample(context.Background(), p, seed)
		if err != nil {
			t.Fatal(err)
		}
		return out.Pix
	}
	whole := translate(t, tr, p)
	equal := func(a, b []float32) bool {
		for i := range a {
			if a[i] != b[i] {
				return false
			}
		}
		return true
	}
	if !equal(whole, sample(5)) || equal(whole, sample(6)) {
		t.Error("the seed does not decide the sample")
	}
}
