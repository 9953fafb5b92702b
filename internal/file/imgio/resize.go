package imgio

import "fmt"

// Resize returns p at w×h pixels. It resizes the width first, then the height. Bicubic and
// Lanczos overshoot at edges, so the result is clamped to 0..1 as an 8-bit picture would
// be. At the size of p, every filter returns an exact copy.
func Resize(p *Picture, w, h int, f Filter) *Picture {
	if w < 1 || h < 1 {
		panic(fmt.Sprintf("imgio: resize to %d×%d", w, h))
	}
	q := p
	if w != p.Width {
		q = resizeWidth(q, axisTaps(p.Width, w, f))
	}
	if h != p.Height {
		q = resizeHeight(q, axisTaps(p.Height, h, f))
	}
	if q == p {
		return p.Clone()
	}
	if f == Bicubic || f == Lanczos {
		for i, v := range q.Pix {
			q.Pix[i] = clamp(v)
		}
	}
	return q
}

func resizeWidth(p *Picture, columns []taps) *Picture {
	q := p.like(len(columns), p.Height, p.Channels)
	for y := range p.Height {
		src, dst := p.row(y), q.row(y)
		for x, t := range columns {
			sumTaps(dst[x*p.Channels:][:p.Channels], src[t.first*p.Channels:], t.weights)
		}
	}
	return q
}

// sumTaps writes the weighted sum of len(weights) pixels of src into dst.
func sumTaps(dst, src []float32, weights []float32) {
	channels := len(dst)
	for c := range dst {
		var sum float32
		for j, w := range weights {
			sum += w * src[j*channels+c]
		}
		dst[c] = sum
	}
}

func resizeHeight(p *Picture, rows []taps) *Picture {
	q := p.like(p.Width, len(rows), p.Channels)
	for y, t := range rows {
		dst := q.row(y)
		for j, w := range t.weights {
			for i, v := range p.row(t.first + j) {
				dst[i] += w * v
			}
		}
	}
	return q
}
