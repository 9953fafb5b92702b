package imgio

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/tiff"
	"pgregory.net/rapid"

	"easel/internal/base/near"
)

func TestWriteReadExact(t *testing.T) {
	t.Parallel()
	for _, ext := range []string{".png", ".tif"} {
		for _, depth := range []int{8, 16} {
			for _, channels := range []int{1, 2, 3, 4, 7} {
				if ext == ".png" && (channels == 2 || channels == 7) {
					continue
				}
				p := pattern(channels, depth)
				path := filepath.Join(t.TempDir(), fmt.Sprintf("%d-%d%s", channels, depth, ext))
				if err := Write(path, p); err != nil {
					t.Fatal(err)
				}
				q, warnings, err := Read(path, ReadOptions{})
				if err != nil || len(warnings) != 0 {
					t.Fatal(err, warnings)
				}
				wantSame(t, q, p, 0)
			}
		}
	}
}

// TestWriteWebP: colours and alpha are exact, grey becomes RGB, and what needs more than 8
// bits is refused.
func TestWriteWebP(t *testing.T) {
	t.Parallel()
	for _, channels := range []int{1, 3, 4} {
		p := pattern(channels, 8)
		p.Alpha = channels == 4
		path := filepath.Join(t.TempDir(), "a.webp")
		if err := Write(path, p); err != nil {
			t.Fatal(err)
		}
		q, warnings, err := Read(path, ReadOptions{})
		if err != nil || len(warnings) != 0 {
			t.Fatal(err, warnings)
		}
		want, err := p.Convert(max(channels, 3))
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, q, want, 0)
	}
	wide := pattern(3, 8)
	wide.Width, wide.Height = 1, 1<<14
	negative := pattern(3, 8)
	negative.Range = Range{-100, 100}
	for want, p := range map[string]*Picture{"16 bits": pattern(3, 16), "5 channels": pattern(5, 8), "1×16384": wide, "negative": negative} {
		if err := Encode(&bytes.Buffer{}, WebP, p); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), ".tif") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// Any picture survives a TIFF file, and x/image/tiff, a reader by other people,
// sees the same first page.
func TestTIFFProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := New(rapid.IntRange(1, 9).Draw(t, "w"), rapid.IntRange(1, 9).Draw(t, "h"), rapid.IntRange(1, 6).Draw(t, "c"))
		p.Depth = rapid.SampledFrom([]int{8, 16}).Draw(t, "depth")
		p.Alpha = p.Channels == 4 // x/image/tiff reads no other four
		for i := range p.Pix {
			p.Pix[i] = rapid.Float32Range(0, 1).Draw(t, "v")
		}
		p = Quantise(p)
		var file bytes.Buffer
		if err := Encode(&file, TIFF, p); err != nil {
			t.Fatal(err)
		}
		q, _, err := Decode(bytes.NewReader(file.Bytes()), "x", ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range p.Pix {
			if q.Channels != p.Channels || q.Depth != p.Depth || q.Pix[i] != v {
				t.Fatalf("sample %d is %v, want %v", i, q.Pix[i], v)
			}
		}
		img, err := tiff.Decode(bytes.NewReader(file.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		if first := FromImage(img); first.At(p.Width-1, p.Height-1, 0) != p.At(p.Width-1, p.Height-1, 0) {
			t.Fatal("x/image/tiff reads another picture")
		}
	})
}

func TestOpaqueAlphaStays(t *testing.T) {
	t.Parallel()
	for _, depth := range []int{8, 16} {
		p := pattern(4, depth)
		for i := 3; i < len(p.Pix); i += 4 {
			p.Pix[i] = 1
		}
		path := filepath.Join(t.TempDir(), "a.png")
		if err := Write(path, p); err != nil {
			t.Fatal(err)
		}
		q, _, err := Read(path, ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, q, p, 0)
	}
}

func TestWriteJPEG(t *testing.T) {
	t.Parallel()
	for _, depth := range []int{8, 16} {
		p := smooth()
		p.Depth = depth
		path := filepath.Join(t.TempDir(), "a.JPG")
		if err := Write(path, p); err != nil {
			t.Fatal(err)
		}
		q, _, err := Read(path, ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, q, smooth(), 16.0/255) // chroma is halved
	}
}

func TestWriteErrorsKeepTheFile(t *testing.T) {
	t.Parallel()
	for name, channels := range map[string]int{"a.png": 5, "b.png": 2, "a.jpg": 4, "b.jpg": 6, "a.xyz": 3} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		err := Write(path, pattern(channels, 8))
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s with %d channels: error %v", name, channels, err)
		}
		if data, _ := os.ReadFile(path); string(data) != "old" {
			t.Errorf("%s was changed", name)
		}
	}
	err := Encode(&bytes.Buffer{}, PNG, pattern(5, 8))
	if err == nil || !strings.Contains(err.Error(), ".tif") {
		t.Errorf("no hint in %v", err)
	}
}

func TestModelRangeRoundTrip(t *testing.T) {
	t.Parallel()
	for _, depth := range []int{8, 16} {
		limit := int(typeLimit(depth))
		p := New(limit+1, 1, 1)
		for v := range p.Pix {
			p.Pix[v] = float32(v) / float32(limit)
		}
		x := make([]float32, len(p.Pix))
		ToModel(x, p)
		for v := range x {
			want := float64(v)/(float64(limit)/2) - 1
			if !near.Within(float64(x[v])-want, 1.5e-7) {
				t.Fatalf("sample %d is %v to the model, want %v", v, x[v], want)
			}
			// What another program hands over is v/127.5−1 in float32.
			for _, y := range []float32{x[v], float32(v)/(float32(limit)/2) - 1} {
				back := FromModel([]float32{y}, 1, 1, 1, depth)
				if got := quantise(back.Pix[0], float64(limit)); int(got) != v {
					t.Fatalf("sample %d comes back as %d", v, got)
				}
			}
		}
	}
}

func TestFromModelClamps(t *testing.T) {
	t.Parallel()
	inf := float32(math.Inf(1))
	p := FromModel([]float32{-2, 2, float32(math.NaN()), inf, -inf, 0}, 6, 1, 1, 8)
	want := []float32{0, 1, 0, 1, 0, 0.5}
	for i, v := range want {
		if p.Pix[i] != v {
			t.Errorf("number %d became %v, want %v", i, p.Pix[i], v)
		}
	}
}
