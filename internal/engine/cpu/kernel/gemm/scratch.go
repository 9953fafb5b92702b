package gemm

// Need is what a plan wants of a Scratch.
type Need struct {
	Floats   int // elements for packed operands
	Segments int
	Ints     int // places of operands
}

// Scratch is a worker's own memory for running tasks. Fit it to every plan
// before the first run; runs then allocate nothing. The zero value is ready to
// be fitted.
type Scratch struct {
	Floats   []float32
	Segments []Segment
	Ints     []int
	Tile     Tile
}

// Fit makes the scratch large enough for a plan's need.
func (s *Scratch) Fit(n Need) {
	if len(s.Floats) < n.Floats {
		s.Floats = aligned(n.Floats)
	}
	if len(s.Segments) < n.Segments {
		s.Segments = make([]Segment, n.Segments)
	}
	if len(s.Ints) < n.Ints {
		s.Ints = make([]int, n.Ints)
	}
}
