package imgio

import (
	"image"

	"easel/internal/file/jpeg"
)

// fromYCbCr is for pictures that the standard library's decoder of JPEG gave to
// somebody: they look as in a file that is read here.
func fromYCbCr(m *image.YCbCr) *Picture {
	p := New(m.Rect.Dx(), m.Rect.Dy(), 3)
	jpeg.FromYCbCr(m).EachRow(func(y int, row []uint8) { fractions(p.row(y), row) })
	return p
}

// withAlphaOf is an RGB picture with alpha, [height, stride], of 8 bits.
func (p *Picture) withAlphaOf(alpha []uint8, stride int) *Picture {
	q := p.like(p.Width, p.Height, 4)
	q.Alpha = true
	for y := range p.Height {
		src, dst := p.row(y), q.row(y)
		for x := range p.Width {
			copy(dst[4*x:], src[3*x:][:3])
			dst[4*x+3] = float32(alpha[y*stride+x]) / 255
		}
	}
	return q
}

// fractions writes samples of 8 bits as fractions.
func fractions(dst []float32, row []uint8) {
	dst = dst[:len(row)]
	for i, v := range row {
		dst[i] = float32(v) / 255
	}
}

// fromWebP is for lossy WebP: chroma of half the size, and the range of video,
// whatever image.YCbCr says.
func fromWebP(m *image.YCbCr) *Picture {
	p := New(m.Rect.Dx(), m.Rect.Dy(), 3)
	cb, cr := make([]uint8, p.Width), make([]uint8, p.Width)
	for y := range p.Height {
		enlargeWebP(cb, m.Cb, m.CStride, y, p.Height)
		enlargeWebP(cr, m.Cr, m.CStride, y, p.Height)
		fromLimited(p.row(y), m.Y[y*m.YStride:][:p.Width], cb, cr)
	}
	return p
}

// enlargeWebP writes row y of a picture whose chroma is plane: between the row that
// holds most of it and the next nearest, with weights of ¾ and ¼ in each direction,
// rounded half way first, as libwebp does.
func enlargeWebP(dst, plane []uint8, stride, y, height int) {
	wide, last := (len(dst)+1)/2, (height-1)/2
	row := func(k int) []uint8 { return plane[min(max(k, 0), last)*stride:][:wide] }
	near, far := row(y/2), row(y/2-1+2*(y%2))
	between := func(i, j int) uint8 { // i is the nearer column
		n, m := int(near[i]), int(near[j])
		f, g := int(far[i]), int(far[j])
		if i == j {
			return uint8((3*n + f + 2) >> 2)
		}
		diagonal := (n + m + f + g + 8 + 2*(m+f)) >> 3
		return uint8((diagonal + n) >> 1)
	}
	for x := range dst {
		i := x / 2
		dst[x] = between(i, min(max(i-1+2*(x%2), 0), wide-1))
	}
}

// fromLimited converts the YCbCr of WebP, where luma has 16 to 235 and chroma 16
// to 240, by BT.601 as libwebp does: with 14 bits after the point, of which 8 are
// cut off before the sum.
func fromLimited(dst []float32, luma, cb, cr []uint8) {
	for x, l := range luma {
		y, u, v := int32(l)*19077>>8, int32(cb[x]), int32(cr[x])
		pixel := dst[3*x:][:3]
		pixel[0] = unit8((y + v*26149>>8 - 14234) >> 6)
		pixel[1] = unit8((y - u*6419>>8 - v*13320>>8 + 8708) >> 6)
		pixel[2] = unit8((y + u*33050>>8 - 17685) >> 6)
	}
}

// unit8 is a sample of 8 bits as a fraction, clamped.
func unit8(v int32) float32 { return float32(min(max(v, 0), 255)) / 255 }
