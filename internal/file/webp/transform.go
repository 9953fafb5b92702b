package webp

import (
	"math/bits"
	"slices"
)

// Kinds of transforms (RFC 9649 §4). Each is announced by a bit.
const (
	transformPredictor     = 0
	transformSubtractGreen = 2
	transformIndexing      = 3
)

func announce(b *bitWriter, kind uint32) {
	b.flag(true)
	b.write(kind, 2)
}

// plain writes a picture that has many colours and is not smooth: drawings with soft edges.
func plain(b *bitWriter, p bitmap) {
	announce(b, transformSubtractGreen)
	b.flag(false)
	b.picture(subtractGreen(p), true)
}

// predicted writes a picture as differences from what its neighbours suggest: photographs.
func predicted(b *bitWriter, p bitmap) {
	announce(b, transformSubtractGreen)
	p = subtractGreen(p)
	modes, rest := predict(p)
	announce(b, transformPredictor)
	b.write(tileBits-2, 3)
	b.picture(modes, false)
	b.flag(false)
	b.picture(rest, true)
}

// indexed writes a picture of few colours as a table of them and the indices of its pixels,
// of which several share one pixel if they fit (RFC 9649 §4.4).
func indexed(b *bitWriter, p bitmap, colours []uint32) {
	announce(b, transformIndexing)
	b.write(uint32(len(colours)-1), 8)
	table := bitmap{len(colours), 1, slices.Clone(colours)}
	for i := len(colours) - 1; i > 0; i-- {
		table.pix[i] = sub(colours[i], colours[i-1])
	}
	b.picture(table, false)
	b.flag(false)
	b.picture(pack(p, colours), true)
}

// pack replaces pixels by their indices in a sorted table.
func pack(p bitmap, colours []uint32) bitmap {
	share := 0 // a pixel has the indices of 1<<share
	switch n := len(colours); {
	case n <= 2:
		share = 3
	case n <= 4:
		share = 2
	case n <= 16:
		share = 1
	}
	width := (p.width + 1<<share - 1) >> share
	q := bitmap{width, p.height, make([]uint32, width*p.height)}
	for i := range q.pix {
		q.pix[i] = 0xff000000
	}
	for y := range p.height {
		for x, v := range p.pix[y*p.width:][:p.width] {
			i, _ := slices.BinarySearch(colours, v)
			place := 8 + x&(1<<share-1)<<(3-share) // indices are stored as green
			q.pix[y*width+x>>share] |= uint32(i) << place
		}
	}
	return q
}

// coloursOf returns the colours of a picture in order, if a table has room for them.
func coloursOf(p bitmap) (colours []uint32, ok bool) {
	seen := map[uint32]bool{}
	for i, v := range p.pix {
		if i > 0 && v == p.pix[i-1] {
			continue
		}
		if seen[v] = true; len(seen) > 256 {
			return nil, false
		}
	}
	for v := range seen {
		colours = append(colours, v)
	}
	slices.Sort(colours)
	return colours, true
}

// subtractGreen takes green from red and blue, which resemble it (RFC 9649 §4.3).
func subtractGreen(p bitmap) bitmap {
	q := bitmap{p.width, p.height, make([]uint32, len(p.pix))}
	for i, v := range p.pix {
		green := v >> 8 & 0xff
		q.pix[i] = sub(v, green<<16|green)
	}
	return q
}

// tileBits sets the size of the tiles that have a predictor each: 16×16 pixels.
const tileBits = 4

// predictors is how many there are (RFC 9649 §4.1).
const predictors = 14

