package dataset

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"easel/internal/data/palette"
	"easel/internal/file/imgio"
)

// stripes writes pairs whose B is stripes of three colours, and opens them.
func stripes(t *testing.T, dir string, names ...string) *Dataset {
	t.Helper()
	if err := os.MkdirAll(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		p := imgio.New(24, 12, 3)
		for y := range 12 {
			for x := range 12 {
				p.Set(x, y, 0, float32((x*7+y*11+len(name)*13+int(name[0]))%50)/255)
				p.Set(12+x, y, (y/4+i)%3, 1)
			}
		}
		if err := imgio.Write(filepath.Join(dir, name+".png"), p); err != nil {
			t.Fatal(err)
		}
	}
	o := DefaultOptions()
	o.FlatAs = Train
	d, _, err := Open(context.Background(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestContents(t *testing.T) {
	t.Parallel()
	here, there := t.TempDir(), filepath.Join(t.TempDir(), "deeper")
	d := stripes(t, here, "a", "b", "c")
	if got := d.Contents(Train); len(got) != 3*contentChars {
		t.Errorf("contents %q", got)
	}
	other := stripes(t, there, "x", "y")
	if got := other.Among(d.Contents(Train), Train); got != nil {
		t.Errorf("pairs never seen are known: %v", got)
	}
	text, err := os.ReadFile(filepath.Join(here, "b.png"))
	if err == nil {
		err = os.WriteFile(filepath.Join(there, "moved.png"), text, 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
	o := DefaultOptions()
	o.FlatAs = Test
	again, _, err := Open(context.Background(), there, o)
	if err != nil {
		t.Fatal(err)
	}
	if got := again.Among(d.Contents(Train), Test); !slices.Equal(got, []string{"moved"}) {
		t.Errorf("known: %v", got)
	}
	if got := again.Among("short", Test); got != nil {
		t.Errorf("known: %v", got)
	}
}

func TestFindPalette(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 5 {
		names = append(names, fmt.Sprintf("n%d", i))
	}
	d := stripes(t, t.TempDir(), names...)
	p, err := d.FindPalette(Train, Target)
	if err != nil || len(p.Classes) != 3 {
		t.Fatalf("%+v, %v", p, err)
	}
	if err := d.CheckPalette(p, "found", Train, Target); err != nil {
		t.Error(err)
	}
	wrong := &palette.Palette{Classes: []palette.Class{{Colour: [3]uint8{255, 0, 255}}, {Colour: [3]uint8{255, 255, 0}}}}
	if err := d.CheckPalette(wrong, "wrong.txt", Train, Target); err == nil || !strings.Contains(err.Error(), "wrong.txt: only 0 %") {
		t.Errorf("error is %v", err)
	}
}
