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
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "of its range") || r.Suggested != twelve.Range {
		t.Errorf("warnings %v, range %v", r.Warnings, r.Suggested)
	}
	d, r := open(t, dir, func(o *Options) { o.Range = imgio.Range{High: 4095} })
	if len(r.Warnings) != 0 || r.Suggested != (imgio.Range{}) {
		t.Errorf("warnings %v, range %v", r.Warnings, r.Suggested)
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
// TestSuggestedRanges: round numbers around those that are used, of whole data and of
// signed files.
func TestSuggestedRanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ least, most, low, high float64 }{
		{1, 4091, 0, 4095}, {0, 1000, 0, 1023}, {0, 16383, 0, 16383}, {900, 3000, 0, 4095}, {1000, 3000, 1000, 3000},
		{60012, 61987, 60000, 62000}, {-1024, 3071, -1100, 3100}, {-995, -5, -1000, 0},
		{0, 0.3137, 0, 0.32}, {0.021, 0.042, 0.021, 0.042}, {280.15, 314.9, 280, 315},
	} {
		if got := roundRange(c.least, c.most); got != (imgio.Range{Low: c.low, High: c.high}) {
			t.Errorf("%v to %v: %v", c.least, c.most, got)
		}
	}
	dir := t.TempDir()
	tomogram := noise(8, 8, 1, 1)
	tomogram.Depth, tomogram.Range = 16, imgio.Range{Low: -32768, High: 32767}
	for i, v := range tomogram.Pix {
		tomogram.Pix[i] = (32768 - 1000 + 2900*v) / 65535
	}
	write(t, filepath.Join(dir, "A/train/x.tif"), noise(8, 8, 3, 2))
	write(t, filepath.Join(dir, "B/train/x.tif"), tomogram)
	if _, r := open(t, dir, nil); !strings.Contains(r.String(), "of -32768:32767") || r.Suggested != (imgio.Range{Low: -1000, High: 1900}) {
		t.Errorf("%s\n%v", r, r.Suggested)
	}
}

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
