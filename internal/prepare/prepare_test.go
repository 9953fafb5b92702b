package prepare

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/imgio"
)

// paint writes a picture of one colour.
func paint(t *testing.T, path string, w, h, depth int, colour ...float32) {
	t.Helper()
	p := imgio.New(w, h, len(colour))
	p.Depth = depth
	for i := range p.Pix {
		p.Pix[i] = colour[i%len(colour)]
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := imgio.Write(path, p); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) *imgio.Picture {
	t.Helper()
	p, _, err := imgio.Read(path, imgio.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCombine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b, out := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "out")
	paint(t, filepath.Join(a, "1.png"), 4, 3, 8, 1)
	paint(t, filepath.Join(b, "1.tif"), 4, 3, 16, 1, 0, 0)
	paint(t, filepath.Join(a, "val", "2.png"), 5, 5, 8, 0, 0, 1)
	paint(t, filepath.Join(b, "val", "2.png"), 5, 5, 8, 0, 1, 0)
	paint(t, filepath.Join(a, "3.png"), 4, 3, 8, 1)
	paint(t, filepath.Join(b, "3.png"), 4, 4, 8, 1)
	var failed []string
	r, err := Combine(context.Background(), a, b, out, Options{}, func(p Progress) {
		if p.Err != nil {
			failed = append(failed, p.Err.Error())
		}
	})
	if err != nil || r != (Result{Made: 2, Failed: 1}) {
		t.Fatalf("%+v, %v", r, err)
	}
	if len(failed) != 1 || !strings.Contains(failed[0], "3.png") || !strings.Contains(failed[0], "4×3 and 4×4") {
		t.Errorf("failures: %q", failed)
	}
	p := read(t, filepath.Join(out, "1.png"))
	if p.Width != 8 || p.Channels != 3 || p.Depth != 16 || p.At(3, 0, 1) != 1 || p.At(4, 0, 1) != 0 {
		t.Errorf("1.png: %d×%d×%d, %d bits", p.Width, p.Height, p.Channels, p.Depth)
	}
	if p := read(t, filepath.Join(out, "val", "2.png")); p.At(0, 0, 2) != 1 || p.At(9, 0, 1) != 1 {
		t.Error("val/2.png has its halves wrong")
	}
}

func TestCombineNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	paint(t, filepath.Join(a, "left.png"), 2, 2, 8, 1)
	paint(t, filepath.Join(b, "right.png"), 2, 2, 8, 1)
	_, err := Combine(context.Background(), a, b, filepath.Join(dir, "out"), Options{}, nil)
	if err == nil || !strings.Contains(err.Error(), "left.png") || !strings.Contains(err.Error(), "right.png") {
		t.Errorf("error %v does not name both", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
		t.Error("something was written")
	}
}

func TestGray(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out")
	paint(t, filepath.Join(in, "train", "x.png"), 3, 2, 8, 1, 0, 0)
	r, err := Gray(context.Background(), in, out, Options{}, func(Progress) {})
	if err != nil || r.Made != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	p := read(t, filepath.Join(out, "train", "x.png"))
	for c := range 3 {
		if got := p.At(0, 0, c); math.Abs(float64(got)-0.299) > 1.0/255 {
			t.Errorf("grey of red is %v in channel %d", got, c)
		}
	}
	if p.Width != 6 || p.At(3, 0, 0) != 1 || p.At(3, 0, 1) != 0 {
		t.Error("the right half is not the picture")
	}
}

// TestNeverOverwrites: sources never, outputs only by force.
func TestNeverOverwrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	paint(t, filepath.Join(dir, "x.png"), 3, 2, 8, 1, 0, 0)
	before, _ := os.ReadFile(filepath.Join(dir, "x.png"))
	var last error
	note := func(p Progress) { last = p.Err }
	for _, force := range []bool{false, true} {
		r, err := Gray(context.Background(), dir, dir, Options{Force: force}, note)
		if err != nil || r.Failed != 1 || last == nil || !strings.Contains(last.Error(), "source") {
			t.Errorf("force %v: %+v, %v, %v", force, r, err, last)
		}
	}
	after, _ := os.ReadFile(filepath.Join(dir, "x.png"))
	if string(before) != string(after) {
		t.Error("the source changed")
	}
	out := filepath.Join(dir, "out")
	for i, want := range []Result{{Made: 1}, {Failed: 1}} {
		if r, err := Gray(context.Background(), dir, out, Options{}, note); err != nil || r != want {
			t.Errorf("run %d: %+v, %v", i, r, err)
		}
	}
	if !errors.Is(last, ErrExists) {
		t.Errorf("error is %v", last)
	}
	if r, err := Gray(context.Background(), dir, out, Options{Force: true}, note); err != nil || r.Made != 1 {
		t.Errorf("force: %+v, %v", r, err)
	}
}

func TestNothingToDo(t *testing.T) {
	t.Parallel()
	if _, err := Gray(context.Background(), t.TempDir(), t.TempDir(), Options{}, nil); err == nil {
		t.Error("an empty folder passes")
	}
	if _, err := Gray(context.Background(), filepath.Join(t.TempDir(), "none"), t.TempDir(), Options{}, nil); err == nil {
		t.Error("a missing folder passes")
	}
}
