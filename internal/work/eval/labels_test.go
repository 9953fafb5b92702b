package eval

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/base/near"
	"easel/internal/data/facade"
	"easel/internal/data/metric"
	"easel/internal/data/palette"
	"easel/internal/file/imgio"
)

// flags is three classes in the colours of signals.
func flags() *palette.Palette {
	return &palette.Palette{Classes: []palette.Class{
		{Index: 0, Colour: [3]uint8{255, 0, 0}, Name: "red"},
		{Index: 1, Colour: [3]uint8{0, 255, 0}, Name: "green"},
		{Index: 9, Colour: [3]uint8{0, 0, 255}, Name: "void"},
	}}
}

// judged is what a labelJudge says of a truth and an output.
func judged(t *testing.T, ignore []string, truth, made []int, width int) ([]float64, *Model) {
	t.Helper()
	c, err := palette.NewLabels(flags(), ignore)
	if err != nil {
		t.Fatal(err)
	}
	j := &labelJudge{c, 1}
	height := len(truth) / width
	s := &sample{target: flags().Paint(truth, width, height), made: flags().Paint(made, width, height)}
	for i := range s.made.Pix { // JPEG and networks do not hit colours exactly
		s.made.Pix[i] = 0.1 + 0.8*s.made.Pix[i]
	}
	sums, err := j.summands(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	m := &Model{}
	j.exhibit(sums, m)
	return j.value(sums), m
}

// TestLabelsByHand on a picture whose answers can be counted.
func TestLabelsByHand(t *testing.T) {
	t.Parallel()
	truth := []int{
		0, 0, 0, 0,
		0, 0, 2, 2,
		1, 1, 2, 2,
	}
	made := []int{
		0, 0, 0, 1, // an object of class 1 that touches no true one
		0, 0, 2, 2,
		1, 0, 2, 1,
	}
	got, m := judged(t, nil, truth, made, 4)
	want := []float64{9.0 / 12, (5.0/6 + 1.0/2 + 3.0/4) / 3, (5.0/7 + 1.0/4 + 3.0/4) / 3, 2, 100 * 2.0 / 12}
	wantValues(t, got, want)
	if c := m.Labels.Counts; !slices.Equal(c[0], []float64{5, 1, 0}) || !slices.Equal(c[1], []float64{1, 1, 0}) || !slices.Equal(c[2], []float64{0, 1, 3}) {
		t.Errorf("counts %v", c)
	}
	// What is not labelled counts nowhere, and outputs in its colour are wrong,
	// in whichever class is the nearest: here red, as far as green.
	got, m = judged(t, []string{"void"}, truth, made, 4)
	if len(m.Labels.Classes) != 2 {
		t.Errorf("classes %v", m.Labels.Classes)
	}
	want = []float64{6.0 / 8, (5.0/6 + 1.0/2) / 2, (5.0/7 + 1.0/3) / 2, 1, 100 * 1.0 / 12}
	wantValues(t, got, want)
}

func wantValues(t *testing.T, got, want []float64) {
	t.Helper()
	for i := range want {
		if !near.Within(got[i]-want[i], 1e-12) {
			t.Errorf("value %d is %v, want %v", i, got[i], want[i])
		}
	}
}

// TestMatrixPicture: a perfect prediction is a black diagonal on white.
func TestMatrixPicture(t *testing.T) {
	t.Parallel()
	_, m := judged(t, nil, []int{0, 1, 0, 1}, []int{0, 1, 0, 1}, 2)
	p := m.Labels.Picture()
	at := func(row, column int) (c [3]float32) {
		x, y := column*(matrixCell+matrixGap)+matrixCell/2, row*(matrixCell+matrixGap)+matrixCell/2
		return [3]float32(p.Pix[(y*p.Width+x)*3:])
	}
	white, black := [3]float32{1, 1, 1}, [3]float32{}
	for i, want := range [][3]float32{white, {1, 0, 0}, {0, 1, 0}, {0, 0, 1}} {
		if at(0, i) != want || at(i, 0) != want {
			t.Errorf("head %d is %v and %v", i, at(0, i), at(i, 0))
		}
	}
	for row := 1; row <= 3; row++ {
		for column := 1; column <= 3; column++ {
			want := white
			if row == column && row < 3 { // the third class does not occur
				want = black
			}
			if at(row, column) != want {
				t.Errorf("row %d, column %d is %v", row, column, at(row, column))
			}
		}
	}
}

// TestLabels: photo→labels models are judged by a palette that is found, and by
// one that is given, alike.
func TestLabels(t *testing.T) {
	t.Parallel()
	data := writePairs(t, map[string]int{"train": 4, "test": 3})
	o := options(data, writeModel(t, tiny(), "AtoB", 3))
	o.Labels = "b"
	found := evaluate(t, o)
	m := found.Models[0]
	if m.Labels == nil || len(m.Labels.Classes) < 8 {
		t.Fatalf("%+v", m.Labels)
	}
	for _, c := range m.Labels.Classes {
		if !slices.ContainsFunc(facade.Classes, func(f facade.Class) bool { return f.Colour == c.Colour }) {
			t.Errorf("found %v", c)
		}
	}
	all := 0.0
	for _, row := range m.Labels.Counts {
		for _, n := range row {
			all += n
		}
	}
	if all != 3*side*side {
		t.Errorf("%v pixels counted", all)
	}
	s := metric.ConfusionOf(len(m.Labels.Classes), slices.Concat(m.Labels.Counts...)).Scores()
	if got := m.Values[ClassIoU].Value; got != s.ClassIoU {
		t.Errorf("IoU %v, want %v", got, s.ClassIoU)
	}
	if key := found.gallery.ranking; key != PixelAccuracy {
		t.Errorf("best by %s", key)
	}

	file := filepath.Join(t.TempDir(), "colours.txt")
	if err := (&palette.Palette{Classes: m.Labels.Classes}).Save(file); err != nil {
		t.Fatal(err)
	}
	o.Palette, o.Labels = file, "auto"
	given := evaluate(t, o)
	if a, b := given.Models[0].Values[ClassIoU], m.Values[ClassIoU]; a.Value != b.Value {
		t.Errorf("IoU %v with the palette given, %v with it found", a, b)
	}
	dir := t.TempDir()
	if err := found.Write(dir); err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(dir, PageFile))
	if err != nil || !strings.Contains(string(page), `style="background: #`) || !strings.Contains(string(page), "by pixel accuracy") {
		t.Errorf("no classes on the page: %v", err)
	}
}

