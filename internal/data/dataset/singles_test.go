package dataset

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

func singles(dir ...string) (*Dataset, *Report, error) {
	o := DefaultOptions()
	o.HoldOut, o.Use, o.MayLack = true, []Split{Train, Val}, []Split{Val}
	return OpenSingles(context.Background(), dir, o)
}

// TestSingles takes every picture of a folder as one sample, whatever its shape.
func TestSingles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range 10 {
		name := fmt.Sprintf("%d.png", i)
		if i > 7 {
			name = "inside/" + name
		}
		write(t, filepath.Join(dir, name), landscape(60+i, 40, 3-2*(i%2), float64(i)))
	}
	d, r, err := singles(dir)
	if err != nil {
		t.Fatal(err)
	}
	if d.Len(Train) != 9 || d.Len(Val) != 1 || r.Layout != Singles {
		t.Errorf("%d to train on, %d to validate, %s", d.Len(Train), d.Len(Val), r.Layout)
	}
	if in, out := d.Channels(); in != 3 || out != 0 {
		t.Errorf("%d and %d channels", in, out)
	}
	p, err := d.Sample(Val, 0, 20)
	if err != nil || p.Target != nil || p.Input.Height != 20 || p.Input.Width < 30 || p.Input.Channels != 3 {
		t.Fatalf("%+v, %v", p, err)
	}
	batches := func(start int) []float32 {
		l, err := d.NewLoader(Train, LoaderOptions{Batch: 2, Seed: 3, StartStep: start, CacheBytes: 1 << 20,
			Jitter: Jitter{LoadSize: 24, ImageSize: 16, Mirror: true}})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		batch := make([]float32, 2*16*16*3)
		for range 6 - start {
			if _, err := l.Next(context.Background(), batch, nil); err != nil {
				t.Fatal(err)
			}
		}
		return batch
	}
	first, second := batches(0), batches(4)
	for i, v := range first {
		if v != second[i] {
			t.Fatal("a batch depends on where the loader began")
		}
	}
}

// TestSinglesByName takes pictures by name, and folders beside them.
func TestSinglesByName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a.png", "more/b.png", "more/c.png", "split/train/d.png", "split/val/e.png"} {
		write(t, filepath.Join(dir, name), noise(20, 30, 3, uint64(len(name)+int(name[0]))))
	}
	d, _, err := singles(filepath.Join(dir, "a.png"), filepath.Join(dir, "more"))
	if err != nil || d.Len(Train)+d.Len(Val) != 3 {
		t.Fatalf("%v", err)
	}
	if _, err := d.Sample(Val, 0, 8); err != nil {
		t.Error(err)
	}
	d, _, err = singles(filepath.Join(dir, "split"))
	if err != nil || d.Len(Train) != 1 || d.Names(Val)[0] != "e" {
		t.Errorf("splits: %v", err)
	}
	for _, bad := range []string{"nowhere", "none.png"} {
		if _, _, err := singles(filepath.Join(dir, bad)); err == nil || !strings.Contains(hintOf(err), "folder of photographs") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	writeBytes(t, filepath.Join(dir, "bad", "x.png"), []byte("no picture"))
	if _, _, err := singles(filepath.Join(dir, "bad")); err == nil || !strings.Contains(err.Error(), "x.png") {
		t.Errorf("a broken file: %v", err)
	}
}
