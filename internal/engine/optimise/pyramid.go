package optimise

// Pyramid is a preconditioner for vectors that are pictures [Height, Width, Channels]:
// P = Σ ½ᵏ·EₖEₖᵀ over k from 0 to Levels−1, where Eₖ enlarges a picture k times by 2,
// bilinearly. A step of plain gradient descent under P is one of the layers of a pyramid,
// the sum of which is the picture (Burt and Adelson 1983). Coarse changes come at less
// cost: P is about 1/f at a frequency f, so that pixels are B·z with B = P^½ about f^−½.
// The spectrum of natural pictures falls in this way, and so does what is missing in a
// picture before its style is transferred.
type Pyramid struct {
	Height, Width, Channels, Levels int
	// Threads to work with. The bits do not depend on it.
	Threads int
}

// Apply is v ← P·v.
func (p Pyramid) Apply(v []float32) {
	if p.Levels < 2 || max(p.Height, p.Width) < 2 {
		return
	}
	small := Pyramid{(p.Height + 1) / 2, (p.Width + 1) / 2, p.Channels, p.Levels - 1, p.Threads}
	s := make([]float32, small.Height*small.Width*small.Channels)
	p.shrink(s, v, small)
	small.Apply(s)
	p.enlarge(v, s, small)
}

// shrink is s ← ½·Eᵀv.
func (p Pyramid) shrink(s, v []float32, small Pyramid) {
	n, sn := p.Width*p.Channels, small.Width*p.Channels
	p.rows(small.Height, func(from, to int) {
		row := make([]float32, n)
		for y := from; y < to; y++ {
			clear(row)
			for _, t := range sources(y, small.Height, p.Height) {
				for i, x := range v[t.at*n:][:n] {
					row[i] += t.weight / 2 * x
				}
			}
			out := s[y*sn:][:sn]
			for x := range small.Width {
				for _, t := range sources(x, small.Width, p.Width) {
					for c := range p.Channels {
						out[x*p.Channels+c] += t.weight * row[t.at*p.Channels+c]
					}
				}
			}
		}
	})
}

// enlarge is v ← v + E·s.
func (p Pyramid) enlarge(v, s []float32, small Pyramid) {
	n, sn := p.Width*p.Channels, small.Width*p.Channels
	p.rows(p.Height, func(from, to int) {
		row := make([]float32, sn)
		for y := from; y < to; y++ {
			a, b := bilinear(y, small.Height)
			for i := range row {
				row[i] = near*s[a*sn+i] + far*s[b*sn+i]
			}
			out := v[y*n:][:n]
			for x := range p.Width {
				a, b := bilinear(x, small.Width)
				for c := range p.Channels {
					out[x*p.Channels+c] += near*row[a*p.Channels+c] + far*row[b*p.Channels+c]
				}
			}
		}
	})
}

// rows shares the rows of a picture among the threads.
func (p Pyramid) rows(n int, work func(from, to int)) {
	workers(p.Threads).share(n, work)
}

// The weights of the nearer and the farther of the two small pixels between which a large
// one lies.
const near, far = 0.75, 0.25

// bilinear returns the pixels among n that pixel i of twice as many lies between, the
// nearer first. At the borders both are the same.
func bilinear(i, n int) (a, b int) {
	a, b = i/2, i/2-1+i%2*2
	return a, min(max(b, 0), n-1)
}

// tap is a pixel and its weight.
type tap struct {
	at     int
	weight float32
}

// sources returns the pixels, among large ones, to which bilinear contributes pixel i of
// small ones, and how much.
func sources(i, small, large int) []tap {
	taps := make([]tap, 0, 4)
	for at := max(2*i-1, 0); at <= min(2*i+2, large-1); at++ {
		t := tap{at: at}
		a, b := bilinear(at, small)
		if a == i {
			t.weight += near
		}
		if b == i {
			t.weight += far
		}
		taps = append(taps, t)
	}
	return taps
}
