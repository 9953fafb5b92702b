package imgio

import (
	"errors"
	"fmt"
)

// Weights of red, green and blue in the luma of ITU-R BT.601, which is what
// "grey" means in PIL, OpenCV and JPEG.
const (
	lumaRed   = 0.299
	lumaGreen = 0.587
	lumaBlue  = 0.114
)

// Clone returns a copy that shares nothing with p.
func (p *Picture) Clone() *Picture {
	q := *p
	q.Pix = append([]float32(nil), p.Pix...)
	return &q
}

// like returns a black picture with the depth of p and another shape.
func (p *Picture) like(width, height, channels int) *Picture {
	q := New(width, height, channels)
	q.Depth = p.Depth
	return q
}

// row returns row y, [width, channels].
func (p *Picture) row(y int) []float32 {
	n := p.Width * p.Channels
	return p.Pix[y*n : (y+1)*n]
}

// Convert returns p with the given number of channels: 1 is the luma of BT.601
// (alpha is dropped), 3 is RGB (grey is repeated, alpha is dropped), 4 is RGBA
// (alpha 1 where there was none). Any other number must be the one that p has.
// The result may be p itself.
func (p *Picture) Convert(channels int) (*Picture, error) {
	if channels == p.Channels {
		return p, nil
	}
	if p.Channels > 4 || channels < 1 || channels == 2 || channels > 4 {
		return nil, fmt.Errorf(
			"cannot turn %d channels into %d: only grey, grey+alpha, RGB and RGBA convert into each other; "+
				"give the number of channels that the files have", p.Channels, channels)
	}
	q := p.like(p.Width, p.Height, channels)
	for i := range p.Width * p.Height {
		convertPixel(q.Pix[i*channels:][:channels], p.Pix[i*p.Channels:][:p.Channels])
	}
	return q, nil
}

// convertPixel fills dst (1, 3 or 4 samples) from src (1 to 4 samples).
func convertPixel(dst, src []float32) {
	r, g, b, alpha := src[0], src[0], src[0], float32(1)
	if len(src) >= 3 {
		g, b = src[1], src[2]
	}
	if len(src)%2 == 0 {
		alpha = src[len(src)-1]
	}
	if len(dst) == 1 {
		if dst[0] = r; len(src) >= 3 {
			dst[0] = float32(lumaRed*float64(r) + lumaGreen*float64(g) + lumaBlue*float64(b))
		}
		return
	}
	dst[0], dst[1], dst[2] = r, g, b
	if len(dst) == 4 {
		dst[3] = alpha
	}
}

// Concat puts the channels of pictures of one size one after the other: it
// makes the one picture with many channels that a side of a pair is. The depth
// is the largest.
func Concat(pics ...*Picture) (*Picture, error) {
	if len(pics) == 0 {
		return nil, errors.New("concatenate channels: no pictures")
	}
	first, channels, depth := pics[0], 0, 0
	for i, p := range pics {
		if p.Width != first.Width || p.Height != first.Height {
			return nil, fmt.Errorf("concatenate channels: picture %d is %d×%d, the first is %d×%d",
				i+1, p.Width, p.Height, first.Width, first.Height)
		}
		channels += p.Channels
		depth = max(depth, p.Depth)
	}
	q := New(first.Width, first.Height, channels)
	q.Depth = depth
	offset := 0
	for _, p := range pics {
		for i := range p.Width * p.Height {
			copy(q.Pix[i*channels+offset:], p.Pix[i*p.Channels:][:p.Channels])
		}
		offset += p.Channels
	}
	return q, nil
}

// Select returns count channels of p, from channel first on: the inverse of
// Concat.
func (p *Picture) Select(first, count int) *Picture {
	if first < 0 || count < 1 || first+count > p.Channels {
		panic(fmt.Sprintf("imgio: channels %d to %d of %d", first, first+count-1, p.Channels))
	}
	q := p.like(p.Width, p.Height, count)
	for i := range p.Width * p.Height {
		copy(q.Pix[i*count:][:count], p.Pix[i*p.Channels+first:])
	}
	return q
}
