package prepare

import (
	"context"
	"math"
	"path/filepath"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/near"
	"easel/internal/data/metric"
	"easel/internal/data/palette"
	"easel/internal/file/imgio"
)

func TestCombine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b, out := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "out")
	save(t, plain(4, 3, 8, 1), a, "1.png")
	save(t, plain(4, 3, 16, 1, 0, 0), b, "1.tif")
	save(t, plain(5, 5, 8, 0, 0, 1), a, "val", "2.png")
	save(t, plain(5, 5, 8, 0, 1, 0), b, "val", "2.png")
	save(t, plain(4, 3, 8, 1), a, "3.png")
	save(t, plain(4, 4, 8, 1), b, "3.png")
	var e errs
	_, r, err := Combine(context.Background(), a, b, out, CombineOptions{}, Options{}, e.hear)
	if err != nil || r != (Result{Made: 2, Failed: 1}) {
		t.Fatalf("%+v, %v", r, err)
	}
	wants(t, e.list[0], "sizes differ: 4×3 and 4×4")
	p := read(t, out, "1.png")
	if p.Width != 8 || p.Channels != 3 || p.Depth != 16 || p.At(3, 0, 1) != 1 || p.At(4, 0, 1) != 0 {
		t.Errorf("1.png: %d×%d×%d, %d bits", p.Width, p.Height, p.Channels, p.Depth)
	}
	if p := read(t, out, "val", "2.png"); p.At(0, 0, 2) != 1 || p.At(9, 0, 1) != 1 {
		t.Error("val/2.png has its halves wrong")
	}
}

func TestCombineSizes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	two := plain(64, 32, 8, 1, 0, 0) // labels of two colours
	for i := 32 * 32 * 3; i < len(two.Pix); i += 3 {
		two.Pix[i], two.Pix[i+2] = 0, 1
	}
	save(t, two, a, "x.png")
	save(t, scene(128, 64, 1), b, "x.png")
	for _, labels := range []string{"none", "a"} {
		out := t.TempDir()
		if _, r, err := Combine(context.Background(), a, b, out, CombineOptions{Labels: labels}, Options{Size: 25, Fit: Stretch}, quiet); err != nil || r.Made != 1 {
			t.Fatalf("%+v %v", r, err)
		}
		left, _ := sides(t, read(t, out, "x.png"))
		seen := map[float32]bool{}
		for i := 0; i < len(left.Pix); i += 3 {
			seen[left.Pix[i]] = true
		}
		if (len(seen) == 2) != (labels == "a") {
			t.Errorf("labels %s: %d values", labels, len(seen))
		}
	}
	_, _, err := Combine(context.Background(), a, b, t.TempDir(), CombineOptions{Labels: "a"}, Options{Size: 25, Fit: Pad}, quiet)
	wants(t, err, "white is not a class")
	save(t, scene(100, 64, 1), b, "x.png")
	var e errs
	if _, _, err := Combine(context.Background(), a, b, t.TempDir(), CombineOptions{}, Options{Size: 25}, e.hear); err != nil {
		t.Fatal(err)
	}
	wants(t, e.list[0], "differ in shape")
}

func TestCombineNames(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	for _, n := range []string{"town/1", "town/2", "3"} {
		save(t, plain(2, 2, 8, 1), a, n+"_labels.png")
		save(t, plain(2, 2, 8, 1), a, n+"_ids.png")
		save(t, plain(2, 2, 8, 1), b, n+"_photo.png")
	}
	save(t, plain(2, 2, 8, 1), b, "alone_photo.png")
	combine := func(c CombineOptions) (Matching, Result, error) {
		return Combine(context.Background(), a, b, filepath.Join(t.TempDir(), "out"), c, Options{}, quiet)
	}
	_, _, err := combine(CombineOptions{})
	wants(t, err, "3_labels.png has no partner")
	_, _, err = combine(CombineOptions{StripA: "_labels", StripB: "_photo"})
	wants(t, err, "3 of 3 pictures")
	m, r, err := combine(CombineOptions{StripA: "_labels", StripB: "_photo", SkipUnmatched: true})
	if err != nil || r.Made != 3 || len(m.OnlyA) != 0 || len(m.OnlyB) != 1 || filepath.Base(m.OnlyB[0]) != "alone_photo.png" {
		t.Errorf("%+v %+v %v", m, r, err)
	}
	_, _, err = combine(CombineOptions{StripA: "_nothing"})
	wants(t, err, "_nothing")
	// Where names only end otherwise, the hint says how.
	c := filepath.Join(dir, "c")
	for _, n := range []string{"town/1", "town/2", "3"} {
		save(t, plain(2, 2, 8, 1), c, n+"_edge.png")
	}
	_, _, err = Combine(context.Background(), c, b, filepath.Join(t.TempDir(), "out"), CombineOptions{}, Options{}, quiet)
	if hint := hintOf(err); hint != "these names match without their suffixes: StripA: \"_edge\" StripB: \"_photo\"" {
		t.Errorf("hint %q", hint)
	}
}

