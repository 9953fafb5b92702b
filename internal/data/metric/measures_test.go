package metric

import (
	"encoding/json"
	"math"
	"os"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/near"
)

// The formulas of testdata/measures.py.

func formula(s Shape, k int) []float32 {
	out := make([]float32, 0, s.Height*s.Width*s.Channels)
	for y := range s.Height {
		for x := range s.Width {
			for c := range s.Channels {
				v := (3*x + 5*y + 40*c + 4*((x*x+3*y*y)%29) + k*((x*y+c)%23)) % 256
				out = append(out, float32(v)/255)
			}
		}
	}
	return out
}

func formulaLabels(h, w, k int) []int {
	out := make([]int, 0, h*w)
	for y := range h {
		for x := range w {
			out = append(out, (x/5+y/4+(x*y)%(7+k)/5)%4)
		}
	}
	return out
}

func formulaVectors(n, d, k int) [][]float64 {
	out := make([][]float64, n)
	for i := range out {
		out[i] = make([]float64, d)
		for j := range out[i] {
			out[i][j] = float64((7*i*i+11*j+k*i*j+(i*j*j)%13)%31)/31 + 0.1*float64(k)
		}
	}
	return out
}

func momentsOf(vectors [][]float64) *Moments {
	m := NewMoments(len(vectors[0]))
	for _, v := range vectors {
		m.Add(v)
	}
	return m
}

// TestMeasures compares with torchmetrics, SciPy and scikit-learn.
func TestMeasures(t *testing.T) {
	t.Parallel()
	var r struct {
		MultiScale5, MultiScale3, EarthMover, MeanLength float64
		Confusion                                        []float64
		PixelAccuracy, ClassAccuracy, ClassIoU           float64
		Invented, InventedLarge, InventedHoles           [2]int
		Frechet, FrechetFew, Kernel                      float64
	}
	data, err := os.ReadFile("testdata/measures.json")
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		shape  Shape
		scales int
		want   float64
	}{{Shape{192, 180, 3}, 5, r.MultiScale5}, {Shape{64, 48, 1}, 3, r.MultiScale3}} {
		got, scales, err := MultiScaleSSIM(formula(c.shape, 0), formula(c.shape, 2), c.shape, 1)
		if err != nil || scales != c.scales {
			t.Fatalf("%d scales, %v", scales, err)
		}
		agree(t, "multi-scale SSIM", got, c.want, 1e-5)
	}

	s := Shape{50, 41, 3}
	p, q := GradientHistogram(formula(s, 0), s), GradientHistogram(formula(s, 2), s)
	// Bins round lengths to a level of 8 bits.
	if got := EarthMover(p, q, GradientWidth); math.Abs(got-r.EarthMover) > GradientWidth/10 {
		t.Errorf("earth mover's distance %v, want %v", got, r.EarthMover)
	}
	agree(t, "mean length", GradientMagnitude(formula(s, 0), s), r.MeanLength, 1e-5)

	truth, predicted := formulaLabels(40, 37, 0), formulaLabels(40, 37, 3)
	holes := slices.Clone(truth)
	for y := 5; y < 20; y++ {
		for x := 8; x < 30; x++ {
			holes[y*37+x] = -1
		}
	}
	c := NewConfusion(4)
	c.Add(holes, predicted)
	if !slices.Equal(c.Counts(), r.Confusion) {
		t.Errorf("confusion %v, want %v", c.Counts(), r.Confusion)
	}
	scores := ConfusionOf(4, c.Counts()).Scores()
	agree(t, "pixel accuracy", scores.PixelAccuracy, r.PixelAccuracy, 1e-12)
	agree(t, "class accuracy", scores.ClassAccuracy, r.ClassAccuracy, 1e-12)
	agree(t, "class IoU", scores.ClassIoU, r.ClassIoU, 1e-12)
	for _, i := range []struct {
		truth   []int
		minimum int
		want    [2]int
	}{{truth, 1, r.Invented}, {truth, 4, r.InventedLarge}, {holes, 1, r.InventedHoles}} {
		if count, area := Invented(i.truth, predicted, 37, i.minimum); [2]int{count, area} != i.want {
			t.Errorf("%d objects of %d pixels invented, want %v", count, area, i.want)
		}
	}

	x, y := formulaVectors(40, 12, 1), formulaVectors(33, 12, 2)
	for _, f := range []struct {
		x, y [][]float64
		want float64
	}{{x, y, r.Frechet}, {x[:8], y[:9], r.FrechetFew}} { // fewer vectors than elements: singular covariances
		got, err := FrechetDistance(momentsOf(f.x), momentsOf(f.y))
		if err != nil {
			t.Fatal(err)
		}
		agree(t, "Fréchet distance", got, f.want, 1e-5)
	}
	agree(t, "kernel distance", KernelDistance(x, y), r.Kernel, 1e-9)
}

