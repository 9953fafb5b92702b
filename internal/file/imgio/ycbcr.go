package imgio

import "image"

// Pictures of JPEG and WebP are luma and, mostly, chroma of half the size. Every
// viewer interpolates it with a triangle filter, whose weights are ¾ and ¼ of the
// two nearest samples in each direction: libjpeg calls it fancy upsampling, and so
// does libwebp. Sides that are a quarter are repeated, as libjpeg repeats them.

// chroma brings the two chroma planes of a picture to its size, row by row.
type chroma struct {
	m          *image.YCbCr
	across     int // how many columns and rows a chroma sample stands for
	down       int
	wide, high int
	webp       bool // which rounds in another way
}

func newChroma(m *image.YCbCr) *chroma {
	c := &chroma{m: m, across: 1, down: 1}
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420:
		c.across = 2
	case image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410:
		c.across = 4
	}
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio410:
		c.down = 2
	}
	c.wide, c.high = (m.Rect.Dx()+c.across-1)/c.across, (m.Rect.Dy()+c.down-1)/c.down
	return c
}

// aligned reports that the picture begins with a whole chroma sample, as those
// of decoders do; a part of a picture need not.
func (c *chroma) aligned() bool {
	return c.m.Rect.Min.X%c.across == 0 && c.m.Rect.Min.Y%c.down == 0
}

// rows are the row of a plane that holds most of row y of the picture, and the
// next nearest: the same one where there is none, or none is wanted.
func (c *chroma) rows(plane []uint8, y int) (near, far []uint8) {
	row := func(k int) []uint8 {
		k = min(max(k, 0), c.high-1)
		return plane[k*c.m.CStride:][:c.wide]
	}
	k := y / c.down
	if c.down == 1 || c.across == 4 {
		return row(k), row(k)
	}
	if y%2 == 0 {
		return row(k), row(k - 1)
	}
	return row(k), row(k + 1)
}

// fill writes row y of a plane, as wide as the picture, to dst.
func (c *chroma) fill(dst, plane []uint8, y int) {
	near, far := c.rows(plane, y)
	switch {
	case c.webp:
		spreadWebP(dst, near, far)
	case c.across == 1 && c.down == 1:
		copy(dst, near)
	case c.across == 1:
		bias := 1 + y%2
		for x := range dst {
			dst[x] = uint8((3*int(near[x]) + int(far[x]) + bias) >> 2)
		}
	case c.across == 4 || c.wide <= 2: // libjpeg repeats the narrowest, too
		for x := range dst {
			dst[x] = near[x/c.across]
		}
	case c.down == 1:
		spread(dst, near)
	default:
		spreadBoth(dst, near, far)
	}
}

// spread doubles a row: libjpeg's h2v1_fancy_upsample.
func spread(dst, row []uint8) {
	last := len(row) - 1
	for i, v := range row {
		before, after := (3*int(v)+int(row[max(i-1, 0)])+1)>>2, (3*int(v)+int(row[min(i+1, last)])+2)>>2
		if i == 0 {
			before = int(v)
		}
		if i == last {
			after = int(v)
		}
		put(dst, i, before, after)
	}
}

// spreadBoth doubles a row between two: libjpeg's h2v2_fancy_upsample.
func spreadBoth(dst, near, far []uint8) {
	last := len(near) - 1
	mix := func(i int) int { return 3*int(near[i]) + int(far[i]) }
	before, here := mix(0), mix(0)
	for i := range near {
		after := here
		if i < last {
			after = mix(i + 1)
		}
		put(dst, i, (3*here+before+8)>>4, (3*here+after+7)>>4)
		before, here = here, after
	}
}

// spreadWebP is spreadBoth as libwebp rounds: half way first.
func spreadWebP(dst, near, far []uint8) {
	last := len(near) - 1
	between := func(i, j int) int { // i is the nearer column
		n, m := int(near[i]), int(near[j])
		f, g := int(far[i]), int(far[j])
		if i == j {
			return (3*n + f + 2) >> 2
		}
		diagonal := (n + m + f + g + 8 + 2*(m+f)) >> 3
		return (diagonal + n) >> 1
	}
	for i := range near {
		put(dst, i, between(i, max(i-1, 0)), between(i, min(i+1, last)))
	}
}

