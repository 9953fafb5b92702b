package conv

import (
	"math/rand/v2"
	"slices"
	"testing"

	"easel/internal/engine/cpu/kernel/gemm"

	"pgregory.net/rapid"
)

// direction is one of the three, with its reference.
type direction struct {
	name string
	plan func(*gemm.Kernels, Geometry, bool) *Plan
}

var directions = []direction{
	{"forward", NewForward}, {"input gradient", NewInputGradient}, {"kernel gradient", NewKernelGradient},
}

// kernels are all of float32 that run here, and the fastest of bfloat16.
func kernels() []*gemm.Kernels {
	list := gemm.Available()
	for _, k := range list {
		if p := k.BFloat16(); p != nil {
			return append(list, p)
		}
	}
	return list
}

func named(k *gemm.Kernels) string {
	if k.Pairs {
		return k.Name + "-bf16"
	}
	return k.Name
}

func checkForward(t rapid.TB, k *gemm.Kernels, d direction, w *world, bias []float32) {
	p := d.plan(k, w.g, w.swapped)
	old := slices.Clone(w.arena)
	a := w.args
	a.Bias = bias
	want := w.wantY.clone()
	if bias != nil {
		want = want.bias(w.g.O, w.y.str, bias)
	}
	run(p, &a, rand.Perm)
	compare(t, k, "forward", w.y.data, old[w.args.Y:], want, w.g.O, w.y.str)
	w.restore(t, old, w.args.Y, len(w.y.data))
}

func checkInputGradient(t rapid.TB, k *gemm.Kernels, d direction, w *world, bias []float32) {
	p := d.plan(k, w.g, w.swapped)
	old := slices.Clone(w.arena)
	a := w.args
	a.Bias = bias
	want := w.wantX.clone()
	if bias != nil {
		want = want.bias(w.g.C, w.x.str, bias)
	}
	run(p, &a, rand.Perm)
	compare(t, k, "input gradient", w.x.data, old[w.args.X:], want, w.g.C, w.x.str)
	w.restore(t, old, w.args.X, len(w.x.data))
}

func checkKernelGradient(t rapid.TB, k *gemm.Kernels, d direction, w *world) {
	p := d.plan(k, w.g, w.swapped)
	old := slices.Clone(w.arena)
	a := w.args
	n := len(a.Kernel)
	guarded := random(n+2*guard, rand.New(rand.NewPCG(1, 2)))
	oldKernel := slices.Clone(guarded)
	a.Kernel = guarded[guard : guard+n]
	run(p, &a, rand.Perm)
	compare(t, k, "kernel gradient", a.Kernel, nil, w.wantKernel, 1, 1)
	if !slices.Equal(guarded[:guard], oldKernel[:guard]) || !slices.Equal(guarded[n+guard:], oldKernel[n+guard:]) {
		t.Errorf("%s kernel gradient: wrote beyond the kernel", k.Name)
	}
	w.restore(t, old, 0, 0)
}

// restore checks that only [at, at+n) of the arena has changed, and undoes that.
func (w *world) restore(t rapid.TB, old []float32, at, n int) {
	t.Helper()
	copy(w.arena[at:at+n], old[at:at+n])
	if !slices.Equal(w.arena, old) {
		t.Errorf("wrote beyond the result")
	}
}

func checkAll(t rapid.TB, w *world, bias bool) { checkPlans(t, kernels(), directions, w, bias) }

func checkPlans(t rapid.TB, ks []*gemm.Kernels, ds []direction, w *world, bias bool) {
	var bc, bo []float32
	if bias {
		r := rand.New(rand.NewPCG(3, 4))
		bc, bo = random(w.g.C, r), random(w.g.O, r)
	}
	w.wantY, w.wantX, w.wantKernel = w.forward(), w.inputGradient(), w.kernelGradient()
	if w.level {
		w.wantY, w.wantX, w.wantKernel = w.wantY.levelled(), w.wantX.levelled(), w.wantKernel.levelled()
	}
	for _, k := range ks {
		checkForward(t, k, ds[0], w, bo)
		checkInputGradient(t, k, ds[1], w, bc)
		checkKernelGradient(t, k, ds[2], w)
	}
}

func out(in, kernel, stride, before, after int) int { return (in+before+after-kernel)/stride + 1 }

