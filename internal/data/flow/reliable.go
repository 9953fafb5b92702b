package flow

// Reliable says where a picture may be warped by a field: 1 where going along it and back
// again ends where it began, and 0 where something is uncovered, or where motion has an
// edge, which no field has at the right pixel. Both tests and their numbers are those of
// Sundaram, Brox and Keutzer (ECCV 2010), as Ruder, Dosovitskiy and Brox (2016) use them.
// The result is [height, width].
func Reliable(f, back Field) []float32 {
	trust := make([]float32, f.Width*f.Height)
	rows(f.Height, func(y int) {
		for x := range f.Width {
			i := y*f.Width + x
			if f.within(x, y) && f.returns(back, x, y) && !f.isEdge(x, y) {
				trust[i] = 1
			}
		}
	})
	return trust
}

// within says whether a pixel's other end is in the picture.
func (f Field) within(x, y int) bool {
	i := y*f.Width + x
	toX, toY := float32(x)+f.X[i], float32(y)+f.Y[i]
	return toX >= 0 && toY >= 0 && toX <= float32(f.Width-1) && toY <= float32(f.Height-1)
}

// returns is eq. 5: the sum of both flows is short, compared with them.
func (f Field) returns(back Field, x, y int) bool {
	i := y*f.Width + x
	u, v := f.X[i], f.Y[i]
	at := back.near(float32(x)+u, float32(y)+v)
	s, t := at.of(back.X), at.of(back.Y)
	return square(u+s)+square(v+t) <= 0.01*(square(u)+square(v)+square(s)+square(t))+0.5
}

// isEdge is eq. 6: the flow changes much from pixel to pixel.
func (f Field) isEdge(x, y int) bool {
	left, right := y*f.Width+max(x-1, 0), y*f.Width+min(x+1, f.Width-1)
	above, below := max(y-1, 0)*f.Width+x, min(y+1, f.Height-1)*f.Width+x
	change := square(f.X[right]-f.X[left]) + square(f.X[below]-f.X[above]) +
		square(f.Y[right]-f.Y[left]) + square(f.Y[below]-f.Y[above])
	i := y*f.Width + x
	return change/4 > 0.01*(square(f.X[i])+square(f.Y[i]))+0.002
}

func square(v float32) float32 { return v * v }