// put stores two neighbours; the second may lie beyond a row of odd length.
func put(dst []uint8, i, first, second int) {
	dst[2*i] = uint8(first)
	if 2*i+1 < len(dst) {
		dst[2*i+1] = uint8(second)
	}
}

// fromYCbCr is for the pictures of JPEG and lossy WebP, nearly all that a
// training set has. Alpha, [height, stride], is nil where there is none. Go has
// one kind of YCbCr, with the range of JPEG; x/image/webp says the same and means
// that of video, which a webp of true is for.
func fromYCbCr(m *image.YCbCr, alpha []uint8, stride int, webp bool) *Picture {
	c := newChroma(m)
	if !c.aligned() {
		c = newChroma(alignedCopy(m))
	}
	c.webp = webp
	channels, convert := 3, fromJFIF
	if alpha != nil {
		channels = 4
	}
	if webp {
		convert = fromLimited
	}
	p := withChannels(m.Rect, channels)
	cb, cr := make([]uint8, p.Width), make([]uint8, p.Width)
	for y := range p.Height {
		c.fill(cb, c.m.Cb, y)
		c.fill(cr, c.m.Cr, y)
		row := p.row(y)
		convert(row, c.m.Y[y*c.m.YStride:][:p.Width], cb, cr, channels)
		for x := 0; alpha != nil && x < p.Width; x++ {
			row[4*x+3] = float32(alpha[y*stride+x]) / 255
		}
	}
	return p
}

// alignedCopy is m with chroma of full size, repeated.
func alignedCopy(m *image.YCbCr) *image.YCbCr {
	q := image.NewYCbCr(image.Rect(0, 0, m.Rect.Dx(), m.Rect.Dy()), image.YCbCrSubsampleRatio444)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			i, j := m.YOffset(m.Rect.Min.X+x, m.Rect.Min.Y+y), m.COffset(m.Rect.Min.X+x, m.Rect.Min.Y+y)
			k := y*q.YStride + x
			q.Y[k], q.Cb[k], q.Cr[k] = m.Y[i], m.Cb[j], m.Cr[j]
		}
	}
	return q
}

// fromJFIF converts the full-range YCbCr of JFIF, as libjpeg does: to whole
// numbers, with 16 bits after the point.
func fromJFIF(dst []float32, luma, cb, cr []uint8, step int) {
	const half = 1 << 15
	for x, l := range luma {
		y, u, v := int32(l), int32(cb[x])-128, int32(cr[x])-128
		r := y + (91881*v+half)>>16          // 1.402
		g := y + (-22554*u-46802*v+half)>>16 // 0.344136, 0.714136
		b := y + (116130*u+half)>>16         // 1.772
		pixel := dst[x*step:][:3]
		pixel[0], pixel[1], pixel[2] = unit8(r), unit8(g), unit8(b)
	}
}

// unit8 is a sample of 8 bits as a fraction, clamped.
func unit8(v int32) float32 { return float32(min(max(v, 0), 255)) / 255 }

// fromLimited converts the YCbCr of WebP, where luma has 16 to 235 and chroma 16
// to 240, by BT.601 as libwebp does: with 14 bits after the point, of which 8 are
// cut off before the sum.
func fromLimited(dst []float32, luma, cb, cr []uint8, step int) {
	for x, l := range luma {
		y, u, v := int32(l)*19077>>8, int32(cb[x]), int32(cr[x])
		pixel := dst[x*step:][:3]
		pixel[0] = unit8((y + v*26149>>8 - 14234) >> 6)
		pixel[1] = unit8((y - u*6419>>8 - v*13320>>8 + 8708) >> 6)
		pixel[2] = unit8((y + u*33050>>8 - 17685) >> 6)
	}
}
