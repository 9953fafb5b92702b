package linear

// Kind is what a step does.
type Kind int

const (
	Load    Kind = iota // register To from element At of X
	Store               // register A to element At of Y
	Spill               // register A to place At of the stack
	Reload              // register To from place At of the stack
	Combine             // register To = A + C·B, or C·B if A is None
)

// Step is a step of a transform, on numbered registers.
type Step struct {
	Kind Kind
	To   int
	A, B int
	C    float64
	At   int
}

// Constant is the constant of a combination as in Plan.Constants.
func (s Step) Constant() float64 { return Op{s.A, s.B, s.C}.constant() }

// Code is a transform on registers.
type Code struct {
	Steps  []Step
	Places int // vectors on the stack
}

// Machine is what code is for.
type Machine struct {
	Registers int
	// EitherOperand says that a multiplication with addition can replace A or B by
	// its result, not A alone.
	EitherOperand bool
}

// Transform is Y = P·X·Pᵀ, X [q, q] and Y [p, p], for a plan of P [p, q]. P runs
// down the columns of X, then along the rows of what that makes; an element of X
// is loaded when it is first needed, and one of Y stored when it is made.
//
// To = A + C·B with C other than ±1 has To = A, or To = B on a machine that can,
// or To unlike both.
func Transform(p *Plan, m Machine) *Code {
	rows, q := len(p.Outputs), p.Inputs
	w := &writer{values: q * q, elements: q * q}
	between := make([][]int, rows)
	for i := range between {
		between[i] = make([]int, q)
	}
	for j := range q {
		x := make([]int, q)
		for k := range x {
			x[k] = k*q + j
		}
		for i, v := range w.apply(p, x, nil) {
			between[i][j] = v
		}
	}
	for i, x := range between {
		w.apply(p, x, func(l, v int) { w.steps = append(w.steps, Step{Kind: Store, A: v, At: i*rows + l}) })
	}
	return allocate(w, m)
}

// writer collects steps on values instead of registers.
type writer struct {
	steps    []Step
	values   int // so far
	elements int // of X, the first values
}

// apply adds the steps of y = P·x and returns y's values; each is passed to made
// when it is there.
func (w *writer) apply(p *Plan, x []int, made func(i, value int)) []int {
	values := append([]int(nil), x...)
	y := make([]int, len(p.Outputs))
	done := func(value int) {
		for i, v := range p.Outputs {
			if v == value {
				y[i] = values[value]
				if made != nil {
					made(i, values[value])
				}
			}
		}
	}
	for i := range x {
		done(i)
	}
	for _, op := range p.Ops {
		s := Step{Kind: Combine, To: w.values, A: None, B: values[op.B], C: op.C}
		if op.A != None {
			s.A = values[op.A]
		}
		w.steps = append(w.steps, s)
		values = append(values, w.values)
		w.values++
		done(len(values) - 1)
	}
	return y
}