// Any convolution, direct or scatter; TestFilteredGeometry has the filtered ones,
// whose results share their rounding with their tile's.
func TestAnyGeometry(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		channels := rapid.SampledFrom([]int{1, 2, 3, 5, 6, 7, 16, 17, 32, 33, 48, 64, 65})
		small := rapid.IntRange(0, 3)
		g := Geometry{
			N: 1 + small.Draw(t, "n")/2,
			C: channels.Draw(t, "c"), O: channels.Draw(t, "o"),
			KH: rapid.IntRange(1, 5).Draw(t, "kh"), KW: rapid.IntRange(1, 5).Draw(t, "kw"),
			Stride:  rapid.IntRange(1, 3).Draw(t, "stride"),
			PadTop:  small.Draw(t, "top"),
			PadLeft: small.Draw(t, "left"),
			Direct:  true,
		}
		bottom, right := small.Draw(t, "bottom"), small.Draw(t, "right")
		g.H = max(1, g.KH-g.PadTop-bottom) + rapid.IntRange(0, 8).Draw(t, "h")
		g.W = max(1, g.KW-g.PadLeft-right) + rapid.IntRange(0, 8).Draw(t, "w")
		g.OH = out(g.H, g.KH, g.Stride, g.PadTop, bottom)
		g.OW = out(g.W, g.KW, g.Stride, g.PadLeft, right)
		if rapid.Bool().Draw(t, "views") {
			g.XStride, g.YStride = g.C+small.Draw(t, "x stride"), g.O+small.Draw(t, "y stride")
		}
		w := newWorld(g, rapid.Bool().Draw(t, "swapped"), rand.New(rand.NewPCG(5, 6)))
		checkAll(t, w, rapid.Bool().Draw(t, "bias"))
	})
}

func TestNamedGeometries(t *testing.T) {
	t.Parallel()
	for _, g := range []Geometry{
		{N: 1, H: 24, W: 24, C: 3, OH: 24, OW: 24, O: 8, KH: 9, KW: 9, Stride: 1, PadTop: 4, PadLeft: 4},
		{N: 1, H: 2, W: 2, C: 64, OH: 1, OW: 1, O: 64, KH: 4, KW: 4, Stride: 2, PadTop: 1, PadLeft: 1},
		{N: 2, H: 4, W: 4, C: 80, OH: 2, OW: 2, O: 96, KH: 4, KW: 4, Stride: 2, PadTop: 1, PadLeft: 1},
		{N: 1, H: 20, W: 20, C: 3, OH: 10, OW: 10, O: 64, KH: 4, KW: 4, Stride: 2, PadTop: 1, PadLeft: 1},
		{N: 1, H: 9, W: 9, C: 100, OH: 8, OW: 8, O: 1, KH: 4, KW: 4, Stride: 1, PadTop: 1, PadLeft: 1},
		{N: 1, H: 6, W: 7, C: 450, OH: 6, OW: 7, O: 70, KH: 1, KW: 1, Stride: 1},
		{N: 1, H: 3, W: 3, C: 410, OH: 3, OW: 3, O: 320, KH: 3, KW: 3, Stride: 1, PadTop: 1, PadLeft: 1},
		{N: 1, H: 40, W: 40, C: 16, OH: 40, OW: 40, O: 16, KH: 3, KW: 3, Stride: 1, PadTop: 1, PadLeft: 1},
		{N: 1, H: 5, W: 5, C: 4, OH: 2, OW: 2, O: 4, KH: 1, KW: 1, Stride: 3},
		{N: 1, H: 1, W: 1, C: 4, OH: 5, OW: 5, O: 4, KH: 3, KW: 3, Stride: 1, PadTop: 3, PadLeft: 3},
	} {
		for _, swapped := range []bool{false, true} {
			t.Run(g.String(), func(t *testing.T) {
				t.Parallel()
				checkAll(t, newWorld(g, swapped, rand.New(rand.NewPCG(7, 8))), swapped)
			})
		}
	}
}

