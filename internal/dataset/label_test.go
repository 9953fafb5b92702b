package dataset

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"easel/internal/imgio"
)

// areas returns flat rectangles of eight colours.
func areas(w, h int, seed uint64) *imgio.Picture {
	p := imgio.New(w, h, 3)
	r := rand.New(rand.NewPCG(seed, 0))
	for range 40 {
		x, y, colour := r.IntN(w), r.IntN(h), r.IntN(8)
		for j := y; j < min(y+h/3, h); j++ {
			for i := x; i < min(x+w/3, w); i++ {
				for c := range 3 {
					p.Set(i, j, c, float32(colour>>c&1))
				}
			}
		}
	}
	return p
}

// lines returns a thin drawing on white paper.
func lines(w, h int) *imgio.Picture {
	p := imgio.New(w, h, 3)
	for i := range p.Pix {
		p.Pix[i] = 1
	}
	for x := range w {
		for c := range 3 {
			p.Set(x, x*h/w, c, 0)
		}
	}
	return p
}

func TestLabelsAreSeen(t *testing.T) {
	t.Parallel()
	for _, ext := range []string{"png", "jpg"} {
		dir := t.TempDir()
		for i := range 4 {
			write(t, fmt.Sprintf("%s/A/train/%d.%s", dir, i, ext), noise(64, 64, 3, uint64(i)))
			write(t, fmt.Sprintf("%s/B/train/%d.%s", dir, i, ext), areas(64, 64, uint64(i)))
		}
		d, r := open(t, dir, nil)
		if in, out := d.Filters(); r.Labels != LabelsB || in != imgio.Bilinear || out != imgio.Nearest {
			t.Errorf("%s: labels are %s, filters %s and %s", ext, r.Labels, in, out)
		}
		d, _ = open(t, dir, func(o *Options) { o.Direction = BtoA })
		if in, out := d.Filters(); in != imgio.Nearest || out != imgio.Bilinear {
			t.Errorf("BtoA: filters %s and %s", in, out)
		}
		d, r = open(t, dir, func(o *Options) { o.Labels = LabelsNone; o.Photograph = imgio.Bicubic })
		if in, out := d.Filters(); r.Labels != LabelsNone || in != imgio.Bicubic || out != imgio.Bicubic {
			t.Errorf("labels %s, filters %s and %s", r.Labels, in, out)
		}
	}
}

// Nearest keeps label pictures within their colours when they are enlarged.
func TestLabelsKeepTheirColours(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir+"/A/train/x.png", areas(32, 32, 1))
	write(t, dir+"/B/train/x.png", noise(32, 32, 3, 1))
	d, _ := open(t, dir, func(o *Options) { o.Labels = LabelsA })
	p, err := d.Sample(Train, 0, 37)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range p.Input.Pix {
		if v != 0 && v != 1 {
			t.Fatalf("a new colour: %v", v)
		}
	}
}

func TestDrawingsAreNoLabels(t *testing.T) {
	t.Parallel()
	c := colourCounts{}
	c.add(lines(64, 64))
	if c.labels() {
		t.Error("a drawing is taken for labels")
	}
	if (colourCounts{}).labels() {
		t.Error("nothing is taken for labels")
	}
}
