package imgio

import "fmt"

// GIF, PNG and WebP files can be animations, whose frames are drawn one over the other on a
// canvas that is transparent at first. A frame may be smaller than the canvas.

// frame is one picture of an animation.
type frame struct {
	picture *Picture // RGB, with alpha or without
	x, y    int      // where on the canvas
	replace bool     // replaces what was there, also where the frame is transparent
	dispose disposal
}

// disposal is what happens to the area of a frame before the next one is drawn.
type disposal int

const (
	disposeNothing disposal = iota
	disposeClear
	disposeRestore // what was there before the frame
)

// compose returns the canvas of w×h after n frames. If the last frame covers all of it
// opaquely, that is the frame itself.
func compose(w, h, n int, limit int64, next func(i int) (frame, error)) (*Picture, error) {
	if err := checkSize(w, h, 4, limit); err != nil {
		return nil, err
	}
	var canvas, before *Picture
	var last frame
	for i := range n {
		f, err := next(i)
		if err != nil {
			return nil, fmt.Errorf("frame %d: %w", i+1, err)
		}
		p := f.picture
		if f.x < 0 || f.y < 0 || f.x+p.Width > w || f.y+p.Height > h {
			return nil, fmt.Errorf("frame %d extends beyond the canvas", i+1)
		}
		if i == n-1 && p.Width == w && p.Height == h && (n == 1 || f.replace || !p.Alpha) {
			return p, nil
		}
		if canvas == nil {
			canvas = p.like(w, h, 4)
			canvas.Alpha = true
		}
		switch last.dispose {
		case disposeClear:
			canvas.clear(last)
		case disposeRestore:
			canvas = before
		}
		if f.dispose == disposeRestore {
			before = canvas.Clone()
		}
		canvas.draw(f)
		last = f
	}
	return canvas, nil
}

// clear makes the area of a frame transparent.
func (p *Picture) clear(f frame) {
	for y := range f.picture.Height {
		clear(p.row(f.y + y)[4*f.x:][:4*f.picture.Width])
	}
}

// draw puts a frame on a canvas of RGBA.
func (p *Picture) draw(f frame) {
	for y := range f.picture.Height {
		src, dst := f.picture.row(y), p.row(f.y + y)[4*f.x:]
		for x := range f.picture.Width {
			over(dst[4*x:][:4], src[x*f.picture.Channels:][:f.picture.Channels], f.replace)
		}
	}
}

// over draws a pixel of three or four samples over one of four, both without premultiplied
// alpha.
func over(dst, src []float32, replace bool) {
	alpha := float32(1)
	if len(src) == 4 {
		alpha = src[3]
	}
	if alpha == 1 || replace {
		copy(dst, src[:3])
		dst[3] = alpha
		return
	}
	sum := alpha + dst[3]*(1-alpha)
	for c := range 3 {
		if sum > 0 {
			dst[c] = (alpha*src[c] + dst[3]*(1-alpha)*dst[c]) / sum
		}
	}
	dst[3] = sum
}
