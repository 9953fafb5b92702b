package conv

import (
	"fmt"
	"testing"

	"easel/internal/engine/cpu/kernel/gemm"
)

// inBFloat16 are the kernels of bfloat16 in assembly. In Go, whose sums have the same
// bits, these tests take long.
func inBFloat16(t *testing.T) *gemm.Kernels {
	t.Helper()
	k := gemm.Detect().BFloat16()
	if k == nil || k.Name == "go" {
		t.Skip("the processor has no instructions for bfloat16")
	}
	return k
}

// What rounding to bfloat16 costs, as TestFilteredAccuracy has it for float32: a filter's
// rounded spectra magnify the error of the direct form, which is 0.2 %, and those of
// larger tiles more. Above 2 % a filter is not used.
func TestRoundedAccuracy(t *testing.T) {
	t.Parallel()
	k := inBFloat16(t)
	gathered := func(backward bool) func(*gemm.Kernels, Geometry, bool) *Plan {
		return func(k *gemm.Kernels, g Geometry, swapped bool) *Plan {
			return newGather(k, g.check(), swapped, backward).plan()
		}
	}
	e4 := Geometry{C: 256, O: 512, KH: 4, Stride: 2, PadTop: 1}
	d5 := Geometry{C: 256, O: 1024, KH: 4, Stride: 2, PadTop: 1}
	c4 := Geometry{C: 256, O: 512, KH: 4, Stride: 1, PadTop: 1}
	vgg := Geometry{C: 512, O: 512, KH: 3, Stride: 1, PadTop: 1}
	for _, c := range []struct {
		name  string
		g     Geometry
		m     int // of the filter, 0 for direct
		bound float64
		used  bool
	}{
		{"e4", e4, 0, 0.003, true}, {"e4", e4, 4, 0.017, true}, {"d5", d5, 4, 0.017, true},
		{"c4", c4, 3, 0.018, true}, {"c4", c4, 4, 0.045, false},
		{"vgg", vgg, 0, 0.003, true}, {"vgg", vgg, 2, 0.005, true}, {"vgg", vgg, 3, 0.017, true}, {"vgg", vgg, 4, 0.019, true},
	} {
		if testing.Short() && c.m > 0 && c.name != "c4" {
			continue // an emulated processor takes long
		}
		methods := []direction{{"forward", gathered(false)}, {"input gradient", gathered(true)}}
		if r := c.g.KH / c.g.Stride; c.m > 0 {
			methods = filtered(c.m, r)
			if roundable([2]int{c.m, r}) != c.used {
				t.Errorf("F(%d, %d) is used: %v", c.m, r, !c.used)
			}
		}
		for _, d := range methods {
			t.Run(fmt.Sprintf("%s/F%d/%s", c.name, c.m, d.name), func(t *testing.T) {
				t.Parallel()
				if got := errorOf(k, d, smaller(c.g, d)); got > c.bound || got < c.bound/4 {
					t.Errorf("error %.2g, stated %.2g", got, c.bound)
				}
			})
		}
	}
}

// What layers are computed by with bfloat16. Those whose work is reading weights, and
// those of few channels, stay float32. Kernel gradients of e5 to d4 are NewKernelUpdate's
// in a training, which are float32, too.
func TestChoiceInBFloat16(t *testing.T) {
	t.Parallel()
	k := inBFloat16(t)
	const direct, rounded, scatter, f42, f43, f34 = "direct", "direct bf16", "scatter", "F(4×4, 2×2) bf16", "F(4×4, 3×3) bf16", "F(3×3, 4×4) bf16"
	want := map[string][3]string{
		"e1": {direct, scatter, direct}, "e2": {f42, f42, f42}, "e3": {f42, f42, f42}, "e4": {f42, f42, f42},
		"e5": {rounded, rounded, f42}, "e6": {direct, rounded, direct}, "e7": {direct, direct, direct}, "e8": {direct, direct, direct},
		"d1": {direct, direct, direct}, "d2": {direct, direct, direct}, "d3": {direct, rounded, direct}, "d4": {rounded, rounded, f42},
		"d5": {f42, f42, f42}, "d6": {f42, f42, f42}, "d7": {f42, f42, f42}, "d8": {direct, scatter, direct},
		"c1": {direct, scatter, direct}, "c4": {f34, f34, f34}, "c5": {scatter, direct, direct}, "v64": {f43, f43, f43},
	}
	for _, l := range layers() {
		for i, d := range directions {
			p := d.plan(k, l.g, l.swapped)
			got := p.Method
			if p.BFloat16 {
				got += " bf16"
			}
			if got != want[l.name][i] {
				t.Errorf("%s %s by %s, was %s", l.name, d.name, got, want[l.name][i])
			}
		}
	}
}
