package dataset

import (
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/file/imgio"
)

// TestRange: numbers within a range are 0 to 1 in files of more than 8 bits, and
// what a file's own range hides is said.
func TestRange(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	twelve := noise(8, 8, 1, 1)
	twelve.Depth, twelve.Range = 16, imgio.Range{High: 4095}
	twelve = imgio.Quantise(twelve)
	write(t, filepath.Join(dir, "A/train/x.png"), noise(8, 8, 3, 2))
	write(t, filepath.Join(dir, "B/train/x.png"), twelve)
	_, r := open(t, dir, nil)
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "a range for training") {
		t.Errorf("warnings %v", r.Warnings)
	}
	d, r := open(t, dir, func(o *Options) { o.Range = imgio.Range{High: 4095} })
	if len(r.Warnings) != 0 {
		t.Errorf("warnings %v", r.Warnings)
	}
	p, err := d.Sample(Train, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range twelve.Pix {
		if p.Target.Pix[i] != v {
			t.Fatalf("sample %d is %v, want %v", i, p.Target.Pix[i], v)
		}
	}
	if p.Input.Range != (imgio.Range{}) {
		t.Error("8 bits have the range of the data beside them")
	}
}

// TestAlphas: alpha is what files say, and what conversion adds.
func TestAlphas(t *testing.T) {
	t.Parallel()
	clear, bands := noise(8, 8, 4, 1), noise(8, 8, 4, 2)
	clear.Alpha = true
	for name, c := range map[string]struct {
		a, b    *imgio.Picture
		in, out bool
	}{
		"both": {clear, clear, true, true}, "bands": {bands, clear, false, true}, "none": {noise(8, 8, 3, 3), bands, false, false},
	} {
		dir := t.TempDir()
		ending := func(p *imgio.Picture) string { return "x" + imgio.FormatFor(p).Ending() }
		write(t, filepath.Join(dir, "A/train", ending(c.a)), c.a)
		write(t, filepath.Join(dir, "B/train", ending(c.b)), c.b)
		d, _ := open(t, dir, nil)
		if in, out := d.Alphas(); in != c.in || out != c.out {
			t.Errorf("%s: %v, %v", name, in, out)
		}
	}
}
