package palette

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"easel/internal/file/imgio"
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

func TestLabels(t *testing.T) {
	t.Parallel()
	l, err := NewLabels(four(), []string{"void"})
	if err != nil {
		t.Fatal(err)
	}
	pic := four().Paint([]int{0, 1, 2, 3}, 2, 2)
	if got, err := l.Truth(pic); err != nil || !slices.Equal(got, []int{-1, 0, 1, 2}) {
		t.Errorf("truth %v, %v", got, err)
	}
	if got, err := l.Nearest(pic); err != nil || !slices.Equal(got, []int{0, 0, 1, 2}) {
		t.Errorf("nearest %v, %v", got, err)
	}
	if got := l.Paint([]int{2, 0}, 2, 1); got.Pix[2] != 1 || got.Pix[3] != 1 {
		t.Errorf("painted %v", got.Pix)
	}
	if _, err := NewLabels(four(), []string{"0", "7", "9"}); err == nil || !strings.Contains(err.Error(), "1 of 4 classes") {
		t.Errorf("one class: %v", err)
	}
	if _, err := NewLabels(four(), []string{"sky"}); err == nil {
		t.Error("an unknown class is ignored")
	}
	if got := Argmax([]float32{1, 3, 2, 5, 5, 4}, 3); !slices.Equal(got, []int{1, 0}) {
		t.Errorf("largest %v", got)
	}
}
