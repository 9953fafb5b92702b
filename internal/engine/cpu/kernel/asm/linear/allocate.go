package linear

import "slices"

// allocator gives values registers: all of them while there are enough, then a
// new one that of the value which is needed last (Belady 1966).
type allocator struct {
	Machine
	code     Code
	elements int
	uses     [][]int // by value the steps to come that need it
	register []int   // by value, None if it is in none
	place    []int   // by value on the stack, None if it is in none
	holds    []int   // by register the value, None if it is free
	free     []int   // places of the stack that were used
}

func allocate(w *writer, m Machine) *Code {
	a := &allocator{Machine: m, elements: w.elements, uses: make([][]int, w.values)}
	a.register, a.place, a.holds = none(w.values), none(w.values), none(m.Registers)
	for i, s := range w.steps {
		for _, v := range operands(s) {
			a.uses[v] = append(a.uses[v], i)
		}
	}
	for _, s := range w.steps {
		a.step(s)
	}
	return &a.code
}

func none(n int) []int { return slices.Repeat([]int{None}, n) }

// operands are the values that a step on values reads.
func operands(s Step) []int {
	switch {
	case s.Kind == Store, s.A == s.B:
		return []int{s.A}
	case s.A == None:
		return []int{s.B}
	}
	return []int{s.A, s.B}
}

func (a *allocator) step(s Step) {
	values := operands(s)
	for _, v := range values {
		a.need(v, values)
	}
	to := s.To
	if s.A != None {
		s.A = a.register[s.A]
	}
	if s.Kind == Store {
		a.used(values)
		a.emit(s)
		return
	}
	s.B = a.register[s.B]
	switch fused := s.A != None && s.C != 1 && s.C != -1; {
	case fused && a.last(a.holds[s.A]):
		s.To = s.A
		a.used(values)
	case fused && a.EitherOperand && a.last(a.holds[s.B]):
		s.To = s.B
		a.used(values)
	case fused:
		s.To = a.take(values)
		a.used(values)
	default:
		a.used(values)
		s.To = a.take(values)
	}
	a.holds[s.To], a.register[to] = to, s.To
	a.emit(s)
}

func (a *allocator) emit(s Step) { a.code.Steps = append(a.code.Steps, s) }

// last reports whether the present step is the last that needs a value.
func (a *allocator) last(value int) bool { return len(a.uses[value]) == 1 }

// used notes that a step has used values, and frees what isn't needed any more.
func (a *allocator) used(values []int) {
	for _, v := range values {
		if a.uses[v] = a.uses[v][1:]; len(a.uses[v]) > 0 {
			continue
		}
		a.holds[a.register[v]], a.register[v] = None, None
		if a.place[v] != None {
			a.free = append(a.free, a.place[v])
		}
	}
}

// need brings a value into a register, not in place of those to keep.
func (a *allocator) need(value int, keep []int) {
	if a.register[value] != None {
		return
	}
	to := a.take(keep)
	if value < a.elements {
		a.emit(Step{Kind: Load, To: to, At: value})
	} else {
		a.emit(Step{Kind: Reload, To: to, At: a.place[value]})
	}
	a.holds[to], a.register[value] = value, to
}

// take returns a register that is free or has been freed. An element of X need
// not be put on the stack: it can be loaded again.
func (a *allocator) take(keep []int) int {
	worst, latest := None, -1
	for r, v := range a.holds {
		if v == None {
			return r
		}
		if slices.Contains(keep, v) {
			continue
		}
		if next := a.uses[v][0]; next > latest {
			worst, latest = r, next
		}
	}
	v := a.holds[worst]
	if v >= a.elements && a.place[v] == None {
		a.place[v] = a.slot()
		a.emit(Step{Kind: Spill, A: worst, At: a.place[v]})
	}
	a.holds[worst], a.register[v] = None, None
	return worst
}

func (a *allocator) slot() int {
	if n := len(a.free); n > 0 {
		s := a.free[n-1]
		a.free = a.free[:n-1]
		return s
	}
	a.code.Places++
	return a.code.Places - 1
}
