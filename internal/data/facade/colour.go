package facade

import "math"

// rgb is a colour in linear light: sums and products of light are right in it.
type rgb [3]float32

// hex turns a colour as designers write it into linear light. Gamma 2 stands in
// for sRGB's curve: the pictures are invented, and a square root is fast.
func hex(v uint32) rgb {
	square := func(b uint32) float32 { f := float32(b&255) / 255; return f * f }
	return rgb{square(v >> 16), square(v >> 8), square(v)}
}

func (c rgb) times(f float32) rgb { return rgb{c[0] * f, c[1] * f, c[2] * f} }

func mix(a, b rgb, t float32) rgb {
	return rgb{a[0] + (b[0]-a[0])*t, a[1] + (b[1]-a[1])*t, a[2] + (b[2]-a[2])*t}
}

// vary shifts brightness and hue a little, so that no two façades share a colour.
func (d dice) vary(c rgb, amount float32) rgb {
	f := 1 + amount*d.between(-1, 1)
	for i := range c {
		c[i] = min(1, c[i]*f*(1+amount/2*d.between(-1, 1)))
	}
	return c
}

// encode is the inverse of hex for one channel, except that highlights are
// compressed instead of cut off, as cameras do it.
func encode(v float32) float32 {
	const knee = 0.6
	if t := (v - knee) / (1 - knee); t > 0 {
		v = knee + (1-knee)*t/(1+t)
	}
	return float32(math.Sqrt(float64(max(0, v))))
}

// Colours of real façades, as 8-bit RGB.
var (
	brickColours   = []uint32{0x9a4f3c, 0x8a4030, 0xb06a4a, 0xa8785a, 0xc29a6a, 0x7a4a40, 0xb8a888}
	plasterColours = []uint32{
		0xe8dcc0, 0xd8b070, 0xe0c080, 0xd09070, 0xc87860, 0xe0b8a8, 0xb8c8b0, 0xa8b8c8,
		0xd8d8d0, 0xf0ece0, 0xb0a898, 0xc8b0a0, 0x98a890, 0xe0a850, 0xc0c4cc,
	}
	stoneColours = []uint32{0xd0c4a8, 0xc8b890, 0xb8b0a0, 0xa8a49c, 0xd8c8a0, 0xb89c7c}
	trimColours  = []uint32{0xf0ece0, 0xe4dcc8, 0xd8ccb0, 0xc8c4bc, 0xf4f0e8, 0xb8a890}
	frameColours = []uint32{0xf0f0ec, 0xf0f0ec, 0xe8e0d0, 0x5a3a28, 0x2c3c34, 0x404448, 0x70503a}
	paintColours = []uint32{0x2f5a44, 0x3a5a78, 0x6a4430, 0x7c2f2c, 0x58686c, 0x8a9c88, 0x34404a, 0xa0845c, 0xd8d4c8}
	roofColours  = []uint32{0x5a5e66, 0x484c54, 0xa05a40, 0x8a4a38, 0xb46c48, 0x78807c, 0x6c6058}
	signColours  = []uint32{0x1f3a5a, 0x6a1f24, 0x1e4a34, 0x202020, 0xe0d8c0, 0xc88820, 0x4a2a50}
)

// colour draws one of a list and varies it.
func (d dice) colour(list []uint32) rgb { return d.vary(hex(pick(d, list...)), 0.18) }
