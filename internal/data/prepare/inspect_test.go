package prepare

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"easel/internal/base/near"
	"easel/internal/file/imgio"
)

func pairOf(t *testing.T, a, b *imgio.Picture) *imgio.Picture {
	t.Helper()
	p, err := joined(a, b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestInspect(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i, name := range []string{"train/1.png", "train/2.png", "train/3.png", "val/4.png"} {
		save(t, pairOf(t, scene(64, 64, i), scene(64, 64, i+20)), dir, name)
	}
	// The first pair again for the test: compressed and half the size.
	half := func(n int) *imgio.Picture { return imgio.Resize(scene(64, 64, n), 32, 32, imgio.Area) }
	save(t, pairOf(t, half(0), half(20)), dir, "test", "copy.jpg")
	save(t, pairOf(t, plain(80, 64, 16, 0), plain(80, 64, 16, 1)), dir, "test", "plain.png")
	if err := os.WriteFile(filepath.Join(dir, "train", "bad.png"), []byte("no picture"), 0o666); err != nil {
		t.Fatal(err)
	}
	n := DefaultInspectOptions()
	n.Sheet = 2
	var last int
	n.Progress = func(_ string, done, _ int) { last = done }
	r, err := Inspect(context.Background(), dir, n, Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	if !cmp.Equal(r.Pairs, map[string]int{"train": 3, "val": 1, "test": 2}) || last != 6 {
		t.Errorf("%v, %d measured", r.Pairs, last)
	}
	if len(r.Problems) != 1 || r.Problems[0].File != "train/bad.png" || r.Problems[0].Hint == "" {
		t.Errorf("problems %+v", r.Problems)
	}
	if len(r.Duplicates) != 1 || r.Duplicates[0].First != "train/1" || r.Duplicates[0].Second != "test/copy" {
		t.Errorf("duplicates %+v", r.Duplicates)
	}
	want := []Count{{"64×64", 4}, {"32×32", 1}, {"80×64", 1}}
	if diff := cmp.Diff(want, r.A.Sizes); diff != "" {
		t.Error(diff)
	}
	if r.A.Plain != 1 || r.B.Plain != 1 || r.A.Least != 0 || r.B.Most != 1 || r.A.Depths[1] != (Count{"16 bits", 1}) {
		t.Errorf("%+v", r.A)
	}
	if r.Sheet == nil || r.Sheet.Width != 4*256+3*8 && r.Sheet.Width <= 256 { // 2 + 1 + 2 pairs
		t.Errorf("no sheet, or a narrow one")
	}
}

// TestMeasures: mean and deviation of known pictures.
func TestMeasures(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	save(t, pairOf(t, plain(4, 4, 8, 0), plain(4, 4, 8, 1)), dir, "1.png")
	save(t, pairOf(t, plain(4, 4, 8, 1), plain(4, 4, 8, 0.2)), dir, "2.png")
	r, err := Inspect(context.Background(), dir, InspectOptions{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if !near.Within(r.A.Mean-0.5, 1e-6) || !near.Within(r.A.Deviation-0.5, 1e-6) || !near.Within(r.B.Mean-0.6, 1e-6) || !near.Within(r.B.Deviation-0.4, 1e-6) {
		t.Errorf("%+v %+v", r.A, r.B)
	}
	if r.Sheet != nil {
		t.Error("a sheet of nothing")
	}
}

func TestInspectNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := Inspect(context.Background(), dir, DefaultInspectOptions(), Options{}); err == nil {
		t.Error("an empty folder passes")
	}
	if err := os.WriteFile(filepath.Join(dir, "bad.png"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	r, err := Inspect(context.Background(), dir, DefaultInspectOptions(), Options{})
	if err == nil || len(r.Problems) != 1 {
		t.Errorf("%+v %v", r, err)
	}
}

// TestLook: a hash holds through compression, size and brightness, and tells
// pictures apart.
func TestLook(t *testing.T) {
	t.Parallel()
	var looks []look
	for i := range 30 {
		p := scene(96, 64, i)
		l := lookOf(p)
		brighter := p.Clone()
		for k := range brighter.Pix {
			brighter.Pix[k] = 0.1 + 0.85*brighter.Pix[k]
		}
		path := save(t, p, t.TempDir(), "x.jpg")
		for what, q := range map[string]*imgio.Picture{"compressed": read(t, path), "small": imgio.Resize(p, 48, 32, imgio.Bicubic), "bright": brighter} {
			if d := l.distance(lookOf(q)); d > 4 {
				t.Errorf("scene %d, %s: %d bits differ", i, what, d)
			}
		}
		looks = append(looks, l)
	}
	for i, l := range looks {
		if slices.ContainsFunc(looks[:i], func(m look) bool { return l.alike(m, 4) }) {
			t.Errorf("scene %d looks like another", i)
		}
	}
	if a, b := lookOf(plain(9, 9, 8, 0.5)), lookOf(plain(9, 9, 8, 0.5)); a.alike(b, 4) || !a.similar(b, 4) {
		t.Error("plain pictures tell pairs apart, or are copies")
	}
}
