package eval

import (
	"math"
	"strings"
	"testing"
)

// The perceptual distance is a measure like others: of each picture, its mean over
// the set, with an interval. (What it is, package pix2pix holds against PyTorch.)
func TestPerceptual(t *testing.T) {
	t.Parallel()
	o := options(writePairs(t, map[string]int{"test": 4}), writeModel(t, tiny(), "BtoA", 3))
	o.Perceptual = writeVGG(t)
	m := evaluate(t, o).Models[0]
	sum := 0.0
	for _, p := range m.Pictures {
		v, ok := p.Values[Perceptual]
		if !ok || !(v > 0) {
			t.Fatalf("%s has %g", p.Name, v)
		}
		sum += v / 4
	}
	if v := m.Values[Perceptual]; math.Abs(v.Value-sum) > 1e-9 || v.Low == nil {
		t.Errorf("%+v, want the mean %g", v, sum)
	}
	o.Perceptual = "nowhere.safetensors"
	if _, err := Evaluate(t.Context(), o, nil); err == nil || !strings.Contains(err.Error(), "perceptual distance") {
		t.Errorf("%v", err)
	}
}
