package imgio

import "fmt"

// One rule for alpha holds everywhere, and this file implements it:
//
//   - The last channel is alpha only if the file says so: Picture.Alpha. A fourth band
//     without a mark, such as near infrared, is data.
//   - Without alpha, a picture is laid on white or on the colour that the user named. That
//     is As, which nearly every caller uses.
//   - A mask is luminance times alpha: Mask.
//   - Alpha that is 1 everywhere means nothing: Opaque. If all pictures of a set are opaque,
//     whoever reads the set may drop their alpha.

// Shape says which channels a caller wants.
type Shape struct {
	// Channels counts all, including alpha; 0 means the picture's own colours, and its own
	// alpha if Alpha is set.
	Channels int
	// Alpha says that the last of Channels is alpha.
	Alpha bool
	// Background is what shows through when alpha is removed; nil is white.
	Background *Colour
}

// Colour is red, green and blue from 0 to 1.
type Colour [3]float32

// ParseColour reads a colour as white, black or #rrggbb.
func ParseColour(s string) (Colour, error) {
	switch s {
	case "white":
		return Colour{1, 1, 1}, nil
	case "black":
		return Colour{}, nil
	}
	var r, g, b uint8
	if n, err := fmt.Sscanf(s, "#%02x%02x%02x", &r, &g, &b); err != nil || n != 3 || len(s) != 7 {
		return Colour{}, fmt.Errorf("unknown colour %q: write white, black or #rrggbb", s)
	}
	return Colour{float32(r) / 255, float32(g) / 255, float32(b) / 255}, nil
}

// As returns p with the channels that s wants, for a network, a measure or a format without
// alpha. Unwanted alpha is laid on the background, missing alpha becomes 1, RGB becomes the
// luma of BT.601, and grey is repeated. Everything else is an error: bands that are not
// colours cannot be added or removed, and RGB cannot become four bands. The result may be p
// itself.
func (p *Picture) As(s Shape) (*Picture, error) {
	if s.Channels == 0 {
		if s.Channels = p.colours(); s.Alpha && p.Alpha {
			s.Channels++
		} else {
			s.Alpha = false
		}
	}
	if s.Channels == p.Channels && s.Alpha == p.Alpha {
		return p, nil
	}
	have, want := p.colours(), s.colours()
	if want < 1 || have != want && !(have == 1 && want == 3 || have == 3 && want == 1) {
		return nil, fmt.Errorf("it has %s, expected %s; only grey and RGB can be converted, with or without alpha",
			p.kind(), s.kind())
	}
	q := p.like(p.Width, p.Height, s.Channels)
	q.Alpha = s.Alpha
	ground := Colour{1, 1, 1}
	if s.Background != nil {
		ground = *s.Background
	}
	for i := range p.Width * p.Height {
		src, dst := p.Pix[i*p.Channels:][:p.Channels], q.Pix[i*q.Channels:][:q.Channels]
		convertColours(dst[:want], src[:have])
		switch {
		case s.Alpha && p.Alpha:
			dst[want] = src[have]
		case s.Alpha:
			dst[want] = 1
		case p.Alpha:
			ground.under(dst, src[have])
		}
	}
	return q, nil
}

// OnWhite returns p laid on white, with as many channels as it has colours: As for the zero
// Shape, which cannot fail. Without alpha the result is p itself.
func (p *Picture) OnWhite() *Picture {
	q, err := p.As(Shape{})
	if err != nil {
		panic(fmt.Sprintf("imgio: %v", err))
	}
	return q
}

func (p *Picture) shape() Shape { return Shape{Channels: p.Channels, Alpha: p.Alpha} }

// colours is the number of channels other than alpha.
func (p *Picture) colours() int { return p.shape().colours() }

func (s Shape) colours() int {
	if s.Alpha {
		return s.Channels - 1
	}
	return s.Channels
}

// under blends a background colour into the samples of a pixel with the given alpha.
func (c Colour) under(pixel []float32, alpha float32) {
	for i := range pixel {
		ground := c[i%3]
		if len(pixel) == 1 {
			ground = luma(c[:])
		}
		pixel[i] = alpha*pixel[i] + (1-alpha)*ground
	}
}

func (p *Picture) kind() string { return p.shape().kind() }

// kind describes channels in words.
func (s Shape) kind() string {
	text := fmt.Sprintf("%d bands", s.colours())
	switch s.colours() {
	case 1:
		text = "grey"
	case 3:
		text = "RGB"
	}
	if s.Alpha {
		text += " with alpha"
	}
	return text
}

// Opaque reports whether p has no alpha, or alpha that is 1 everywhere.
func (p *Picture) Opaque() bool {
	if p.Alpha {
		for i := p.Channels - 1; i < len(p.Pix); i += p.Channels {
			if p.Pix[i] < 1 {
				return false
			}
		}
	}
	return true
}

// Mask returns p as a mask with one channel: luminance times alpha, so that white on a
// transparent background selects exactly what is white.
func (p *Picture) Mask() (*Picture, error) { return p.As(Shape{Channels: 1, Background: &Colour{}}) }

// SplitAlpha returns the colours of p, and its alpha as a picture with one channel; nil if p
// is opaque.
func (p *Picture) SplitAlpha() (colours, alpha *Picture) {
	colours = p
	if p.Alpha {
		colours = p.Select(0, p.Channels-1)
	}
	if !p.Opaque() {
		alpha = p.Select(p.Channels-1, 1)
	}
	return colours, alpha
}

// WithAlpha appends alpha, a picture with one channel, to the channels of p: the inverse of
// SplitAlpha.
func (p *Picture) WithAlpha(alpha *Picture) (*Picture, error) {
	q, err := Concat(p, alpha)
	if err == nil {
		q.Depth, q.Range, q.Alpha = p.Depth, p.Range, true
	}
	return q, err
}
