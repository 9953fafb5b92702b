package stylize_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/file/imgio"
	"easel/internal/work/stylize"
)

// gallery has two folders of pictures, and options that paint them in no time.
func gallery(t *testing.T) (dir string, o stylize.Options) {
	t.Helper()
	dir = folder(t)
	for _, one := range []struct {
		name string
		seed float64
	}{{"photos/9.png", 1}, {"photos/10.png", 1.5}, {"paintings/sea.png", 2}, {"paintings/sun.png", 3}} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(one.name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := imgio.Write(filepath.Join(dir, one.name), waves(40, 32, 3, one.seed)); err != nil {
			t.Fatal(err)
		}
	}
	o, err := stylize.Preset("easel")
	if err != nil {
		t.Fatal(err)
	}
	o.Weights, o.Size, o.MinSize, o.Iterations, o.FinalIterations = filepath.Join(dir, "vgg.safetensors"), 40, 0, 2, 0
	o.Content = filepath.Join(dir, "photos")
	return dir, o
}

// TestEvery: every content in every style, and a sheet; a cancelled call goes on to the
// same bits, and what is there is kept.
func TestEvery(t *testing.T) {
	t.Parallel()
	dir, o := gallery(t)
	variants, err := stylize.Variants([]stylize.Style{{Path: filepath.Join(dir, "paintings"), Weight: 1}}, 0)
	if err != nil {
		t.Fatal(err)
	}
	whole, broken := filepath.Join(dir, "whole"), filepath.Join(dir, "broken")
	if m, err := stylize.Every(t.Context(), o, variants, whole, nil); err != nil || m != (stylize.Made{Painted: 4}) {
		t.Fatal(m, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	count := 0
	m, err := stylize.Every(ctx, o, variants, broken, func(e stylize.Event) {
		if e.Kind == stylize.Iterated {
			if count++; count == 3 { // in the middle of the second picture
				cancel()
			}
		}
	})
	if !errors.Is(err, stylize.ErrInterrupted) || m.Painted != 1 {
		t.Fatal(m, err)
	}
	if m, err = stylize.Every(t.Context(), o, variants, broken, nil); err != nil || m != (stylize.Made{Painted: 3, Kept: 1}) {
		t.Fatal(m, err)
	}
	for _, name := range []string{"sea/9.png", "sea/10.png", "sun/9.png", "sun/10.png", stylize.SheetFile} {
		want, _, errA := imgio.Read(filepath.Join(whole, name), imgio.ReadOptions{})
		got, _, errB := imgio.Read(filepath.Join(broken, name), imgio.ReadOptions{})
		if err := errors.Join(errA, errB); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(want.Pix, got.Pix) {
			t.Errorf("%s has other bits after the interruption", name)
		}
	}
	if m, err = stylize.Every(t.Context(), o, variants, broken, nil); err != nil || m != (stylize.Made{Kept: 4}) {
		t.Errorf("once more: %+v, %v", m, err)
	}
	o.Iterations = 3
	if _, err = stylize.Every(t.Context(), o, variants, broken, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("with other options: %v", err)
	}
	o.Force = true
	if m, err = stylize.Every(t.Context(), o, variants, broken, nil); err != nil || m != (stylize.Made{Painted: 4}) {
		t.Errorf("by force: %+v, %v", m, err)
	}
}

// TestVariants: strips lead from one style to the other; folders are styles of their own;
// names that are the same are refused.
func TestVariants(t *testing.T) {
	t.Parallel()
	a, b := stylize.Style{Path: "a.png", Weight: 1}, stylize.Style{Path: "b.png", Weight: 1}
	list, err := stylize.Variants([]stylize.Style{a, b}, 3)
	if err != nil || len(list) != 3 {
		t.Fatal(list, err)
	}
	for i, want := range []struct {
		name    string
		weights []float64
	}{{"0.000", []float64{1}}, {"0.500", []float64{0.5, 0.5}}, {"1.000", []float64{1}}} {
		if got := list[i]; got.Name != want.name || len(got.Styles) != len(want.weights) || got.Styles[0].Weight != want.weights[0] {
			t.Errorf("%d: %+v", i, got)
		}
	}
	if list[0].Styles[0].Path != "a.png" || list[2].Styles[0].Path != "b.png" {
		t.Errorf("the ends are %+v", list)
	}
	for _, bad := range [][]stylize.Style{{a}, {a, b, a}} {
		if _, err := stylize.Variants(bad, 3); err == nil {
			t.Errorf("a strip between %d styles", len(bad))
		}
	}
	if list, err = stylize.Variants([]stylize.Style{a, b}, 0); err != nil || len(list) != 1 || list[0].Name != "" || len(list[0].Styles) != 2 {
		t.Error(list, err)
	}
	b.Weight = 2
	if _, err := stylize.Variants([]stylize.Style{a, b}, 3); err == nil || !strings.Contains(err.Error(), "no effect on folders and strips") {
		t.Error(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"x.png", "x.jpg"} {
		if err := imgio.Write(filepath.Join(dir, name), waves(8, 8, 3, 1)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err = stylize.Variants([]stylize.Style{{Path: dir, Weight: 1}}, 0); err == nil || !strings.Contains(err.Error(), "two pictures are called x") {
		t.Error(err)
	}
}

// TestEveryAnew: by force, and with other options, a checkpoint of the old ones is not gone
// on from; a content may not have the sheet's name.
func TestEveryAnew(t *testing.T) {
	t.Parallel()
	dir, o := gallery(t)
	variants := []stylize.Variant{{Styles: []stylize.Style{{Path: filepath.Join(dir, "paintings", "sea.png"), Weight: 1}}}}
	out := filepath.Join(dir, "out")
	stopped := func(at int) {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		_, err := stylize.Every(ctx, o, variants, out, func(e stylize.Event) {
			if e.Kind == stylize.Planned && at == 0 || e.Kind == stylize.Iterated && e.Done == at {
				cancel()
			}
		})
		if !errors.Is(err, stylize.ErrInterrupted) {
			t.Fatal(err)
		}
	}
	stopped(1)
	o.Iterations, o.Force = 3, true
	stopped(0) // before it has a checkpoint of its own
	o.Force = false
	totals := map[int]bool{}
	if _, err := stylize.Every(t.Context(), o, variants, out, func(e stylize.Event) { totals[e.Total] = true }); err != nil {
		t.Fatal(err)
	}
	if totals[2] || !totals[3] {
		t.Errorf("the totals of iterations are %v, want 3", totals)
	}
	if err := os.Rename(filepath.Join(dir, "photos", "9.png"), filepath.Join(dir, "photos", "Sheet.png")); err != nil {
		t.Fatal(err)
	}
	if _, err := stylize.Every(t.Context(), o, variants, out, nil); err == nil || !strings.Contains(err.Error(), "the sheet of all results") {
		t.Error(err)
	}
}
