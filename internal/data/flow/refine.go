package flow

import "math"

// The energy's weights, for grey from 0 to 255, and the effort of its solution, chosen on
// moved photographs with noise.
const (
	brightness = 5.0 // of constant brightness
	gradients  = 5.0 // of constant gradients
	smoothness = 4.0
	flat       = 1.0  // added to squared gradients where they normalise
	dataSlack  = 0.01 // ε of the penalty √(x² + ε²), of the data
	edgeSlack  = 0.03 // and of changes of the flow, in pixels
	least      = 1e-6 // added to what is divided by

	warps       = 3 // of the second picture, each with its penalties
	relaxations = 5 // of the linear equations at each warp
	over        = 1.8
)

// equations are the linear equations for the flow at one size: for each pixel,
//
//	a11·u + a12·v = b1 and a12·u + a22·v = b2
//
// from the data, and right and down, which couple it to two neighbours and these to it.
// inverse1 and inverse2 are of the factors of u and v, with the couplings.
type equations struct {
	width, height      int
	a11, a12, a22      []float32
	b1, b2             []float32
	right, down        []float32
	inverse1, inverse2 []float32

	dx, dy, dt         []float32 // of brightness, at the middle between both pictures
	dxx, dxy, dyy      []float32 // and of its gradient
	dxt, dyt           []float32
	mean, warped, edge []float32
	inside             []bool
}

func newEquations(width, height int) *equations {
	e := &equations{width: width, height: height, inside: make([]bool, width*height)}
	for _, v := range []*[]float32{&e.a11, &e.a12, &e.a22, &e.b1, &e.b2, &e.right, &e.down, &e.inverse1, &e.inverse2,
		&e.dx, &e.dy, &e.dt, &e.dxx, &e.dxy, &e.dyy, &e.dxt, &e.dyt, &e.mean, &e.warped, &e.edge} {
		*v = make([]float32, width*height)
	}
	return e
}

// refine improves the flow f from a to b.
func refine(f Field, a, b plane) {
	e := newEquations(a.width, a.height)
	for range warps {
		e.differentiate(f, a, b)
		e.data(f)
		e.couple(f)
		for range relaxations {
			e.relax(f, 0)
			e.relax(f, 1)
		}
	}
}

// differentiate warps b by f and takes derivatives.
func (e *equations) differentiate(f Field, a, b plane) {
	for y := range e.height {
		for x := range e.width {
			i := y*e.width + x
			toX, toY := float32(x)+f.X[i], float32(y)+f.Y[i]
			e.inside[i] = toX >= 0 && toY >= 0 && toX <= float32(e.width-1) && toY <= float32(e.height-1)
			v := f.near(toX, toY).of(b.pix)
			e.mean[i], e.dt[i] = (v+a.pix[i])/2, v-a.pix[i]
		}
	}
	e.slopes(e.mean, e.dx, e.dy)
	e.slopes(e.dx, e.dxx, e.dxy)
	e.slopes(e.dy, e.edge, e.dyy)
	e.slopes(e.dt, e.dxt, e.dyt)
}

// slopes writes the derivatives of v by central differences.
func (e *equations) slopes(v, dx, dy []float32) {
	w := e.width
	for y := range e.height {
		row := v[y*w:][:w]
		above, below := v[max(y-1, 0)*w:][:w], v[min(y+1, e.height-1)*w:][:w]
		outX, outY := dx[y*w:][:w], dy[y*w:][:w]
		for x := range row {
			outX[x] = (row[min(x+1, w-1)] - row[max(x-1, 0)]) / 2
			outY[x] = (below[x] - above[x]) / 2
		}
	}
}

