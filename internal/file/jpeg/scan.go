package jpeg

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// scan is one pass over the blocks of some components, or of one.
type scan struct {
	d     *decoder
	bits  bits
	parts []part
	// Progressive files only (T.81 annex G): the range of coefficients and of their bits.
	first, last int
	high, low   int
	run         int // blocks left without further data
}

// part is a component in a scan.
type part struct {
	*component
	dc, ac    *huffman
	predicted int32
}

// scan reads a scan header (T.81 B.2.3) and its data.
func (d *decoder) scan(b []byte) error {
	if d.components == nil {
		return errors.New("a scan comes before the frame header")
	}
	if len(b) < 1 || len(b) != 4+2*int(b[0]) || b[0] < 1 || b[0] > 4 {
		return errors.New("a scan header has the wrong length")
	}
	n := int(b[0])
	s := &scan{d: d, last: 63}
	if d.progressive {
		e := b[1+2*n:]
		s.first, s.last, s.high, s.low = int(e[0]), int(e[1]), int(e[2]>>4), int(e[2]&15)
		if s.first > s.last || s.last > 63 || s.low > 13 || s.high > 13 || s.first == 0 && s.last != 0 || s.first > 0 && n > 1 {
			return errors.New("a scan has an invalid range of coefficients")
		}
	}
	blocks := 0
	for i := range n {
		c, err := d.begin(b[1+2*i])
		if err != nil {
			return err
		}
		for _, other := range s.parts {
			if other.component == c {
				return errors.New("a scan has a component twice")
			}
		}
		dc, ac := b[2+2*i]>>4, b[2+2*i]&15
		if dc > 3 || ac > 3 {
			return errors.New("a scan names a Huffman table out of range")
		}
		p := part{component: c, dc: d.dc[dc], ac: d.ac[ac]}
		if s.first == 0 && s.high == 0 && p.dc == nil || s.last > 0 && p.ac == nil {
			return errors.New("a scan names a missing Huffman table")
		}
		s.parts = append(s.parts, p)
		blocks += c.h * c.v
	}
	if n > 1 && blocks > 10 { // T.81 B.2.3
		return fmt.Errorf("a scan has %d blocks per MCU, expected at most 10", blocks)
	}
	return s.blocks()
}

// begin returns the component with an identifier; its first scan allocates its memory.
func (d *decoder) begin(id byte) (*component, error) {
	for i := range d.components {
		c := &d.components[i]
		if c.id != int(id) {
			continue
		}
		if !c.begun {
			if d.quant[c.table] == nil {
				return nil, fmt.Errorf("quantisation table %d is missing", c.table)
			}
			d.measure(c)
			c.begun, c.quant = true, d.quant[c.table]
			c.plane = make([]uint8, 64*c.across*c.down)
			if d.progressive {
				c.coefficients = make([]int16, 64*c.across*c.down)
			}
		}
		return c, nil
	}
	return nil, fmt.Errorf("a scan names the component %d, which is not in the frame", id)
}

// blocks decodes all blocks of the scan: by MCU, or, for a single component, only the
// blocks within the picture.
func (s *scan) blocks() error {
	d := s.d
	s.bits = bits{data: d.data, pos: d.pos}
	wide, high := up(d.width, 8*d.hMax), up(d.height, 8*d.vMax)
	if len(s.parts) == 1 {
		wide, high = s.parts[0].wide, s.parts[0].high
	}
	done := 0
	for y := range high {
		for x := range wide {
			if d.restart > 0 && done > 0 && done%d.restart == 0 {
				if err := s.again(done/d.restart - 1); err != nil {
					return err
				}
			}
			if err := s.unit(x, y); err != nil {
				return err
			}
			done++
		}
		if s.bits.spent() {
			return s.cut()
		}
	}
	d.pos = s.bits.pos
	return nil
}

// cut is the error of a scan that ends before its blocks do.
func (s *scan) cut() error {
	if s.bits.pos+1 >= len(s.bits.data) {
		return io.ErrUnexpectedEOF
	}
	return errors.New("the data end before the picture")
}

// again continues after restart marker n (T.81 E.2.4).
func (s *scan) again(n int) error {
	if s.bits.spent() {
		return s.cut()
	}
	at := bytes.Index(s.bits.data[s.bits.pos:], []byte{0xff, byte(firstRestart + n%8)})
	if at < 0 {
		return io.ErrUnexpectedEOF
	}
	s.bits.skip(s.bits.pos + at + 2)
	s.run = 0
	for i := range s.parts {
		s.parts[i].predicted = 0
	}
	return nil
}

// unit decodes an MCU, or a single block in a scan of one component.
func (s *scan) unit(x, y int) error {
	if len(s.parts) == 1 {
		return s.block(&s.parts[0], x, y)
	}
	for i := range s.parts {
		p := &s.parts[i]
		for v := range p.v {
			for h := range p.h {
				if err := s.block(p, x*p.h+h, y*p.v+v); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func (s *scan) block(p *part, x, y int) error {
	if s.d.progressive {
		return s.refine(p, (*[64]int16)(p.coefficients[64*(y*p.across+x):]))
	}
	var c [64]int16
	last, err := s.whole(p, &c)
	if err != nil {
		return err
	}
	stride := 8 * p.across
	inverse(p.plane[8*(y*stride+x):], stride, &c, p.quant, last)
	return nil
}

// whole decodes a block of a sequential file (T.81 F.2.2) and returns the index of its last
// coefficient.
func (s *scan) whole(p *part, c *[64]int16) (last int, err error) {
	b := &s.bits
	size, err := b.symbol(p.dc)
	if err != nil {
		return 0, err
	}
	if size > 0 {
		p.predicted += b.signed(size)
	}
	c[0] = int16(p.predicted)
	for k := 1; k < 64; k++ {
		v, err := b.symbol(p.ac)
		if err != nil {
			return 0, err
		}
		zeros, size := v>>4, v&15
		if size == 0 {
			if zeros < 15 {
				break
			}
			k += 15
			continue
		}
		k += zeros
		if k > 63 {
			return 0, errBeyond
		}
		c[natural[k&63]] = int16(b.signed(size))
		last = k
	}
	return last, nil
}

var errBeyond = errors.New("a block has more than 64 coefficients")
