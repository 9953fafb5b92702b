package conv

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"easel/internal/engine/cpu/kernel/gemm"
	"easel/internal/engine/cpu/kernel/winograd"

	"pgregory.net/rapid"
)

// filtered is the directions by one filter, whatever it costs.
func filtered(m, r int) []direction { return filteredWithin(m, r, inCache()) }

func filteredWithin(m, r int, l limits) []direction {
	filter := func(k *gemm.Kernels) *winograd.Filter { return winograd.New(m, r, k.Name) }
	return []direction{
		{"forward", func(k *gemm.Kernels, g Geometry, swapped bool) *Plan {
			return newWinogradGather(k, filter(k), g.check(), swapped, false, l).plan()
		}},
		{"input gradient", func(k *gemm.Kernels, g Geometry, swapped bool) *Plan {
			return newWinogradGather(k, filter(k), g.check(), swapped, true, l).plan()
		}},
		{"kernel gradient", func(k *gemm.Kernels, g Geometry, swapped bool) *Plan {
			return newWinogradGradient(k, filter(k), g.check(), swapped, l).plan()
		}},
	}
}

// Any convolution that can be filtered, by every filter for it.
func TestFilteredGeometry(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		channels := rapid.SampledFrom([]int{16, 32, 48, 80})
		small := rapid.IntRange(0, 3)
		size := rapid.SampledFrom(winograd.Sizes()).Draw(t, "filter")
		stride := 1
		if size[1] == 2 {
			stride = rapid.IntRange(1, 2).Draw(t, "stride")
		}
		kernel := size[1] * stride
		g := Geometry{
			N: 1 + small.Draw(t, "n")/2, C: channels.Draw(t, "c"), O: channels.Draw(t, "o"), KH: kernel, KW: kernel, Stride: stride,
			PadTop: small.Draw(t, "top"), PadLeft: small.Draw(t, "left"),
		}
		bottom, right := small.Draw(t, "bottom"), small.Draw(t, "right")
		g.H, g.W = kernel+rapid.IntRange(0, 6).Draw(t, "h"), kernel+rapid.IntRange(0, 6).Draw(t, "w")
		g.OH = out(g.H, kernel, stride, g.PadTop, bottom)
		g.OW = out(g.W, kernel, stride, g.PadLeft, right)
		if rapid.Bool().Draw(t, "views") {
			g.XStride, g.YStride = g.C+small.Draw(t, "x stride"), g.O+small.Draw(t, "y stride")
		}
		w := newWorld(g, rapid.Bool().Draw(t, "swapped"), rand.New(rand.NewPCG(5, 6)))
		w.level = true
		ks := kernels()
		if !roundable(size) {
			ks = gemm.Available()
		}
		checkPlans(t, ks, filteredWithin(size[0], size[1], anyLimits(t)), w, rapid.Bool().Draw(t, "bias"))
	})
}

// anyLimits are some that cut even small pictures: by tiles and by columns, in
// one pair of stages or many.
func anyLimits(t *rapid.T) limits {
	l := inCache()
	l.units = rapid.SampledFrom([]int{1, 8}).Draw(t, "units")
	l.unit, l.columnsUnit = 6*25, 6*25
	l.block = rapid.SampledFrom([]int{1, l.block}).Draw(t, "block")
	l.tiles = rapid.SampledFrom([]int{1, 1 << 14, l.tiles}).Draw(t, "tiles")
	l.spectra = rapid.SampledFrom([]int{1, 1 << 14, l.spectra}).Draw(t, "spectra")
	return l
}

// What filtering costs in digits, at the longest sums of the paper's networks
// and of VGG-19: the root-mean-square error relative to the result, against
// float64, for operands of mean 0 and equal size. The direct form has 1e-7 to
// 6e-7.
func TestFilteredAccuracy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		g       Geometry
		m       int
		forward float64
		input   float64
		kernel  float64
	}{
		{"e4", Geometry{C: 256, O: 512, KH: 4, Stride: 2, PadTop: 1}, 4, 3e-6, 3e-6, 2e-6},
		{"d5", Geometry{C: 256, O: 1024, KH: 4, Stride: 2, PadTop: 1}, 4, 3e-6, 3e-6, 2e-6},
		{"c4", Geometry{C: 256, O: 512, KH: 4, Stride: 1, PadTop: 1}, 4, 8e-6, 8e-6, 6e-6},
		{"c4", Geometry{C: 256, O: 512, KH: 4, Stride: 1, PadTop: 1}, 3, 5e-6, 5e-6, 4e-6},
		{"vgg", Geometry{C: 512, O: 512, KH: 3, Stride: 1, PadTop: 1}, 4, 4e-6, 4e-6, 4e-6},
		{"vgg", Geometry{C: 512, O: 512, KH: 3, Stride: 1, PadTop: 1}, 3, 3e-6, 3e-6, 3e-6},
		{"vgg", Geometry{C: 512, O: 512, KH: 3, Stride: 1, PadTop: 1}, 2, 1e-6, 1e-6, 1e-6},
	} {
		for i, d := range filtered(c.m, c.g.KH/c.g.Stride) {
			t.Run(fmt.Sprintf("%s/F%d/%s", c.name, c.m, d.name), func(t *testing.T) {
				t.Parallel()
				bound := []float64{c.forward, c.input, c.kernel}[i]
				for _, k := range gemm.Available() {
					if got := errorOf(k, d, smaller(c.g, d)); got > bound {
						t.Errorf("%s: error %.2g, stated %.2g", k.Name, got, bound)
					}
				}
			})
		}
	}
}

