package winograd

import "fmt"

// Transform is Y = P·X·Pᵀ with a constant P [p, q], for many channels at once.
type Transform struct {
	p, q   int
	matrix []float32 // P, row by row
	asm    routine
	// fetches says that the places of the next X follow those of X.
	fetches bool
}

func newTransform(matrix [][]float64, asm routine, fetches bool) *Transform {
	t := &Transform{p: len(matrix), q: len(matrix[0]), asm: asm, fetches: fetches}
	for _, row := range matrix {
		for _, v := range row {
			t.matrix = append(t.matrix, float32(v))
		}
	}
	return t
}

// Work is what a transform of one vector takes: vectors read, vectors written,
// and additions and multiplications.
func (t *Transform) Work() (loads, stores, arithmetic int) {
	for _, v := range t.matrix {
		if v != 0 {
			arithmetic++
		}
	}
	return t.q * t.q, t.p * t.p, arithmetic * (t.p + t.q)
}

// Operand says where a side of a transform lies.
type Operand struct {
	Data []float32
	// Row is the number of elements from one row of channels to the next.
	Row int
}

// Run transforms rows of n channels, n a multiple of Lanes. Element (i, j) of
// X is read at src.Data[from[i·q+j]:], element (i, j) of Y is written at
// dst.Data[to[i·p+j]:]; a next row of channels lies src.Row and dst.Row
// elements further. Places in dst may not overlap each other or those in src.
//
// Of Input and OutputGradient, from goes on with the places of the X that comes
// next, or once more with those of this one: it is fetched into the cache
// meanwhile, since the processor does not see the pattern.
func (t *Transform) Run(dst Operand, to []int, src Operand, from []int, rows, n int) {
	if rows < 1 || n < 1 || n%Lanes != 0 || len(to) < t.p*t.p || len(from) < t.places() {
		panic(fmt.Sprintf("winograd: %d rows of %d channels from %d places to %d", rows, n, len(from), len(to)))
	}
	dst.check(to[:t.p*t.p], rows, n)
	src.check(from[:t.q*t.q], rows, n)
	if t.asm != nil {
		t.asm(&dst.Data[0], &to[0], dst.Row, &src.Data[0], &from[0], src.Row, rows, n)
		return
	}
	for r := range rows {
		for c := 0; c < n; c += Lanes {
			t.vector(dst.Data, r*dst.Row+c, to, src.Data, r*src.Row+c, from)
		}
	}
}

// places is how many offsets Run wants of X.
func (t *Transform) places() int {
	if t.fetches {
		return 2 * t.q * t.q
	}
	return t.q * t.q
}

// check panics unless rows of n channels at every offset lie in the operand. It
// runs for each tile: a number below 0 or above the highest offset sets the sign
// of what is collected.
func (o *Operand) check(offsets []int, rows, n int) {
	highest, outside := len(o.Data)-(rows-1)*o.Row-n, 0
	for _, at := range offsets {
		outside |= at | (highest - at)
	}
	if outside < 0 || o.Row < 0 {
		panic(fmt.Sprintf("winograd: %d rows of %d channels do not lie in %d elements", rows, n, len(o.Data)))
	}
}

// vector is the transform of Lanes channels in Go, and its definition.
func (t *Transform) vector(dst []float32, at int, to []int, src []float32, srcAt int, from []int) {
	var between [7][7][Lanes]float32 // P·X: [p, q]
	for j := range t.q {
		for k := range t.q {
			x := (*[Lanes]float32)(src[from[k*t.q+j]+srcAt:])
			for i := range t.p {
				addScaled(&between[i][j], x, t.matrix[i*t.q+k])
			}
		}
	}
	for i := range t.p {
		for l := range t.p {
			var y [Lanes]float32
			for j := range t.q {
				addScaled(&y, &between[i][j], t.matrix[l*t.q+j])
			}
			copy(dst[to[i*t.p+l]+at:], y[:])
		}
	}
}

func addScaled(dst, x *[Lanes]float32, by float32) {
	if by == 0 {
		return
	}
	for i, v := range x {
		dst[i] += by * v
	}
}
