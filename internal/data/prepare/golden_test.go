package prepare

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"easel/internal/base/near"
	"easel/internal/data/facade"
	"easel/internal/data/metric"
	"easel/internal/file/imgio"
)

var update = flag.Bool("update", false, "write testdata/golden anew")

// TestGolden: every verb still makes of one drawn façade what it made when
// somebody looked at it. Other processors may round the last place differently,
// which may move a pixel or two of outlines.
func TestGolden(t *testing.T) {
	t.Parallel()
	golden := filepath.Join("testdata", "golden")
	if *update {
		_, photo := facade.Generate(3, 7, 72)
		save(t, photo, golden, "input.png")
	}
	in := t.TempDir()
	data, err := os.ReadFile(filepath.Join(golden, "input.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(in, "x.png"), data, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, v := range verbs() {
		out := t.TempDir()
		if _, err := v.run(in, out, Options{Seed: 1}, quiet); err != nil {
			t.Fatal(err)
		}
		got, _, err := imgio.SplitSideBySide(read(t, out, "x.png"))
		if err != nil {
			t.Fatal(err)
		}
		if *update {
			save(t, got, golden, v.name+".png")
		}
		want := read(t, golden, v.name+".png")
		if d := metric.L1(got.Pix, want.Pix); !near.Within(d, 0.002) {
			t.Errorf("%s: %v away from what it was", v.name, d)
		}
	}
}
