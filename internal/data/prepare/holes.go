package prepare

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"

	"easel/internal/file/imgio"
)

// HoleOptions are the options of Holes.
type HoleOptions struct {
	// Shape is "centre", one rectangle in the middle; "blocks", rectangles
	// anywhere; or "strokes", those of a brush.
	Shape string `json:"shape"`
	// Fraction of the picture that is missing. The centre has exactly this area, up
	// to whole pixels; blocks and strokes are added until they reach it.
	Fraction float64 `json:"fraction"`
	// Fill is the colour of holes: "white", "black", "gray", "mean" (of what is
	// left) or #rrggbb. The paper's program fills with the largest value.
	Fill string `json:"fill"`
	// Mask adds an alpha channel to the inputs that is 0 in holes, so that the
	// network knows them; pairs are then written to A/ and B/.
	Mask bool `json:"mask"`
}

// DefaultHoleOptions returns the paper's program's hole: half the width and half
// the height in the middle, filled with white.
func DefaultHoleOptions() HoleOptions {
	return HoleOptions{Shape: "centre", Fraction: 0.25, Fill: "white"}
}

// Validate reports the first invalid option.
func (h HoleOptions) Validate() error { return h.Declared().Check() }

// Holes pairs each picture with a copy that has holes, to learn inpainting.
func Holes(ctx context.Context, in, out string, h HoleOptions, o Options, notify func(Event)) (Result, error) {
	if err := h.Validate(); err != nil {
		return Result{}, err
	}
	draw, err := h.draw()
	if err != nil {
		return Result{}, err
	}
	o.Apart = o.Apart || h.Mask
	return fromTargets(ctx, "holes", h, in, out, o, notify, func(target *imgio.Picture, chance *rand.Rand) (*imgio.Picture, error) {
		m := newMask(target.Width, target.Height)
		draw(m, h.Fraction, chance)
		return h.cut(target, m.missing)
	})
}

func (h HoleOptions) draw() (func(m *mask, fraction float64, chance *rand.Rand), error) {
	switch h.Shape {
	case "centre", "center":
		return (*mask).centre, nil
	case "blocks":
		return (*mask).blocks, nil
	case "strokes":
		return (*mask).strokes, nil
	}
	return nil, fmt.Errorf("shape %q: choose centre, blocks or strokes", h.Shape)
}

// colour is that of holes; mean says that it is the mean of the remaining pixels.
func (h HoleOptions) colour() (rgb [3]float32, mean bool, err error) {
	switch h.Fill {
	case "white":
		return [3]float32{1, 1, 1}, false, nil
	case "black":
		return rgb, false, nil
	case "gray", "grey":
		return [3]float32{0.5, 0.5, 0.5}, false, nil
	case "mean":
		return rgb, true, nil
	}
	v, parseErr := strconv.ParseUint(h.Fill[min(len(h.Fill), 1):], 16, 24)
	if len(h.Fill) != 7 || h.Fill[0] != '#' || parseErr != nil {
		return rgb, false, fmt.Errorf("fill %q: choose white, black, gray, mean or a colour such as #ff8000", h.Fill)
	}
	for c := range rgb {
		rgb[c] = float32(v>>(16-8*c)&255) / 255
	}
	return rgb, false, nil
}

// cut returns p with its missing pixels filled.
func (h HoleOptions) cut(p *imgio.Picture, missing []bool) (*imgio.Picture, error) {
	rgb, mean, err := h.colour()
	if err != nil {
		return nil, err
	}
	fill := make([]float32, p.Channels)
	for c := range fill {
		fill[c] = rgb[min(c, 2)]
	}
	if p.Channels < 3 {
		fill[0] = 0.299*rgb[0] + 0.587*rgb[1] + 0.114*rgb[2]
	}
	if mean {
		fill = meanLeft(p, missing)
	}
	q := p.Clone()
	for i, gone := range missing {
		if gone {
			copy(q.Pix[i*p.Channels:][:p.Channels], fill)
		}
	}
	if !h.Mask {
		return q, nil
	}
	if q, err = q.Convert(3); err != nil {
		return nil, err
	}
	alpha := imgio.New(p.Width, p.Height, 1)
	for i, gone := range missing {
		if !gone {
			alpha.Pix[i] = 1
		}
	}
	return q.WithAlpha(alpha)
}

