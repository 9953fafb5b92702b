package optimise

import (
	"fmt"
	"runtime"
	"slices"
)

// LBFGSOptions say how L-BFGS works. The zero value stands for the defaults.
type LBFGSOptions struct {
	// History is the number of pairs of steps and changes of the gradient that
	// are kept; 0 is DefaultHistory.
	History int
	// FirstStep is the mean of |Δx| in the first step, and in the first after
	// the history was dropped, when nothing is known about the curvature; 0 is
	// DefaultFirstStep.
	FirstStep float64
	// Tolerance is the relative decrease of the value below which a step
	// counts as none; after ten of them in a row the method has converged.
	// 0 is DefaultTolerance. It is relative so that it means the same for
	// normalised and other networks, whose losses differ by orders of magnitude.
	Tolerance float64
	// Threads to work with; 0 is one per core that the process may use. The bits do not
	// depend on it.
	Threads int
}

// The defaults of LBFGSOptions. Others keep 100 pairs (Torch, PyTorch); more
// than 20 gain nothing that can be seen and cost 8 bytes a number and pair.
const (
	DefaultHistory   = 20
	DefaultFirstStep = 1.0 / 1024
	DefaultTolerance = 1e-8
)

// patience is how many steps in a row may gain nothing before the method has
// converged, and retreats how many times a direction is shortened before it is
// given up for the negative gradient.
const (
	patience = 10
	retreats = 6
)

// LBFGS is the limited-memory method of Nocedal (1980) with steps of length 1
// and no line search, as everyone runs it for pictures: one evaluation a step.
// Unlike other implementations, if the value rises or is not a number, it goes back
// to the last good point and shortens the step, and drops its history if that does
// not help. So values never rise from one accepted point to the next, and Best is
// the last accepted point.
type LBFGS struct {
	o       LBFGSOptions
	workers workers
	// The pairs, oldest first.
	steps [][]float32 // s: x₊ − x
	turns [][]float32 // y: g₊ − g
	bends []float64   // sᵀy
	point []float32   // the last accepted point, its value and gradient
	grad  []float32
	value float64
	// direction and length of the step that led to the point being evaluated.
	direction []float32
	length    float64
	tries     int // times that it has been shortened
	idle      int // accepted steps in a row that gained nothing

	precondition func(v []float32) // v ← P·v; nil for P = 1
	scratch      []float32         // P·y
}

// NewLBFGS makes a method that knows nothing yet. It panics on negative
// options.
func NewLBFGS(o LBFGSOptions) *LBFGS {
	if o.History < 0 || o.FirstStep < 0 || o.Tolerance < 0 {
		panic(fmt.Sprintf("optimise: L-BFGS with negative options %+v", o))
	}
	if o.History == 0 {
		o.History = DefaultHistory
	}
	if o.FirstStep == 0 {
		o.FirstStep = DefaultFirstStep
	}
	if o.Tolerance == 0 {
		o.Tolerance = DefaultTolerance
	}
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	return &LBFGS{o: o, workers: workers(o.Threads)}
}

// Precondition makes the method look for the minimum as if x were B·z and z what it moves,
// where BBᵀ = P. Apply is v ← P·v; P is symmetric and positive definite, such as that of
// Pyramid. The method keeps x and its own gradients: P takes the place of the identity in
// H₀ (Nocedal and Wright 2006, §7.2), which leads to the same points. It is forgotten by
// Resize, and is no part of the State.
func (m *LBFGS) Precondition(apply func(v []float32)) { m.precondition = apply }

// Threads is the number of threads that it works with.
func (m *LBFGS) Threads() int { return int(m.workers) }

// Best implements Method.
func (m *LBFGS) Best() []float32 { return m.point }

// Bytes implements Method: the pairs, the last point with its gradient, and a
// direction.
func (m *LBFGS) Bytes(n int) int64 { return int64(n) * 4 * int64(2*m.o.History+3) }

// Step implements Method.
func (m *LBFGS) Step(x []float32, f float64, g []float32) Status {
	good := finite(f) && finite(m.workers.dot(g, g))
	switch {
	case m.point == nil:
		m.accept(x, f, g)
		if !good {
			return Converged // there is nothing to go back to
		}
	case !good || f > m.value:
		return m.retreat(x)
	default:
		m.remember(x, g)
		m.count(f)
		m.accept(x, f, g)
	}
	return m.advance(x)
}

// accept makes x the point to go on from.
func (m *LBFGS) accept(x []float32, f float64, g []float32) {
	m.point = append(m.point[:0], x...)
	m.grad = append(m.grad[:0], g...)
	m.value, m.tries = f, 0
}

// count counts steps that gained nothing.
func (m *LBFGS) count(f float64) {
	if m.value-f <= m.o.Tolerance*max(m.value, -m.value) {
		m.idle++
	} else {
		m.idle = 0
	}
}

// remember adds the pair of the step that led to x, if the curvature along it
// is positive: relative to the vectors' lengths, so that the test is the same
// in every unit.
func (m *LBFGS) remember(x, g []float32) {
	s, y := m.recycled(len(x))
	m.workers.minus(s, x, m.point)
	m.workers.minus(y, g, m.grad)
	w := m.workers
	if sy := w.dot(s, y); sy > 0 && sy*sy > 1e-16*w.dot(s, s)*w.dot(y, y) {
		m.keep(s, y, sy)
	}
}

// keep adds a pair with sᵀy = bend.
func (m *LBFGS) keep(s, y []float32, bend float64) {
	m.steps, m.turns, m.bends = append(m.steps, s), append(m.turns, y), append(m.bends, bend)
}

