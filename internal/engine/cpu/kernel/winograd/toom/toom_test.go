package toom_test

import (
	"testing"

	"easel/internal/base/near"
	"easel/internal/engine/cpu/kernel/winograd/toom"
)

// The identity holds for every filter and input if it holds for unit vectors.
func TestIdentity(t *testing.T) {
	t.Parallel()
	for m := 1; m <= 6; m++ {
		for r := 1; m+r <= 8; r++ {
			f := toom.New(m, r)
			for tap := range r {
				for at := range m + r - 1 {
					for i := range m {
						sum := 0.0
						for p := range f.BT {
							sum += f.AT[i][p] * f.G[p][tap] * f.BT[p][at]
						}
						want := 0.0
						if at == i+tap {
							want = 1
						}
						if !near.Within(sum-want, 1e-13) {
							t.Errorf("F(%d, %d): output %d has %v of input %d by tap %d, want %v", m, r, i, sum, at, tap, want)
						}
					}
				}
			}
		}
	}
}

func TestShapes(t *testing.T) {
	t.Parallel()
	f := toom.New(4, 2)
	if len(f.AT) != 4 || len(f.AT[0]) != 5 || len(f.G) != 5 || len(f.G[0]) != 2 || len(f.BT) != 5 || len(f.BT[0]) != 5 {
		t.Errorf("F(4, 2) has matrices of other shapes: %v", f)
	}
}
