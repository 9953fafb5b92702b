package conv

import "easel/internal/engine/cpu/kernel/gemm"

// cursor walks over the output pixels of a task, six at a time, and addresses
// what they sum.
type cursor struct {
	p      *gather
	task   *gatherTask
	n, i   int // the next pixel: picture, row and
	j      int // column of the phase
	inBase int
	out    int
	pixels [gemm.MR]pixel
	// inside: no tap of the six pixels is in the padding.
	inside bool
}

// pixel is an output pixel: where it is, and the input that the first tap meets.
type pixel struct {
	row, column int
	in, out     int // in elements; in counts from a place that may be in the padding
}

func (p *gather) start(t *gatherTask, in, out int) cursor {
	at := t.pixels.from
	c := cursor{p: p, task: t, inBase: in, out: out}
	c.j = at % t.phase.width
	at /= t.phase.width
	c.i, c.n = at%t.phase.height, at/t.phase.height
	return c
}

// take sets pixels to the next m ones; the rest repeat the first.
func (c *cursor) take(m int) {
	p, ph := c.p, c.task.phase
	c.inside = true
	for r := range m {
		row, column := c.i*p.inStep+ph.rows.offset, c.j*p.inStep+ph.columns.offset
		oi, oj := ph.top+c.i*p.outStep, ph.left+c.j*p.outStep
		c.pixels[r] = pixel{
			row, column,
			c.inBase + ((c.n*p.in.height+row)*p.in.width+column)*p.in.stride,
			c.out + ((c.n*p.out.height+oi)*p.out.width+oj)*p.out.stride,
		}
		c.inside = c.inside && row >= 0 && column >= 0 &&
			row+ph.rows.n <= p.in.height && column+ph.columns.n <= p.in.width
		if c.j++; c.j == ph.width {
			c.j = 0
			if c.i++; c.i == ph.height {
				c.i = 0
				c.n++
			}
		}
	}
	for r := m; r < gemm.MR; r++ {
		c.pixels[r] = c.pixels[0]
	}
}

// segments addresses the terms of the six pixels: a segment for each tap, or
// for each row of taps where these lie next to each other. Taps that are in
// the padding for all six are left out.
func (c *cursor) segments(dst []gemm.Segment, terms interval, zero int) []gemm.Segment {
	p, ph := c.p, c.task.phase
	if terms.len() == 0 {
		return dst[:0]
	}
	in, width := p.in.channels, ph.columns.n
	merge := c.inside && p.in.stride == in && (!c.task.inPlace || ph.columns.step == 1)
	tap := terms.from / in
	u, v, channel := tap/width, tap%width, terms.from%in
	count := 0
	for at := terms.from; at < terms.to; {
		n := in - channel
		if merge {
			n += (width - 1 - v) * in
		}
		n = min(n, terms.to-at)
		s := &dst[count]
		if c.address(s, u, v, channel, zero) {
			s.B, s.Length = at-terms.from, n
			if c.task.inPlace {
				s.B = (ph.rows.tap(u)*p.kernelWidth+ph.columns.tap(v))*in + channel
			}
			count++
		}
		at, channel = at+n, 0
		if v++; merge || v == width {
			v, u = 0, u+1
		}
	}
	return dst[:count]
}

// address sets where the rows of a segment begin and tells whether any of them
// is not in the padding.
func (c *cursor) address(s *gemm.Segment, u, v, channel, zero int) bool {
	p := c.p
	shift := (u*p.in.width+v)*p.in.stride + channel
	if c.inside {
		for r := range c.pixels {
			s.A[r] = c.pixels[r].in + shift
		}
		return true
	}
	any := false
	for r := range c.pixels {
		x := &c.pixels[r]
		if uint(x.row+u) < uint(p.in.height) && uint(x.column+v) < uint(p.in.width) {
			s.A[r] = x.in + shift
			any = true
		} else {
			s.A[r] = zero
		}
	}
	return any
}
