package conv

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"easel/internal/base/near"
	"easel/internal/engine/cpu/kernel/gemm"

	"pgregory.net/rapid"
)

// picture is a tensor [n, h, w, c] with stride elements between pixels.
type picture struct {
	data            []float32
	n, h, w, c, str int
}

func (p picture) at(n, h, w, c int) *float32 {
	return &p.data[((n*p.h+h)*p.w+w)*p.str+c]
}

// world is a convolution's operands in an arena, and the kernel.
type world struct {
	g       Geometry
	swapped bool
	arena   []float32
	args    Args
	x, y    picture

	wantY, wantX, wantKernel sums
	// level: errors are allowed by the largest sum's size instead of each one's
	// own. A tile's results share their products when it is filtered.
	level bool
}

const guard = 7 // elements around operands that nothing may touch

func newWorld(g Geometry, swapped bool, r *rand.Rand) *world {
	w := &world{g: g, swapped: swapped}
	g = g.check()
	zeros := max(g.C, g.O) + 64
	nx, ny := g.N*g.H*g.W*g.XStride, g.N*g.OH*g.OW*g.YStride
	w.arena = make([]float32, guard+zeros+guard+nx+guard+ny)
	w.args.Zero = guard
	w.args.X = guard + zeros + guard
	w.args.Y = w.args.X + nx + guard
	for i := range w.arena {
		if i < guard || i >= guard+zeros {
			w.arena[i] = r.Float32()*2 - 1
		}
	}
	w.args.Arena = w.arena
	w.args.Kernel = random(g.Weights(), r)
	w.x = picture{w.arena[w.args.X:][:nx], g.N, g.H, g.W, g.C, g.XStride}
	w.y = picture{w.arena[w.args.Y:][:ny], g.N, g.OH, g.OW, g.O, g.YStride}
	return w
}

func random(n int, r *rand.Rand) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = r.Float32()*2 - 1
	}
	return v
}

func (w *world) weight(a, b, c, o int) int {
	g := w.g
	if w.swapped {
		return ((a*g.KW+b)*g.O+o)*g.C + c
	}
	return ((a*g.KW+b)*g.C+c)*g.O + o
}

// each calls f for every product of a convolution.
func (w *world) each(f func(n, i, j, h, v, a, b int)) {
	g := w.g
	for n := range g.N {
		for i := range g.OH {
			for j := range g.OW {
				for a := range g.KH {
					for b := range g.KW {
						h, v := i*g.Stride-g.PadTop+a, j*g.Stride-g.PadLeft+b
						if h >= 0 && h < g.H && v >= 0 && v < g.W {
							f(n, i, j, h, v, a, b)
						}
					}
				}
			}
		}
	}
}

// The references give the sum and the sum of magnitudes for each element.
type sums struct{ value, size []float64 }

func newSums(n int) sums { return sums{make([]float64, n), make([]float64, n)} }

func (s sums) clone() sums { return sums{slices.Clone(s.value), slices.Clone(s.size)} }

// levelled has the same size for all.
func (s sums) levelled() sums {
	largest := slices.Max(s.size)
	for i := range s.size {
		s.size[i] = largest
	}
	return s
}

func (s sums) add(i int, a, b float32) {
	v := float64(a) * float64(b)
	s.value[i] += v
	s.size[i] += math.Abs(v)
}

func (w *world) forward() sums {
	g := w.g
	s := newSums(len(w.y.data))
	w.each(func(n, i, j, h, v, a, b int) {
		for c := range g.C {
			for o := range g.O {
				s.add(((n*g.OH+i)*g.OW+j)*w.y.str+o, *w.x.at(n, h, v, c), w.args.Kernel[w.weight(a, b, c, o)])
			}
		}
	})
	return s
}

func (w *world) inputGradient() sums {
	g := w.g
	s := newSums(len(w.x.data))
	w.each(func(n, i, j, h, v, a, b int) {
		for c := range g.C {
			for o := range g.O {
				s.add(((n*g.H+h)*g.W+v)*w.x.str+c, *w.y.at(n, i, j, o), w.args.Kernel[w.weight(a, b, c, o)])
			}
		}
	})
	return s
}

func (w *world) kernelGradient() sums {
	g := w.g
	s := newSums(g.Weights())
	w.each(func(n, i, j, h, v, a, b int) {
		for c := range g.C {
			for o := range g.O {
				s.add(w.weight(a, b, c, o), *w.x.at(n, h, v, c), *w.y.at(n, i, j, o))
			}
		}
	})
	return s
}

func (s sums) bias(c, stride int, bias []float32) sums {
	for i := range s.value {
		if i%stride < c {
			s.value[i] += float64(bias[i%stride])
			s.size[i] += 1
		}
	}
	return s
}

// compare checks the channels of a result; between them, old must be as it was.
func compare(t rapid.TB, k *gemm.Kernels, what string, got, old []float32, want sums, c, stride int) {
	t.Helper()
	what = named(k) + " " + what
	bad, relative, absolute := 0, 1e-5, 0.0
	if k.Pairs { // filtered; TestRoundedAccuracy has the mean
		relative, absolute = 0.08, 0.08
	}
	for i, v := range got {
		if i%stride >= c {
			if v != old[i] {
				t.Fatalf("%s: element %d between the channels was written", what, i)
			}
			continue
		}
		if math.IsNaN(float64(v)) || !near.Within(float64(v)-want.value[i], relative*want.size[i]+absolute) {
			t.Errorf("%s: element %d is %v, want %v", what, i, v, want.value[i])
			if bad++; bad > 5 {
				t.FailNow()
			}
		}
	}
}

// run runs all tasks of a plan, in the order of a permutation.
// run computes a plan, each stage's tasks in an order of their own.
func run(p *Plan, a *Args, order func(n int) []int) { runAs(p, a, order, mixed) }

// How runAs runs a group: all together, or part for part also where the parts
// are not tasks.
const (
	mixed = iota
	together
	inParts
)

func runAs(p *Plan, a *Args, order func(n int) []int, mode int) {
	var s gemm.Scratch
	s.Fit(p.Need())
	nans(s.Floats)
	shared := *a
	shared.Shared = make([]float32, p.Shared)
	nans(shared.Shared)
	for i := range p.Stages {
		st := &p.Stages[i]
		for _, group := range order(st.Tasks / st.Group) {
			if mode == together || mode == mixed && group%2 == 0 {
				st.RunGroup(group, &s, &shared)
				continue
			}
			for _, part := range order(st.parts) {
				st.run(group, part, &s, &shared)
			}
		}
	}
}

func nans(v []float32) {
	for i := range v {
		v[i] = float32(math.NaN())
	}
}

func inOrder(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

func (g Geometry) String() string {
	return fmt.Sprintf("%d×%d×%d×%d→%d×%d×%d k%d×%d s%d p%d,%d", g.N, g.H, g.W, g.C, g.OH, g.OW, g.O, g.KH, g.KW, g.Stride, g.PadTop, g.PadLeft)
}
