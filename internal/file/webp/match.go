package webp

import (
	"math"
	"slices"
)

const (
	maxLength       = 4096 // of a copy
	nearest         = 120  // distance codes of the neighbourhood
	maxDistance     = 1<<20 - nearest
	firstLength     = 256 // symbols of green: its values, lengths, and places in the cache
	lengthSymbols   = 24
	distanceSymbols = 40
)

// token is a step of writing a picture: a pixel, a place in the cache, or a copy.
type token struct {
	length int32  // of a copy; 0 for a pixel, −1 for a place in the cache
	value  uint32 // the distance code of a copy, the pixel, or the place
}

// picture writes a picture (RFC 9649 §5). The main one says that it has one set of codes.
func (b *bitWriter) picture(p bitmap, main bool) {
	tokens, h := shortest(p)
	b.flag(h.cacheBits > 0)
	if h.cacheBits > 0 {
		b.write(uint32(h.cacheBits), 4)
	}
	if main {
		b.flag(false)
	}
	var codes [5]prefixCode
	for i, counts := range h.counts() {
		codes[i] = newPrefixCode(counts, longest)
		b.writeCode(codes[i])
	}
	put := func(code int, symbol int) {
		b.write(uint32(codes[code].codes[symbol]), int(codes[code].lengths[symbol]))
	}
	for _, t := range tokens {
		switch {
		case t.length > 0:
			symbol, extra, n := prefixed(int(t.length))
			put(0, firstLength+symbol)
			b.write(uint32(extra), n)
			symbol, extra, n = prefixed(int(t.value))
			put(4, symbol)
			b.write(uint32(extra), n)
		case t.length < 0:
			put(0, firstLength+lengthSymbols+int(t.value))
		default:
			put(0, channel(t.value, 8))
			put(1, channel(t.value, 16))
			put(2, channel(t.value, 0))
			put(3, channel(t.value, 24))
		}
	}
}

// shortest returns tokens for a picture, and how often their symbols occur.
func shortest(p bitmap) ([]token, *histogram) {
	literal := make([]token, len(p.pix))
	for i, v := range p.pix {
		literal[i].value = v
	}
	f := newFinder(p)
	// What a copy saves depends on the prices of symbols, which depend on the copies.
	tokens := f.parse(newHistogram(literal, 0).prices())
	tokens = f.parse(newHistogram(tokens, 0).prices())
	best, bestTokens := newHistogram(tokens, 0), tokens
	for bits := 2; bits <= 10 && 1<<bits <= len(p.pix); bits += 2 {
		t := cached(tokens, p.pix, bits)
		if h := newHistogram(t, bits); h.size() < best.size() {
			best, bestTokens = h, t
		}
	}
	return bestTokens, best
}

// cached replaces pixels by their place in a cache of recent colours.
func cached(tokens []token, pix []uint32, bits int) []token {
	cache := make([]uint32, 1<<bits)
	place := func(v uint32) uint32 { return 0x1e35a7bd * v >> (32 - bits) }
	out := slices.Clone(tokens)
	i := 0
	for k, t := range out {
		for range max(t.length, 1) {
			v := pix[i]
			at := place(v)
			if t.length == 0 && cache[at] == v {
				out[k] = token{-1, at}
			}
			cache[at] = v
			i++
		}
	}
	return out
}

// histogram counts symbols.
type histogram struct {
	green            []int
	red, blue, alpha [256]int
	distance         [distanceSymbols]int
	extra, cacheBits int
}

func newHistogram(tokens []token, cacheBits int) *histogram {
	h := &histogram{cacheBits: cacheBits, green: make([]int, firstLength+lengthSymbols)}
	if cacheBits > 0 {
		h.green = append(h.green, make([]int, 1<<cacheBits)...)
	}
	for _, t := range tokens {
		switch {
		case t.length > 0:
			symbol, _, n := prefixed(int(t.length))
			h.green[firstLength+symbol]++
			d, _, m := prefixed(int(t.value))
			h.distance[d]++
			h.extra += n + m
		case t.length < 0:
			h.green[firstLength+lengthSymbols+int(t.value)]++
		default:
			h.green[channel(t.value, 8)]++
			h.red[channel(t.value, 16)]++
			h.blue[channel(t.value, 0)]++
			h.alpha[channel(t.value, 24)]++
		}
	}
	return h
}

// counts returns the counts in the order of the codes.
func (h *histogram) counts() [5][]int {
	return [5][]int{h.green, h.red[:], h.blue[:], h.alpha[:], h.distance[:]}
}

// size estimates the bits of everything, the codes included.
func (h *histogram) size() float64 {
	size := float64(h.extra)
	for _, counts := range h.counts() {
		for symbol, price := range entropy(counts) {
			if counts[symbol] > 0 {
				size += float64(counts[symbol])*float64(price) + 5
			}
		}
	}
	return size
}

// prices are bits of symbols, in the order of the codes.
type prices [5][]float32

func (h *histogram) prices() (p prices) {
	for i, counts := range h.counts() {
		p[i] = entropy(counts)
	}
	return p
}

// pixel is the price of a pixel.
func (p prices) pixel(v uint32) float64 {
	return float64(p[0][channel(v, 8)] + p[1][channel(v, 16)] + p[2][channel(v, 0)] + p[3][channel(v, 24)])
}

// copying is the price of a copy.
func (p prices) copying(length, code int) float64 {
	l, _, n := prefixed(length)
	d, _, m := prefixed(code)
	return float64(p[0][firstLength+l]+p[4][d]) + float64(n+m)
}

// entropy returns the bits of each symbol of an ideal code. One that does not occur is
// priced as if it did once.
func entropy(counts []int) []float32 {
	total := 1
	for _, n := range counts {
		total += n
	}
	all := math.Log2(float64(total))
	out := make([]float32, len(counts))
	for i, n := range counts {
		out[i] = float32(all - math.Log2(float64(max(n, 1))))
	}
	return out
}