// smaller is 12×12 results of a layer, whose sums are as long: axes that are not
// summed over are cut.
func smaller(g Geometry, d direction) *world {
	g.N, g.OH, g.OW, g.KW, g.PadLeft = 1, 12, 12, g.KH, g.PadTop
	g.H, g.W = (g.OH-1)*g.Stride+g.KH-2*g.PadTop, (g.OW-1)*g.Stride+g.KW-2*g.PadLeft
	g.XStride, g.YStride = 0, 0
	if d.name != "forward" {
		g.C = 16
	} else {
		g.O = 16
	}
	return newWorld(g, false, rand.New(rand.NewPCG(1, 2)))
}

// errorOf is the root-mean-square error of a direction relative to its result.
func errorOf(k *gemm.Kernels, d direction, w *world) float64 {
	p := d.plan(k, w.g, w.swapped)
	run(p, &w.args, rand.Perm)
	var got []float32
	var want sums
	switch d.name {
	case "forward":
		got, want = w.y.data, w.forward()
	case "input gradient":
		got, want = w.x.data, w.inputGradient()
	default:
		got, want = w.args.Kernel, w.kernelGradient()
	}
	deviation, size := 0.0, 0.0
	for i, v := range want.value {
		deviation += (float64(got[i]) - v) * (float64(got[i]) - v)
		size += v * v
	}
	return math.Sqrt(deviation / size)
}

// Which way the layers of the paper's networks and of VGG-19 are computed:
// forward, to the input and to the kernel. A change of prices shows here.
func TestChoice(t *testing.T) {
	t.Parallel()
	const direct, scatter, f42, f43, f44 = "direct", "scatter", "F(4×4, 2×2)", "F(4×4, 3×3)", "F(4×4, 4×4)"
	want := map[string][3]string{
		"e1": {direct, scatter, direct}, "e2": {f42, f42, f42}, "e3": {f42, f42, f42}, "e4": {f42, f42, f42},
		"e5": {direct, direct, direct}, "e6": {direct, direct, direct}, "e7": {direct, direct, direct}, "e8": {direct, direct, direct},
		"d1": {direct, direct, direct}, "d2": {direct, direct, direct}, "d3": {direct, direct, direct}, "d4": {direct, direct, direct},
		"d5": {f42, f42, f42}, "d6": {f42, f42, f42}, "d7": {f42, f42, f42}, "d8": {direct, scatter, direct},
		"c1": {direct, scatter, direct}, "c4": {f44, f44, f44}, "c5": {scatter, direct, direct}, "v64": {f43, f43, f43},
	}
	for _, k := range gemm.Available() {
		if k.Name == "go" {
			continue
		}
		for _, l := range layers() {
			for i, d := range directions {
				if got := d.plan(k, l.g, l.swapped).Method; got != want[l.name][i] {
					t.Errorf("%s: %s %s by %s, was %s", k.Name, l.name, d.name, got, want[l.name][i])
				}
			}
		}
	}
}

// The gradient of a tap that meets padding only is exactly zero.
func TestDeadTapsAreNotFiltered(t *testing.T) {
	t.Parallel()
	g := Geometry{N: 64, H: 2, W: 2, C: 64, OH: 1, OW: 1, O: 64, KH: 4, KW: 4, Stride: 2, PadTop: 1, PadLeft: 1}
	if g.filterable() {
		t.Error("a kernel with dead taps is filtered")
	}
}

func BenchmarkFiltered(b *testing.B) {
	for _, k := range gemm.Available() {
		if k.Name == "go" {
			continue
		}
		for _, l := range layers() {
			for _, size := range winograd.Sizes() {
				if !l.g.filterable() || l.g.KH/l.g.Stride != size[1] {
					continue
				}
				for _, d := range filtered(size[0], size[1]) {
					b.Run(fmt.Sprintf("%s/%s/%s/F%d", k.Name, d.name, l.name, size[0]), func(b *testing.B) { benchmarkLayer(b, k, d, l) })
				}
			}
		}
	}
}
