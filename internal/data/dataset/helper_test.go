package dataset

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"easel/internal/file/imgio"
)

// noise returns a picture of random 8-bit samples that depends on seed only.
func noise(w, h, channels int, seed uint64) *imgio.Picture {
	r := rand.New(rand.NewPCG(seed, 1))
	p := imgio.New(w, h, channels)
	for i := range p.Pix {
		p.Pix[i] = float32(r.IntN(256)) / 255
	}
	return p
}

func write(t testing.TB, path string, p *imgio.Picture) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := imgio.Write(path, p); err != nil {
		t.Fatal(err)
	}
}

func writeBytes(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// folderOf returns a new folder with a different noise picture at each path,
// w×h pixels of RGB.
func folderOf(t testing.TB, w, h int, paths ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i, p := range paths {
		write(t, filepath.Join(dir, p), noise(w, h, 3, uint64(i)))
	}
	return dir
}

func open(t testing.TB, dir string, change func(*Options)) (*Dataset, *Report) {
	t.Helper()
	d, r, err := tryOpen(dir, change)
	if err != nil {
		t.Fatal(err)
	}
	return d, r
}

func tryOpen(dir string, change func(*Options)) (*Dataset, *Report, error) {
	opts := DefaultOptions()
	if change != nil {
		change(&opts)
	}
	return Open(context.Background(), dir, opts)
}

// pngBytes returns a valid PNG file of w×h black pixels.
func pngBytes(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func numbered(prefix, suffix string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = prefix + string(rune('a'+i/26)) + string(rune('a'+i%26)) + suffix
	}
	return names
}

// drawn is the placement in a pair's picture.
func (j Jitter) drawn(seed uint64, epoch, index int) placement {
	return j.draw(&imgio.Picture{Width: j.LoadSize, Height: j.LoadSize}, seed, epoch, index)
}
