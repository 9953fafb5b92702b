package dataset

import (
	"math"

	"easel/internal/file/imgio"
)

// warp writes the crop's pixels, turned and enlarged about its middle. Beyond its
// borders the picture is continued by its mirror image.
func (at placement) warp(dst []float32, p *imgio.Picture, size int, names bool) {
	sin, cos := math.Sincos(at.angle)
	step := math.Exp(-at.scale) // of the picture's pixels for one of the crop's
	half := float64(size) / 2
	for y := range size {
		for x := range size {
			u, v := step*(float64(x)+0.5-half), step*(float64(y)+0.5-half)
			px := float64(at.x) + half + cos*u - sin*v
			py := float64(at.y) + half + sin*u + cos*v
			pixel := dst[(y*size+x)*p.Channels:][:p.Channels]
			if names {
				nearest(pixel, p, px, py)
			} else {
				bilinear(pixel, p, px, py)
			}
		}
	}
}

// nearest takes the pixel whose area holds the point (x, y) of p; the first pixel's
// area is from 0 to 1.
func nearest(dst []float32, p *imgio.Picture, x, y float64) {
	at := (mirrored(int(math.Floor(y)), p.Height)*p.Width + mirrored(int(math.Floor(x)), p.Width)) * p.Channels
	for c := range dst {
		dst[c] = 2*p.Pix[at+c] - 1
	}
}

// bilinear mixes the four pixels whose middles surround the point (x, y) of p.
func bilinear(dst []float32, p *imgio.Picture, x, y float64) {
	x, y = x-0.5, y-0.5
	left, top := math.Floor(x), math.Floor(y)
	fx, fy := float32(x-left), float32(y-top)
	x0, x1 := mirrored(int(left), p.Width)*p.Channels, mirrored(int(left)+1, p.Width)*p.Channels
	y0, y1 := mirrored(int(top), p.Height)*p.Width*p.Channels, mirrored(int(top)+1, p.Height)*p.Width*p.Channels
	for c := range dst {
		above := p.Pix[y0+x0+c]*(1-fx) + p.Pix[y0+x1+c]*fx
		below := p.Pix[y1+x0+c]*(1-fx) + p.Pix[y1+x1+c]*fx
		dst[c] = 2*(above*(1-fy)+below*fy) - 1
	}
}

// mirrored is pixel i of a row of n that is continued by its mirror image on both
// sides, and so on: … 1 0 | 0 1 … n−1 | n−1 n−2 …
func mirrored(i, n int) int {
	i = ((i % (2 * n)) + 2*n) % (2 * n)
	return min(i, 2*n-1-i)
}
