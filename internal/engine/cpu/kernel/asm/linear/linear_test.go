package linear_test

import (
	"math"
	"testing"

	"easel/internal/engine/cpu/kernel/asm/linear"
	"easel/internal/engine/cpu/kernel/winograd/toom"
)

// A plan computes P·x, with few operations.
func TestFactor(t *testing.T) {
	t.Parallel()
	f42, f44, f43 := toom.New(4, 2), toom.New(4, 4), toom.New(4, 3)
	for name, c := range map[string]struct {
		matrix [][]float64
		most   int
	}{
		"input 4 2":           {f42.BT, 8},
		"output 4 2":          {f42.AT, 8},
		"output gradient 4 2": {toom.Transpose(f42.AT), 7},
		"input 4 3":           {f43.BT, 14},
		"output 4 3":          {f43.AT, 11},
		"output gradient 4 3": {toom.Transpose(f43.AT), 10},
		"input 4 4":           {f44.BT, 20},
		"output 4 4":          {f44.AT, 14},
		"output gradient 4 4": {toom.Transpose(f44.AT), 12},
		"kernel 4 4":          {f44.G, 17},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := linear.Factor(c.matrix)
			adds := 0
			for _, op := range p.Ops {
				if op.Adds() {
					adds++
				}
			}
			t.Log(len(p.Ops), "operations", adds, "additions", p.Ops, p.Outputs)
			if len(p.Ops) > c.most {
				t.Errorf("%d operations, want %d", len(p.Ops), c.most)
			}
			for j := range c.matrix[0] { // unit vectors
				values := make([]float64, p.Inputs)
				values[j] = 1
				for _, op := range p.Ops {
					v := op.C * values[op.B]
					if op.A != linear.None {
						v += values[op.A]
					}
					values = append(values, v)
				}
				for i, row := range c.matrix {
					if got := values[p.Outputs[i]]; math.Abs(got-row[j]) > 1e-12 {
						t.Errorf("element %d of column %d: %v, want %v", i, j, got, row[j])
					}
				}
			}
		})
	}
}
