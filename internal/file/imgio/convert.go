package imgio

import (
	"errors"
	"fmt"
)

// Weights of red, green and blue in the luma of ITU-R BT.601: what "grey" means in PIL,
// OpenCV and JPEG.
const (
	lumaRed   = 0.299
	lumaGreen = 0.587
	lumaBlue  = 0.114
)

// Clone returns a copy that shares no memory with p.
func (p *Picture) Clone() *Picture {
	q := *p
	q.Pix = append([]float32(nil), p.Pix...)
	return &q
}

// like returns a black picture of another shape with the depth and range of p. If the
// number of channels stays the same, so does Alpha.
func (p *Picture) like(width, height, channels int) *Picture {
	q := New(width, height, channels)
	q.Depth, q.Range, q.Alpha = p.Depth, p.Range, p.Alpha && channels == p.Channels
	return q
}

// row returns row y, [width, channels].
func (p *Picture) row(y int) []float32 {
	n := p.Width * p.Channels
	return p.Pix[y*n : (y+1)*n]
}

// Convert is As by the number of channels: 1 is luma, 3 is RGB, both with alpha laid on white,
// and 4 is RGBA, unless p has four channels without alpha. Any other number must be that of
// p. The result may be p itself.
func (p *Picture) Convert(channels int) (*Picture, error) {
	if channels == p.Channels {
		return p, nil
	}
	if channels < 1 {
		return nil, fmt.Errorf("cannot convert to %d channels", channels)
	}
	return p.As(Shape{Channels: channels, Alpha: channels == 4})
}

// convertColours fills dst from src: as many samples, or one and three.
func convertColours(dst, src []float32) {
	switch {
	case len(dst) == len(src):
		copy(dst, src)
	case len(dst) == 1:
		dst[0] = luma(src)
	default:
		dst[0], dst[1], dst[2] = src[0], src[0], src[0]
	}
}

func luma(rgb []float32) float32 {
	return float32(lumaRed*float64(rgb[0]) + lumaGreen*float64(rgb[1]) + lumaBlue*float64(rgb[2]))
}

// Concat joins the channels of pictures of equal size, to make a side with many channels.
// The result has the largest depth, and the range of the pictures if they share one. No
// channel is marked as alpha: for pictures with alpha, call As first.
func Concat(pics ...*Picture) (*Picture, error) {
	if len(pics) == 0 {
		return nil, errors.New("concatenate channels: no pictures")
	}
	first, channels, depth, numbers := pics[0], 0, 0, pics[0].Range
	for i, p := range pics {
		if p.Width != first.Width || p.Height != first.Height {
			return nil, fmt.Errorf("concatenate channels: picture %d is %d×%d, the first is %d×%d",
				i+1, p.Width, p.Height, first.Width, first.Height)
		}
		channels += p.Channels
		depth = max(depth, p.Depth)
		if p.Range != numbers {
			numbers = Range{}
		}
	}
	q := New(first.Width, first.Height, channels)
	q.Depth, q.Range = depth, numbers
	offset := 0
	for _, p := range pics {
		for i := range p.Width * p.Height {
			copy(q.Pix[i*channels+offset:], p.Pix[i*p.Channels:][:p.Channels])
		}
		offset += p.Channels
	}
	return q, nil
}

// Select returns count channels of p, from channel first on: the inverse of Concat. Alpha
// stays alpha only if all channels stay.
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
