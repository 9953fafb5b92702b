package flow

import "easel/internal/file/imgio"

// Field is a flow: pixel (x, y) of one picture is at (x+X, y+Y) in another. X and Y are
// [height, width], in pixels.
type Field struct {
	Width, Height int
	X, Y          []float32
}

// NewField returns a field without motion.
func NewField(width, height int) Field {
	return Field{Width: width, Height: height, X: make([]float32, width*height), Y: make([]float32, width*height)}
}

// enlarged returns the field at a size of which its own is half, rounded up.
func (f Field) enlarged(width, height int) Field {
	g := NewField(width, height)
	rows(height, func(y int) {
		for x := range width {
			at := f.near(float32(x)/2, float32(y)/2)
			i := y*width + x
			g.X[i], g.Y[i] = 2*at.of(f.X), 2*at.of(f.Y)
		}
	})
	return g
}

// cell is a position between four pixels, for bilinear interpolation.
type cell struct {
	i, right, down int // the upper left pixel, and steps to its neighbours
	fx, fy         float32
}

// near returns the cell of a position, which is moved into the picture.
func (f Field) near(x, y float32) cell { return cellOf(x, y, f.Width, f.Height) }

func cellOf(x, y float32, width, height int) cell {
	x = min(max(x, 0), float32(width-1))
	y = min(max(y, 0), float32(height-1))
	left, top := int(x), int(y)
	c := cell{i: top*width + left, fx: x - float32(left), fy: y - float32(top)}
	if left < width-1 {
		c.right = 1
	}
	if top < height-1 {
		c.down = width
	}
	return c
}

// of interpolates values [height, width].
func (c cell) of(v []float32) float32 {
	top := v[c.i] + c.fx*(v[c.i+c.right]-v[c.i])
	low := c.i + c.down
	bottom := v[low] + c.fx*(v[low+c.right]-v[low])
	return top + c.fy*(bottom-top)
}

// Warp returns the picture whose pixel (x, y) is that of p at (x+X, y+Y), by cubic
// interpolation (Catmull and Rom 1974), which keeps detail over many frames better than
// linear does. p has the field's size; positions outside take the nearest pixel.
func (f Field) Warp(p *imgio.Picture) *imgio.Picture {
	q := p.Clone()
	rows(f.Height, func(y int) {
		for x := range f.Width {
			i := y*f.Width + x
			cubic(q.Pix[i*p.Channels:][:p.Channels], p, float32(x)+f.X[i], float32(y)+f.Y[i])
		}
	})
	return q
}

// cubic writes the pixel of p at a position into dst.
func cubic(dst []float32, p *imgio.Picture, x, y float32) {
	x = min(max(x, 0), float32(p.Width-1))
	y = min(max(y, 0), float32(p.Height-1))
	left, top := int(x), int(y)
	across, down := weights(x-float32(left)), weights(y-float32(top))
	var columns [4]int
	for k := range columns {
		columns[k] = min(max(left+k-1, 0), p.Width-1) * p.Channels
	}
	clear(dst)
	for k, wy := range down {
		row := p.Pix[min(max(top+k-1, 0), p.Height-1)*p.Width*p.Channels:]
		for c := range dst {
			dst[c] += wy * (across[0]*row[columns[0]+c] + across[1]*row[columns[1]+c] +
				across[2]*row[columns[2]+c] + across[3]*row[columns[3]+c])
		}
	}
	for c, v := range dst {
		dst[c] = min(max(v, 0), 1)
	}
}

// weights are those of four neighbours at a fraction between the middle two.
func weights(t float32) [4]float32 {
	return [4]float32{
		t * (-0.5 + t*(1-0.5*t)),
		1 + t*t*(-2.5+1.5*t),
		t * (0.5 + t*(2-1.5*t)),
		t * t * (-0.5 + 0.5*t),
	}
}
