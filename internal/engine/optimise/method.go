package optimise

// Status says what a step did.
type Status int

const (
	// Moved is a step forward.
	Moved Status = iota
	// Retreated is a step back: the value had risen or was not a number.
	Retreated
	// Converged means that no step was taken: this method cannot reduce the value by
	// more than its tolerance.
	Converged
)

// String is the status for people.
func (s Status) String() string { return [...]string{"moved", "retreated", "converged"}[s] }

// Method finds the next point from the value f and the gradient g at x.
type Method interface {
	// Step moves x in place.
	Step(x []float32, f float64, g []float32) Status
	// Best is the point to keep of those seen so far, nil before the first; its
	// memory is the method's.
	Best() []float32
	// Resize carries the method to vectors of another length. Point maps a
	// vector that is added to points, gradient one that is a gradient; the next
	// Step sees a point that the caller has mapped.
	Resize(point, gradient func([]float32) []float32)
	// State is everything that the method knows, for Restore of one with the
	// same options. The vectors are the method's own.
	State() State
	Restore(State) error
	// Bytes is the memory that the method will hold for vectors of length n.
	Bytes(n int) int64
}

// State is a method's memory as named numbers and vectors.
type State struct {
	Numbers map[string]float64
	Vectors map[string][]float32
}
