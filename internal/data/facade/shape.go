package facade

import "math"

// Everything is measured in picture widths: x to the right and y down from the
// top left corner, 0..1; heights above the wall too.

type box struct{ x0, y0, x1, y1 float32 }

func (b box) width() float32  { return b.x1 - b.x0 }
func (b box) height() float32 { return b.y1 - b.y0 }

func (b box) inset(dx, dy float32) box { return box{b.x0 + dx, b.y0 + dy, b.x1 - dx, b.y1 - dy} }

// part cuts out a part, given in fractions of the width and the height.
func (b box) part(u0, v0, u1, v1 float32) box {
	w, h := b.width(), b.height()
	return box{b.x0 + u0*w, b.y0 + v0*h, b.x0 + u1*w, b.y0 + v1*h}
}

func (b box) contains(x, y float32) bool { return x >= b.x0 && x < b.x1 && y >= b.y0 && y < b.y1 }

// snap moves the edges to whole pixels and keeps at least one pixel each way.
func (b box) snap(size int) box {
	x0, x1 := snapSpan(b.x0, b.x1, size)
	y0, y1 := snapSpan(b.y0, b.y1, size)
	return box{x0, y0, x1, y1}
}

func snapSpan(low, high float32, size int) (float32, float32) {
	s := float32(size)
	a := float32(math.Round(float64(low * s)))
	b := max(a+1, float32(math.Round(float64(high*s))))
	return a / s, b / s
}

// outline is the shape of an element within its box.
type outline uint8

const (
	rectangle outline = iota
	arch              // round head, a semi-ellipse over the upper part
	segment           // flat arch
	gable             // triangle, point upwards
	mansard           // trapezoid, narrower above
)

// inside says whether a point belongs to the outline in the box b.
func (o outline) inside(b box, x, y float32) bool {
	return b.contains(x, y) && o.within(b, x, y)
}

// within is like inside, for a point that is known to be in the box.
func (o outline) within(b box, x, y float32) bool {
	if o == rectangle {
		return true
	}
	u := abs(2*(x-b.x0)/b.width() - 1) // 0 in the middle, 1 at the sides
	v := (y - b.y0) / b.height()
	switch o {
	case arch:
		rise := min(0.5, 0.5*b.width()/b.height())
		return v >= rise || u*u+(1-v/rise)*(1-v/rise) <= 1
	case segment:
		return v >= 0.16*b.width()/b.height()*u*u
	case gable:
		return u <= v
	case mansard:
		return u <= 1-0.12*(1-v)
	}
	return true
}

// sample is what a painter says about a point: its colour, and how much of it
// does not depend on the light that falls there (the sky, reflections, lamps).
type sample struct {
	rgb
	own float32
}

type painter func(x, y float32) sample

// element is a part of the façade.
type element struct {
	class   class
	box     box
	outline outline
	height  float32 // above the wall; below zero is recessed
	paint   painter
	// solid, if not nil, says where a railing has bars. The label covers the
	// whole outline, the photograph shows what is behind.
	solid func(x, y float32) bool
}
