//go:build !nosmall

package weights_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"easel/internal/engine/backend"
	"easel/internal/model/style"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
	"easel/internal/model/weights/small"
)

// smallSum is the SHA-256 of the file; NOTICE.md says how another one is made.
const smallSum = "9e548a115cd47cd2285aed7bd998e6c4d41554edc47766f3a4f3fdc5faa73e90"

func openSmall(t *testing.T) (*vgg.Weights, weights.About) {
	t.Helper()
	w, about, err := weights.Open(weights.Small, "")
	if err != nil {
		t.Fatal(err)
	}
	return w, about
}

func TestSmallFile(t *testing.T) {
	t.Parallel()
	if n := len(small.File); n > 2_000_000 {
		t.Errorf("the small network has %d bytes", n)
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256(small.File)); sum != smallSum {
		t.Errorf("its SHA-256 is %s", sum)
	}
	w, about := openSmall(t)
	if w.Width != 64 || w.Rank != 8 || about.Kind != vgg.Caffe || len(w.Filters) != 13 {
		t.Errorf("%+v with %d filters", about, len(w.Filters))
	}
	if !strings.Contains(about.Origin, "Visual Geometry Group") || !strings.Contains(about.Origin, "CC BY 4.0") {
		t.Errorf("its origin is %q", about.Origin)
	}
	if _, _, err := weights.OpenFull(weights.Small, ""); err == nil {
		t.Error("it is taken for VGG-19 itself")
	}
	if _, _, err := weights.Open(weights.Small, vgg.Torchvision); err == nil {
		t.Error("it is of another kind")
	}
}

// All layers are PyTorch's: testdata/small.py.
func TestSmallPyTorch(t *testing.T) {
	t.Parallel()
	const size = 48
	text, err := os.ReadFile("testdata/small.json")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]struct{ RMS, Mean float64 }{}
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	p := style.Picture{Height: size, Width: size, Pixels: make([]float32, size*size*3)}
	for i := range p.Pixels {
		x, y, c := float64(i/3%size), float64(i/3/size), float64(i%3)
		p.Pixels[i] = float32(0.5 + 0.3*math.Sin(x/3+c)*math.Cos(y/5-c) + 0.1*math.Sin(x*y/7))
	}
	d, err := backend.Open(backend.Default, backend.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	w, _ := openSmall(t)
	n, err := style.NewNetwork(d, vgg.Distilled(), w)
	if err != nil {
		t.Fatal(err)
	}
	for layer, want := range want {
		found, err := n.Features(p, style.Whole(), layer)
		if err != nil {
			t.Fatal(err)
		}
		sum, squares := 0.0, 0.0
		values := found[layer].Values
		for _, v := range values {
			sum += float64(v)
			squares += float64(v) * float64(v)
		}
		rms, mean := math.Sqrt(squares/float64(len(values))), sum/float64(len(values))
		if math.Abs(rms-want.RMS) > 1e-4*want.RMS || math.Abs(mean-want.Mean) > 1e-4*want.RMS {
			t.Errorf("%s: root mean square %v and mean %v, PyTorch's %v and %v", layer, rms, mean, want.RMS, want.Mean)
		}
	}
	if len(want) != 13 {
		t.Errorf("the reference has %d layers", len(want))
	}
}

// Where there is no file, the small network is the default.
func TestKnown(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	for given, want := range map[string]string{"": weights.Small, "random": weights.Random, "x.pth": "x.pth"} {
		if name, err := weights.Known(given); err != nil || name != want {
			t.Errorf("%q is %q: %v", given, name, err)
		}
	}
}
