package translate

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/engine/cpu"
	"easel/internal/file/imgio"
	"easel/internal/model/feedforward"
	"easel/internal/work/stylize"
)

// painterOf opens a network of any style that has learned nothing.
func painterOf(t *testing.T, c feedforward.Config, s StyleOptions, o Options) *Translator {
	t.Helper()
	d, err := cpu.New(cpu.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	tr, err := NewStyle(d, c, untrained{}, s, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tr.Close() })
	return tr
}

func painted(t *testing.T, c feedforward.Config, s StyleOptions, p *imgio.Picture) *imgio.Picture {
	t.Helper()
	q, err := painterOf(t, c, s, Options{}).Picture(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// leftHalf is a mask that is white on the left.
func leftHalf(width, height int) *imgio.Picture {
	m := imgio.New(width, height, 1)
	for y := range height {
		for x := range width / 2 {
			m.Set(x, y, 0, 1)
		}
	}
	return m
}

// TestMasks: each style is painted where its mask is, one without a mask on the rest, and
// what no style covers stays as it is.
func TestMasks(t *testing.T) {
	t.Parallel()
	p := slope(60, 44, 3) // padded, to 64×48
	anyStyle, several := feedforward.Config{Kind: feedforward.AdaIN, Width: 2}, feedforward.Config{Width: 2, Blocks: 1, Styles: 2}
	a, b := noise(40, 32, 3), slope(32, 40, 3)
	for name, c := range map[string]struct {
		network             feedforward.Config
		both, left, right   StyleOptions
		isContentOnTheRight bool
	}{
		"pictures": {network: anyStyle,
			both: StyleOptions{Pictures: []*imgio.Picture{a, b}, Masks: []*imgio.Picture{leftHalf(60, 44), nil}},
			left: StyleOptions{Pictures: []*imgio.Picture{a}}, right: StyleOptions{Pictures: []*imgio.Picture{b}}},
		"learned": {network: several,
			both: StyleOptions{Weights: []float64{2, 1}, Masks: []*imgio.Picture{leftHalf(60, 44), nil}},
			left: StyleOptions{Weights: []float64{1, 0}}, right: StyleOptions{Weights: []float64{0, 1}}},
		"one": {network: anyStyle, isContentOnTheRight: true,
			both: StyleOptions{Pictures: []*imgio.Picture{a}, Masks: []*imgio.Picture{leftHalf(60, 44)}},
			left: StyleOptions{Pictures: []*imgio.Picture{a}}, right: StyleOptions{Pictures: []*imgio.Picture{b}}},
	} {
		for _, s := range []*StyleOptions{&c.both, &c.left, &c.right} {
			s.Strength = 1
		}
		got, left, right := painted(t, c.network, c.both, p), painted(t, c.network, c.left, p), painted(t, c.network, c.right, p)
		if c.isContentOnTheRight {
			right = p
		}
		worst := 0.0
		for y := range p.Height {
			for x := range p.Width {
				want := left
				if x >= 30 {
					want = right
				}
				for k := range 3 {
					worst = max(worst, math.Abs(float64(got.At(x, y, k)-want.At(x, y, k))))
				}
			}
		}
		if worst > 1e-5 {
			t.Errorf("%s: off by %g", name, worst)
		}
	}
}

// TestColours: by luminance, the result has the content's colours; by covariance, a style
// in pictures gets them first, and otherwise the result.
func TestColours(t *testing.T) {
	t.Parallel()
	p, s := noise(48, 40, 3), slope(40, 32, 3)
	for i := range p.Pix {
		p.Pix[i] *= []float32{0.9, 0.5, 0.2}[i%3]
	}
	anyStyle, one := feedforward.Config{Kind: feedforward.AdaIN, Width: 2}, feedforward.Config{Width: 2, Blocks: 1}
	plain := painted(t, one, StyleOptions{Strength: 1}, p)
	grey := painted(t, one, StyleOptions{Strength: 1, Colours: stylize.LuminanceOnly}, p)
	for i := 0; i < len(p.Pix); i += 3 {
		luma := func(v []float32) float32 { return 0.299*v[0] + 0.587*v[1] + 0.114*v[2] }
		got, from, content := grey.Pix[i:][:3], plain.Pix[i:][:3], p.Pix[i:][:3]
		if slices.Min(got) == 0 || slices.Max(got) == 1 {
			continue // out of range
		}
		for k := range 3 {
			if want := luma(from) + content[k] - luma(content); math.Abs(float64(got[k]-want)) > 1e-5 {
				t.Fatalf("sample %d: %g, want %g", i+k, got[k], want)
			}
		}
	}
	mean := func(q *imgio.Picture) (m [3]float64) {
		for i, v := range q.Pix {
			m[i%3] += float64(v) / float64(len(q.Pix)/3)
		}
		return m
	}
	for _, colours := range []string{stylize.MatchCovariance, stylize.MatchedHistogram} {
		got, want := mean(painted(t, one, StyleOptions{Strength: 1, Colours: colours}, p)), mean(p)
		for k := range 3 {
			if math.Abs(got[k]-want[k]) > 0.03 {
				t.Errorf("%s: the mean colour is %.3f, the content's %.3f", colours, got, want)
				break
			}
		}
		matched, err := matchColours(s, p, colours)
		if err != nil {
			t.Fatal(err)
		}
		inside := painted(t, anyStyle, StyleOptions{Pictures: []*imgio.Picture{s}, Strength: 1, Colours: colours}, p)
		before := painted(t, anyStyle, StyleOptions{Pictures: []*imgio.Picture{matched}, Strength: 1}, p)
		if worst := steps(t, before, inside); worst > 0.01 {
			t.Errorf("%s of the style: off by %g of 255", colours, worst)
		}
	}
}

// TestRegionsRefused: a mask of another shape, and files in tiles.
func TestRegionsRefused(t *testing.T) {
	t.Parallel()
	anyStyle := feedforward.Config{Kind: feedforward.AdaIN, Width: 2}
	s := StyleOptions{Pictures: []*imgio.Picture{noise(40, 32, 3)}, Masks: []*imgio.Picture{leftHalf(20, 44)}, Strength: 1}
	_, err := painterOf(t, anyStyle, s, Options{}).Picture(t.Context(), slope(60, 44, 3))
	if err == nil || !strings.Contains(err.Error(), "a mask is 20×44, but the picture is 60×44") {
		t.Error(err)
	}
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.png"), filepath.Join(dir, "out")
	if err := imgio.Write(in, slope(60, 44, 3)); err != nil {
		t.Fatal(err)
	}
	_, err = painterOf(t, anyStyle, s, Options{Tile: 32}).Files(t.Context(), []string{in}, out, FileOptions{}, func(e Event) {
		if e.Err == nil || !strings.Contains(e.Err.Error(), "need whole pictures") {
			t.Error(e.Err)
		}
	})
	if err != nil {
		t.Error(err)
	}
}
