// Command stylize draws the two pictures of the README's style transfer:
//
//	go run ./docs/stylize DIR
//
// content.png is a façade of package facade, style.png strokes of paint along
// whirls.
package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"easel/internal/data/facade"
	"easel/internal/file/imgio"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./docs/stylize DIR")
		os.Exit(2)
	}
	if err := draw(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const size = 512

func draw(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	_, photo := facade.Generate(7, 3, size)
	if err := imgio.Write(filepath.Join(dir, "content.png"), photo); err != nil {
		return err
	}
	return imgio.Write(filepath.Join(dir, "style.png"), paint(1))
}

// palette is RGB: night blues, ochres, a little red and green.
var palette = [][3]float64{
	{0.07, 0.11, 0.32}, {0.10, 0.22, 0.50}, {0.18, 0.38, 0.66}, {0.36, 0.58, 0.74},
	{0.93, 0.77, 0.30}, {0.86, 0.55, 0.16}, {0.96, 0.90, 0.66}, {0.62, 0.20, 0.14}, {0.24, 0.40, 0.28},
}

// whirl is a vortex with a colour at its centre.
type whirl struct {
	x, y, radius, sense float64
	colour              int
}

// paint covers a canvas with strokes that follow whirls, large ones first.
func paint(seed uint64) *imgio.Picture {
	r := rand.New(rand.NewPCG(seed, 0))
	var whirls []whirl
	for i := range 7 {
		whirls = append(whirls, whirl{r.Float64() * size, r.Float64() * size, 50 + 70*r.Float64(), float64(1 - i%2*2), 4 + r.IntN(4)})
	}
	p := imgio.New(size, size, 3)
	for _, pass := range []struct {
		strokes int
		width   float64
	}{{1500, 13}, {5200, 6}, {7000, 3.2}} {
		for range pass.strokes {
			stroke(p, r, whirls, margin(r), margin(r), pass.width*(0.7+0.6*r.Float64()))
		}
	}
	return p
}

// flow is the direction of strokes at a place, and the colour there.
func flow(whirls []whirl, x, y float64) (angle float64, colour int) {
	dx, dy := math.Cos(0.3*math.Sin(y/60)), math.Sin(0.3*math.Sin(y/60))
	colour = int(3.999 * (0.5 + 0.5*math.Sin(x/90)*math.Cos(y/70)))
	for _, w := range whirls {
		u, v := x-w.x, y-w.y
		d := math.Hypot(u, v) + 1
		pull := 3 * math.Exp(-d*d/(w.radius*w.radius))
		dx, dy = dx-w.sense*pull*v/d, dy+w.sense*pull*u/d
		if d < w.radius*0.45 {
			colour = w.colour
		}
	}
	return math.Atan2(dy, dx), colour
}

// stroke drags a brush whose hairs have shades of their own.
func stroke(p *imgio.Picture, r *rand.Rand, whirls []whirl, x, y, width float64) {
	_, colour := flow(whirls, x, y)
	if r.IntN(9) == 0 {
		colour = r.IntN(len(palette))
	}
	shades := make([]float64, 16)
	tone := 0.12 * r.NormFloat64()
	for i := range shades {
		shades[i] = tone + 0.07*r.NormFloat64()
	}
	for step := range int(width * (3 + 3*r.Float64())) {
		angle, _ := flow(whirls, x, y)
		across, along := math.Sincos(angle)
		for h := range 4 * int(width) {
			t := float64(h)/float64(2*int(width)) - 1 // from side to side
			shade := shades[h*len(shades)/(4*int(width))] + 0.05*(1-t*t) - 0.002*float64(step)
			px, py := int(x-across*t*width/2), int(y+along*t*width/2)
			if px < 0 || py < 0 || px >= p.Width || py >= p.Height {
				continue
			}
			for c := range 3 {
				p.Set(px, py, c, float32(min(max(palette[colour][c]+shade, 0), 1)))
			}
		}
		x, y = x+along, y+across
	}
}

// margin is a place along the canvas or a little beyond its edges.
func margin(r *rand.Rand) float64 { return r.Float64()*(size+80) - 40 }
