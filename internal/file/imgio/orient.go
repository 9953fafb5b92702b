package imgio

// orientation is the value of the EXIF and TIFF tag 0x0112: how to turn or mirror the
// stored picture for viewing (EXIF 2.32 §4.6.4).
type orientation int

const (
	orientNormal     orientation = 1
	orientMirrored   orientation = 2 // left and right exchanged
	orientTurned     orientation = 3 // by 180°
	orientFlipped    orientation = 4 // top and bottom exchanged
	orientTransposed orientation = 5 // rows are columns
	orientClockwise  orientation = 6 // to be turned by 90° clockwise
	orientAntiTrans  orientation = 7 // transposed along the other diagonal
	orientCounter    orientation = 8 // to be turned by 90° anticlockwise
)

// orient returns p as a viewer should see it, which may be p itself. Values outside of the
// standard count as normal, as in other readers.
func orient(p *Picture, o orientation) *Picture {
	if o <= orientNormal || o > orientCounter {
		return p
	}
	w, h := p.Width, p.Height
	if o >= orientTransposed {
		w, h = h, w
	}
	q := p.like(w, h, p.Channels)
	for y := range h {
		dst := q.row(y)
		for x := range w {
			sx, sy := o.source(x, y, p.Width, p.Height)
			copy(dst[x*p.Channels:][:p.Channels], p.row(sy)[sx*p.Channels:])
		}
	}
	return q
}

// source returns which pixel of a stored picture of w×h is shown in column x of row y.
func (o orientation) source(x, y, w, h int) (int, int) {
	switch o {
	case orientMirrored:
		return w - 1 - x, y
	case orientTurned:
		return w - 1 - x, h - 1 - y
	case orientFlipped:
		return x, h - 1 - y
	case orientTransposed:
		return y, x
	case orientClockwise:
		return y, h - 1 - x
	case orientAntiTrans:
		return w - 1 - y, h - 1 - x
	case orientCounter:
		return w - 1 - y, x
	default:
		return x, y
	}
}
