package palette

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"easel/internal/imgio"
)

func four() *Palette {
	return &Palette{[]Class{
		{0, [3]uint8{0, 0, 0}, "void"}, {7, [3]uint8{255, 0, 0}, "roof"}, {9, [3]uint8{0, 255, 0}, ""}, {255, [3]uint8{0, 0, 255}, "7 up"},
	}}
}

func TestWithout(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		without []string
		places  []int
	}{
		{nil, []int{0, 1, 2, 3}},
		{[]string{"void"}, []int{-1, 0, 1, 2}},
		{[]string{"7", "#00FF00"}, []int{0, -1, -1, 1}},
		{[]string{"7 up", "255"}, []int{0, 1, 2, -1}},
	} {
		rest, places, err := four().Without(c.without)
		if err != nil || !slices.Equal(places, c.places) {
			t.Errorf("without %v: %v, %v", c.without, places, err)
			continue
		}
		for k, at := range places {
			if at >= 0 && rest.Classes[at] != four().Classes[k] {
				t.Errorf("without %v: %v", c.without, rest.Classes)
			}
		}
	}
	_, _, err := four().Without([]string{"sky"})
	var h interface{ Hint() string }
	if !errors.As(err, &h) || !strings.Contains(h.Hint(), "7 (roof), 9 (#00ff00)") {
		t.Errorf("%v", err)
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	pic := imgio.New(4, 1, 3)
	copy(pic.Pix, []float32{0, 0, 0, 0.9, 0.1, 0.1, 0.5, 0.5, 0.5, 0, 0, 0.6})
	if share, err := four().Fit(pic); err != nil || share != 0.5 {
		t.Errorf("share %v, %v", share, err)
	}
	if _, err := four().Fit(imgio.New(1, 1, 5)); err == nil {
		t.Error("five channels have colours")
	}
}