func TestGray(t *testing.T) {
	t.Parallel()
	in, out := t.TempDir(), t.TempDir()
	save(t, plain(3, 2, 8, 1, 0, 0), in, "x.png")
	if _, err := Gray(context.Background(), in, out, DefaultGrayOptions(), Options{}, quiet); err != nil {
		t.Fatal(err)
	}
	p := read(t, out, "x.png")
	for c := range 3 {
		if got := p.At(0, 0, c); math.Abs(float64(got)-0.299) > 1.0/255 { // BT.601, as PIL's "L"
			t.Errorf("grey of red is %v in channel %d", got, c)
		}
	}
}

// TestColoursComeBack: what Gray takes apart, Colours puts together.
func TestColoursComeBack(t *testing.T) {
	t.Parallel()
	in, apart := t.TempDir(), t.TempDir()
	save(t, scene(31, 17, 4), in, "train", "x.png")
	save(t, plain(3, 2, 8, 0, 0, 1), in, "blue.png") // the largest −b of sRGB, −107.9
	ctx := context.Background()
	if r, err := Gray(ctx, in, apart, GrayOptions{Colours: "ab"}, Options{}, quiet); err != nil || r.Made != 2 {
		t.Fatalf("%+v %v", r, err)
	}
	lightness, ab := read(t, apart, "A", "blue.png"), read(t, apart, "B", "blue.tif")
	if l := 100 * lightness.At(0, 0, 0); lightness.Channels != 1 || !near.Within(float64(l)-32.30, 0.01) {
		t.Errorf("L of blue is %v", l)
	}
	if b := 220 * (ab.At(0, 0, 1) - 0.5); ab.Channels != 2 || !near.Within(float64(b)+107.86, 0.02) {
		t.Errorf("b of blue is %v", b)
	}
	for _, from := range []string{in, filepath.Join(apart, "A")} {
		back := t.TempDir()
		if r, err := Colours(ctx, from, filepath.Join(apart, "B"), back, Options{}, quiet); err != nil || r.Made != 2 {
			t.Fatalf("%+v %v", r, err)
		}
		if got := read(t, back, "train", "x.png"); metric.L1(got.Pix, scene(31, 17, 4).Pix) > 0.1/255 {
			t.Errorf("from %s: %v apart", from, 255*metric.L1(got.Pix, scene(31, 17, 4).Pix))
		}
	}
	var e errs
	if r, err := Colours(ctx, in, in, t.TempDir(), Options{}, e.hear); err != nil || r.Failed != 2 {
		t.Errorf("%+v %v", r, err)
	}
	wants(t, e.list[0], "have 3 channels")
}

// TestHoles: the fraction is reached and not much more, and the rest is intact.
func TestHoles(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := HoleOptions{
			Shape:    rapid.SampledFrom([]string{"centre", "blocks", "strokes"}).Draw(t, "shape"),
			Fraction: rapid.Float64Range(0.02, 0.9).Draw(t, "fraction"),
			Fill:     rapid.SampledFrom([]string{"white", "mean", "#0080ff"}).Draw(t, "fill"),
			Mask:     rapid.Bool().Draw(t, "mask"),
		}
		w, hgt := rapid.IntRange(1, 70).Draw(t, "w"), rapid.IntRange(1, 70).Draw(t, "h")
		p := scene(w, hgt, 3)
		m := newMask(w, hgt)
		draw, err := h.draw()
		if err != nil {
			t.Fatal(err)
		}
		draw(m, h.Fraction, chance(1, "x"))
		q, err := h.cut(p, m.missing)
		if err != nil {
			t.Fatal(err)
		}
		for i, gone := range m.missing {
			if h.Mask && (q.Pix[i*4+3] == 0) != gone {
				t.Fatal("the mask is wrong")
			}
			if !gone && q.Pix[i*q.Channels] != p.Pix[i*3] {
				t.Fatal("what is left changed")
			}
			if gone && h.Fill == "white" && q.Pix[i*q.Channels] != 1 {
				t.Fatal("a hole is not white")
			}
		}
		share, most := m.share(), h.Fraction+0.16 // a block has at most 0.4²
		if h.Shape == "centre" {
			side := 1/float64(w) + 1/float64(hgt)
			if math.Abs(share-h.Fraction) > side {
				t.Fatalf("%v is missing, not %v", share, h.Fraction)
			}
		} else if share < h.Fraction || w > 20 && hgt > 20 && w < 2*hgt && hgt < 2*w && share > most+0.2 {
			t.Fatalf("%v is missing, not %v", share, h.Fraction)
		}
	})
}

