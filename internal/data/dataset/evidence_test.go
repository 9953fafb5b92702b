package dataset

import (
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/file/imgio"
)

// landscape is a picture that goes on smoothly from left to right, as photographs
// do.
func landscape(w, h, channels int, seed float64) *imgio.Picture {
	p := imgio.New(w, h, channels)
	for i := range p.Pix {
		c, x, y := i%channels, float64(i/channels%w), float64(i/channels/w)
		p.Pix[i] = float32(0.5 + 0.25*math.Sin(x/9+seed+float64(c)) + 0.25*math.Sin(y/5+seed*x/40))
	}
	return imgio.Quantise(p)
}

// row is pictures beside each other.
func row(t testing.TB, pictures ...*imgio.Picture) *imgio.Picture {
	t.Helper()
	p := pictures[0]
	for _, q := range pictures[1:] {
		wide := imgio.New(p.Width+q.Width, p.Height, p.Channels)
		for y := range p.Height {
			for c := range p.Channels {
				for x := range wide.Width {
					if x < p.Width {
						wide.Set(x, y, c, p.At(x, y, c))
					} else {
						wide.Set(x, y, c, q.At(x-p.Width, y, c))
					}
				}
			}
		}
		p = wide
	}
	return p
}

// TestHalves: what people put into one folder is told by shape and content.
func TestHalves(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		picture func(i float64) *imgio.Picture
		err     string
	}{
		{"single", func(i float64) *imgio.Picture { return landscape(64, 64, 3, i) }, "single pictures"},
		{"wide", func(i float64) *imgio.Picture { return landscape(96, 64, 3, i) }, "single pictures"},
		{"triples", func(i float64) *imgio.Picture {
			return row(t, landscape(64, 64, 3, i), landscape(64, 64, 3, i+3), landscape(64, 64, 3, i+5))
		}, "three or more"},
		{"pairs", func(i float64) *imgio.Picture { return row(t, landscape(64, 64, 3, i), landscape(64, 64, 3, i+3)) }, ""},
		{"four", func(i float64) *imgio.Picture {
			p := row(t, landscape(64, 64, 3, i), landscape(64, 64, 3, i+3))
			return row(t, p, p)
		}, ""},
		{"paper", func(float64) *imgio.Picture { return row(t, lines(64, 64), lines(64, 64)) }, ""},
		{"noise", func(i float64) *imgio.Picture { return noise(128, 64, 3, uint64(i)) }, ""},
	} {
		dir := t.TempDir()
		for i := range 5 {
			write(t, filepath.Join(dir, fmt.Sprintf("%d.png", i)), c.picture(float64(i)))
		}
		_, _, err := tryOpen(dir, nil)
		if (err == nil) != (c.err == "") || err != nil && (!strings.Contains(err.Error(), c.err) || !strings.Contains(hintOf(err), "side-by-side")) {
			t.Errorf("%s: error is %v", c.name, err)
		}
		if _, _, err := tryOpen(dir, func(o *Options) { o.Begun = true }); err != nil {
			t.Errorf("%s, trained on already: %v", c.name, err)
		}
		if _, _, err := tryOpen(dir, func(o *Options) { o.Pairs = SideBySide }); err != nil {
			t.Errorf("%s, insisting: %v", c.name, err)
		}
		writeBytes(t, filepath.Join(dir, ManifestFile), []byte(`{"pairs": "side-by-side"}`))
		if _, _, err := tryOpen(dir, nil); err != nil {
			t.Errorf("%s, by the manifest: %v", c.name, err)
		}
	}
}

// TestOpaqueAlpha is left out, said once; alpha that says something stays.
func TestOpaqueAlpha(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range 3 {
		for _, side := range []string{"A", "B"} {
			p := noise(8, 8, 4, uint64(i))
			p.Alpha = true
			for j := 3; j < len(p.Pix); j += 4 {
				p.Pix[j] = 1
			}
			if side == "B" && i == 2 {
				p.Pix[3] = 0
			}
			write(t, filepath.Join(dir, side, "train", fmt.Sprintf("%d.png", i)), p)
		}
	}
	d, r := open(t, dir, nil)
	if in, out := d.Channels(); in != 3 || out != 4 || strings.Count(r.String(), "opaque everywhere") != 1 {
		t.Errorf("%d to %d channels; %s", in, out, r)
	}
	p, err := d.Sample(Train, 0, 0)
	if err != nil || p.Input.Channels != 3 || p.Input.Pix[0] != noise(8, 8, 4, 0).Pix[0] {
		t.Errorf("%v", err)
	}
	if d, _ := open(t, dir, func(o *Options) { o.InputChannels = 4 }); d.channels[0] != 4 {
		t.Error("alpha that is asked for is left out")
	}
}

// TestRanges: masks of 0 and 1 are refused, numbers of classes and parts of a range
// are said.
func TestRanges(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		most      int // of the samples
		depth     int
		err, warn string
	}{
		{1, 8, "all samples of B are 0 or 1 of 255", ""},
		{18, 8, "", "B uses 0 to 18 of 255"},
		{200, 8, "", ""},
		{4095, 16, "", "of 0:65535"},
		{65535, 16, "", ""},
	} {
		dir := t.TempDir()
		p := landscape(32, 32, 1, 1)
		full := 255.0
		if p.Depth = c.depth; c.depth == 16 {
			full = 65535
		}
		for i, v := range p.Pix {
			p.Pix[i] = float32(math.Round(float64(v)*float64(c.most)) / full)
		}
		p.Pix[0], p.Pix[1] = 0, float32(float64(c.most)/full)
		write(t, dir+"/A/train/x.png", noise(32, 32, 3, 1))
		write(t, dir+"/B/train/x.png", p)
		_, r, err := tryOpen(dir, nil)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) || hintOf(err) == "" {
				t.Errorf("0 to %d in %d bits: %v", c.most, c.depth, err)
			}
			continue
		}
		if err != nil || (c.warn == "") != !strings.Contains(r.String(), "B uses") || !strings.Contains(r.String(), c.warn) {
			t.Errorf("0 to %d in %d bits: %v, %s", c.most, c.depth, err, r)
		}
	}
}
