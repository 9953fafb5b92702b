package imgio

import (
	"fmt"

	"easel/internal/base/hint"
)

// decode reads the pixels of one page. The numbers of want become 0 and 1; the zero Range
// stands for that of the page's type. Outside is the fraction of samples that it clamped.
func (p *tiffPage) decode(want Range) (q *Picture, outside float64, err error) {
	if p.depth() == 8 {
		want = Range{}
	}
	if p.plain() {
		return p.raw(want)
	}
	raw, _, err := p.raw(Range{})
	if err != nil {
		return nil, 0, err
	}
	q = p.colours(raw)
	q.Alpha = p.alpha
	if want == (Range{}) {
		return q, 0, nil
	}
	q, outside = q.InRange(want)
	return q, outside, nil
}

// plain reports whether the stored numbers are the samples of a picture as they are.
func (p *tiffPage) plain() bool {
	return (p.photometric == photometricBlackIsZero || p.photometric == photometricRGB || p.photometric == photometricYCbCr) && !p.premultiplied
}

// raw returns the stored numbers, with a channel for each sample of a pixel.
func (p *tiffPage) raw(want Range) (raw *Picture, outside float64, err error) {
	offsets, counts, err := p.blocks()
	if err != nil {
		return nil, 0, err
	}
	raw = p.blank(p.height, want)
	s := p.scale(want)
	i := 0
	for plane := range p.planes() {
		for y := 0; y < p.height; y += p.blockRows {
			for x := 0; x < p.width; x += p.blockWidth {
				block, err := p.block(offsets[i], counts[i], y)
				if err != nil {
					return nil, 0, fmt.Errorf("tile or strip %d: %w", i+1, err)
				}
				p.place(raw, block, x, y, plane, &s)
				i++
			}
		}
	}
	if err := p.checkFloats(want, &s); err != nil {
		return nil, 0, err
	}
	return raw, float64(s.outside) / float64(len(raw.Pix)), nil
}

// planes returns how many planes the samples are stored in.
func (p *tiffPage) planes() int {
	if p.planar {
		return p.samples
	}
	return 1
}

// blank returns n black rows of the page, with a channel for each sample of a pixel.
func (p *tiffPage) blank(rows int, want Range) *Picture {
	raw := New(p.width, rows, p.samples)
	raw.Depth, raw.Alpha = p.depth(), p.alpha && p.plain()
	if raw.Range = want; want == (Range{}) && p.natural().Low < 0 || p.bits == 32 && p.format != samplesFloat && want == (Range{}) {
		raw.Range = p.natural()
	}
	return raw
}

// scale returns how stored numbers become 0..1.
func (p *tiffPage) scale(want Range) scaled {
	if want == (Range{}) {
		want = p.natural()
	}
	s := scaled{natural: p.natural(), want: want}
	if p.bits == 8 && p.format == samplesUnsigned { // most files; their range is always that of the type
		s.bytes = new([256]float32)
		for v := range s.bytes {
			s.bytes[v], _ = s.want.fraction(float64(v))
		}
	}
	return s
}

// checkFloats refuses floating-point samples outside of 0 to 1 if no range was given.
func (p *tiffPage) checkFloats(want Range, s *scaled) error {
	if p.format == samplesFloat && want == (Range{}) && s.outside > 0 {
		return hint.New(fmt.Errorf("samples are floating point from %g to %g, expected 0 to 1", s.least, s.most), "give their range with {range}, such as 0:1000")
	}
	return nil
}

// scaled converts stored numbers to 0..1 and records their extremes.
type scaled struct {
	natural, want Range
	bytes         *[256]float32 // lookup table for unsigned bytes; nil for other types
	outside       int64
	least, most   float64
}

func (s *scaled) sample(v float64) float32 {
	if s.outside == 0 && s.least == 0 && s.most == 0 {
		s.least, s.most = v, v
	}
	s.least, s.most = min(s.least, v), max(s.most, v)
	f, out := s.want.fraction(v)
	if out {
		s.outside++
	}
	return f
}

// place copies a block into the picture; what extends beyond its edge is padding.
func (p *tiffPage) place(raw *Picture, block []byte, x, y, plane int, s *scaled) {
	rowBytes := int(p.rowBytes())
	for i := 0; i < p.blockRows && y+i < raw.Height; i++ {
		p.placeRow(raw.row(y + i)[x*p.samples:], block[i*rowBytes:][:rowBytes], min(p.blockWidth, p.width-x), plane, s)
	}
}

// placeRow copies pixels of one row of a block.
func (p *tiffPage) placeRow(dst []float32, src []byte, pixels, plane int, s *scaled) {
	interleaved := p.interleaved()
	for j := range pixels {
		if s.bytes != nil {
			for c, v := range src[j*interleaved:][:interleaved] {
				dst[j*p.samples+plane+c] = s.bytes[v]
			}
			continue
		}
		for c := range interleaved {
			v := p.number(src, j*interleaved+c)
			if at := plane + c; p.alpha && at == p.samples-1 {
				f, _ := Range{0, s.natural.High}.fraction(v)
				dst[j*p.samples+at] = f
			} else {
				dst[j*p.samples+at] = s.sample(v)
			}
		}
	}
}

// colours converts stored numbers to grey, RGB or whatever the channels are.
func (p *tiffPage) colours(raw *Picture) *Picture {
	switch {
	case p.photometric == photometricPalette:
		return p.lookUp(raw)
	case p.photometric == photometricCMYK:
		return fromCMYK(raw)
	}
	if p.photometric == photometricWhiteIsZero {
		for i := range raw.Pix {
			if alpha := p.alpha && i%p.samples == p.samples-1; !alpha {
				raw.Pix[i] = 1 - raw.Pix[i]
			}
		}
	}
	if p.premultiplied {
		for i := 0; i < len(raw.Pix); i += p.samples {
			unmultiply(raw.Pix[i:][:p.samples])
		}
	}
	return raw
}

// lookUp replaces indices by colours. The palette lists all reds first, in 16 bits.
func (p *tiffPage) lookUp(raw *Picture) *Picture {
	n := len(p.palette) / 3
	q := New(raw.Width, raw.Height, 3)
	for i, v := range raw.Pix {
		index := int(quantise(v, float64(n-1)))
		for c := range 3 {
			// Palettes of 8-bit pictures hold v·257 or v·256; the high byte is v.
			q.Pix[3*i+c] = float32(p.palette[c*n+index]>>8&0xff) / 255
		}
	}
	return q
}

// fromCMYK converts cyan, magenta, yellow and black to RGB without a profile.
func fromCMYK(raw *Picture) *Picture {
	q := raw.like(raw.Width, raw.Height, 3)
	for i := range raw.Width * raw.Height {
		for c := range 3 {
			q.Pix[3*i+c] = (1 - raw.Pix[4*i+c]) * (1 - raw.Pix[4*i+3])
		}
	}
	return q
}

// unmultiply divides the colours of a pixel by its last sample, the alpha.
func unmultiply(pixel []float32) {
	alpha := pixel[len(pixel)-1]
	for c := range pixel[:len(pixel)-1] {
		if alpha > 0 {
			pixel[c] = min(pixel[c]/alpha, 1)
		} else {
			pixel[c] = 0
		}
	}
}
