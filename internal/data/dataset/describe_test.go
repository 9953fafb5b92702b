package dataset

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/data/facade"
	"easel/internal/data/palette"
	"easel/internal/file/imgio"
)

// The drawn façades' labels have their classes' colours; a palette beside them
// names them; outlines are lines on paper; the façades themselves are neither.
func TestDescribe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for i := range 6 {
		labels, photo := facade.Generate(1, i, 64)
		lines := imgio.New(64, 64, 1)
		for j := range lines.Pix {
			lines.Pix[j] = 1
			if j%64 == 10+i || j/64 == 20+i {
				lines.Pix[j] = 0
			}
		}
		for name, p := range map[string]*imgio.Picture{"labels": labels, "edges": lines} {
			path := filepath.Join(dir, name, "A", fmt.Sprintf("%d.png", i))
			target := filepath.Join(dir, name, "B", fmt.Sprintf("%d.png", i))
			for path, p := range map[string]*imgio.Picture{path: p, target: photo} {
				if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
					t.Fatal(err)
				}
				if err := imgio.Write(path, p); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	own := drawnFacades()
	for i := range own.Classes {
		own.Classes[i].Name = "my " + own.Classes[i].Name
	}
	if err := own.Save(filepath.Join(dir, "labels", palette.FileName)); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]Content{"labels": OfLabels, "edges": OfEdges} {
		d, _, err := Open(t.Context(), filepath.Join(dir, name), DefaultOptions())
		if err != nil {
			t.Fatal(err)
		}
		input, target, err := d.Describe()
		p := input.Palette
		if err != nil || input.Content != want || (p != nil) != (want == OfLabels) {
			t.Errorf("%s: %+v, %v", name, input, err)
		}
		if target.Content != OfPhotographs || target.Palette != nil {
			t.Errorf("%s' targets: %+v", name, target)
		}
		if p != nil {
			for _, c := range p.Classes {
				if !strings.HasPrefix(c.Name, "my ") || c.Colour != own.Classes[own.Nearest(c.Colour)].Colour {
					t.Errorf("class %+v", c)
				}
			}
		}
	}
}

// Real pairs, where they are.
func TestDescribeFacades(t *testing.T) {
	t.Parallel()
	const dir = "../../../../shared/data/facades"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("there are no façades in ../shared/data/facades")
	}
	if testing.Short() {
		t.Skip("reads 400 pictures")
	}
	o := DefaultOptions()
	o.Direction, o.Use = BtoA, []Split{Train}
	d, _, err := Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	input, target, err := d.Describe()
	if err != nil || input.Content != OfLabels || len(input.Palette.Classes) != 12 || target.Content != OfPhotographs {
		t.Fatalf("%+v, %+v, %v", input, target, err)
	}
	for _, c := range input.Palette.Classes {
		if c.Name == "" {
			t.Errorf("class %v has no name", c)
		}
	}
}
