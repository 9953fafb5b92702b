package imgio

import (
	"fmt"
	"image"
	"image/color"
	"math"
)

// FromImage converts an image of the standard library: 1 channel for grey kinds; 4 for kinds
// with alpha, not premultiplied; 3 for the rest, and for premultiplied kinds whose pixels are
// all opaque. The depth is that of the kind. It panics if the image has no pixels.
func FromImage(img image.Image) *Picture {
	b := img.Bounds()
	switch m := img.(type) {
	case *image.Gray:
		p := New(b.Dx(), b.Dy(), 1)
		p.fill8(m.Pix, m.PixOffset(b.Min.X, b.Min.Y), m.Stride, 1)
		return p
	case *image.Gray16:
		p := New(b.Dx(), b.Dy(), 1)
		p.fill16(m.Pix, m.PixOffset(b.Min.X, b.Min.Y), m.Stride, 1)
		return p
	case *image.NRGBA:
		p := withChannels(b, 4)
		p.fill8(m.Pix, m.PixOffset(b.Min.X, b.Min.Y), m.Stride, 4)
		return p
	case *image.NRGBA64:
		p := withChannels(b, 4)
		p.fill16(m.Pix, m.PixOffset(b.Min.X, b.Min.Y), m.Stride, 4)
		return p
	case *image.RGBA:
		p := withChannels(b, premultipliedChannels(m))
		p.fill8(m.Pix, m.PixOffset(b.Min.X, b.Min.Y), m.Stride, 4)
		return p.unmultiplied()
	case *image.RGBA64:
		p := withChannels(b, premultipliedChannels(m))
		p.fill16(m.Pix, m.PixOffset(b.Min.X, b.Min.Y), m.Stride, 4)
		return p.unmultiplied()
	case *image.Paletted:
		return fromPalette(m)
	case *image.YCbCr:
		return fromYCbCr(m)
	case *image.NYCbCrA:
		return fromYCbCr(&m.YCbCr).withAlphaOf(m.A[m.AOffset(b.Min.X, b.Min.Y):], m.AStride)
	}
	return fromColours(img)
}

// withChannels makes a picture of the size of b; a fourth channel is alpha.
func withChannels(b image.Rectangle, channels int) *Picture {
	p := New(b.Dx(), b.Dy(), channels)
	p.Alpha = channels == 4
	return p
}

func premultipliedChannels(m interface{ Opaque() bool }) int {
	if m.Opaque() {
		return 3
	}
	return 4
}

// fill8 copies 8-bit samples. Rows begin at offset and are stride bytes apart. A pixel has
// stored samples, of which the first p.Channels are used.
func (p *Picture) fill8(pix []uint8, offset, stride, stored int) {
	for y := range p.Height {
		src, dst := pix[offset+y*stride:], p.row(y)
		for x := range p.Width {
			for c := range p.Channels {
				dst[x*p.Channels+c] = float32(src[x*stored+c]) / 255
			}
		}
	}
}

// fill16 is fill8 for 16-bit samples, high byte first, and sets the depth.
func (p *Picture) fill16(pix []uint8, offset, stride, stored int) {
	p.Depth = 16
	for y := range p.Height {
		src, dst := pix[offset+y*stride:], p.row(y)
		for x := range p.Width {
			for c := range p.Channels {
				i := 2 * (x*stored + c)
				dst[x*p.Channels+c] = float32(uint16(src[i])<<8|uint16(src[i+1])) / 65535
			}
		}
	}
}

// unmultiplied divides by alpha, in place, if there is alpha.
func (p *Picture) unmultiplied() *Picture {
	if p.Channels == 4 {
		for i := 0; i < len(p.Pix); i += 4 {
			unmultiply(p.Pix[i:][:4])
		}
	}
	return p
}

