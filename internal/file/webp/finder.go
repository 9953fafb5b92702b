package webp

import (
	"cmp"
	"math/bits"
	"slices"
)

// finder finds pixels that came before, as copies that save bits.
type finder struct {
	bitmap
	codes    []int32 // of distances in the neighbourhood; 0 if a distance has none
	latest   []int32 // the last pixel by the hash of it and the next, or −1
	hashBits int
	previous []int32 // for each pixel, the last before it with the same hash, or −1
}

const (
	tries      = 12            // pixels of the same hash that are tried
	enough     = 2 * maxLength // comparisons, after which no more are tried
	longEnough = 128           // a copy that is taken without a look at the next pixel
)

func newFinder(p bitmap) *finder {
	return &finder{bitmap: p, codes: nearby(p.width), previous: make([]int32, len(p.pix)), hashBits: min(bits.Len(uint(len(p.pix))), 16)}
}

// nearby returns the codes of the distances to the 120 nearest pixels in a picture of some
// width: the nearest have the lowest (RFC 9649 §5.2.2).
func nearby(width int) []int32 {
	type offset struct{ x, y int } // to the left, and up
	var offsets []offset
	for y := range 8 {
		for x := -7; x <= 8; x++ {
			if y > 0 || x > 0 {
				offsets = append(offsets, offset{x, y})
			}
		}
	}
	slices.SortFunc(offsets, func(a, b offset) int {
		return cmp.Or(a.x*a.x+a.y*a.y-b.x*b.x-b.y*b.y, max(a.x, -a.x)-max(b.x, -b.x), b.x-a.x)
	})
	codes := make([]int32, 7*width+9)
	for i, o := range slices.Backward(offsets) {
		codes[max(o.y*width+o.x, 1)] = int32(i + 1)
	}
	return codes
}

// code returns the distance code of a distance.
func (f *finder) code(distance int) int {
	if distance < len(f.codes) && f.codes[distance] > 0 {
		return int(f.codes[distance])
	}
	return distance + nearest
}

// found is a copy, and how many bits it saves; without a length, none saves any.
type found struct {
	length, code int
	saves        float64
}

// parse replaces pixels by copies wherever that saves bits at these prices.
func (f *finder) parse(p prices) []token {
	f.latest = slices.Repeat([]int32{-1}, 1<<f.hashBits)
	before := make([]float64, len(f.pix)+1) // the price of all pixels before one
	for i, v := range f.pix {
		before[i+1] = before[i] + p.pixel(v)
	}
	var tokens []token
	next := f.find(0, before, p)
	for i := 0; i < len(f.pix); {
		c := next
		f.insert(i)
		if c.length < longEnough {
			next = f.find(i+1, before, p)
		}
		if c.length == 0 || c.length < longEnough && next.saves > c.saves {
			tokens = append(tokens, token{value: f.pix[i]})
			i++
			continue
		}
		tokens = append(tokens, token{int32(c.length), uint32(c.code)})
		for range c.length - 1 {
			i++
			f.insert(i)
		}
		i++
		next = f.find(i, before, p)
	}
	return tokens
}

func (f *finder) hash(i int) uint32 {
	return (f.pix[i]*0x9e3779b1 ^ f.pix[min(i+1, len(f.pix)-1)]*0x85ebca77) >> (32 - f.hashBits)
}

// insert remembers pixel i.
func (f *finder) insert(i int) {
	h := f.hash(i)
	f.previous[i] = f.latest[h]
	f.latest[h] = int32(i)
}

// find returns the copy to pixel i that saves most. Pixels before i have been inserted.
func (f *finder) find(i int, before []float64, p prices) (best found) {
	limit := min(maxLength, len(f.pix)-i)
	if limit <= 0 || before[i+limit]-before[i] < p.copying(1, 1) {
		return found{} // nothing to save
	}
	compared := 0
	try := func(from int) {
		if k := best.length; k > 0 && f.pix[from+k] != f.pix[i+k] {
			return // no longer than the best
		}
		n := f.same(from, i, limit)
		compared += n
		if n == 0 {
			return
		}
		code := f.code(i - from)
		if saves := before[i+n] - before[i] - p.copying(n, code); saves > best.saves {
			best = found{n, code, saves}
		}
	}
	if i > 0 {
		try(i - 1)
	}
	if i > f.width && best.length < limit {
		try(i - f.width)
	}
	at := f.latest[f.hash(i)]
	for k := 0; k < tries && compared < enough && best.length < limit && at >= 0 && i-int(at) <= maxDistance; k++ {
		try(int(at))
		at = f.previous[at]
	}
	return best
}

// same counts equal pixels from two places on, to a limit.
func (f *finder) same(from, i, limit int) (n int) {
	for n < limit && f.pix[from+n] == f.pix[i+n] {
		n++
	}
	return n
}
