package metric

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/near"
)

func agree(t *testing.T, what string, got, want, relative float64) {
	t.Helper()
	if !(math.Abs(got-want) <= relative*math.Abs(want)) {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// ssimGaussian has the window of Wang et al. 2004, as MultiScaleSSIM has at each
// scale: population covariance.
func ssimGaussian(a, b []float32, s Shape, dataRange float64) (float64, error) {
	return ssim(a, b, s, dataRange, gaussianWindow(), 1)
}

// TestReference compares with scikit-image and NumPy.
func TestReference(t *testing.T) {
	t.Parallel()
	var r struct {
		Height, Width, Channels                                      int
		A, B                                                         []float32
		L1, L2, PSNR, SSIM, SSIMGaussian, SpectrumDistance, Gradient float64
		Spectrum                                                     []float64
	}
	data, err := os.ReadFile("testdata/reference.json")
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.A {
		r.A[i] /= 255
		r.B[i] /= 255
	}
	s := Shape{r.Height, r.Width, r.Channels}
	agree(t, "L1", L1(r.A, r.B), r.L1, 1e-6)
	agree(t, "L2", L2(r.A, r.B), r.L2, 1e-6)
	agree(t, "PSNR", PSNR(r.A, r.B, 1), r.PSNR, 1e-6)
	uniform, err := SSIM(r.A, r.B, s, 1)
	if err != nil {
		t.Fatal(err)
	}
	agree(t, "SSIM", uniform, r.SSIM, 1e-6)
	gaussian, err := ssimGaussian(r.A, r.B, s, 1)
	if err != nil {
		t.Fatal(err)
	}
	agree(t, "Gaussian SSIM", gaussian, r.SSIMGaussian, 1e-6)
	spectrum := Spectrum(r.A, s)
	if len(spectrum) != len(r.Spectrum) {
		t.Fatalf("%d frequencies, want %d", len(spectrum), len(r.Spectrum))
	}
	for i, want := range r.Spectrum {
		agree(t, "power", spectrum[i], want, 1e-4)
	}
	agree(t, "distance of spectra", SpectrumDistance(spectrum, Spectrum(r.B, s)), r.SpectrumDistance, 1e-4)
	agree(t, "gradient", GradientMagnitude(r.A, s), r.Gradient, 1e-5)
}

// noise is white noise of standard deviation 0.1 around 0.5.
func noise(s Shape, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 0))
	a := make([]float32, s.Height*s.Width*s.Channels)
	for i := range a {
		a[i] = float32(0.5 + 0.1*r.NormFloat64())
	}
	return a
}

func TestSpectrumOfNoise(t *testing.T) {
	t.Parallel()
	s := Shape{128, 96, 1}
	for i, v := range Spectrum(noise(s, 1), s)[10:] {
		agree(t, "power of noise", v, 0.01, 0.35)
		if t.Failed() {
			t.Fatalf("at frequency %d", i+10)
		}
	}
}

// A mean filter takes power from the high frequencies and from the gradient.
func TestBlurShows(t *testing.T) {
	t.Parallel()
	s := Shape{64, 64, 1}
	sharp := noise(s, 2)
	blurred := make([]float32, len(sharp))
	for y := range 64 {
		for x := range 64 {
			var sum float32
			for k := range 9 {
				sum += sharp[(y+k/3)%64*64+(x+k%3)%64]
			}
			blurred[y*64+x] = sum / 9
		}
	}
	p, q := Spectrum(sharp, s), Spectrum(blurred, s)
	if q[24] > p[24]/10 || SpectrumDistance(p, q) < 1 || SpectrumDistance(p, p) != 0 {
		t.Errorf("power %v after blur, %v before; distance %v", q[24], p[24], SpectrumDistance(p, q))
	}
	if GradientMagnitude(blurred, s) > GradientMagnitude(sharp, s)/2 {
		t.Error("the gradient does not show the blur")
	}
}

func TestProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := Shape{rapid.IntRange(11, 16).Draw(t, "h"), rapid.IntRange(11, 16).Draw(t, "w"), rapid.IntRange(1, 4).Draw(t, "c")}
		a, b := noise(s, rapid.Uint64().Draw(t, "seed")), noise(s, rapid.Uint64().Draw(t, "seed"))
		if L1(a, a) != 0 || !math.IsInf(PSNR(a, a, 1), 1) {
			t.Fatal("a picture differs from itself")
		}
		for _, f := range []func(a, b []float32, s Shape, dataRange float64) (float64, error){SSIM, ssimGaussian} {
			same, err := f(a, a, s, 1)
			if err != nil || !near.Within(same-1, 1e-9) {
				t.Fatalf("similarity with itself %v, %v", same, err)
			}
			ab, _ := f(a, b, s, 1)
			ba, _ := f(b, a, s, 1)
			if !near.Within(ab-ba, 1e-12) || ab > 1+1e-9 || ab < -1 {
				t.Fatalf("similarity %v and %v", ab, ba)
			}
			// The range is only a unit.
			wide, _ := f(scaled(a, 2), scaled(b, 2), s, 2)
			if !near.Within(ab-wide, 1e-9) {
				t.Fatalf("similarity %v, in another unit %v", ab, wide)
			}
		}
	})
}

func scaled(a []float32, k float32) []float32 {
	out := make([]float32, len(a))
	for i, v := range a {
		out[i] = k * v
	}
	return out
}

func TestTooSmallForSSIM(t *testing.T) {
	t.Parallel()
	a := make([]float32, 6*20)
	if _, err := SSIM(a, a, Shape{6, 20, 1}, 1); err == nil {
		t.Error("a picture smaller than the window was measured")
	}
}

func TestHistogram(t *testing.T) {
	t.Parallel()
	lab := []float32{0, -110, 0, 100, 110, 0, 50, 0, 0, 150, -500, 0}
	l := LabHistogram(lab, 0)
	if l[0] != 0.25 || l[LabBins-1] != 0.5 || l[50] != 0.25 {
		t.Errorf("L: %v", l)
	}
	if a := LabHistogram(lab, 1); a[0] != 0.5 || a[LabBins-1] != 0.25 || a[50] != 0.25 {
		t.Errorf("a: %v", a)
	}
	if got := Intersection(l, l); got != 1 {
		t.Errorf("intersection with itself %v", got)
	}
	if got := Intersection(l, LabHistogram([]float32{50, 0, 0}, 0)); got != 0.25 {
		t.Errorf("intersection %v", got)
	}
	if got := LabHistogram([]float32{float32(math.NaN()), 0, 0}, 0); Intersection(got, got) != 0 {
		t.Errorf("NaN counts: %v", got)
	}
}

func TestConfusion(t *testing.T) {
	t.Parallel()
	c := NewConfusion(3)
	if c.Scores() != (Scores{}) {
		t.Error("scores of nothing")
	}
	c.Add([]int{0, 0, 0, 1}, []int{0, 0, 1, 1})
	c.Add([]int{255, -1}, []int{2, 2})
	got := c.Scores()
	agree(t, "pixel accuracy", got.PixelAccuracy, 3.0/4, 1e-12)
	agree(t, "class accuracy", got.ClassAccuracy, (2.0/3+1)/2, 1e-12)
	agree(t, "class IoU", got.ClassIoU, (2.0/3+1.0/2)/2, 1e-12)
	if got := c.Class(1); got != (ClassScores{0.25, 1, 0.5}) {
		t.Errorf("class 1: %+v", got)
	}
	if got := c.Class(2); got != (ClassScores{}) {
		t.Errorf("class 2: %+v", got)
	}
}

func TestNaNIsNeverGood(t *testing.T) {
	t.Parallel()
	s := Shape{11, 11, 1}
	a := noise(s, 4)
	b := noise(s, 4)
	b[60] = float32(math.NaN())
	similarity, _ := SSIM(a, b, s, 1)
	for what, v := range map[string]float64{
		"L1": L1(a, b), "PSNR": PSNR(a, b, 1), "SSIM": similarity,
		"spectrum": SpectrumDistance(Spectrum(a, s), Spectrum(b, s)), "gradient": GradientMagnitude(b, s),
	} {
		if !math.IsNaN(v) {
			t.Errorf("%s is %v", what, v)
		}
	}
}

func TestMisusePanics(t *testing.T) {
	t.Parallel()
	for i, f := range []func(){
		func() { L1(make([]float32, 2), make([]float32, 3)) },
		func() { L2(nil, nil) },
		func() { Luminance(make([]float32, 5), Shape{2, 2, 1}) },
		func() { SpectrumDistance([]float64{1}, []float64{1}) },
		func() { Intersection([]float64{1}, nil) },
		func() { LabHistogram([]float32{1, 2}, 0) },
		func() { NewConfusion(0) },
		func() { NewConfusion(2).Add([]int{0}, []int{2}) },
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