// Cases whose answers can be seen.
func TestInventedByHand(t *testing.T) {
	t.Parallel()
	truth := []int{
		0, 0, 0, 0, 0,
		0, 1, 1, 0, 0,
		0, 1, 1, 0, 2,
	}
	predicted := []int{
		1, 0, 0, 2, 0,
		0, 1, 0, 0, 2,
		0, 0, 0, 0, 2,
	}
	// The 1 in the corner hangs on the real 1 by its corner; the three 2 hang
	// together and reach the real 2.
	if n, area := Invented(truth, predicted, 5, 1); n != 0 || area != 0 {
		t.Errorf("%d, %d", n, area)
	}
	predicted[6] = 0
	if n, area := Invented(truth, predicted, 5, 1); n != 1 || area != 1 {
		t.Errorf("%d, %d", n, area)
	}
	truth[0] = -1
	if n, area := Invented(truth, predicted, 5, 1); n != 0 || area != 0 {
		t.Errorf("what is not labelled was invented: %d, %d", n, area)
	}
	truth[14] = 0
	if n, area := Invented(truth, predicted, 5, 3); n != 1 || area != 3 {
		t.Errorf("%d, %d", n, area)
	}
	if n, _ := Invented(truth, predicted, 5, 4); n != 0 {
		t.Errorf("%d objects of four pixels", n)
	}
}

func TestEarthMoverByHand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		p, q []float64
		want float64
	}{
		{[]float64{1, 0, 0}, []float64{0, 0, 1}, 1},
		{[]float64{2, 0, 2}, []float64{0, 7, 0}, 0.5},
		{[]float64{1, 2, 3}, []float64{1, 2, 3}, 0},
	} {
		if got := EarthMover(c.p, c.q, 0.5); !near.Within(got-c.want, 1e-12) {
			t.Errorf("%v to %v: %v, want %v", c.p, c.q, got, c.want)
		}
	}
	if !math.IsNaN(EarthMover([]float64{0}, []float64{1}, 1)) {
		t.Error("nothing has a distance")
	}
}

// Gaussians along one axis: (μ₁ − μ₂)² + (σ₁ − σ₂)².
func TestFrechetByHand(t *testing.T) {
	t.Parallel()
	a := momentsOf([][]float64{{-1}, {1}})
	b := momentsOf([][]float64{{1}, {5}, {3}, {3}, {0}, {6}})
	got, err := FrechetDistance(a, b)
	if err != nil {
		t.Fatal(err)
	}
	agree(t, "Fréchet distance", got, 9+math.Pow(math.Sqrt(2)-math.Sqrt(26.0/5), 2), 1e-12)
	if same, err := FrechetDistance(b, b); err != nil || !near.Within(same, 1e-9) {
		t.Errorf("distance to itself %v, %v", same, err)
	}
	if _, err := FrechetDistance(momentsOf([][]float64{{1}}), b); err == nil {
		t.Error("one vector has a covariance")
	}
}

func TestMeasuresProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := Shape{rapid.IntRange(11, 60).Draw(t, "h"), rapid.IntRange(11, 60).Draw(t, "w"), rapid.IntRange(1, 3).Draw(t, "c")}
		a, b := noise(s, rapid.Uint64().Draw(t, "seed")), noise(s, rapid.Uint64().Draw(t, "seed"))
		same, _, err := MultiScaleSSIM(a, a, s, 1)
		if err != nil || !near.Within(same-1, 1e-9) {
			t.Fatalf("similarity with itself %v, %v", same, err)
		}
		ab, _, _ := MultiScaleSSIM(a, b, s, 1)
		ba, _, _ := MultiScaleSSIM(b, a, s, 1)
		if !near.Within(ab-ba, 1e-12) || ab < 0 || ab > 1+1e-9 {
			t.Fatalf("similarity %v and %v", ab, ba)
		}
		h := GradientHistogram(a, s)
		if sum := EarthMover(h, h, 1); sum != 0 {
			t.Fatalf("distance to itself %v", sum)
		}
		n, d := rapid.IntRange(2, 9).Draw(t, "n"), rapid.IntRange(1, 6).Draw(t, "d")
		x, y := formulaVectors(n, d, 1), formulaVectors(n, d, 2)
		xy, _ := FrechetDistance(momentsOf(x), momentsOf(y))
		yx, _ := FrechetDistance(momentsOf(y), momentsOf(x))
		// Roots of eigenvalues that are 0 but for rounding.
		if !near.Within(xy-yx, 1e-6*(1+xy)) || !near.Within(KernelDistance(x, y)-KernelDistance(y, x), 1e-9) {
			t.Fatalf("distances %v and %v", xy, yx)
		}
	})
}

func TestTooSmallForMultiScale(t *testing.T) {
	t.Parallel()
	a := make([]float32, 10*20)
	if _, _, err := MultiScaleSSIM(a, a, Shape{10, 20, 1}, 1); err == nil {
		t.Error("a picture smaller than the window was measured")
	}
}

func TestMeasuresMisusePanics(t *testing.T) {
	t.Parallel()
	for i, f := range []func(){
		func() { Invented([]int{1}, nil, 1, 1) },
		func() { EarthMover(nil, nil, 1) },
		func() { ConfusionOf(2, make([]float64, 3)) },
		func() { NewMoments(2).Add([]float64{1}) },
		func() { KernelDistance([][]float64{{1}}, nil) },
	} {
		func() {
			defer func() {
				if text, ok := recover().(string); !ok || text[:7] != "metric:" {
					t.Errorf("case %d: panic %q", i, text)
				}
			}()
			f()
		}()
	}
}
