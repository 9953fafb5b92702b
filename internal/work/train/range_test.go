package train_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"easel/internal/file/imgio"
	"easel/internal/model/stored"
)

// TestRangeAndDepthAreKept: 12 bits in files of 16 are trained on as they are meant,
// and the model says so; so it does of bands that are no alpha.
func TestRangeAndDepthAreKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(1, 2))
	write := func(side, name string, p *imgio.Picture) {
		t.Helper()
		for i := range p.Pix {
			p.Pix[i] = r.Float32()
		}
		if err := os.MkdirAll(filepath.Join(dir, side), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := imgio.Write(filepath.Join(dir, side, name), p); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"1", "2", "3", "4"} {
		write("A", name+".tif", imgio.New(40, 40, 4))
		twelve := imgio.New(40, 40, 1)
		twelve.Depth, twelve.Range = 16, imgio.Range{High: 4095}
		write("B", name+".png", twelve)
	}
	o := tiny(t, dir)
	o.Length.Steps, o.Range = 1, "0:4095"
	mustTrain(t, o, nil)
	m, err := stored.Open(o.Out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = m.Close() }()
	in, out := m.Config.Images.Inputs, m.Config.Images.Targets
	if in.Depth != 8 || in.Range != (imgio.Range{}) || in.HasAlpha(4) {
		t.Errorf("inputs are %+v", in)
	}
	if out.Depth != 16 || out.Range != (imgio.Range{High: 4095}) || out.HasAlpha(1) {
		t.Errorf("targets are %+v", out)
	}
	o.Out, o.Range = filepath.Join(t.TempDir(), "run"), "4095"
	if err := o.Validate(); err == nil || !strings.Contains(err.Error(), "LOW:HIGH") {
		t.Errorf("a range without an end: %v", err)
	}
}
