package flow

import (
	"fmt"
	"sync"

	"easel/internal/file/imgio"
)

// smallest is the least side of a pyramid's pictures, and halved that of frames whose
// pyramid begins at half their size.
const (
	smallest = 12
	halved   = 96
)

// Between returns the flow from a to b, and that from b to a. Both frames have the same
// size, and any number of channels, of which grey is compared.
func Between(a, b *imgio.Picture) (there, back Field) {
	if a.Width != b.Width || a.Height != b.Height {
		panic(fmt.Sprintf("flow: frames of %d×%d and %d×%d", a.Width, a.Height, b.Width, b.Height))
	}
	first, second := pyramid(a), pyramid(b)
	var wait sync.WaitGroup
	wait.Go(func() { there = estimate(first, second) })
	wait.Go(func() { back = estimate(second, first) })
	wait.Wait()
	return full(there, a), full(back, a)
}

// full enlarges a field to the size of a frame.
func full(f Field, p *imgio.Picture) Field {
	if f.Width == p.Width && f.Height == p.Height {
		return f
	}
	return f.enlarged(p.Width, p.Height)
}

// plane is a grey picture, from 0 to 255.
type plane struct {
	width, height int
	pix           []float32
}

func newPlane(width, height int) plane {
	return plane{width, height, make([]float32, width*height)}
}

// pyramid returns smaller and smaller versions of a frame, the smallest first.
func pyramid(p *imgio.Picture) (levels []plane) {
	at := grey(p)
	if min(at.width, at.height) >= halved {
		at = at.half()
	}
	levels = []plane{at}
	for min(at.width, at.height) >= 2*smallest {
		at = at.half()
		levels = append([]plane{at}, levels...)
	}
	return levels
}

// grey is the mean of the channels, up to three.
func grey(p *imgio.Picture) plane {
	g := newPlane(p.Width, p.Height)
	colours := min(p.Channels, 3)
	scale := 255 / float32(colours)
	for i := range g.pix {
		sum := float32(0)
		for _, v := range p.Pix[i*p.Channels:][:colours] {
			sum += v
		}
		g.pix[i] = scale * sum
	}
	return g
}

// half returns the plane at half the size, rounded up, smoothed by 1 4 6 4 1.
func (p plane) half() plane {
	q := newPlane((p.width+1)/2, (p.height+1)/2)
	across := newPlane(q.width, p.height)
	rows(p.height, func(y int) {
		row := p.pix[y*p.width:][:p.width]
		for x := range q.width {
			at := func(k int) float32 { return row[min(max(2*x+k, 0), p.width-1)] }
			across.pix[y*q.width+x] = (at(-2) + at(2) + 4*(at(-1)+at(1)) + 6*at(0)) / 16
		}
	})
	rows(q.height, func(y int) {
		row := func(k int) []float32 { return across.pix[min(max(2*y+k, 0), p.height-1)*q.width:][:q.width] }
		a, b, c, d, e := row(-2), row(-1), row(0), row(1), row(2)
		for x := range q.width {
			q.pix[y*q.width+x] = (a[x] + e[x] + 4*(b[x]+d[x]) + 6*c[x]) / 16
		}
	})
	return q
}

// estimate returns the flow between the largest planes of two pyramids.
func estimate(a, b []plane) Field {
	f := NewField(a[0].width, a[0].height)
	for i := range a {
		if i > 0 {
			f = f.enlarged(a[i].width, a[i].height)
		}
		refine(f, a[i], b[i])
	}
	return f
}