func TestLabelsRefuses(t *testing.T) {
	t.Parallel()
	data := writePairs(t, map[string]int{"train": 2, "test": 2})
	path := writeModel(t, tiny(), "AtoB", 3)
	wrong := filepath.Join(t.TempDir(), "wrong.txt")
	if err := os.WriteFile(wrong, []byte("0 255 0 255 pink\n1 250 250 250 white\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		edit       func(*Options)
		text, hint string
	}{
		"wrong palette": {func(o *Options) { o.Palette = wrong }, "near one of its colours", "palette of these labels"},
		"no palette":    {func(o *Options) { o.Palette = "nowhere.txt" }, "nowhere.txt", ""},
		"one class":     {func(o *Options) { o.Palette, o.Ignore = wrong, []string{"pink"} }, "near", ""},
		"unknown class": {func(o *Options) { o.Labels, o.Ignore = "b", []string{"heaven"} }, "heaven", "there are"},
		"no labels":     {func(o *Options) { o.Labels, o.Palette = "a", wrong }, "not label pictures", "Labels"},
		"sides":         {func(o *Options) { o.Labels = "left" }, "left", ""},
	} {
		o := options(data, path)
		c.edit(&o)
		_, err := Evaluate(context.Background(), o, nil)
		if err == nil || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: error is %v", name, err)
			continue
		}
		var advice interface{ Hint() string }
		if c.hint != "" && (!errors.As(err, &advice) || !strings.Contains(advice.Hint(), c.hint)) {
			t.Errorf("%s: no such hint in %#v", name, err)
		}
	}
	if _, err := palette.NewLabels(flags(), []string{"red", "9"}); err == nil || !strings.Contains(err.Error(), "1 of 3 classes") {
		t.Errorf("one class: %v", err)
	}
}

// TestGuessedLabels: what only looks like labels does not stop an evaluation.
func TestGuessedLabels(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "test")
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for name := range 3 { // one flat colour has no second class
		_, photo := facade.Generate(2, name, side)
		flat := imgio.New(side, side, 3)
		pair, err := imgio.SideBySide(photo, flat)
		if err == nil {
			err = imgio.Write(filepath.Join(dir, string(rune('a'+name))+".png"), pair)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	o := options(filepath.Dir(dir), writeModel(t, tiny(), "AtoB", 3))
	if e := evaluate(t, o); e.Models[0].Labels != nil {
		t.Error("flat pictures are labels")
	}
	o.Labels = "b"
	if _, err := Evaluate(context.Background(), o, nil); err == nil {
		t.Error("one class is enough")
	}
}
