package jpeg

// enlarger scales the rows of a plane up to the size of the picture. Along a side that was
// halved it interpolates with weights of ¾ and ¼, which libjpeg calls fancy upsampling.
// Other ratios repeat samples, as in libjpeg.
type enlarger struct {
	*Plane
	hMax, vMax int
	wide, high int // size in samples, without padding
	kind       kind
	out        []uint8
}

type kind int

const (
	same kind = iota
	repeat
	halfAcross
	halfDown
	halfBoth
)

func (m *Image) enlarger(p *Plane) *enlarger {
	e := &enlarger{Plane: p, out: make([]uint8, m.Width)}
	for _, other := range m.Planes {
		e.hMax, e.vMax = max(e.hMax, other.Across), max(e.vMax, other.Down)
	}
	e.wide, e.high = up(m.Width*p.Across, e.hMax), up(m.Height*p.Down, e.vMax)
	sameAcross, sameDown := p.Across == e.hMax, p.Down == e.vMax
	twiceAcross, twiceDown := 2*p.Across == e.hMax, 2*p.Down == e.vMax
	switch {
	case sameAcross && sameDown:
		e.kind = same
	case sameAcross && twiceDown:
		e.kind = halfDown
	case e.wide <= 2: // libjpeg repeats samples if there are so few
		e.kind = repeat
	case twiceAcross && sameDown:
		e.kind = halfAcross
	case twiceAcross && twiceDown:
		e.kind = halfBoth
	default:
		e.kind = repeat
	}
	return e
}

// stored returns row k of the plane, or the row at the edge.
func (e *enlarger) stored(k int) []uint8 {
	return e.Pix[min(max(k, 0), e.high-1)*e.Stride:][:e.wide]
}

// row returns row y of the picture; it is valid until the next call.
func (e *enlarger) row(y int) []uint8 {
	k := y * e.Down / e.vMax
	near := e.stored(k)
	far := k - 1 + 2*(y%2) // the second nearest row if the height was halved
	switch e.kind {
	case same:
		return near
	case halfAcross:
		across(e.out, near)
	case halfDown:
		other, bias := e.stored(far), 1+y%2
		for x, v := range near {
			e.out[x] = uint8((3*int(v) + int(other[x]) + bias) >> 2)
		}
	case halfBoth:
		both(e.out, near, e.stored(far))
	default:
		for x := range e.out {
			e.out[x] = near[x*e.Across/e.hMax]
		}
	}
	return e.out
}

// across doubles the width of a row.
func across(dst, row []uint8) {
	last := len(row) - 1
	before := int(row[0])
	for i, v := range row {
		here, after := int(v), int(row[min(i+1, last)])
		// The first and the last are (3v + v)/4, with the rounding that keeps them.
		put(dst, i, (3*here+before+1)>>2, (3*here+after+2)>>2)
		before = here
	}
}

// both doubles the width of a row that lies between two stored rows.
func both(dst, near, far []uint8) {
	last := len(near) - 1
	far = far[:len(near)]
	here := 3*int(near[0]) + int(far[0])
	before := here
	for i := range near {
		after := here
		if i < last {
			after = 3*int(near[i+1]) + int(far[i+1])
		}
		put(dst, i, (3*here+before+8)>>4, (3*here+after+7)>>4)
		before, here = here, after
	}
}

// put stores two neighbours; the second may lie beyond a row of odd length.
func put(dst []uint8, i, first, second int) {
	dst[2*i] = uint8(first)
	if 2*i+1 < len(dst) {
		dst[2*i+1] = uint8(second)
	}
}
