package dataset

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"easel/internal/data/facade"
	"easel/internal/file/imgio"
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

// ramp is smooth depth in 8 bits.
func ramp(w, h int) *imgio.Picture {
	p := imgio.New(w, h, 1)
	for i := range p.Pix {
		x, y := float64(i%w)/float64(w), float64(i/w)/float64(h)
		p.Pix[i] = float32(0.5 + 0.3*math.Sin(2*x+y) + 0.1*y)
	}
	return imgio.Quantise(p)
}

// blob is a mask: a white disc on black.
func blob(w, h, radius int) *imgio.Picture {
	p := imgio.New(w, h, 1)
	for i := range p.Pix {
		if x, y := i%w-w/2, i/w-h/2; x*x+y*y < radius*radius {
			p.Pix[i] = 1
		}
	}
	return p
}

// classes are the numbers of a label picture's colours, from 1 up.
func classes(p *imgio.Picture) *imgio.Picture {
	numbers := map[[3]float32]int{}
	q := imgio.New(p.Width, p.Height, 1)
	for i := range q.Pix {
		c := [3]float32(p.Pix[3*i:])
		if numbers[c] == 0 {
			numbers[c] = len(numbers) + 1
		}
		q.Pix[i] = float32(numbers[c]) / 255
	}
	return q
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

// TestWhatIsLabels: drawn façades' labels are, as they are, through JPEG and in
// grey (not both: greys are too near to each other); photographs, what inputs are made of them, and drawings are not.
func TestWhatIsLabels(t *testing.T) {
	t.Parallel()
	jpeg := func(p *imgio.Picture) *imgio.Picture {
		var b bytes.Buffer
		if err := imgio.Encode(&b, imgio.JPEG, p); err != nil {
			t.Fatal(err)
		}
		q, _, err := imgio.Decode(&b, "", imgio.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return q
	}
	converted := func(p *imgio.Picture, channels ...int) *imgio.Picture {
		for _, n := range channels {
			var err error
			if p, err = p.Convert(n); err != nil {
				t.Fatal(err)
			}
		}
		return p
	}
	holed := func(p *imgio.Picture) *imgio.Picture { // half of it is white
		q := p.Clone()
		for i := range len(q.Pix) / 2 {
			q.Pix[i] = 1
		}
		return q
	}
	dull := func(p *imgio.Picture) *imgio.Picture { // as a and b of CIELAB are
		q := p.Select(0, 2)
		for i, v := range q.Pix {
			q.Pix[i] = 0.5 + 0.02*v
		}
		return q
	}
	var labels, photos []*imgio.Picture
	for i := range 6 {
		a, b := facade.Generate(9, i, 160)
		labels, photos = append(labels, a), append(photos, jpeg(b))
	}
	for _, c := range []struct {
		name string
		from []*imgio.Picture
		make func(*imgio.Picture) *imgio.Picture
		want bool
	}{
		{"labels", labels, func(p *imgio.Picture) *imgio.Picture { return p }, true},
		{"labels in JPEG", labels, jpeg, true},
		{"labels in grey", labels, func(p *imgio.Picture) *imgio.Picture { return converted(p, 1) }, true},
		{"photographs", photos, func(p *imgio.Picture) *imgio.Picture { return p }, false},
		{"photographs in grey", photos, func(p *imgio.Picture) *imgio.Picture { return converted(p, 1, 3) }, false},
		{"holed photographs", photos, holed, false},
		{"two channels", photos, dull, false},
		{"drawings", photos, func(p *imgio.Picture) *imgio.Picture { return lines(p.Width, p.Height) }, false},
		{"drawings in JPEG", photos, func(p *imgio.Picture) *imgio.Picture { return jpeg(lines(p.Width, p.Height)) }, false},
		{"smooth depth", photos, func(p *imgio.Picture) *imgio.Picture { return ramp(p.Width, p.Height) }, false},
		{"smooth depth in JPEG", photos, func(p *imgio.Picture) *imgio.Picture { return jpeg(ramp(p.Width, p.Height)) }, false},
		{"a mask", photos, func(p *imgio.Picture) *imgio.Picture { return blob(p.Width, p.Height, 9) }, true},
		{"a mask in JPEG", photos, func(p *imgio.Picture) *imgio.Picture { return jpeg(blob(p.Width, p.Height, 20)) }, true},
		{"a mask that is mostly set", photos, func(p *imgio.Picture) *imgio.Picture { return blob(p.Width, p.Height, 95) }, true},
		{"numbers of classes", labels, func(p *imgio.Picture) *imgio.Picture { return classes(p) }, true},
		{"nothing", nil, nil, false},
	} {
		var sides []side
		for _, p := range c.from {
			sides = append(sides, sideOf(c.make(p), true))
		}
		if got := together(sides).areLabels(); got != c.want {
			t.Errorf("%s are labels: %v", c.name, got)
		}
	}
}
