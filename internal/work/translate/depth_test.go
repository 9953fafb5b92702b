package translate

import (
	"bytes"
	"context"
	"path/filepath"
	"testing"

	"easel/internal/file/imgio"
	"easel/internal/model/stored"
)

// TestDepthIsTheTargets: a model writes what it learned from, whatever it reads.
func TestDepthIsTheTargets(t *testing.T) {
	t.Parallel()
	twelve := imgio.Range{High: 4095}
	signed := imgio.Range{Low: -1024, High: 3071}
	for _, c := range []struct {
		targets stored.Samples
		asked   int
		input   int
		depth   int
		numbers imgio.Range
		format  imgio.Format
	}{
		{stored.Samples{}, 0, 8, 8, imgio.Range{}, imgio.PNG},
		{stored.Samples{}, 0, 16, 16, imgio.Range{}, imgio.PNG},
		{stored.Samples{Depth: 8}, 0, 16, 8, imgio.Range{}, imgio.PNG},
		{stored.Samples{Depth: 16}, 0, 8, 16, imgio.Range{}, imgio.PNG},
		{stored.Samples{Depth: 16, Range: twelve}, 0, 8, 16, twelve, imgio.PNG},
		{stored.Samples{Depth: 16, Range: twelve}, 8, 8, 8, imgio.Range{}, imgio.PNG},
		{stored.Samples{Depth: 16, Range: signed}, 0, 8, 16, signed, imgio.TIFF},
		{stored.Samples{Depth: 16, Range: signed}, 32, 8, 32, signed, imgio.TIFF},
		{stored.Samples{Depth: 32}, 0, 8, 32, imgio.Range{}, imgio.TIFF},
		{stored.Samples{}, 16, 8, 16, imgio.Range{}, imgio.PNG},
	} {
		tr := of(t, stored.Config{Network: tiny(), Images: stored.Images{Targets: c.targets}}, Options{Depth: c.asked})
		in := noise(20, 20, 3)
		in.Depth = c.input
		out, err := tr.Picture(context.Background(), in)
		if err != nil {
			t.Fatal(err)
		}
		if out.Depth != c.depth || out.Range != c.numbers || tr.format("", nil) != c.format {
			t.Errorf("%+v: depth %d, range %v, %v", c, out.Depth, out.Range, tr.format("", nil))
		}
	}
	if err := (Options{Depth: 12}).Validate(); err == nil {
		t.Error("12 bits can be written")
	}
}

// TestRangeIsUndone: numbers within the model's range are what it sees, and what
// it writes are numbers within the targets'.
func TestRangeIsUndone(t *testing.T) {
	t.Parallel()
	images := stored.Images{
		Inputs:  stored.Samples{Depth: 16, Range: imgio.Range{Low: -1024, High: 3071}},
		Targets: stored.Samples{Depth: 16, Range: imgio.Range{High: 4095}},
	}
	tr := of(t, stored.Config{Network: tiny(), Images: images}, Options{})
	whole := noise(32, 32, 3)
	whole.Depth, whole.Range = 16, images.Inputs.Range
	whole = imgio.Quantise(whole)
	folder := t.TempDir()
	input := filepath.Join(folder, "a.tif")
	if err := imgio.Write(input, whole); err != nil {
		t.Fatal(err)
	}
	want := imgio.Quantise(&imgio.Picture{Width: 32, Height: 32, Channels: 3, Depth: 16, Range: images.Targets.Range, Pix: translate(t, tr, whole)})
	natural, _, err := imgio.Read(input, imgio.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tr.Files(t.Context(), []string{input}, folder, FileOptions{}, func(p Event) {
		if p.Err != nil {
			t.Error(p.Err)
		}
	}); err != nil {
		t.Fatal(err)
	}
	file, _, err := imgio.Read(filepath.Join(folder, "a.png"), imgio.ReadOptions{Range: images.Targets.Range})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range want.Pix {
		if file.Pix[i] != v {
			t.Fatalf("sample %d of the file is %v, want %v", i, file.Pix[i], v)
		}
	}
	// A picture that was read without the range is brought to it.
	again, err := tr.Picture(t.Context(), natural)
	if err != nil {
		t.Fatal(err)
	}
	var a, b bytes.Buffer
	for w, p := range map[*bytes.Buffer]*imgio.Picture{&a: again, &b: file} {
		if err := imgio.Encode(w, imgio.PNG, p); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the range is not what the model sees")
	}
}
