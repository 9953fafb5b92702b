package dataset_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"easel/internal/data/dataset"
	"easel/internal/file/imgio"
)

// TestExample: each pair in its turn, the side that the network sees, and only its file
// is read.
func TestExample(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range 3 {
		p := imgio.New(8, 4, 1) // A is i, B is 10 + i
		for at := range p.Pix {
			p.Pix[at] = float32(i+at%8/4*10) / 255
		}
		if err := imgio.Write(filepath.Join(dir, fmt.Sprintf("%d.png", i)), p); err != nil {
			t.Fatal(err)
		}
	}
	for d, base := range map[dataset.Direction]int{dataset.AtoB: 0, dataset.BtoA: 10} {
		seen, reads := map[int]int{}, 0
		for n := range 6 {
			p, err := dataset.Example(dir, d, n, func(path string) (*imgio.Picture, error) {
				reads++
				p, _, err := imgio.Read(path, imgio.ReadOptions{})
				return p, err
			})
			if err != nil || p.Width != 4 {
				t.Fatalf("%v, %v", p, err)
			}
			seen[int(p.Pix[0]*255+0.5)]++
		}
		for i := range 3 {
			if seen[base+i] != 2 {
				t.Errorf("%v: seen %v", d, seen)
			}
		}
		if reads != 6 {
			t.Errorf("%d files were read for 6 examples", reads)
		}
	}
	broken := errors.New("broken")
	if _, err := dataset.Example(dir, dataset.AtoB, 0, func(string) (*imgio.Picture, error) { return nil, broken }); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if _, err := dataset.Example(t.TempDir(), dataset.AtoB, 0, nil); err == nil {
		t.Error("an empty folder has an example")
	}
}
