package video_test

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"easel/internal/data/flow"
	"easel/internal/data/metric"
	"easel/internal/file/imgio"
)

// clip is a drawn video whose motion is known: a ground that moves to the left, and a disc
// in front of it that moves to the right.
type clip struct {
	width, height int
	radius        float64
}

func (c clip) disc(t float64) (x, y float64) {
	return float64(c.width)/3 + 4*t, float64(c.height)/2 + 1.5*t
}

func (c clip) ground(t float64) (x, y float64) { return 1.3 * t, 0.6 * t }

func (c clip) inDisc(x, y, t float64) bool {
	cx, cy := c.disc(t)
	return math.Hypot(x-cx, y-cy) < c.radius
}

// frame draws the frame at a time.
func (c clip) frame(t float64) *imgio.Picture {
	p := imgio.New(c.width, c.height, 3)
	gx, gy := c.ground(t)
	cx, cy := c.disc(t)
	for y := range c.height {
		for x := range c.width {
			fx, fy := float64(x), float64(y)
			tint := [3]float64{0.9, 1, 0.8}
			v := pattern(fx+gx, fy+gy)
			if c.inDisc(fx, fy, t) {
				v, tint = pattern(fx-cx+700, fy-cy+300), [3]float64{1, 0.6, 0.5}
			}
			for k := range 3 {
				p.Set(x, y, k, float32(tint[k]*v))
			}
		}
	}
	return imgio.Quantise(p)
}

// pattern has detail of all sizes.
func pattern(x, y float64) float64 {
	v := 0.5
	for i := range 12 {
		k := 2 * math.Pi / (6 * math.Pow(1.4, float64(i)))
		s, c := math.Sincos(2.4 * float64(i))
		v += 0.04 * math.Sin(k*(x*c+y*s)+float64(i*i))
	}
	return v
}

// motion is the drawn flow from the frame at t to the one before, and where what is seen
// was seen there, too.
func (c clip) motion(t float64) (f flow.Field, seen []bool) {
	f, seen = flow.NewField(c.width, c.height), make([]bool, c.width*c.height)
	cx, cy := c.disc(t)
	px, py := c.disc(t - 1)
	gx, gy := c.ground(t)
	hx, hy := c.ground(t - 1)
	for y := range c.height {
		for x := range c.width {
			i, dx, dy := y*c.width+x, gx-hx, gy-hy
			on := c.inDisc(float64(x), float64(y), t)
			if on {
				dx, dy = px-cx, py-cy
			}
			f.X[i], f.Y[i] = float32(dx), float32(dy)
			toX, toY := float64(x)+dx, float64(y)+dy
			within := toX >= 0 && toY >= 0 && toX <= float64(c.width-1) && toY <= float64(c.height-1)
			seen[i] = within && on == c.inDisc(toX, toY, t-1)
		}
	}
	return f, seen
}

// warpingError is E_warp of Lai et al. (2018, eq. 9) with the drawn motion: the mean
// squared difference of painted frames where the same is seen.
func (c clip) warpingError(painted []*imgio.Picture) float64 {
	sum, n := 0.0, 0
	for k := 1; k < len(painted); k++ {
		f, seen := c.motion(float64(k))
		before := f.Warp(painted[k-1])
		for i, ok := range seen {
			for j := 3 * i; ok && j < 3*i+3; j++ {
				d := float64(painted[k].Pix[j] - before.Pix[j])
				sum += d * d
				n++
			}
		}
	}
	return sum / float64(n)
}

// sharpness is the mean length of gradients.
func sharpness(p *imgio.Picture) float64 {
	return metric.GradientMagnitude(p.Pix, metric.Shape{Height: p.Height, Width: p.Width, Channels: p.Channels})
}

// write writes frames into a folder, with names whose natural order is not that of bytes.
func (c clip) write(t *testing.T, dir string, frames int) {
	t.Helper()
	for k := range frames {
		if err := imgio.Write(filepath.Join(dir, fmt.Sprintf("shot %d.png", k+8)), c.frame(float64(k))); err != nil {
			t.Fatal(err)
		}
	}
}

// strokes is a network that flickers as style networks do: its strokes depend on the
// picture, but also on where on the screen they are.
type strokes struct{}

func (strokes) Picture(_ context.Context, p *imgio.Picture) (*imgio.Picture, error) {
	q := p.Clone()
	for y := range p.Height {
		for x := range p.Width {
			for c := range p.Channels {
				v := float64(p.At(x, y, c))
				s := math.Sin(0.9*float64(x)+25*v) * math.Sin(0.8*float64(y)-20*v)
				q.Set(x, y, c, float32(min(max(0.9*v+0.15*s, 0), 1)))
			}
		}
	}
	return q, nil
}
