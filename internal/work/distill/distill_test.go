package distill

import (
	"context"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"gonum.org/v1/gonum/mat"

	"easel/internal/engine/backend"
	"easel/internal/file/imgio"
	"easel/internal/model/style"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
)

// pictures is a folder with two pictures.
func pictures(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"a.png", "b.png"} {
		p := leaves(r, 64, func() [3]float32 { return [3]float32{r.Float32(), r.Float32(), r.Float32()} })
		if err := imgio.Write(filepath.Join(dir, name), p); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func options(t *testing.T) Options {
	t.Helper()
	dir := t.TempDir()
	o := Default()
	o.Weights, o.Origin, o.Out = filepath.Join(dir, "vgg.safetensors"), "a test", filepath.Join(dir, "small.safetensors")
	o.Pictures = []string{pictures(t)}
	o.Held = o.Pictures
	o.Rank, o.Steps, o.Batch, o.Crop, o.Every, o.Paintings = 1, 4, 1, leastCrop, 2, 0
	o.Precision = "float32"
	if err := weights.Write(o.Weights, vgg.Random(4, 1), weights.About{Kind: vgg.Caffe}); err != nil {
		t.Fatal(err)
	}
	return o
}

// A run that was cut off continues to the same network as one that was not, which is better
// than what it began with, and opens as a small network.
func TestRun(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Steps, o.Rate = 20, 0.02
	var losses []float64
	collect := func(r Report) { losses = append(losses, r.Held["loss"]) }
	if err := Run(context.Background(), o, collect); err != nil {
		t.Fatal(err)
	}
	if first, last := losses[0], losses[len(losses)-1]; !(last < first) {
		t.Errorf("the loss went from %v to %v", first, last)
	}
	want, err := os.ReadFile(o.Out)
	if err != nil {
		t.Fatal(err)
	}

	again := o
	again.Out = filepath.Join(t.TempDir(), "small.safetensors")
	ctx, cancel := context.WithCancel(context.Background())
	err = Run(ctx, again, func(r Report) {
		if r.Step == 10 {
			cancel()
		}
	})
	if err == nil {
		t.Fatal("a cancelled run has no error")
	}
	if err := Run(context.Background(), again, func(Report) {}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(again.Out)
	if err != nil || string(got) != string(want) {
		t.Errorf("a resumed run has made another network: %v", err)
	}
	w, about, err := weights.Open(o.Out, "")
	if err != nil || w.Width != 4 || w.Rank != 1 || about.Origin != o.Origin || about.Kind != vgg.Caffe {
		t.Errorf("%+v: %v", about, err)
	}
}

// The student paints while it learns.
func TestPaint(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Steps, o.Paintings = 1, 1
	if err := Run(context.Background(), o, func(Report) {}); err != nil {
		t.Fatal(err)
	}
}

// A student begins near its teacher, and the nearer the higher its rank.
func TestBegin(t *testing.T) {
	t.Parallel()
	network := func(w *vgg.Weights) *style.Network {
		t.Helper()
		d, err := backend.Open(backend.Default, backend.Options{Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		n, err := style.NewNetwork(d, vgg.Distilled(), w)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	r := rand.New(rand.NewPCG(3, 4))
	colour := func() [3]float32 { return [3]float32{r.Float32(), r.Float32(), r.Float32()} }
	whole := vgg.Random(8, 9)
	n := network(whole)
	var all []map[string]style.Moments
	var last style.Picture
	for range 6 {
		p := leaves(r, 64, colour)
		last = style.Picture{Height: p.Height, Width: p.Width, Pixels: p.Pix}
		m, err := n.Moments(last, nil, style.Whole(), layers()...)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	const layer = "relu4_1"
	want, err := n.Features(last, style.Whole(), layer)
	if err != nil {
		t.Fatal(err)
	}
	m, err := style.Mix(all, []float64{1, 1, 1, 1, 1, 1})
	if err != nil {
		t.Fatal(err)
	}
	teacher, levels, err := levelled(whole, m)
	if err != nil {
		t.Fatal(err)
	}
	missing := func(rank int) (sum float64) {
		student, err := begin(teacher, m, rank)
		if err != nil {
			t.Fatal(err)
		}
		got, err := network(unlevelled(student, levels)).Features(last, style.Whole(), layer)
		if err != nil {
			t.Fatal(err)
		}
		energy := 0.0
		for i, v := range want[layer].Values {
			sum += math.Pow(float64(got[layer].Values[i]-v), 2)
			energy += float64(v) * float64(v)
		}
		return sum / energy
	}
	low, high := missing(1), missing(2)
	if !(high < low) || !(low < 1) {
		t.Errorf("of rank 1 the student lacks %v, of rank 2 %v", low, high)
	}
}

// Of full rank, the factors make the filter again.
func TestReduced(t *testing.T) {
	t.Parallel()
	const n = 4
	r := rand.New(rand.NewPCG(1, 1))
	random := func(n int) []float32 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(r.NormFloat64())
		}
		return v
	}
	moments := func() style.Moments { // those of 50 random numbers
		m := style.Moments{Channels: n, Second: make([]float64, n*n), Mean: make([]float64, n)}
		for range 50 {
			v := random(n)
			for i := range n {
				m.Mean[i] += float64(v[i]) / 50
				for j := range n {
					m.Second[i*n+j] += float64(v[i]) * float64(v[j]) / 50
				}
			}
		}
		return m
	}
	f := vgg.Filter{Layer: "conv1_2", Kernel: random(9 * n * n), Bias: random(n)}
	g, err := reduced(f, moments(), moments(), n)
	if err != nil {
		t.Fatal(err)
	}
	for c := range n {
		if math.Abs(float64(g.Bias[c]-f.Bias[c])) > 1e-5 {
			t.Errorf("bias %d is %v, not %v", c, g.Bias[c], f.Bias[c])
		}
	}
	for tap := range 9 {
		down, up := mat.NewDense(n, n, widened(g.Down)), mat.NewDense(n, n, widened(g.Up))
		var half, whole mat.Dense
		half.Mul(down, mat.NewDense(n, n, widened(g.Kernel[tap*n*n:][:n*n])))
		whole.Mul(&half, up)
		for i, want := range f.Kernel[tap*n*n:][:n*n] {
			if got := whole.At(i/n, i%n); math.Abs(got-float64(want)) > 1e-4 {
				t.Fatalf("tap %d, number %d is %v, not %v", tap, i, got, want)
			}
		}
	}
}

// Crops are pictures: finite, near the range of colours, and not all alike.
func TestCrop(t *testing.T) {
	t.Parallel()
	o := options(t)
	g, err := newGallery(o)
	if err != nil {
		t.Fatal(err)
	}
	g.hang(imgio.New(paintingSide, paintingSide, 3))
	r := rand.New(rand.NewPCG(5, 5))
	for range 200 {
		p := g.crop(r, leastCrop)
		if p.Width != leastCrop || p.Height != leastCrop || p.Channels != 3 {
			t.Fatalf("a crop of %d×%d×%d", p.Width, p.Height, p.Channels)
		}
		for _, v := range p.Pix {
			if !(math.Abs(float64(v)) < 3) {
				t.Fatalf("a crop has %v", v)
			}
		}
	}
}
