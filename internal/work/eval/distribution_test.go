package eval

import (
	"context"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/floats"

	"easel/internal/base/near"
	"easel/internal/data/facade"
	"easel/internal/data/metric"
	"easel/internal/file/imgio"
	"easel/internal/model/pix2pix"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
)

// writeVGG writes a VGG-19 of random weights, a sixteenth as wide.
func writeVGG(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "small.safetensors")
	if err := weights.Write(path, vgg.Random(4, 1), weights.About{Kind: vgg.Torchvision}); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestDistances are those of all pictures' features, taken at once, by VGG-19 and
// by a model of our own.
func TestDistances(t *testing.T) {
	t.Parallel()
	data := writePairs(t, map[string]int{"test": 6})
	path := writeModel(t, tiny(), "BtoA", 3)
	o := options(data, path, writeModel(t, tiny(), "BtoA", 4))
	o.Features = []string{writeVGG(t) + ":relu2_1", path + ":encoder3"}
	o.Samples = 0
	e := evaluate(t, o)
	ev := &evaluator{Options: o}
	c, err := describeAll(o.Models)
	if err != nil {
		t.Fatal(err)
	}
	translator, err := c[0].translator(o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = translator.Close() }()
	for k, text := range o.Features {
		f, err := ev.openFeatures(text, side, 3)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = f.close() }()
		var photos []*imgio.Picture
		for i := range 6 {
			_, photo := facade.Generate(5, i, side)
			photos = append(photos, imgio.Quantise(photo))
		}
		if err := f.calibrate(photos); err != nil {
			t.Fatal(err)
		}
		if v, err := f.of(photos[0]); err != nil || floats.Dot(v, v) < 0.1*float64(f.length) || floats.Dot(v, v) > 10*float64(f.length) {
			t.Errorf("%s: features %v", text, v)
		}
		var x, y [][]float64
		mx, my := metric.NewMoments(f.length), metric.NewMoments(f.length)
		for i := range 6 {
			labels, photo := facade.Generate(5, i, side)
			made, err := translator.Picture(context.Background(), labels)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range []struct {
				*imgio.Picture
				*metric.Moments
				list *[][]float64
			}{{made, mx, &x}, {photo, my, &y}} {
				v, err := f.of(imgio.Quantise(s.Picture))
				if err != nil {
					t.Fatal(err)
				}
				s.Add(v)
				*s.list = append(*s.list, v)
			}
		}
		want, err := metric.FrechetDistance(mx, my)
		if err != nil {
			t.Fatal(err)
		}
		d := e.Models[0].Distances[k]
		if !near.Within(d.Frechet-want, 1e-9*(1+want)) || !near.Within(d.Kernel-metric.KernelDistance(x, y), 1e-9) {
			t.Errorf("%s: %+v, want %v and %v", text, d, want, metric.KernelDistance(x, y))
		}
		if d.Pictures != 6 || d.Blocks != 1 || d.KernelError != nil || d.Length != f.length || d.Features != filepath.Base(text) {
			t.Errorf("%+v", d)
		}
		if want <= 0 {
			t.Errorf("distance %v", want)
		}
		if m, ok := e.Measure(FrechetKey(d.Features)); !ok || !strings.Contains(m.Text, "6 pictures") {
			t.Errorf("%+v", m)
		}
		difference := e.Differences[0].Values[FrechetKey(d.Features)]
		if difference.Low != nil || difference.Value != e.Models[1].Distances[k].Frechet-d.Frechet {
			t.Errorf("difference %+v", difference)
		}
		if !slices.ContainsFunc(e.Notes, func(n string) bool {
			return strings.Contains(n, d.Features) && strings.Contains(n, "one protocol") && strings.Contains(n, "6 pictures")
		}) {
			t.Errorf("notes %v", e.Notes)
		}
	}
}

// TestBlocks: all pictures are in blocks of about a hundred, none of one.
func TestBlocks(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 99, 150, 199, 200, 350, 1999} {
		b, sizes, size := newBlocks(n), []int{}, 0
		for range n {
			size++
			if b.ends() {
				sizes, size = append(sizes, size), 0
			}
		}
		if size != 0 || len(sizes) != max(n/100, 1) || slices.Max(sizes)-slices.Min(sizes) > 1 {
			t.Errorf("%d pictures in blocks %v and %d", n, sizes, size)
		}
	}
}

