package dataset

import (
	"os"
	"path/filepath"
	"testing"
)

// The CMP façades, where they lie beside the project: 400 and 53 pairs, photo
// left, labels right, in JPEG.
func TestFacades(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "..", "..", "shared", "data", "facades")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no façades at", dir)
	}
	d, r := open(t, dir, func(o *Options) {
		o.Direction, o.Use = BtoA, []Split{Test} // the rest is only compared: decoding it takes seconds
	})
	if d.Len(Train) != 400 || d.Len(Test) != 53 || len(r.Problems)+len(r.Warnings) != 0 {
		t.Errorf("%s %v", r, r.Problems)
	}
	if r.Labels != LabelsB {
		t.Errorf("labels are %s", r.Labels)
	}
	if names := d.Names(Test); names[1] != "2" || names[9] != "10" {
		t.Errorf("order %v", names[:10])
	}
	p, err := d.Sample(Test, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	if p.Input.Width != 256 || p.Input.Height != 256 || p.Target.Channels != 3 {
		t.Errorf("%d×%d pixels, %d channels", p.Input.Width, p.Input.Height, p.Target.Channels)
	}
}
