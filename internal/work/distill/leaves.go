package distill

import (
	"math"
	"math/rand/v2"

	"easel/internal/file/imgio"
)

// leaves draws a picture of leaves that cover each other, from the back to the front. Their
// sizes follow a power law, which gives the picture edges and correlations of many sizes as
// photographs have them (Lee, Mumford and Huang 2001). Ours are ellipses, boxes and
// strokes, some of them with a gradient or with bristles. Colour returns a leaf's colour.
func leaves(r *rand.Rand, size int, colour func() [3]float32) *imgio.Picture {
	p := imgio.New(size, size, 3)
	ground := colour()
	for i := range p.Pix {
		p.Pix[i] = ground[i%3]
	}
	smallest := 1 + 3*r.Float64()
	for range 60 + r.IntN(300) {
		radius := smallest / math.Sqrt(1-r.Float64()*0.9995)
		newLeaf(r, size, radius, colour).draw(p)
	}
	return p
}

// leaf is a shape with its colours.
type leaf struct {
	x, y, cos, sin float64
	long, short    float64
	box            bool
	from, to       [3]float32 // colours at its ends
	bristle        float64    // amplitude of lines along it
	pitch          float64    // pixels from line to line, divided by 2π
}

func newLeaf(r *rand.Rand, size int, radius float64, colour func() [3]float32) leaf {
	radius = min(radius, float64(size)/2)
	aspect := 1 + 5*r.Float64()*r.Float64()
	angle := r.Float64() * math.Pi
	l := leaf{
		x: r.Float64() * float64(size), y: r.Float64() * float64(size), cos: math.Cos(angle), sin: math.Sin(angle),
		long: radius * math.Sqrt(aspect), short: radius / math.Sqrt(aspect), box: r.IntN(4) == 0,
		from: colour(), pitch: 1,
	}
	l.to = l.from
	if r.IntN(2) == 0 {
		other, share := colour(), r.Float32()
		for c := range l.to {
			l.to[c] += share * (other[c] - l.to[c])
		}
	}
	if r.IntN(2) == 0 {
		l.bristle, l.pitch = 0.15*r.Float64(), (2+4*r.Float64())/(2*math.Pi)
	}
	return l
}

// draw covers what the leaf covers, with an edge one pixel wide.
func (l leaf) draw(p *imgio.Picture) {
	reach := l.long + l.short + 1
	for y := max(0, int(l.y-reach)); y < min(p.Height, int(l.y+reach)+1); y++ {
		for x := max(0, int(l.x-reach)); x < min(p.Width, int(l.x+reach)+1); x++ {
			dx, dy := float64(x)-l.x, float64(y)-l.y
			along, across := dx*l.cos+dy*l.sin, dy*l.cos-dx*l.sin
			u, v := along/l.long, across/l.short
			distance := math.Hypot(u, v)
			if l.box {
				distance = max(math.Abs(u), math.Abs(v))
			}
			cover := float32(min(1, (1-distance)*l.short+0.5))
			if cover <= 0 {
				continue
			}
			light, place := float32(l.bristle*math.Sin(across/l.pitch)), float32(u+1)/2
			for c := range 3 {
				at := &p.Pix[(y*p.Width+x)*3+c]
				*at += cover * (l.from[c] + place*(l.to[c]-l.from[c]) + light - *at)
			}
		}
	}
}

// clouds draws noise whose amplitude falls with its frequency, by a random power.
func clouds(r *rand.Rand, size int, colour func() [3]float32) *imgio.Picture {
	p := imgio.New(size, size, 3)
	power := 0.3 + r.Float64()
	base, grey := colour(), r.Float32()
	for cells := 2; cells <= size; cells *= 2 {
		amplitude := 0.3 * float32(math.Pow(float64(cells), -power))
		octave := imgio.New(cells, cells, 3)
		for i := range octave.Pix {
			octave.Pix[i] = amplitude * float32(r.NormFloat64())
			if i%3 > 0 { // the nearer to grey, the more the channels share
				octave.Pix[i] += grey * (octave.Pix[i-i%3] - octave.Pix[i])
			}
		}
		for i, v := range imgio.Resize(octave, size, size, imgio.Bicubic).Pix {
			p.Pix[i] += 4 * v
		}
	}
	for i := range p.Pix {
		p.Pix[i] = min(1, max(0, p.Pix[i]+base[i%3]))
	}
	return p
}
