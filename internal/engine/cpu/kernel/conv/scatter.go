package conv

import "easel/internal/engine/cpu/kernel/gemm"

// scatter is a sum over taps with so few output channels that a tile's columns
// would mostly be idle: pictures of three channels, the discriminator's last
// layer. It multiplies each input pixel with all taps at once, columns being
// (tap, output channel), and adds the products to the outputs that they
// belong to. A task is a band of output rows; the input rows that two bands
// share are multiplied twice.
//
// Taps are counted in the order of the outputs that they reach: input (i, j)
// reaches outputs (i·step + top + u, j·step + left + v) for u < KH, v < KW.
type scatter struct {
	k          *gemm.Kernels
	g          Geometry
	in, out    side
	step       int
	top, left  int
	backward   bool
	transposed bool
	columns    []panel
	width      int // of the columns when packed
	rows       int // input rows that are multiplied at a time
	bands      []band
}

// band is rows of one output picture.
type band struct {
	picture int
	rows    interval
}

const (
	bandsWanted = 8
	bandKernels = 3 // the least height of a band, in kernel heights
	bandHeight  = 64
	// scatterPixels are multiplied at a time, at least.
	scatterPixels = 96
)

// newScatter returns nil if it is not a good way for a geometry.
func newScatter(k *gemm.Kernels, g Geometry, swapped, backward bool) *scatter {
	x, y := side{g.H, g.W, g.C, g.XStride}, side{g.OH, g.OW, g.O, g.YStride}
	p := &scatter{k: k, g: g, backward: backward, transposed: swapped != backward}
	if backward {
		p.in, p.out, p.step, p.top, p.left = y, x, g.Stride, -g.PadTop, -g.PadLeft
	} else {
		p.in, p.out, p.step, p.top, p.left = x, y, 1, g.PadTop-(g.KH-1), g.PadLeft-(g.KW-1)
		if g.Stride != 1 {
			return nil
		}
	}
	taps := g.KH * g.KW
	p.columns = panels(k, interval{0, taps * p.out.channels})
	p.width = width(p.columns)
	if p.out.channels >= narrow || 3*p.width > 2*taps*narrow {
		return nil
	}
	p.rows = min(p.in.height, ceil(scatterPixels, p.in.width))
	parts := max(min(bandsWanted, p.out.height/(bandKernels*g.KH)), ceil(p.out.height, bandHeight))
	for n := range g.N {
		for _, r := range split(p.out.height, parts, 1) {
			p.bands = append(p.bands, band{n, r})
		}
	}
	return p
}

func (p *scatter) plan() *Plan {
	return &Plan{
		Method: "scatter", g: p.g, Stages: newStage(len(p.bands), bandParts, p.run, p.cost).only(),
		need: gemm.Need{Segments: 1, Floats: (p.in.channels + p.rows*p.in.width) * p.width},
	}
}

// bandParts is into how many a band is cut for many workers.
const bandParts = 3

// part is a part of a band.
func (b band) part(part int) band {
	if part == whole {
		return b
	}
	return band{b.picture, b.rows.part(part, bandParts)}
}

func (p *scatter) run(group, part int, s *gemm.Scratch, a *Args) {
	b := p.bands[group].part(part)
	if b.rows.len() == 0 {
		return
	}
	in, out := a.X, a.Y
	if p.backward {
		in, out = a.Y, a.X
	}
	picture := a.Arena[out+b.picture*p.out.height*p.out.width*p.out.stride:]
	p.begin(b, picture, a.Bias)
	n := p.in.channels * p.width
	p.pack(s.Floats[:n], a.Kernel)
	// The input rows that reach the band: i·step + top + u in rows, u < KH.
	first := max(0, floorDiv(b.rows.from-p.top-p.g.KH+p.step, p.step))
	last := min(p.in.height, floorDiv(b.rows.to-1-p.top, p.step)+1)
	for i := first; i < last; i += p.rows {
		rows := interval{i, min(i+p.rows, last)}
		at := in + (b.picture*p.in.height+i)*p.in.width*p.in.stride
		p.multiply(rows.len()*p.in.width, at, s, s.Floats[:n], s.Floats[n:], a)
		for r := range rows.len() {
			p.add(i+r, b, s.Floats[n+r*p.in.width*p.width:], picture)
		}
	}
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// begin sets a band to the bias.
func (p *scatter) begin(b band, picture, bias []float32) {
	c := p.out.channels
	for q := b.rows.from * p.out.width; q < b.rows.to*p.out.width; q++ {
		if px := picture[q*p.out.stride:][:c]; bias == nil {
			clear(px)
		} else {
			copy(px, bias)
		}
	}
}

// pack brings the kernel into panels whose columns are (u, v, output channel).
func (p *scatter) pack(dst, kernel []float32) {
	in, out := p.in.channels, p.out.channels
	taps := p.g.KH * p.g.KW
	for _, pn := range p.columns {
		if pn.n < pn.width {
			clear(dst[:in*pn.width])
		}
		for j := range pn.n {
			tap, c := (pn.column+j)/out, (pn.column+j)%out
			if !p.backward {
				tap = taps - 1 - tap
			}
			w, step := kernel[tap*in*out+c:], out
			if p.transposed {
				w, step = kernel[(tap*out+c)*in:], 1
			}
			for i := range in {
				dst[i*pn.width+j] = w[i*step]
			}
		}
		dst = dst[in*pn.width:]
	}
}

// multiply makes the products of n pixels from at on, all columns of each
// pixel together.
func (p *scatter) multiply(n, at int, s *gemm.Scratch, packed, products []float32, a *Args) {
	tile := &s.Tile
	*tile = gemm.Tile{A: a.Arena, C: products, AStep: 1, Segments: s.Segments[:1]}
	seg := &s.Segments[0]
	seg.B, seg.Length = 0, p.in.channels
	for px := 0; px < n; px += gemm.MR {
		tile.M = min(gemm.MR, n-px)
		for i := range seg.A {
			seg.A[i] = at + min(px+i, n-1)*p.in.stride
		}
		rest := packed
		for _, pn := range p.columns {
			for i := range tile.M {
				tile.Rows[i] = (px+i)*p.width + pn.column
			}
			tile.B, tile.LDB, tile.N, tile.Ahead = rest, pn.width, pn.n, 8*pn.width
			p.k.Run(tile)
			rest = rest[p.in.channels*pn.width:]
		}
	}
}

// add adds the products of input row i to the rows of the band.
func (p *scatter) add(i int, b band, products, picture []float32) {
	c := p.out.channels
	run := p.g.KW * c
	for u := range p.g.KH {
		row := i*p.step + p.top + u
		if row < b.rows.from || row >= b.rows.to {
			continue
		}
		to := picture[row*p.out.width*p.out.stride:]
		for j := range p.in.width {
			column := j*p.step + p.left
			from := products[j*p.width+u*run:][:run]
			if p.out.stride == c && column >= 0 && column+p.g.KW <= p.out.width {
				addTo(to[column*c:][:run], from)
				continue
			}
			for v := max(0, -column); v < min(p.g.KW, p.out.width-column); v++ {
				addTo(to[(column+v)*p.out.stride:][:c], from[v*c:][:c])
			}
		}
	}
}

func addTo(dst, src []float32) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] += src[i]
	}
}