// predict chooses a predictor for each tile. It returns them, in green, and the differences
// of the pixels from the predictions.
func predict(p bitmap) (modes, rest bitmap) {
	const side = 1 << tileBits
	modes = bitmap{width: (p.width + side - 1) / side, height: (p.height + side - 1) / side}
	rest = bitmap{p.width, p.height, make([]uint32, len(p.pix))}
	best := 0
	for y := 0; y < p.height; y += side {
		for x := 0; x < p.width; x += side {
			w, h := min(side, p.width-x), min(side, p.height-y)
			lowest := p.residue(best, x, y, w, h, nil) * 15 / 16 // changes have a price
			for mode := range predictors {
				if sum := p.residue(mode, x, y, w, h, nil); sum < lowest {
					best, lowest = mode, sum
				}
			}
			p.residue(best, x, y, w, h, rest.pix)
			modes.pix = append(modes.pix, 0xff000000|uint32(best)<<8)
		}
	}
	return modes, rest
}

// residue computes the differences from the predictions in a tile, stores them in out,
// unless it is nil, and returns about how many bits they have.
func (p bitmap) residue(mode, x0, y0, w, h int, out []uint32) (sum int) {
	for y := y0; y < y0+h; y++ {
		for x := x0; x < x0+w; x++ {
			i := y*p.width + x
			d := sub(p.pix[i], p.predict(mode, x, y))
			if out != nil {
				out[i] = d
			}
			sum += size(d) + size(d>>8) + size(d>>16) + size(d>>24)
		}
	}
	return sum
}

// size is the number of bits of a signed difference.
func size(d uint32) int {
	v := int8(d)
	return bits.Len8(uint8(v ^ v>>7))
}

// predict predicts a pixel. The first row and column have predictors of their own.
func (p bitmap) predict(mode, x, y int) uint32 {
	i := y*p.width + x
	switch {
	case i == 0:
		return 0xff000000
	case y == 0:
		return p.pix[i-1]
	case x == 0:
		return p.pix[i-p.width]
	}
	// In the last column, the pixel after the one above is the first of this row, as the
	// format wants it.
	left, top, topLeft, topRight := p.pix[i-1], p.pix[i-p.width], p.pix[i-p.width-1], p.pix[i-p.width+1]
	switch mode {
	case 1:
		return left
	case 2:
		return top
	case 3:
		return topRight
	case 4:
		return topLeft
	case 5:
		return mean(mean(left, topRight), top)
	case 6:
		return mean(left, topLeft)
	case 7:
		return mean(left, top)
	case 8:
		return mean(topLeft, top)
	case 9:
		return mean(top, topRight)
	case 10:
		return mean(mean(left, topLeft), mean(top, topRight))
	case 11:
		return nearer(left, top, topLeft)
	case 12:
		return each(func(s int) int { return channel(left, s) + channel(top, s) - channel(topLeft, s) })
	case 13:
		m := mean(left, top)
		return each(func(s int) int { return channel(m, s) + (channel(m, s)-channel(topLeft, s))/2 })
	default:
		return 0xff000000
	}
}

// nearer returns left or top, whichever is nearer to left + top − topLeft.
func nearer(left, top, topLeft uint32) uint32 {
	var l, t int
	for s := 0; s < 32; s += 8 {
		l += distance(channel(top, s), channel(topLeft, s))
		t += distance(channel(left, s), channel(topLeft, s))
	}
	if l < t {
		return left
	}
	return top
}

func distance(a, b int) int { return max(a-b, b-a) }

func channel(v uint32, shift int) int { return int(v >> shift & 0xff) }

// each puts together a pixel of four channels, clamped.
func each(f func(shift int) int) (v uint32) {
	for s := 0; s < 32; s += 8 {
		v |= uint32(min(max(f(s), 0), 255)) << s
	}
	return v
}

// mean is the mean of each channel, rounded down.
func mean(a, b uint32) uint32 { return a&b + (a^b)&0xfefefefe>>1 }

// sub subtracts each channel, modulo 256.
func sub(a, b uint32) uint32 {
	const odd, even = 0xff00ff00, 0x00ff00ff
	return (even+a&odd-b&odd)&odd | (odd+a&even-b&even)&even
}
