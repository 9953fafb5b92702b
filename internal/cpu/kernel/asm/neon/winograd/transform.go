package main

import (
	"fmt"
	"math"
	"slices"

	"easel/internal/cpu/kernel/asm/neon"
)

const rowsAhead = 4

// emitter writes one transform.
type emitter struct {
	*neon.Assembler
	matrix    [][]float64
	constants map[float64]neon.Lane // other than ±1, by magnitude
	x         []neon.Vec            // a column or row of X
	tmp       [3]neon.Vec
	between   [][]place
	stack     neon.Reg
	ahead     neon.Reg
	fetch     bool
}

// place is where a value between the passes is: in a register or on the stack.
type place struct {
	v       neon.Vec
	onStack bool
	at      int // bytes
}

// transform emits Y = P·X·Pᵀ: X is q×q vectors at given offsets from src, Y
// p×p vectors to given offsets from dst. First P runs down the columns of X,
// then along the rows of what that makes. The values in between stay in
// registers as far as they fit, the rest is on the stack; constants share
// registers, four in each, and multiply by lane.
//
// With ahead, the same place rowsAhead rows further is fetched into the cache.
func transform(a *neon.Assembler, name string, matrix [][]float64, ahead bool) {
	const signature = "(dst *float32, to *int, dstRow int, src *float32, from *int, srcRow int, rows int, n int)"
	a.Function(name, signature, fmt.Sprintf("is Y = P·X·Pᵀ with a P of %d×%d.", len(matrix), len(matrix[0])), func() {
		e := &emitter{Assembler: a, matrix: matrix, fetch: ahead}
		e.registers()
		dst, src, to, from := e.Param("dst"), e.Param("src"), e.Param("to"), e.Param("from")
		rows, n, i := e.Param("rows"), e.Param("n"), e.GP()
		e.Op("LSL", "$2", n, n)
		if ahead {
			e.ahead = e.Param("srcRow")
			e.Op("LSL", fmt.Sprintf("$%d", 2+bits(rowsAhead)), e.ahead, e.ahead)
		}
		e.Label("row")
		e.Op("MOVD", "$0", i)
		e.Label("vector")
		e.Scope(func() { e.columns(src, i, from) })
		e.Scope(func() { e.rows(dst, i, to) })
		e.Op("ADD", "$16", i, i)
		e.Op("CMP", n, i)
		e.Op("BLT", "vector")
		e.Op("MOVD", e.Place("dstRow"), i)
		e.Op("ADD", fmt.Sprintf("%s<<2", i), dst, dst)
		e.Op("MOVD", e.Place("srcRow"), i)
		e.Op("ADD", fmt.Sprintf("%s<<2", i), src, src)
		e.Op("SUBS", "$1", rows, rows)
		e.Op("BNE", "row")
	})
}

func bits(n int) int { return int(math.Log2(float64(n))) }

// registers takes the vectors: constants, a row of X, temporaries, and what is
// left for the values between the passes.
func (e *emitter) registers() {
	e.takeConstants()
	p, q := len(e.matrix), len(e.matrix[0])
	for range q {
		e.x = append(e.x, e.V())
	}
	for k := range e.tmp {
		e.tmp[k] = e.V()
	}
	held := e.FreeV()
	if p*q > held {
		e.stack = e.Local(p*q - held)
	}
	e.between = make([][]place, p)
	for i := range e.between {
		e.between[i] = make([]place, q)
	}
	for n := range p * q { // columns are made one after the other
		at := &e.between[n%p][n/p]
		if n < held {
			at.v = e.V()
		} else {
			*at = place{onStack: true, at: 16 * (n - held)}
		}
	}
}

// takeConstants loads every magnitude that a combination multiplies by.
func (e *emitter) takeConstants() {
	var list []float64
	e.each(func(row []float64) {
		for _, c := range row {
			if c = math.Abs(c); c != 0 && c != 1 && !slices.Contains(list, c) {
				list = append(list, c)
			}
		}
	})
	numbers := make([]float32, len(list))
	for i, c := range list {
		numbers[i] = float32(c)
	}
	e.constants = map[float64]neon.Lane{}
	for i, lane := range e.Lanes(numbers) {
		e.constants[list[i]] = lane
	}
}

// each calls f with the combinations that apply emits.
func (e *emitter) each(f func(row []float64)) {
	for i := 0; i < len(e.matrix); i++ {
		if even, odd, ok := e.pair(i); ok {
			f(even)
			f(odd)
			i++
			continue
		}
		f(e.matrix[i])
	}
}

