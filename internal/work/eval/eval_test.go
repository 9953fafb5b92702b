package eval

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"easel/internal/base/near"
	"easel/internal/data/facade"
	"easel/internal/data/metric"
	"easel/internal/file/imgio"
	"easel/internal/file/safetensors"
	"easel/internal/model/pix2pix"
	"easel/internal/model/stored"
)

const side = 32

// tiny is a configuration that takes milliseconds.
func tiny() pix2pix.Config {
	c := pix2pix.Default()
	c.ImageSize, c.Width, c.DiscriminatorWidth, c.PatchLayers = side, 4, 4, 1
	return c
}

// writeModel writes a model at its first values for a seed.
func writeModel(t *testing.T, c pix2pix.Config, direction string, seed uint64) string {
	t.Helper()
	network, err := pix2pix.Inference(c, 1, c.ImageSize, c.ImageSize, pix2pix.InferenceOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var tensors []safetensors.Tensor
	for _, p := range network.Parameters {
		tensors = append(tensors, safetensors.Tensor{Name: p.Name, Shape: p.Shape, Data: p.Initialise(seed)})
	}
	config := stored.Config{Network: c, Images: stored.Images{Range: stored.Range, Direction: direction,
		InputFilter: "nearest", TargetFilter: "bilinear"}}
	path := filepath.Join(t.TempDir(), fmt.Sprintf("model-%d.safetensors", seed))
	if err := stored.Write(path, stored.KindModel, config, stored.Training{Seed: 1}, tensors); err != nil {
		t.Fatal(err)
	}
	return path
}

// writePairs draws pairs with the photograph left and the labels right.
func writePairs(t *testing.T, counts map[string]int) string {
	t.Helper()
	dir := t.TempDir()
	index := 0
	for _, split := range []string{"train", "val", "test"} {
		for i := range counts[split] {
			labels, photo := facade.Generate(5, index, side)
			index++
			p, err := imgio.SideBySide(photo, labels)
			if err == nil {
				err = os.MkdirAll(filepath.Join(dir, split), 0o777)
			}
			if err == nil {
				err = imgio.Write(filepath.Join(dir, split, fmt.Sprintf("%d.png", i)), p)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

func options(data string, models ...string) Options {
	o := Default()
	o.Data, o.Models, o.Resamples, o.Threads = data, models, 50, 1
	return o
}

func evaluate(t *testing.T, o Options) *Evaluation {
	t.Helper()
	e, err := Evaluate(context.Background(), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestValues recomputes every measure of one model from pictures that are all in
// memory at once.
func TestValues(t *testing.T) {
	t.Parallel()
	data := writePairs(t, map[string]int{"test": 5})
	path := writeModel(t, tiny(), "BtoA", 3)
	e := evaluate(t, options(data, path))
	m := e.Models[0]
	if e.Data.Pairs != 5 || len(m.Pictures) != 5 || e.Data.Size != side {
		t.Fatalf("%+v", e.Data)
	}
	c, err := describeAll([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	translator, err := c[0].translator(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = translator.Close() }()
	shape := metric.Shape{Height: side, Width: side, Channels: 3}
	want := map[Key]float64{}
	var lab, truthLab [3][]float64
	var spectrum, truthSpectrum []float64
	var length, truthLength float64
	for i := range 5 {
		labels, photo := facade.Generate(5, i, side)
		photo = imgio.Quantise(photo)
		made, err := translator.Picture(context.Background(), labels)
		if err != nil {
			t.Fatal(err)
		}
		made = imgio.Quantise(made)
		ssim, _ := metric.SSIM(made.Pix, photo.Pix, shape, 1)
		multi, _, _ := metric.MultiScaleSSIM(made.Pix, photo.Pix, shape, 1)
		own := map[Key]float64{
			L1: 2 * metric.L1(made.Pix, photo.Pix), L2: 4 * metric.L2(made.Pix, photo.Pix),
			PSNR: metric.PSNR(made.Pix, photo.Pix, 1), SSIM: ssim, MSSIM: multi,
		}
		for key, v := range own {
			want[key] += v / 5
			if got := m.Pictures[i].Values[key]; !near.Within(got-v, 1e-9) {
				t.Errorf("picture %d: %s is %v, want %v", i, key, got, v)
			}
		}
		l := make([]float32, len(made.Pix))
		for c := range 3 {
			imgio.ToLab(l, made)
			lab[c] = plus(lab[c], metric.LabHistogram(l, c))
			imgio.ToLab(l, photo)
			truthLab[c] = plus(truthLab[c], metric.LabHistogram(l, c))
		}
		spectrum = plus(spectrum, metric.Spectrum(made.Pix, shape))
		truthSpectrum = plus(truthSpectrum, metric.Spectrum(photo.Pix, shape))
		length += metric.GradientMagnitude(made.Pix, shape)
		truthLength += metric.GradientMagnitude(photo.Pix, shape)
	}
	for c, key := range []Key{HistogramL, HistogramA, HistogramB} {
		want[key] = metric.Intersection(lab[c], truthLab[c]) / 5
	}
	scale(spectrum, 0.2)
	scale(truthSpectrum, 0.2)
	want[Spectrum] = metric.SpectrumDistance(spectrum, truthSpectrum)
	want[Sharpness] = length / truthLength
	for key, v := range want {
		if got := m.Values[key].Value; !near.Within(got-v, 1e-9) {
			t.Errorf("%s is %v, want %v", key, got, v)
		}
	}
	for key, v := range m.Values {
		if v.Low == nil || *v.Low > *v.High {
			t.Errorf("%s has no interval: %+v", key, v)
		}
		if _, ok := e.Measure(key); !ok {
			t.Errorf("%s is not described", key)
		}
	}
}

func plus(sums, v []float64) []float64 {
	if sums == nil {
		sums = make([]float64, len(v))
	}
	addTo(sums, v, 1)
	return sums
}

func scale(v []float64, by float64) {
	for i := range v {
		v[i] *= by
	}
}

// TestDeterministic: for any number of threads, and for a second model that is
// the first in another file all differences are 0.
func TestDeterministic(t *testing.T) {
	t.Parallel()
	data := writePairs(t, map[string]int{"test": 3})
	a, b := writeModel(t, tiny(), "BtoA", 3), writeModel(t, tiny(), "BtoA", 3)
	o := options(data, a, b)
	first := evaluate(t, o)
	o.Threads = 3
	second := evaluate(t, o)
	first.Options.Threads = 3
	if diff := cmp.Diff(first, second, cmp.AllowUnexported(Evaluation{}), cmp.Comparer(func(a, b gallery) bool { return true })); diff != "" {
		t.Error(diff)
	}
	if len(first.Differences) != 1 || len(first.Differences[0].Values) != len(first.Measures) {
		t.Fatalf("%+v", first.Differences)
	}
	for key, v := range first.Differences[0].Values {
		if v.Value != 0 || *v.Low != 0 || *v.High != 0 || v.Certain() {
			t.Errorf("%s differs: %+v", key, v)
		}
	}
}

// TestPairedDifference: a difference is that of the values, and its interval
// narrower than the values' own would make it.
func TestPairedDifference(t *testing.T) {
	t.Parallel()
	data := writePairs(t, map[string]int{"test": 6})
	o := options(data, writeModel(t, tiny(), "BtoA", 3), writeModel(t, tiny(), "BtoA", 4))
	o.Resamples = 400
	e := evaluate(t, o)
	for key, d := range e.Differences[0].Values {
		u, v := e.Models[0].Values[key], e.Models[1].Values[key]
		if !near.Within(d.Value-(v.Value-u.Value), 1e-12) {
			t.Errorf("%s: %v, want %v − %v", key, d.Value, v.Value, u.Value)
		}
	}
	width := func(v Value) float64 { return *v.High - *v.Low }
	d, u, v := e.Differences[0].Values[L1], e.Models[0].Values[L1], e.Models[1].Values[L1]
	if width(d) >= width(u)+width(v) {
		t.Errorf("the interval of the difference is %v wide, those of the values %v and %v", width(d), width(u), width(v))
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	data := writePairs(t, map[string]int{"test": 4})
	o := options(data, writeModel(t, tiny(), "BtoA", 3), writeModel(t, tiny(), "BtoA", 4))
	o.Extremes = 2
	e := evaluate(t, o)
	dir := filepath.Join(t.TempDir(), "new", "folder")
	if err := MayWrite(dir, false); err != nil {
		t.Error(err)
	}
	if err := e.Write(dir); err != nil {
		t.Fatal(err)
	}
	if err := MayWrite(dir, false); err == nil || !strings.Contains(err.Error(), "already has an evaluation") {
		t.Errorf("error is %v", err)
	}
	if err := MayWrite(dir, true); err != nil {
		t.Error(err)
	}
	for _, name := range []string{JSONFile, PageFile} {
		theirs := t.TempDir()
		if err := os.WriteFile(filepath.Join(theirs, name), []byte("mine"), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := MayWrite(theirs, true); err == nil || !strings.Contains(err.Error(), "in the way") {
			t.Errorf("somebody's %s: error is %v", name, err)
		}
	}
	back, err := Read(filepath.Join(dir, JSONFile))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(e, back, cmp.AllowUnexported(Evaluation{}), cmp.Comparer(func(a, b gallery) bool { return true })); diff != "" {
		t.Error(diff)
	}
	text, err := os.ReadFile(filepath.Join(dir, PageFile))
	if err != nil {
		t.Fatal(err)
	}
	page := string(text)
	for _, bad := range []string{"http:", "https:", "ZgotmplZ", "NaN"} {
		// The plotter's banner says where it is from; nothing is loaded from there.
		if strings.Contains(strings.ReplaceAll(page, "/*! https://github.com/leeoniya/uPlot", ""), bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	// 4 rows of 4 pictures, and 2 models × 2 best and worst × 3.
	if n := strings.Count(page, "data:image/png"); n != 4*4+2*4*3 {
		t.Errorf("%d pictures on the page", n)
	}
	if n := strings.Count(page, "<figure data-chart="); n != 4 {
		t.Errorf("%d charts on the page", n)
	}
	// What was read has numbers but no pictures, and can be shown too.
	if err := back.Write(t.TempDir()); err != nil {
		t.Error(err)
	}
}

func TestExtremes(t *testing.T) {
	t.Parallel()
	g := newGallery(Options{Rows: 3, Extremes: 2}, 7, SSIM)
	if got := g.indices(); !cmp.Equal(got, []int{0, 2, 4}) {
		t.Errorf("rows %v", got)
	}
	for i, v := range []float64{0.5, 0.9, 0.1, 0.9, 0.3} {
		g.show(0, i, &sample{name: fmt.Sprint(i)}, Picture{Values: map[Key]float64{SSIM: v}})
	}
	names := func(list []exhibit) (s string) {
		for _, x := range list {
			s += x.name
		}
		return s
	}
	if best, worst := names(g.best[0]), names(g.worst[0]); best != "13" || worst != "24" {
		t.Errorf("best %s, worst %s", best, worst)
	}
}

// TestSkipBad: bad pairs are refused with their names, or left out and named.
func TestSkipBad(t *testing.T) {
	t.Parallel()
	data := writePairs(t, map[string]int{"test": 3})
	if err := os.WriteFile(filepath.Join(data, "test", "1.png"), []byte("not a picture"), 0o666); err != nil {
		t.Fatal(err)
	}
	o := options(data, writeModel(t, tiny(), "BtoA", 3))
	if _, err := Evaluate(context.Background(), o, nil); err == nil || !strings.Contains(err.Error(), "1.png") {
		t.Errorf("error is %v", err)
	}
	o.SkipBad = true
	warned := 0
	e, err := Evaluate(context.Background(), o, func(e Event) {
		if e.Stage == Warning && strings.Contains(e.Text, "1.png") {
			warned++
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if e.Data.Pairs != 2 || len(e.Data.Skipped) != 1 || e.Data.Skipped[0].File != "test/1.png" || warned != 1 {
		t.Errorf("%+v, warned %d times", e.Data, warned)
	}
}

// TestVanished: a file that goes away after the check is named and left out too.
func TestVanished(t *testing.T) {
	t.Parallel()
	for _, skip := range []bool{false, true} {
		data := writePairs(t, map[string]int{"test": 3})
		o := options(data, writeModel(t, tiny(), "BtoA", 3))
		o.SkipBad = skip
		e, err := Evaluate(context.Background(), o, func(e Event) {
			if e.Stage == Judging && e.Done == 1 {
				_ = os.Remove(filepath.Join(data, "test", "1.png"))
			}
		})
		if skip && (err != nil || e.Data.Pairs != 2 || len(e.Data.Skipped) != 1) || !skip && err == nil {
			t.Errorf("skip %v: %v, %+v", skip, err, e)
		}
	}
}

// TestOnePicture has values but no intervals.
func TestOnePicture(t *testing.T) {
	t.Parallel()
	e := evaluate(t, options(writePairs(t, map[string]int{"test": 1}), writeModel(t, tiny(), "BtoA", 3)))
	if v, ok := e.Models[0].Values[L1]; !ok || v.Low != nil || v.Certain() {
		t.Errorf("%+v", v)
	}
}

func TestRefuses(t *testing.T) {
	t.Parallel()
	data := writePairs(t, map[string]int{"train": 3, "val": 1})
	path := writeModel(t, tiny(), "BtoA", 3)
	larger := tiny()
	larger.ImageSize = 64
	grey := tiny()
	grey.OutputChannels = 1
	for name, c := range map[string]struct {
		edit       func(*Options)
		text, hint string
	}{
		"empty split": {func(*Options) {}, "no test pairs", `Split: "train" and Split: "val"`},
		"no data":     {func(o *Options) { o.Data = filepath.Join(data, "nowhere") }, "nowhere", "data folder"},
		"no model":    {func(o *Options) { o.Models = []string{"nowhere"} }, "nowhere", "run folder"},
		"twice":       {func(o *Options) { o.Models = append(o.Models, o.Models[0]) }, "same model", ""},
		"directions":  {func(o *Options) { o.Models = append(o.Models, writeModel(t, tiny(), "AtoB", 5)) }, "AtoB", "one by one"},
		"sizes":       {func(o *Options) { o.Models = append(o.Models, writeModel(t, larger, "BtoA", 6)) }, "64", "Size"},
		"channels":    {func(o *Options) { o.Models = append(o.Models, writeModel(t, grey, "BtoA", 7)) }, "channels", "one by one"},
		"split":       {func(o *Options) { o.Split = "exam" }, "exam", ""},
		"confidence":  {func(o *Options) { o.Confidence = math.NaN() }, "confidence", ""},
		"size":        {func(o *Options) { o.Size = 10 }, "size is 10", ""},
		"rows":        {func(o *Options) { o.Rows = -1 }, "rows", ""},
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
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	o := options(writePairs(t, map[string]int{"test": 3}), writeModel(t, tiny(), "BtoA", 3))
	_, err := Evaluate(ctx, o, func(e Event) {
		if e.Stage == Judging {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"version":1,"models":[{"name":"a","values":{"l1":{"value":1}}}]}`))
	f.Add([]byte(`{"version":2}`))
	f.Add([]byte(`{} {}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		if e, err := decode(text); err == nil && e.Version != version {
			t.Errorf("version %d", e.Version)
		}
	})
}
