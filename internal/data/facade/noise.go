package facade

// lattice is a random number in 0..1 that belongs to a whole-numbered point.
func lattice(x, y int32, seed uint32) float32 {
	h := uint32(x)*0x9e3779b1 ^ uint32(y)*0x85ebca77 ^ seed*0xc2b2ae3d
	h ^= h >> 15
	h *= 0x2c1b3c6d
	h ^= h >> 12
	h *= 0x297a2d39
	h ^= h >> 15
	return float32(h>>8) * (1.0 / (1 << 24))
}

func floor(v float32) int32 {
	i := int32(v)
	if float32(i) > v {
		i--
	}
	return i
}

// noise is value noise: smooth, 0..1, with bumps about one unit across.
func noise(x, y float32, seed uint32) float32 {
	ix, iy := floor(x), floor(y)
	fx, fy := x-float32(ix), y-float32(iy)
	fx, fy = fx*fx*(3-2*fx), fy*fy*(3-2*fy)
	a, b := lattice(ix, iy, seed), lattice(ix+1, iy, seed)
	c, d := lattice(ix, iy+1, seed), lattice(ix+1, iy+1, seed)
	top, bottom := a+(b-a)*fx, c+(d-c)*fx
	return top + (bottom-top)*fy
}

// fractal adds octaves of noise; 0..1.
func fractal(x, y float32, seed uint32, octaves int) float32 {
	sum, weight, total := float32(0), float32(1), float32(0)
	for range octaves {
		sum += weight * noise(x, y, seed)
		total += weight
		x, y, weight, seed = 2*x, 2*y, weight/2, seed+1
	}
	return sum / total
}

// ramp rises smoothly from 0 at low to 1 at high.
func ramp(low, high, v float32) float32 {
	t := min(1, max(0, (v-low)/(high-low)))
	return t * t * (3 - 2*t)
}

func abs(v float32) float32 { return max(v, -v) }
