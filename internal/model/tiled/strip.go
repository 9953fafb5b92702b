package tiled

// strip holds as many rows of a picture as a window is high, over the whole width.
type strip struct {
	values                  []float32
	height, width, channels int
	stride                  int // values per row
}

func newStrip(p *Plan, channels int) *strip {
	s := &strip{height: p.rows.window, width: p.Width, channels: channels, stride: p.Width * channels}
	s.values = make([]float32, s.height*s.stride)
	return s
}

// advance moves down by count rows: it drops the first ones and leaves room for the next.
func (s *strip) advance(count int) { copy(s.values, s.values[count*s.stride:]) }

// read moves to the rows of a row of windows, which begins at top.
func (s *strip) read(source Rows, row, top int, rows axis) error {
	fresh := s.height
	if row > 0 {
		fresh = top - rows.starts[row-1]
		s.advance(fresh)
	}
	for y := s.height - fresh; y < s.height; y++ {
		if err := source.Next(s.values[y*s.stride:][:s.stride]); err != nil {
			return err
		}
	}
	return nil
}

// cut copies the window that begins in column left to dst.
func (s *strip) cut(dst []float32, left, width int) {
	length := width * s.channels
	for y := range s.height {
		copy(dst[y*length:][:length], s.values[y*s.stride+left*s.channels:])
	}
}

// mix adds a window's values, weighted by row and by column.
func (s *strip) mix(values []float32, left int, rows, columns []float32) {
	length := len(columns) * s.channels
	for y, weight := range rows {
		if weight == 0 {
			continue
		}
		src, dst := values[y*length:][:length], s.values[y*s.stride+left*s.channels:][:length]
		for x, w := range columns {
			if w *= weight; w == 0 {
				continue
			}
			for c := x * s.channels; c < (x+1)*s.channels; c++ {
				dst[c] += w * src[c]
			}
		}
	}
}