// fromPalette converts a picture with a palette. The result has alpha if the palette does,
// whatever its pixels use.
func fromPalette(m *image.Paletted) *Picture {
	b, channels := m.Bounds(), 3
	colours := make([][4]float32, len(m.Palette))
	for i, c := range m.Palette {
		n := color.NRGBAModel.Convert(c).(color.NRGBA)
		colours[i] = [4]float32{float32(n.R) / 255, float32(n.G) / 255, float32(n.B) / 255, float32(n.A) / 255}
		if n.A != 255 {
			channels = 4
		}
	}
	p := withChannels(b, channels)
	for y := range p.Height {
		src, dst := m.Pix[m.PixOffset(b.Min.X, b.Min.Y+y):], p.row(y)
		for x := range p.Width {
			copy(dst[x*channels:][:channels], colours[src[x]][:])
		}
	}
	return p
}

// fromColours converts all other kinds, pixel by pixel. JPEG and WebP have 8 bits; the
// depth of other kinds is unknown and assumed to be 16.
func fromColours(img image.Image) *Picture {
	channels, depth := 4, 16
	switch m := img.(type) {
	case *image.CMYK:
		channels, depth = 3, 8
	case interface{ Opaque() bool }:
		channels = premultipliedChannels(m)
	}
	b := img.Bounds()
	p := withChannels(b, channels)
	p.Depth = depth
	for y := range p.Height {
		dst := p.row(y)
		for x := range p.Width {
			c := colour(img, b.Min.X+x, b.Min.Y+y)
			copy(dst[x*channels:][:channels], c[:])
		}
	}
	return p
}

// colour returns the red, green, blue and alpha of a pixel, not premultiplied.
func colour(img image.Image, x, y int) [4]float32 {
	var r, g, b uint8
	switch m := img.(type) {
	case *image.CMYK:
		c := m.CMYKAt(x, y)
		r, g, b = color.CMYKToRGB(c.C, c.M, c.Y, c.K)
	default:
		c := color.NRGBA64Model.Convert(img.At(x, y)).(color.NRGBA64)
		return [4]float32{float32(c.R) / 65535, float32(c.G) / 65535, float32(c.B) / 65535, float32(c.A) / 65535}
	}
	return [4]float32{float32(r) / 255, float32(g) / 255, float32(b) / 255, 1}
}

// ToImage converts a picture to an image of the standard library: 1 channel to Gray or
// Gray16, 3 to RGBA or RGBA64, and 4 to NRGBA or NRGBA64 with the last shown as alpha.
// Samples are rounded to the depth (floating point to 16 bits) and clamped; the range is
// ignored. Other numbers of channels are an error: choose channels with Select.
func ToImage(p *Picture) (image.Image, error) {
	r := image.Rect(0, 0, p.Width, p.Height)
	wide := p.Depth > 8
	switch {
	case p.Channels == 1 && wide:
		m := image.NewGray16(r)
		p.store(m.Pix, 1)
		return m, nil
	case p.Channels == 1:
		m := image.NewGray(r)
		p.store(m.Pix, 1)
		return m, nil
	case p.Channels == 3 && wide:
		m := image.NewRGBA64(r)
		p.store(m.Pix, 4)
		return m, nil
	case p.Channels == 3:
		m := image.NewRGBA(r)
		p.store(m.Pix, 4)
		return m, nil
	case p.Channels == 4 && wide:
		m := image.NewNRGBA64(r)
		p.store(m.Pix, 4)
		return m, nil
	case p.Channels == 4:
		m := image.NewNRGBA(r)
		p.store(m.Pix, 4)
		return m, nil
	default:
		return nil, fmt.Errorf("cannot convert %d channels to an image, only 1, 3 or 4", p.Channels)
	}
}

// store writes the samples of all pixels, 16-bit ones with the high byte first. Each pixel
// gets stored samples; those that p lacks are set to the largest value (opaque).
func (p *Picture) store(pix []uint8, stored int) {
	limit := float64(math.MaxUint8)
	if p.Depth > 8 {
		limit = math.MaxUint16
	}
	for i := range p.Width * p.Height {
		for c := range stored {
			v := uint16(limit)
			if c < p.Channels {
				v = quantise(p.Pix[i*p.Channels+c], limit)
			}
			if k := i*stored + c; p.Depth > 8 {
				pix[2*k], pix[2*k+1] = uint8(v>>8), uint8(v)
			} else {
				pix[k] = uint8(v)
			}
		}
	}
}
