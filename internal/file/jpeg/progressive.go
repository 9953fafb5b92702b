package jpeg

// refine adds the coefficients of a progressive scan to a block (T.81 annex G).
func (s *scan) refine(p *part, c *[64]int16) error {
	switch {
	case s.first > 0 && s.high == 0:
		return s.firstAC(p, c)
	case s.first > 0:
		return s.nextAC(p, c)
	case s.high == 0:
		size, err := s.bits.symbol(p.dc)
		if err != nil {
			return err
		}
		if size > 0 {
			p.predicted += s.bits.signed(size)
		}
		c[0] = int16(p.predicted << s.low)
	default:
		c[0] |= int16(s.bits.read(1) << s.low)
	}
	return nil
}

// firstAC decodes the upper bits of coefficients.
func (s *scan) firstAC(p *part, c *[64]int16) error {
	if s.run > 0 {
		s.run--
		return nil
	}
	for k := s.first; k <= s.last; k++ {
		v, err := s.bits.symbol(p.ac)
		if err != nil {
			return err
		}
		zeros, size := v>>4, v&15
		if size == 0 {
			if zeros < 15 {
				s.run = s.runOf(zeros) - 1
				return nil
			}
			k += 15
			continue
		}
		k += zeros
		if k > s.last {
			return errBeyond
		}
		c[natural[k]] = int16(s.bits.signed(size) << s.low)
	}
	return nil
}

// runOf returns for how many blocks, including this one, the scan has no more data.
func (s *scan) runOf(size int) int { return 1<<size + int(s.bits.read(size)) }

// nextAC decodes one more bit of coefficients: of every nonzero one that it passes, and of
// one that now becomes plus or minus one.
func (s *scan) nextAC(p *part, c *[64]int16) error {
	k := s.first
	for s.run == 0 && k <= s.last {
		v, err := s.bits.symbol(p.ac)
		if err != nil {
			return err
		}
		zeros, size := v>>4, v&15
		var fresh int16
		switch {
		case size == 1:
			fresh = -1 << s.low
			if s.bits.read(1) == 1 {
				fresh = 1 << s.low
			}
		case size > 1:
			return errBeyond
		case zeros < 15:
			s.run = s.runOf(zeros)
			continue
		}
		k = s.pass(c, k, zeros)
		if fresh != 0 {
			if k > s.last {
				return errBeyond
			}
			c[natural[k]] = fresh
		}
		k++
	}
	if s.run > 0 {
		s.pass(c, k, 64)
		s.run--
	}
	return nil
}

// pass refines nonzero coefficients from k on. It skips that many zero ones, and returns
// the index of the next zero coefficient.
func (s *scan) pass(c *[64]int16, k, zeros int) int {
	for ; k <= s.last; k++ {
		v := &c[natural[k]]
		if *v == 0 {
			if zeros == 0 {
				break
			}
			zeros--
			continue
		}
		if s.bits.read(1) == 1 {
			if *v > 0 {
				*v += 1 << s.low
			} else {
				*v -= 1 << s.low
			}
		}
	}
	return k
}

// transform computes the samples of a progressive component, once the last scan has
// completed its coefficients.
func (d *decoder) transform(c *component) {
	stride := 8 * c.across
	for y := range c.high {
		for x := range c.wide {
			block := (*[64]int16)(c.coefficients[64*(y*c.across+x):])
			inverse(c.plane[8*(y*stride+x):], stride, block, c.quant, 63)
		}
	}
}
