package distill

import (
	"fmt"
	"math"
	"math/rand/v2"

	"easel/internal/data/facade"
	"easel/internal/file/imgio"
)

// gallery has the pictures that crops are cut from.
type gallery struct {
	given, drawn []*imgio.Picture
	painted      []*imgio.Picture // by the student, the latest last
}

const (
	longest    = 1024 // side of a given picture in pixels; larger ones are reduced
	facades    = 24   // pictures drawn by package facade
	facadeSide = 256
	memory     = 160 // paintings that are kept
)

// open reads pictures from files and folders.
func open(inputs []string) ([]*imgio.Picture, error) {
	files, err := imgio.Find(inputs...)
	if err != nil {
		return nil, err
	}
	var list []*imgio.Picture
	for _, file := range files {
		p, _, err := imgio.Read(file, imgio.ReadOptions{})
		if err != nil {
			return nil, err
		}
		if p, err = p.Convert(3); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if side := max(p.Width, p.Height); side > longest {
			p = imgio.Resize(p, p.Width*longest/side, p.Height*longest/side, imgio.Lanczos)
		}
		list = append(list, p)
	}
	return list, nil
}

func newGallery(o Options) (*gallery, error) {
	given, err := open(o.Pictures)
	g := &gallery{given: given}
	for i := range facades {
		labels, photo := facade.Generate(o.Seed, i, facadeSide)
		g.drawn = append(g.drawn, photo)
		if i%6 == 0 {
			g.drawn = append(g.drawn, labels)
		}
	}
	return g, err
}

// hang adds a painting, and takes the oldest away if there are too many.
func (g *gallery) hang(p *imgio.Picture) {
	g.painted = append(g.painted, p)
	g.painted = g.painted[max(0, len(g.painted)-memory):]
}

// plain returns a square picture of the given side without any damage.
func (g *gallery) plain(r *rand.Rand, side int) *imgio.Picture {
	switch chance := r.Float64(); {
	case chance < 0.56:
		return square(r, g.given[r.IntN(len(g.given))], side)
	case chance < 0.84:
		return leaves(r, side, g.colours(r))
	case chance < 0.93:
		return square(r, g.drawn[r.IntN(len(g.drawn))], side)
	}
	return clouds(r, side, g.colours(r))
}

// colours returns a source of colours: all from places near each other in one picture, or
// any at all.
func (g *gallery) colours(r *rand.Rand) func() [3]float32 {
	if r.IntN(5) == 0 {
		return func() [3]float32 { return [3]float32{r.Float32(), r.Float32(), r.Float32()} }
	}
	p := g.given[r.IntN(len(g.given))]
	return func() [3]float32 { return [3]float32(p.Pix[3*r.IntN(len(p.Pix)/3):]) }
}

// square returns a random square part of a picture, resized to a side.
func square(r *rand.Rand, p *imgio.Picture, side int) *imgio.Picture {
	part := int(float64(side) * math.Pow(2, 2*r.Float64()-0.5))
	part = max(1, min(part, p.Width, p.Height))
	p = imgio.Crop(p, r.IntN(p.Width-part+1), r.IntN(p.Height-part+1), part, part)
	if r.IntN(2) == 0 {
		p = imgio.Mirror(p)
	}
	return imgio.Resize(p, side, side, imgio.Lanczos)
}

// crop returns a picture to learn from: a plain one or a painting, with other brightness,
// noise, or parts of a second picture now and then.
func (g *gallery) crop(r *rand.Rand, side int) *imgio.Picture {
	p := g.plain(r, side)
	if len(g.painted) > 0 && r.Float64() < 0.4 {
		q := g.painted[r.IntN(len(g.painted))]
		x, y := r.IntN(q.Width-side+1), r.IntN(q.Height-side+1)
		p = imgio.Crop(q, x, y, side, side)
	}
	if r.IntN(7) == 0 {
		mix(r, p, g.plain(r, side))
	}
	if r.IntN(4) == 0 {
		relight(r, p)
	}
	if r.IntN(4) == 0 {
		deviation := 0.2 * r.Float32() * r.Float32()
		for i := range p.Pix {
			p.Pix[i] += deviation * float32(r.NormFloat64())
		}
	}
	return p
}

// mix lets q shine through p, or replaces a part of it.
func mix(r *rand.Rand, p, q *imgio.Picture) {
	share, from := r.Float32(), r.IntN(p.Width)
	beside := r.IntN(2) == 0
	for i := range p.Pix {
		switch {
		case !beside:
			p.Pix[i] += share * (q.Pix[i] - p.Pix[i])
		case i/3%p.Width >= from:
			p.Pix[i] = q.Pix[i]
		}
	}
}

// relight changes contrast and brightness of each channel.
func relight(r *rand.Rand, p *imgio.Picture) {
	for c := range 3 {
		factor, shift := 0.5+r.Float32(), 0.4*(r.Float32()-0.5)
		for i := c; i < len(p.Pix); i += 3 {
			p.Pix[i] = 0.5 + factor*(p.Pix[i]-0.5) + shift
		}
	}
}
