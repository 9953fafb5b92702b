package facade

import "easel/internal/file/imgio"

// labels draws the class at the middle of each pixel.
func (s *scene) labels() *imgio.Picture {
	top := make([]class, s.size*s.size)
	for i := range s.elements {
		e := &s.elements[i]
		s.scan(e.box, s.size, func(p int, x, y float32) {
			if e.outline.within(e.box, x, y) {
				top[p] = e.class
			}
		})
	}
	picture := imgio.New(s.size, s.size, 3)
	for p, c := range top {
		for k, v := range Classes[c].Colour {
			picture.Pix[3*p+k] = float32(v) / 255
		}
	}
	return picture
}

// scan visits the points of a box on a grid of side² points.
func (s *scene) scan(b box, side int, visit func(p int, x, y float32)) {
	step := 1 / float32(side)
	clip := func(v float32) int { return min(side, max(0, int(v*float32(side)+0.5))) }
	for row := clip(b.y0); row < clip(b.y1); row++ {
		y := (float32(row) + 0.5) * step
		for column := clip(b.x0); column < clip(b.x1); column++ {
			visit(row*side+column, (float32(column)+0.5)*step, y)
		}
	}
}

// supersampling is how many samples a pixel has each way. Small pictures need
// more: their details are finer than pixels.
func supersampling(size int) int {
	if size < 200 {
		return 3
	}
	return 2
}

// photo draws the façade as a camera would see it.
func (s *scene) photo() *imgio.Picture {
	k := supersampling(s.size)
	side := s.size * k
	front := s.front(side)
	heights := make([]float32, side*side)
	for p, i := range front {
		heights[p] = s.elements[i].height
	}
	light := newLighting(&s.weather, heights, side)
	linear := make([]float32, s.size*s.size*3)
	share := s.weather.exposure / float32(k*k)
	for row := range side {
		y := (float32(row) + 0.5) / float32(side)
		for column := range side {
			e := &s.elements[front[row*side+column]]
			c := e.paint((float32(column)+0.5)/float32(side), y)
			out := linear[((row/k)*s.size+column/k)*3:][:3]
			falling := rgb{1, 1, 1}
			if e.height > far {
				falling = light.at(column, row)
			}
			for i := range out {
				out[i] += share * c.rgb[i] * (c.own + (1-c.own)*falling[i])
			}
		}
	}
	return s.develop(linear)
}

// front says which element is seen at each sample.
func (s *scene) front(side int) []int32 {
	front := make([]int32, side*side)
	for i := range s.elements {
		e := &s.elements[i]
		s.scan(e.box, side, func(p int, x, y float32) {
			if e.outline.within(e.box, x, y) && (e.solid == nil || e.solid(x, y)) {
				front[p] = int32(i)
			}
		})
	}
	return front
}

// develop is the camera: lens blur, vignette, gamma and sensor noise.
func (s *scene) develop(linear []float32) *imgio.Picture {
	blur(linear, s.size, s.grain.blur)
	picture := imgio.New(s.size, s.size, 3)
	for row := range s.size {
		v := 2*float32(row)/float32(s.size) - 1
		for column := range s.size {
			u := 2*float32(column)/float32(s.size) - 1
			shade := 1 - s.grain.vignette*(u*u+v*v)
			p := 3 * (row*s.size + column)
			for k := range 3 {
				value := encode(linear[p+k]*shade) + s.grain.noise*s.grain.at(column, 3*row+k)
				picture.Pix[p+k] = min(1, max(0, value))
			}
		}
	}
	return picture
}

// at is close to a normal random number: a sum of four uniform ones, with
// variance 1.
func (g *grain) at(x, y int) float32 {
	sum := float32(-2)
	for i := range uint32(4) {
		sum += lattice(int32(x), int32(y), g.seed+i)
	}
	return sum * 1.7320508
}

// blur mixes each pixel with its neighbours, first along rows, then columns.
func blur(pix []float32, size int, weight float32) {
	line := make([]float32, size)
	for _, stride := range [][2]int{{3, 3 * size}, {3 * size, 3}} {
		for i := range size {
			for k := range 3 {
				start := i*stride[1] + k
				for j := range line {
					line[j] = pix[start+j*stride[0]]
				}
				for j, v := range line {
					before, after := line[max(0, j-1)], line[min(size-1, j+1)]
					pix[start+j*stride[0]] = v + weight*(before+after-2*v)
				}
			}
		}
	}
}