// forget drops all pairs.
func (m *LBFGS) forget() { m.steps, m.turns, m.bends = nil, nil, nil }

// recycled is the memory of the oldest pair once the history is full.
func (m *LBFGS) recycled(n int) (s, y []float32) {
	if len(m.steps) < m.o.History {
		return make([]float32, n), make([]float32, n)
	}
	s, y = m.steps[0], m.turns[0]
	m.steps = slices.Delete(m.steps, 0, 1)
	m.turns = slices.Delete(m.turns, 0, 1)
	m.bends = slices.Delete(m.bends, 0, 1)
	return s, y
}

// advance goes one step from the accepted point.
func (m *LBFGS) advance(x []float32) Status {
	size := m.workers.meanAbs(m.grad)
	if m.idle >= patience || size == 0 {
		return Converged
	}
	m.search()
	m.length = 1
	if len(m.steps) == 0 {
		m.length = m.o.FirstStep / m.workers.meanAbs(m.direction)
	}
	m.jump(x)
	return Moved
}

// retreat goes back to the last good point and along the same direction less
// far, or, if that has been tried, begins anew with the negative gradient.
func (m *LBFGS) retreat(x []float32) Status {
	m.tries++
	switch {
	case m.tries < retreats:
		m.length /= 4
	case len(m.steps) > 0:
		m.forget()
		m.tries = 0
		return m.retreated(m.advance(x))
	default: // not even the gradient leads down: float32 has no better point near
		copy(x, m.point)
		return Converged
	}
	m.jump(x)
	return Retreated
}

func (m *LBFGS) retreated(s Status) Status {
	if s == Moved {
		return Retreated
	}
	return s
}

// jump sets x to the accepted point plus the step.
func (m *LBFGS) jump(x []float32) {
	copy(x, m.point)
	m.workers.axpy(m.length, m.direction, x)
}

// search computes the direction −H·g by the two-loop recursion (Nocedal and
// Wright 2006, algorithm 7.4).
func (m *LBFGS) search() {
	w, k := m.workers, len(m.steps)
	d := append(m.direction[:0], m.grad...)
	w.scale(-1, d)
	alpha := make([]float64, k)
	for i := k - 1; i >= 0; i-- {
		alpha[i] = w.dot(m.steps[i], d) / m.bends[i]
		w.axpy(-alpha[i], m.turns[i], d)
	}
	m.guess(d)
	for i := range k {
		beta := w.dot(m.turns[i], d) / m.bends[i]
		w.axpy(alpha[i]-beta, m.steps[i], d)
	}
	m.direction = d
}

// guess is d ← H₀·d, with H₀ = P·sᵀy/yᵀPy of the newest pair.
func (m *LBFGS) guess(d []float32) {
	if m.precondition != nil {
		m.precondition(d)
	}
	k := len(m.turns)
	if k == 0 {
		return
	}
	y := m.turns[k-1]
	py := y
	if m.precondition != nil {
		m.scratch = append(m.scratch[:0], y...)
		py = m.scratch
		m.precondition(py)
	}
	m.workers.scale(m.bends[k-1]/m.workers.dot(y, py), d)
}

// Resize implements Method. The pairs are kept where the curvature along them
// stays positive; the last point is forgotten, since the value at its new size
// is not known.
func (m *LBFGS) Resize(point, gradient func([]float32) []float32) {
	steps, turns := m.steps, m.turns
	m.forget()
	for i := range steps {
		s, y := point(steps[i]), gradient(turns[i])
		if sy := m.workers.dot(s, y); sy > 0 {
			m.keep(s, y, sy)
		}
	}
	m.point, m.grad, m.direction, m.precondition, m.scratch = nil, nil, nil, nil, nil
	m.tries, m.idle, m.length = 0, 0, 0
}

// State implements Method.
func (m *LBFGS) State() State {
	s := State{
		Numbers: map[string]float64{
			"pairs": float64(len(m.steps)), "value": m.value, "length": m.length,
			"tries": float64(m.tries), "idle": float64(m.idle),
		},
		Vectors: map[string][]float32{},
	}
	for name, v := range map[string][]float32{"point": m.point, "gradient": m.grad, "direction": m.direction} {
		if v != nil {
			s.Vectors[name] = v
		}
	}
	for i := range m.steps {
		s.Vectors[fmt.Sprintf("step.%03d", i)] = m.steps[i]
		s.Vectors[fmt.Sprintf("turn.%03d", i)] = m.turns[i]
	}
	return s
}

// Restore implements Method. Of a state of more pairs than the history, the newest are kept.
func (m *LBFGS) Restore(s State) error {
	r := LBFGS{
		o: m.o, workers: m.workers, value: s.Numbers["value"], length: s.Numbers["length"],
		tries: int(s.Numbers["tries"]), idle: int(s.Numbers["idle"]),
		precondition: m.precondition,
		point:        s.Vectors["point"], grad: s.Vectors["gradient"], direction: s.Vectors["direction"],
	}
	pairs := int(s.Numbers["pairs"])
	n := len(r.point)
	for i := max(pairs-m.o.History, 0); i < pairs; i++ {
		a, b := s.Vectors[fmt.Sprintf("step.%03d", i)], s.Vectors[fmt.Sprintf("turn.%03d", i)]
		if len(a) == 0 || len(a) != len(b) || (n > 0 && len(a) != n) {
			return fmt.Errorf("optimise: pair %d of the state has vectors of %d and %d numbers", i, len(a), len(b))
		}
		r.keep(a, b, m.workers.dot(a, b))
	}
	if len(r.grad) != n || (r.direction != nil && len(r.direction) != n) {
		return fmt.Errorf("optimise: the state's vectors differ in length")
	}
	*m = r
	return nil
}
