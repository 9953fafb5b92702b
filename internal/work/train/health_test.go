package train

import (
	"strings"
	"testing"
)

// fed is a variety of pictures.
func fed(pictures ...[]float32) *variety {
	v := &variety{}
	for _, p := range pictures {
		v.add(p)
	}
	return v
}

func TestCollapsed(t *testing.T) {
	t.Parallel()
	targets := fed([]float32{-0.5, 0.5, 0.1, -0.9}, []float32{0.7, -0.3, 0.2, 0.4})
	for name, c := range map[string]struct {
		made *variety
		want string
	}{
		"well":      {fed([]float32{-0.4, 0.4, 0.1, -0.8}, []float32{0.6, -0.3, 0.2, 0.4}), ""},
		"grey":      {fed([]float32{0.1, 0.1, 0.1, 0.1}, []float32{0.3, 0.3, 0.3, 0.3}), "a single colour"},
		"one":       {fed([]float32{-0.5, 0.5, 0, 0}, []float32{-0.5, 0.5, 0, 0}), "the same picture"},
		"saturated": {fed([]float32{-1, 1, 1, -1}, []float32{1, 1, -1, -1}), "saturated"},
	} {
		if got := collapsed(c.made, targets); !strings.Contains(got, c.want) || c.want == "" && got != "" {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := collapsed(fed([]float32{0, 0}, []float32{0, 0}), fed([]float32{0.2, 0.2}, []float32{0.2, 0.2})); got != "" {
		t.Errorf("targets of one colour are made in one colour: %q", got)
	}
}

func TestHealthSaysOnce(t *testing.T) {
	t.Parallel()
	h := newHealth()
	said := 0
	for step := range 3 * healthMemory {
		text, err := h.stepped(step, map[string]float64{"d": 0.001, "gan": 8, "l1": 0.3})
		if err != nil {
			t.Fatal(err)
		}
		if text != "" {
			said++
			if !strings.Contains(text, "discriminator has won") || !strings.Contains(text, "rate of the discriminator") {
				t.Errorf("%q", text)
			}
		}
	}
	if said != 1 {
		t.Errorf("said %d times", said)
	}
}

func TestHealthEndsAnExplosion(t *testing.T) {
	t.Parallel()
	h := newHealth()
	wild := map[string]float64{"d": 1e7, "gan": -1e6, "l1": 1}
	for step := range wildSteps - 1 {
		if _, err := h.stepped(step, wild); err != nil {
			t.Fatalf("after %d steps: %v", step+1, err)
		}
	}
	if _, err := h.stepped(wildSteps, map[string]float64{"d": 0.5, "gan": 1, "l1": 1}); err != nil {
		t.Error("a loss that came back is an explosion")
	}
	var err error
	for step := 0; step < wildSteps && err == nil; step++ {
		_, err = h.stepped(step, wild)
	}
	if err == nil || !strings.Contains(err.Error(), "exploded") {
		t.Errorf("%v", err)
	}
}

func TestHealthSeesOverfitting(t *testing.T) {
	t.Parallel()
	h := newHealth()
	train := func(l1 float64) {
		for range 5 * healthMemory {
			if _, err := h.stepped(1, map[string]float64{"l1": l1}); err != nil {
				t.Fatal(err)
			}
		}
	}
	train(0.4)
	if text := h.validated(100, 0.3); text != "" {
		t.Errorf("%q", text)
	}
	if text := h.validated(200, 0.4); text != "" {
		t.Errorf("where training is no better either: %q", text)
	}
	train(0.1)
	if text := h.validated(300, 0.4); !strings.Contains(text, "over-fitting") || !strings.Contains(text, "step 100") {
		t.Errorf("%q", text)
	}
}

func TestPlateau(t *testing.T) {
	t.Parallel()
	var p plateau
	for _, v := range []float64{1, 0.9, 0.8} {
		p.validated(v, false)
	}
	for range plateauPatience {
		p.validated(0.799, false)
	}
	if p.factor() != 1 {
		t.Errorf("impatient: %+v", p)
	}
	if p.validated(0.799, false); p.factor() != plateauFactor {
		t.Errorf("after a plateau: %+v", p)
	}
	if p.validated(0.5, false); p.Since != 0 {
		t.Errorf("after a better value: %+v", p)
	}
}