// pair is rows i and i+1 of P as the sum and the difference of what they have in
// common and of what has opposite signs, if that takes fewer terms: rows of
// points ±p do.
func (e *emitter) pair(i int) (even, odd []float64, ok bool) {
	if i+1 == len(e.matrix) {
		return nil, nil, false
	}
	row, next := e.matrix[i], e.matrix[i+1]
	for j := range row {
		even, odd = append(even, (row[j]+next[j])/2), append(odd, (row[j]-next[j])/2)
	}
	fewer := terms(even)+terms(odd) < terms(row)+terms(next)
	return even, odd, fewer && terms(even) > 0 && terms(odd) > 0
}

func terms(row []float64) (n int) {
	for _, c := range row {
		if c != 0 {
			n++
		}
	}
	return n
}

// columns applies P to each column of X.
func (e *emitter) columns(src, i, from neon.Reg) {
	q := len(e.x)
	at, source, next := e.GP(), e.GP(), e.GP()
	e.Op("ADD", i, src, at)
	for j := range q {
		for k, x := range e.x {
			e.Op("MOVD", neon.Mem(from, (k*q+j)*8), source)
			e.Op("ADD", fmt.Sprintf("%s<<2", source), at, source)
			e.Op("FMOVQ", neon.Mem(source, 0), x.Quad())
			if e.fetch {
				e.Op("ADD", e.ahead, source, next)
				e.Op("PRFM", neon.Mem(next, 0), "PLDL1KEEP")
			}
		}
		e.apply(e.x, func(k int) neon.Vec {
			if to := e.between[k][j]; !to.onStack {
				return to.v
			}
			return e.tmp[2]
		}, func(k int, y neon.Vec) {
			if to := e.between[k][j]; to.onStack {
				e.Store(y, neon.Mem(e.stack, to.at))
			}
		})
	}
}

// rows applies P to each row of what columns made, and writes Y.
func (e *emitter) rows(dst, i, to neon.Reg) {
	at, target := e.GP(), e.GP()
	e.Op("ADD", i, dst, at)
	for k, row := range e.between {
		x := make([]neon.Vec, len(row))
		for j, from := range row {
			x[j] = from.v
			if from.onStack {
				x[j] = e.x[j]
				e.Op("FMOVQ", neon.Mem(e.stack, from.at), x[j].Quad())
			}
		}
		e.apply(x, func(int) neon.Vec { return e.tmp[2] }, func(l int, y neon.Vec) {
			e.Op("MOVD", neon.Mem(to, (k*len(e.matrix)+l)*8), target)
			e.Op("ADD", fmt.Sprintf("%s<<2", target), at, target)
			e.Store(y, neon.Mem(target, 0))
		})
	}
}

// apply emits y = P·x, each y into the register that place names, and passes it on
// in order.
func (e *emitter) apply(x []neon.Vec, place func(i int) neon.Vec, use func(i int, y neon.Vec)) {
	for i := 0; i < len(e.matrix); i++ {
		even, odd, ok := e.pair(i)
		if !ok {
			y := place(i)
			e.combine(y, e.matrix[i], x)
			use(i, y)
			continue
		}
		a, b := e.tmp[0], e.tmp[1]
		e.combine(a, even, x)
		e.combine(b, odd, x)
		sum := place(i)
		e.FADD(sum, a, b)
		use(i, sum)
		difference := place(i + 1)
		e.FSUB(difference, a, b)
		use(i+1, difference)
		i++
	}
}

// combine emits sum = Σ c·x, beginning with a term that needs no multiplication
// if there is one.
func (e *emitter) combine(sum neon.Vec, row []float64, x []neon.Vec) {
	first := -1
	for _, wanted := range []func(float64) bool{
		func(c float64) bool { return c == 1 }, func(c float64) bool { return c == -1 }, func(c float64) bool { return c != 0 },
	} {
		if first < 0 {
			first = slices.IndexFunc(row, wanted)
		}
	}
	switch c := row[first]; {
	case c == 1:
		e.Copy(sum, x[first])
	case c == -1:
		e.FNEG(sum, x[first])
	default:
		e.FMULLane(sum, x[first], e.constants[math.Abs(c)])
		if c < 0 {
			e.FNEG(sum, sum)
		}
	}
	for j, c := range row {
		switch {
		case j == first || c == 0:
		case c == 1:
			e.FADD(sum, sum, x[j])
		case c == -1:
			e.FSUB(sum, sum, x[j])
		case c < 0:
			e.FMLSLane(sum, x[j], e.constants[-c])
		default:
			e.FMLALane(sum, x[j], e.constants[c])
		}
	}
}