// data sets the equations' part of the data, linear around f.
func (e *equations) data(f Field) {
	for i := range e.a11 {
		if !e.inside[i] {
			e.a11[i], e.a12[i], e.a22[i], e.b1[i], e.b2[i] = 0, 0, 0, 0, 0
			continue
		}
		ix, iy, it := e.dx[i], e.dy[i], e.dt[i]
		norm := 1 / (ix*ix + iy*iy + flat)
		w := brightness * norm / root(norm*it*it+dataSlack*dataSlack)
		xx, xy, yy, xt, yt := e.dxx[i], e.dxy[i], e.dyy[i], e.dxt[i], e.dyt[i]
		nx, ny := 1/(xx*xx+xy*xy+flat), 1/(xy*xy+yy*yy+flat)
		wg := gradients / root(nx*xt*xt+ny*yt*yt+dataSlack*dataSlack)
		nx, ny = wg*nx, wg*ny

		a11 := w*ix*ix + nx*xx*xx + ny*xy*xy
		a12 := w*ix*iy + nx*xx*xy + ny*xy*yy
		a22 := w*iy*iy + nx*xy*xy + ny*yy*yy
		u, v := f.X[i], f.Y[i]
		e.a11[i], e.a12[i], e.a22[i] = a11, a12, a22
		e.b1[i] = a11*u + a12*v - w*ix*it - nx*xx*xt - ny*xy*yt
		e.b2[i] = a12*u + a22*v - w*iy*it - nx*xy*xt - ny*yy*yt
	}
}

// couple sets the couplings of neighbours: weak where f has an edge.
func (e *equations) couple(f Field) {
	w := e.width
	for y := range e.height {
		above, below := max(y-1, 0)*w, min(y+1, e.height-1)*w
		for x := range w {
			left, right := y*w+max(x-1, 0), y*w+min(x+1, w-1)
			change := square(f.X[right]-f.X[left]) + square(f.Y[right]-f.Y[left]) +
				square(f.X[below+x]-f.X[above+x]) + square(f.Y[below+x]-f.Y[above+x])
			e.edge[y*w+x] = smoothness / root(change/4+edgeSlack*edgeSlack)
		}
	}
	for y := range e.height {
		for x := range w {
			i := y*w + x
			e.right[i], e.down[i] = 0, 0
			if x < w-1 {
				e.right[i] = (e.edge[i] + e.edge[i+1]) / 2
			}
			if y < e.height-1 {
				e.down[i] = (e.edge[i] + e.edge[i+w]) / 2
			}
			sum := e.right[i] + e.down[i]
			if x > 0 {
				sum += e.right[i-1]
			}
			if y > 0 {
				sum += e.down[i-w]
			}
			e.inverse1[i], e.inverse2[i] = 1/(e.a11[i]+sum+least), 1/(e.a22[i]+sum+least)
		}
	}
}

// relax solves the equations of every second pixel, as on a chessboard. Those of one
// colour do not depend on each other.
func (e *equations) relax(f Field, colour int) {
	w, h := e.width, e.height
	none := make([]float32, w)
	for y := range h {
		at := y * w
		u, v := f.X[at:][:w], f.Y[at:][:w]
		uAbove, vAbove, wAbove := none, none, none
		if y > 0 {
			uAbove, vAbove, wAbove = f.X[at-w:][:w], f.Y[at-w:][:w], e.down[at-w:][:w]
		}
		uBelow, vBelow := none, none
		if y < h-1 {
			uBelow, vBelow = f.X[at+w:][:w], f.Y[at+w:][:w]
		}
		a12, b1, b2 := e.a12[at:][:w], e.b1[at:][:w], e.b2[at:][:w]
		right, down := e.right[at:][:w], e.down[at:][:w]
		inverse1, inverse2 := e.inverse1[at:][:w], e.inverse2[at:][:w]
		for x := (y + colour) % 2; x < w; x += 2 {
			su := right[x]*u[min(x+1, w-1)] + down[x]*uBelow[x] + wAbove[x]*uAbove[x]
			sv := right[x]*v[min(x+1, w-1)] + down[x]*vBelow[x] + wAbove[x]*vAbove[x]
			if x > 0 {
				su += right[x-1] * u[x-1]
				sv += right[x-1] * v[x-1]
			}
			u[x] += over * ((b1[x]-a12[x]*v[x]+su)*inverse1[x] - u[x])
			v[x] += over * ((b2[x]-a12[x]*u[x]+sv)*inverse2[x] - v[x])
		}
	}
}

func root(v float32) float32 { return float32(math.Sqrt(float64(v))) }
