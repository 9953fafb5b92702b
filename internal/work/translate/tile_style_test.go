package translate

import (
	"testing"

	"easel/internal/engine/cpu"
	"easel/internal/file/imgio"
	"easel/internal/model/feedforward"
)

// TestTiledStyles: networks of styles are tiled as others are, with every border that
// they have.
func TestTiledStyles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]feedforward.Config{
		"mirrored":      {Width: 2, Blocks: 1},
		"zeros":         {Width: 2, Blocks: 1, Border: feedforward.Zeros, Strided: true, PictureNorm: true},
		"mirrored once": {Width: 2, Blocks: 2, Border: feedforward.MirroredOnce, Strided: true, Tanh: 150},
		"stored":        {Width: 2, Blocks: 1, StoredStatistics: true},
		"several":       {Width: 2, Blocks: 1, Styles: 2},
		"any":           {Kind: feedforward.AdaIN, Width: 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := slope(400, 333, 3)
			style := StyleOptions{Strength: 0.7}
			if c.Any() {
				style.Pictures = []*imgio.Picture{noise(64, 48, 3)}
			}
			open := func(o Options) *Translator {
				d, err := cpu.New(cpu.Options{Threads: 2})
				if err != nil {
					t.Fatal(err)
				}
				tr, err := NewStyle(d, c, untrained{}, style, o)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = tr.Close() })
				return tr
			}
			want, err := open(Options{}).Picture(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			got, err := open(Options{Tile: 256}).Picture(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			if worst := steps(t, want, got); worst > 0.1 {
				t.Errorf("off by %g of 255", worst)
			}
		})
	}
}
