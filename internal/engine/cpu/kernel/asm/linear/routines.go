package linear

import (
	"fmt"

	"easel/internal/engine/cpu/kernel/winograd/toom"
)

// Routine is a transform of package winograd that generators write.
type Routine struct {
	Name  string // but for the instruction set, which follows
	Plan  *Plan
	Fetch Fetch
}

// Fetch is what a routine asks for to be brought into the cache while it
// computes: X lies far away, in a pattern that the processor does not see.
type Fetch int

const (
	FetchNothing Fetch = iota
	FetchRows          // X some rows further
	FetchNext          // another X, whose offsets follow those of this one
)

// filters are the F(m, r) that are written.
var filters = [][2]int{{4, 2}, {2, 3}, {3, 3}, {4, 3}, {3, 4}, {4, 4}}

// Routines plans the transforms of all filters.
func Routines() (list []Routine) {
	for _, f := range filters {
		m := toom.New(f[0], f[1])
		add := func(kind string, matrix [][]float64, fetch Fetch) {
			list = append(list, Routine{fmt.Sprintf("%sF%dx%d", kind, f[0], f[1]), Factor(matrix), fetch})
		}
		add("input", m.BT, FetchNext)
		add("kernel", m.G, FetchRows)
		add("output", m.AT, FetchNothing)
		add("outputGradient", toom.Transpose(m.AT), FetchNext)
		add("kernelGradient", toom.Transpose(m.G), FetchNothing)
	}
	return list
}
