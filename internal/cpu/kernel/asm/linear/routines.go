package linear

import (
	"fmt"

	"easel/internal/cpu/kernel/winograd/toom"
)

// Routine is a transform of package winograd that generators write.
type Routine struct {
	Name string // but for the instruction set, which follows
	Plan *Plan
	// Ahead says that X lies in main memory, in rows too short for the processor
	// to see a pattern.
	Ahead bool
}

// filters are the F(m, r) that are written.
var filters = [][2]int{{4, 2}, {2, 3}, {3, 3}, {4, 3}, {3, 4}, {4, 4}}

// Routines plans the transforms of all filters.
func Routines() (list []Routine) {
	for _, f := range filters {
		m := toom.New(f[0], f[1])
		add := func(kind string, matrix [][]float64, ahead bool) {
			list = append(list, Routine{fmt.Sprintf("%sF%dx%d", kind, f[0], f[1]), Factor(matrix), ahead})
		}
		add("input", m.BT, false)
		add("kernel", m.G, true)
		add("output", m.AT, false)
		add("outputGradient", toom.Transpose(m.AT), false)
		add("kernelGradient", toom.Transpose(m.G), false)
	}
	return list
}