func TestLowres(t *testing.T) {
	t.Parallel()
	in, out := t.TempDir(), t.TempDir()
	p := imgio.New(32, 32, 3)
	for i := range p.Pix { // the finest check there is
		p.Pix[i] = float32((i/3 + i/3/32) % 2)
	}
	save(t, p, in, "x.png")
	save(t, plain(2, 2, 8, 1), in, "small.png")
	var e errs
	r, err := Lowres(context.Background(), in, out, LowresOptions{Factor: 8, Down: "area", Up: "bilinear"}, Options{}, e.hear)
	if err != nil || r != (Result{Made: 1, Failed: 1}) {
		t.Fatalf("%+v %v", r, err)
	}
	coarse, _ := sides(t, read(t, out, "x.png"))
	for _, v := range coarse.Pix {
		if math.Abs(float64(v)-0.5) > 1.0/255 {
			t.Fatalf("detail is left: %v", v)
		}
	}
}

// TestNoise: mean and deviation are what they should be.
func TestNoise(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n         NoiseOptions
		grey      float32
		deviation float64
	}{
		{NoiseOptions{"gaussian", 25, 0, 0.1}, 0.5, 25.0 / 255},
		{NoiseOptions{"poisson", 25, 0, 0.1}, 0.5, 25.0 / 255},
		{NoiseOptions{"poisson", 10, 0, 0.1}, 0.125, 5.0 / 255}, // a quarter of the light, half the noise
		{NoiseOptions{"impulse", 25, 0, 0.2}, 0.5, 0.5 * math.Sqrt(0.2)},
	} {
		p := plain(120, 120, 8, c.grey)
		c.n.spoil()(p, chance(3, "x"))
		mean, square := 0.0, 0.0
		for _, v := range p.Pix {
			mean += float64(v) / float64(len(p.Pix))
		}
		for _, v := range p.Pix {
			square += (float64(v) - mean) * (float64(v) - mean) / float64(len(p.Pix))
		}
		if math.Abs(mean-float64(c.grey)) > 4*c.deviation/120 || !near.Within(math.Sqrt(square)/c.deviation-1, 0.05) {
			t.Errorf("%+v of %v: mean %v, deviation %v, want %v", c.n, c.grey, mean, math.Sqrt(square), c.deviation)
		}
	}
}

func classes() *palette.Palette {
	return &palette.Palette{Classes: []palette.Class{
		{Index: 0, Colour: [3]uint8{0, 0, 222}, Name: "sky"}, {Index: 7, Colour: [3]uint8{255, 80, 0}}, {Index: 255, Colour: [3]uint8{0, 0, 0}},
	}}
}

func paletteFile(t *testing.T, p *palette.Palette) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "palette.txt")
	if err := p.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// drawing is a label picture of three areas.
func drawing(w, h int) *imgio.Picture {
	positions := make([]int, w*h)
	for i := range positions {
		positions[i] = min(i%w*3/w, 2)
	}
	return classes().Paint(positions, w, h)
}