// TestKernelError: the spread of blocks, and no growing memory.
func TestKernelError(t *testing.T) {
	t.Parallel()
	f := &features{name: "x", length: 1}
	d := newDistribution(f, 300)
	var each []float64
	for i := range 300 {
		x, y := []float64{float64(i%7) / 7}, []float64{float64(i%11) / 11}
		d.made.Add(x)
		d.target.Add(y)
		d.kernelX, d.kernelY = append(d.kernelX, x), append(d.kernelY, y)
		if len(d.kernelX) > 101 {
			t.Fatalf("%d pictures are kept", len(d.kernelX))
		}
		if d.blocks.ends() {
			each = append(each, metric.KernelDistance(d.kernelX, d.kernelY))
			d.endBlock()
		}
	}
	got, err := d.distance()
	if err != nil {
		t.Fatal(err)
	}
	mean := (each[0] + each[1] + each[2]) / 3
	var squares float64
	for _, v := range each {
		squares += (v - mean) * (v - mean)
	}
	if got.Blocks != 3 || !near.Within(got.Kernel-mean, 1e-12) || !near.Within(*got.KernelError-math.Sqrt(squares/2/3), 1e-9) {
		t.Errorf("%+v, want %v ± %v", got, mean, math.Sqrt(squares/2/3))
	}
}

func TestFeaturesRefuses(t *testing.T) {
	t.Parallel()
	data := writePairs(t, map[string]int{"train": 1, "test": 2})
	path, network := writeModel(t, tiny(), "BtoA", 3), writeVGG(t)
	for name, c := range map[string]struct{ features, text, hint string }{
		"no layer":      {network, "FILE:LAYER", ""},
		"unknown layer": {network + ":relu9_1", "relu9_1", ""},
		"too deep":      {network + ":pool5", "pixels are too small", "Size"},
		"no file":       {"nowhere.safetensors:relu1_1", "nowhere.safetensors", ""},
		"encoder6":      {path + ":encoder6", "no layer 6", ""},
		"encoderx":      {path + ":encoderx", "unknown layer", ""},
		"not a model":   {network + ":encoder2", "", "run folder"},
	} {
		o := options(data, path)
		o.Features, o.Size = []string{c.features}, side/2
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
	o := options(data, path)
	o.Features, o.Split = []string{path + ":encoder1"}, "train"
	if _, err := Evaluate(context.Background(), o, nil); err == nil || !strings.Contains(err.Error(), "a covariance needs two") {
		t.Errorf("one picture: %v", err)
	}
}

// TestDiversityByHand: three outputs whose distances are known.
func TestDiversityByHand(t *testing.T) {
	t.Parallel()
	flat := func(v float32) *imgio.Picture {
		p := imgio.New(11, 11, 1)
		for i := range p.Pix {
			p.Pix[i] = v
		}
		return imgio.Quantise(p)
	}
	s := &sample{made: flat(0), again: func(_ context.Context, k int) (*imgio.Picture, error) {
		if k > 2 {
			return nil, fmt.Errorf("draw %d", k)
		}
		return flat([]float32{0.2, 1}[k-1]), nil
	}}
	j := diversityJudge{3}
	sums, err := j.summands(context.Background(), s)
	if err != nil {
		t.Fatal(err)
	}
	// 2·(0.2 + 0.8 + 1)/3; SSIM of flat pictures is that of their means.
	c1 := 0.01 * 0.01
	structure := (1 - c1/(0.04+c1) + 1 - (0.4+c1)/(1.04+c1) + 1 - c1/(1+c1)) / 3
	if got := j.value(sums); !near.Within(got[0]-4.0/3, 1e-6) || !near.Within(got[1]-structure, 1e-6) {
		t.Errorf("%v, want %v and %v", got, 4.0/3, structure)
	}
}

func TestDiversity(t *testing.T) {
	t.Parallel()
	data := writePairs(t, map[string]int{"test": 2})
	still := tiny()
	still.Dropout = pix2pix.DropoutOff
	lively := tiny()
	lively.InitDeviation = 0.3
	e := evaluate(t, options(data, writeModel(t, still, "BtoA", 3), writeModel(t, lively, "BtoA", 4)))
	if v := e.Models[0].Values[Diversity].Value; v != 0 {
		t.Errorf("%v without noise", v)
	}
	if v := e.Models[1].Values[Diversity].Value; v <= 0 {
		t.Errorf("%v with dropout", v)
	}
	o := options(data, writeModel(t, lively, "BtoA", 5))
	o.NoNoise = true
	if _, ok := evaluate(t, o).Models[0].Values[Diversity]; ok {
		t.Error("diversity with the noise off")
	}
	o.Samples = 1
	if o.Validate() == nil {
		t.Error("one sample differs from itself")
	}
}