// Results have the same bits in whatever order tasks run.
func TestOrderOfTasks(t *testing.T) {
	t.Parallel()
	g := Geometry{N: 1, H: 16, W: 16, C: 70, OH: 8, OW: 8, O: 130, KH: 4, KW: 4, Stride: 2, PadTop: 1, PadLeft: 1}
	f := g
	f.C, f.O = 64, 128
	for _, k := range kernels() {
		for i, d := range append(filtered(4, 2), directions...) {
			g := g
			if i < len(directions) {
				g = f
			}
			w := newWorld(g, false, rand.New(rand.NewPCG(9, 10)))
			p := d.plan(k, g, false)
			var results [2][]float32
			for i, order := range []func(int) []int{rand.Perm, inOrder} {
				run(p, &w.args, order)
				results[i] = append(slices.Clone(w.arena), w.args.Kernel...)
			}
			if !slices.Equal(results[0], results[1]) {
				t.Errorf("%s %s depends on the order of tasks", named(k), d.name)
			}
		}
	}
}

func TestRunAllocatesNothing(t *testing.T) {
	g := Geometry{N: 1, H: 16, W: 16, C: 20, OH: 8, OW: 8, O: 30, KH: 4, KW: 4, Stride: 2, PadTop: 1, PadLeft: 1}
	f := g
	f.C, f.O = 32, 48
	for _, k := range kernels() {
		for i, d := range append(filtered(4, 2), directions...) {
			g := g
			if i < len(directions) {
				g = f
			}
			w := newWorld(g, false, rand.New(rand.NewPCG(9, 10)))
			p := d.plan(k, g, false)
			var s gemm.Scratch
			s.Fit(p.Need())
			a := w.args
			a.Shared = make([]float32, p.Shared)
			if n := testing.AllocsPerRun(2, func() {
				for i := range p.Stages {
					for task := range p.Stages[i].Tasks {
						p.Stages[i].Run(task, &s, &a)
					}
				}
			}); n != 0 {
				t.Errorf("%s %s allocates %v times", named(k), d.name, n)
			}
		}
	}
}

func TestLiveTaps(t *testing.T) {
	t.Parallel()
	g := Geometry{N: 1, H: 2, W: 2, C: 1, OH: 1, OW: 1, O: 1, KH: 4, KW: 4, Stride: 2, PadTop: 1, PadLeft: 1}
	live := 0
	for _, l := range g.LiveTaps() {
		if l {
			live++
		}
	}
	if live != 4 {
		t.Errorf("%d live taps at the bottleneck, want 4", live)
	}
	if want := 2 * 4; g.FLOPs() != want {
		t.Errorf("%d FLOPs, want %d", g.FLOPs(), want)
	}
}

// Parts of a group have the bits of the group.
func TestPartsHaveTheSameBits(t *testing.T) {
	t.Parallel()
	for _, g := range []Geometry{
		{N: 1, H: 32, W: 32, C: 64, OH: 16, OW: 16, O: 144, KH: 4, KW: 4, Stride: 2, PadTop: 1, PadLeft: 1},
		{N: 1, H: 4, W: 4, C: 128, OH: 2, OW: 2, O: 96, KH: 4, KW: 4, Stride: 2, PadTop: 1, PadLeft: 1},
		{N: 2, H: 17, W: 16, C: 32, OH: 17, OW: 16, O: 48, KH: 3, KW: 3, Stride: 1, PadTop: 1, PadLeft: 1},
		{N: 1, H: 40, W: 40, C: 3, OH: 20, OW: 20, O: 64, KH: 4, KW: 4, Stride: 2, PadTop: 1, PadLeft: 1},
		{N: 1, H: 31, W: 31, C: 64, OH: 30, OW: 30, O: 1, KH: 4, KW: 4, Stride: 1, PadTop: 1, PadLeft: 1},
	} {
		for _, d := range directions {
			t.Run(d.name+" "+g.String(), func(t *testing.T) {
				t.Parallel()
				w := newWorld(g, false, rand.New(rand.NewPCG(7, 8)))
				for _, k := range kernels() {
					p := d.plan(k, w.g, false)
					results := [2][]float32{}
					for i, mode := range []int{together, inParts} {
						a := w.args
						a.Arena, a.Kernel = slices.Clone(w.args.Arena), slices.Clone(w.args.Kernel)
						runAs(p, &a, inOrder, mode)
						results[i] = append(a.Arena, a.Kernel...)
					}
					if !slices.Equal(results[0], results[1]) {
						t.Errorf("%s by %s: parts make something else", named(k), p.Method)
					}
				}
			})
		}
	}
}
