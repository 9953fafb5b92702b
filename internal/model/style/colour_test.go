package style_test

import (
	"slices"
	"testing"

	"easel/internal/base/near"
	"easel/internal/model/style"
)

func moments(p style.Picture) (mean [3]float64, covariance [3][3]float64) {
	n := float64(len(p.Pixels) / 3)
	for i, v := range p.Pixels {
		mean[i%3] += float64(v) / n
	}
	for i := 0; i < len(p.Pixels); i += 3 {
		for a := range 3 {
			for b := range 3 {
				covariance[a][b] += (float64(p.Pixels[i+a]) - mean[a]) * (float64(p.Pixels[i+b]) - mean[b]) / n
			}
		}
	}
	return mean, covariance
}

// narrowed has values in the middle of the range, so that nothing is clamped.
func narrowed(p style.Picture, scale [3]float32) style.Picture {
	for i, v := range p.Pixels {
		p.Pixels[i] = 0.5 + scale[i%3]*(v-0.5)
	}
	return p
}

func TestMatchCovariance(t *testing.T) {
	t.Parallel()
	p := narrowed(picture(30, 40, 1), [3]float32{0.3, 0.1, 0.2})
	like := narrowed(picture(25, 31, 2), [3]float32{0.1, 0.25, 0.2})
	got := style.MatchCovariance(p, like)
	mean, covariance := moments(got)
	wantMean, wantCovariance := moments(like)
	for a := range 3 {
		if !near.Within(mean[a]-wantMean[a], 1e-5) {
			t.Errorf("mean %v, want %v", mean, wantMean)
		}
		for b := range 3 {
			if !near.Within(covariance[a][b]-wantCovariance[a][b], 1e-5) {
				t.Errorf("covariance %v, want %v", covariance, wantCovariance)
			}
		}
	}
	grey := style.MatchCovariance(p, style.Luma(like))
	for i := 0; i < len(grey.Pixels); i += 3 {
		if !near.Within(float64(grey.Pixels[i]-grey.Pixels[i+1]), 1e-3) {
			t.Fatalf("colours %v like a grey picture's", grey.Pixels[i:i+3])
		}
	}
}

func TestMatchHistogram(t *testing.T) {
	t.Parallel()
	p, like := picture(20, 20, 1), picture(20, 20, 2)
	got := style.MatchHistogram(p, like)
	for c := range 3 {
		var a, b []float32
		for i := c; i < len(p.Pixels); i += 3 {
			a, b = append(a, got.Pixels[i]), append(b, like.Pixels[i])
			for j := c; j < i; j += 3 * 37 {
				if (p.Pixels[i] < p.Pixels[j]) != (got.Pixels[i] < got.Pixels[j]) && p.Pixels[i] != p.Pixels[j] {
					t.Fatal("the order of values has changed")
				}
			}
		}
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) {
			t.Errorf("channel %d has another distribution", c)
		}
	}
	flat := style.Picture{Height: 1, Width: 4, Pixels: make([]float32, 12)}
	for _, v := range style.MatchHistogram(flat, like).Pixels[3:] {
		if v < 0.2 || v > 0.8 {
			t.Errorf("a flat picture becomes %v", v)
		}
	}
}

// Grey and the colour of the same picture make the picture.
func TestWithColour(t *testing.T) {
	t.Parallel()
	p := picture(9, 9, 1)
	got := style.WithColour(style.Luma(p), p)
	for i, v := range p.Pixels {
		if !near.Within(float64(got.Pixels[i]-v), 1e-6) {
			t.Fatalf("sample %d is %g, want %g", i, got.Pixels[i], v)
		}
	}
	other := style.Luma(style.WithColour(picture(9, 9, 2), p))
	want := style.Luma(picture(9, 9, 2))
	for i, v := range want.Pixels {
		if !near.Within(float64(other.Pixels[i]-v), 1e-5) {
			t.Fatalf("luma %d is %g, want %g", i, other.Pixels[i], v)
		}
	}
}
