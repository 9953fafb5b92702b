package imgio

import "fmt"

// There is one rule for alpha, in every verb, and this file is its place:
//
//   - The last channel is alpha only where the file says so: Picture.Alpha. A
//     fourth band without a mark, near infrared say, is data.
//   - Who does not want alpha sees the picture laid on white, or on the colour
//     that the user named: As, to which nearly every caller goes.
//   - A mask is luminance times alpha: Mask.
//   - Alpha that is 1 everywhere says nothing: Opaque. A set whose pictures are
//     all opaque has no alpha; that is for the reader of the set to decide.

// Shape is the channels that somebody wants of pictures.
type Shape struct {
	// Channels counts all, alpha too; 0 is the picture's own colours, and its
	// own alpha if Alpha is wanted.
	Channels int
	// Alpha says that the last of Channels is alpha.
	Alpha bool
	// Background is what shows through where alpha is not wanted; nil is white.
	Background *Colour
}

// Colour is red, green and blue in 0..1.
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
		return Colour{}, fmt.Errorf("%q is no colour: write white, black or #rrggbb", s)
	}
	return Colour{float32(r) / 255, float32(g) / 255, float32(b) / 255}, nil
}

// As returns p with the channels that s wants: what a network, a measure or a
// format without alpha is to see of it. Alpha that is not wanted is laid on the
// background, alpha that is missing becomes 1, RGB becomes the luma of BT.601
// and grey is repeated. Everything else is an error: bands that are no colours
// neither lose nor gain any, and RGB is not taken for four bands. The result may
// be p itself.
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
		return nil, fmt.Errorf("it has %s, and %s are wanted; only grey and RGB become each other, with or without alpha",
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

// OnWhite returns p laid on white, with as many channels as it has colours: As
// for the zero Shape, which cannot fail. The result is p itself if it has no alpha.
func (p *Picture) OnWhite() *Picture {
	q, err := p.As(Shape{})
	if err != nil {
		panic(fmt.Sprintf("imgio: %v", err))
	}
	return q
}

func (p *Picture) shape() Shape { return Shape{Channels: p.Channels, Alpha: p.Alpha} }

// colours is the number of channels that are not alpha.
func (p *Picture) colours() int { return p.shape().colours() }

func (s Shape) colours() int {
	if s.Alpha {
		return s.Channels - 1
	}
	return s.Channels
}

// under puts the colour under the samples of a pixel, which cover it by alpha.
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

// Opaque reports that p has no alpha, or alpha that is 1 everywhere.
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

// Mask returns p as a mask, one channel: its luminance times its alpha, so that
// white on nothing selects what is white and nothing else.
func (p *Picture) Mask() (*Picture, error) { return p.As(Shape{Channels: 1, Background: &Colour{}}) }

// SplitAlpha returns the colours of p and its alpha as a picture of one channel,
// nil where p is opaque.
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

// WithAlpha returns the channels of p followed by alpha, a picture of one
// channel: the inverse of SplitAlpha.
func (p *Picture) WithAlpha(alpha *Picture) (*Picture, error) {
	q, err := Concat(p, alpha)
	if err == nil {
		q.Depth, q.Range, q.Alpha = p.Depth, p.Range, true
	}
	return q, err
}