func meanLeft(p *imgio.Picture, missing []bool) []float32 {
	mean, sums, n := make([]float32, p.Channels), make([]float64, p.Channels), 0
	for i, gone := range missing {
		if gone {
			continue
		}
		n++
		for c := range sums {
			sums[c] += float64(p.Pix[i*p.Channels+c])
		}
	}
	for c := range sums {
		mean[c] = float32(sums[c] / float64(max(n, 1)))
	}
	return mean
}

// mask says which pixels are missing, [height, width].
type mask struct {
	width, height int
	missing       []bool
	gone          int // pixels
}

func newMask(width, height int) *mask {
	return &mask{width: width, height: height, missing: make([]bool, width*height)}
}

func (m *mask) share() float64 { return float64(m.gone) / float64(len(m.missing)) }

func (m *mask) take(x, y int) {
	if i := y*m.width + x; !m.missing[i] {
		m.missing[i] = true
		m.gone++
	}
}

func (m *mask) rectangle(x0, y0, w, h int) {
	for y := max(y0, 0); y < min(y0+h, m.height); y++ {
		for x := max(x0, 0); x < min(x0+w, m.width); x++ {
			m.take(x, y)
		}
	}
}

// centre takes out a rectangle with the picture's aspect ratio.
func (m *mask) centre(fraction float64, _ *rand.Rand) {
	w := int(math.Round(float64(m.width) * math.Sqrt(fraction)))
	h := int(math.Round(float64(m.height) * math.Sqrt(fraction)))
	m.rectangle((m.width-w)/2, (m.height-h)/2, max(w, 1), max(h, 1))
}

// blocks takes out rectangles with sides of an eighth to two fifths of the
// picture's, anywhere in it.
func (m *mask) blocks(fraction float64, chance *rand.Rand) {
	side := func(n int) int { return max(int((0.125+0.275*chance.Float64())*float64(n)), 1) }
	for m.share() < fraction {
		w, h := side(m.width), side(m.height)
		m.rectangle(chance.IntN(m.width-w+1), chance.IntN(m.height-h+1), w, h)
	}
}

// strokes paints with a round brush: each stroke advances in steps, turning a
// little at each.
func (m *mask) strokes(fraction float64, chance *rand.Rand) {
	size := float64(min(m.width, m.height))
	for m.share() < fraction {
		x, y := chance.Float64()*float64(m.width), chance.Float64()*float64(m.height)
		radius := max(size*(0.015+0.035*chance.Float64()), 0.5)
		direction := 2 * math.Pi * chance.Float64()
		for range 4 + chance.IntN(8) {
			direction += chance.NormFloat64() * 0.6
			length := size * (0.05 + 0.1*chance.Float64())
			dx, dy := length*math.Cos(direction), length*math.Sin(direction)
			m.stroke(x, y, dx, dy, radius)
			x, y = x+dx, y+dy
		}
	}
}

// stroke takes out what is within radius of a piece of a line.
func (m *mask) stroke(x0, y0, dx, dy, radius float64) {
	left, right := math.Min(x0, x0+dx)-radius, math.Max(x0, x0+dx)+radius
	top, bottom := math.Min(y0, y0+dy)-radius, math.Max(y0, y0+dy)+radius
	for y := max(int(top), 0); y <= min(int(bottom), m.height-1); y++ {
		for x := max(int(left), 0); x <= min(int(right), m.width-1); x++ {
			px, py := float64(x)+0.5-x0, float64(y)+0.5-y0
			along := min(max((px*dx+py*dy)/(dx*dx+dy*dy), 0), 1)
			if math.Hypot(px-along*dx, py-along*dy) <= radius {
				m.take(x, y)
			}
		}
	}
}