func TestLabels(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	in, maps, back := t.TempDir(), t.TempDir(), t.TempDir()
	save(t, drawing(48, 32), in, "exact.png")
	save(t, drawing(48, 32), in, "town", "noisy.jpg")
	index := LabelOptions{Palette: paletteFile(t, classes()), To: "index", From: "auto"}
	if r, err := Labels(ctx, in, maps, index, Options{}, quiet); err != nil || r.Made != 2 {
		t.Fatalf("%+v %v", r, err)
	}
	p := read(t, maps, "town", "noisy.png")
	if p.Channels != 1 || p.Depth != 8 || 255*p.At(0, 0, 0) != 0 || 255*p.At(24, 5, 0) != 7 || 255*p.At(47, 9, 0) != 255 {
		t.Errorf("%d×%d×%d, %v", p.Width, p.Height, p.Channels, p.Pix[:3])
	}
	colours := LabelOptions{Palette: paletteFile(t, classes()), To: "colours", From: "auto"}
	if r, err := Labels(ctx, maps, back, colours, Options{}, quiet); err != nil || r.Made != 2 {
		t.Fatalf("%+v %v", r, err)
	}
	if p := read(t, back, "exact.png"); !slices.Equal(p.Pix, drawing(48, 32).Pix) {
		t.Error("colours do not come back")
	}
	wide := classes()
	wide.Classes[1].Index = 1000
	deep := t.TempDir()
	if _, err := Labels(ctx, in, deep, LabelOptions{Palette: paletteFile(t, wide), To: "index", From: "colours"}, Options{}, quiet); err != nil {
		t.Fatal(err)
	}
	if p := read(t, deep, "exact.png"); p.Depth != 16 || math.Round(float64(p.At(24, 5, 0))*65535) != 1000 {
		t.Errorf("index 1000 is %v of %d bits", p.At(24, 5, 0)*65535, p.Depth)
	}
}

// TestLabelsOfHalves: in pairs, labels change in their place.
func TestLabelsOfHalves(t *testing.T) {
	t.Parallel()
	in, out, maps := t.TempDir(), t.TempDir(), t.TempDir()
	pair, err := imgio.SideBySide(scene(48, 32, 1), drawing(48, 32))
	if err != nil {
		t.Fatal(err)
	}
	save(t, pair, in, "x.jpg")
	l := LabelOptions{Palette: paletteFile(t, classes()), To: "colours", From: "auto", Half: "right"}
	if _, err := Labels(context.Background(), in, out, l, Options{}, quiet); err != nil {
		t.Fatal(err)
	}
	left, right := sides(t, read(t, out, "x.png"))
	wasLeft, _ := sides(t, read(t, in, "x.jpg"))
	if !slices.Equal(left.Pix, wasLeft.Pix) || !slices.Equal(right.Pix, drawing(48, 32).Pix) {
		t.Error("a half is wrong")
	}
	l.To = "index"
	if _, err := Labels(context.Background(), in, maps, l, Options{}, quiet); err != nil {
		t.Fatal(err)
	}
	if p := read(t, maps, "x.png"); p.Width != 48 || p.Channels != 1 {
		t.Errorf("%d wide", p.Width)
	}
}

func TestWrongLabels(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	save(t, plain(9, 9, 8, 0.5, 0.5, 0.5), in, "grey.png")
	save(t, plain(9, 9, 8, 3.0/255), in, "three.png")
	var e errs
	r, err := Labels(context.Background(), in, t.TempDir(), LabelOptions{Palette: paletteFile(t, classes()), To: "colours", From: "auto"}, Options{}, e.hear)
	if err != nil || r.Failed != 2 {
		t.Fatalf("%+v %v", r, err)
	}
	wants(t, e.list[0], "0 % of the pixels are near")
	wants(t, e.list[1], "index 3, at pixel 0, 0, is not in the palette")
	_, err = Labels(context.Background(), in, t.TempDir(), LabelOptions{Palette: paletteFile(t, classes()), To: "index", From: "auto"}, Options{Size: 5, Fit: Pad}, quiet)
	wants(t, err, "white is not a class")
	_, err = FindPalette(context.Background(), in, "middle", Options{}, nil)
	if err == nil {
		t.Error("half middle passes")
	}
}

func TestFindPalette(t *testing.T) {
	t.Parallel()
	in := t.TempDir()
	for _, n := range []string{"1", "2", "3"} {
		pair, err := imgio.SideBySide(drawing(60, 60), scene(60, 60, int(n[0])))
		if err != nil {
			t.Fatal(err)
		}
		save(t, pair, in, n+".jpg")
	}
	p, err := FindPalette(context.Background(), in, "left", Options{Threads: 2}, nil)
	if err != nil || len(p.Classes) != 3 {
		t.Fatalf("%v %v", p, err)
	}
	for _, c := range classes().Classes {
		near := p.Classes[p.Nearest(c.Colour)].Colour
		for k := range near {
			if math.Abs(float64(near[k])-float64(c.Colour[k])) > 4 {
				t.Errorf("%v became %v", c.Colour, near)
			}
		}
	}
}
