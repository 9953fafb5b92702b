package pointwise

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/near"
)

func TestAffineActivation(t *testing.T) {
	t.Parallel()
	forEach(t, func(s *sample) {
		x := s.view()
		scale, shift, slope := s.maybe(), s.maybe(), s.slope()
		dst, old := s.destination(x), x.clone()
		s.k.AffineActivation(dst.s, dst.stride, x.s, x.stride, scale, shift, slope, s.rows, s.c)
		s.each(func(r, j int) {
			y := orElse(scale, j, 1)*old.at(r, j) + orElse(shift, j, 0)
			if !near.Within(y, 1e-6) {
				s.near("affine", float32(dst.at(r, j)), leaky(y, y > 0, slope), 10)
			}
		})
	})
}

func TestAddBias(t *testing.T) {
	t.Parallel()
	forEach(t, func(s *sample) {
		x, bias := s.view(), s.vector()
		dst, old := s.destination(x), x.clone()
		s.k.AddBias(dst.s, dst.stride, x.s, x.stride, bias, s.rows, s.c)
		s.each(func(r, j int) {
			s.near("bias", float32(dst.at(r, j)), old.at(r, j)+float64(bias[j]), 1)
		})
	})
}

func TestActivationBackward(t *testing.T) {
	t.Parallel()
	forEach(t, func(s *sample) {
		terms, y := s.terms(), s.view()
		dst := s.destination(s.guarded...)
		want := s.gradients(terms, func(r, j int) float64 { return y.at(r, j) })
		s.k.ActivationBackward(dst.s, dst.stride, terms, y.s, y.stride, s.rows, s.c)
		s.each(func(r, j int) { s.near("gradient", float32(dst.at(r, j)), want[r*s.c+j], 1) })
	})
}

// gradients are the sums of terms at pre, rows × c.
func (s *sample) gradients(terms []Term, pre func(r, j int) float64) []float64 {
	g := make([]float64, s.rows*s.c)
	s.each(func(r, j int) {
		for _, t := range terms {
			g[r*s.c+j] += leaky(float64(t.D[r*t.Stride+j]), pre(r, j) > 0, t.Slope)
		}
	})
	return g
}

// The signs of a rectified value gate its gradient as the value does.
func TestSigns(t *testing.T) {
	t.Parallel()
	forEach(t, func(s *sample) {
		n := IndexLanes * s.rows
		y, d := make([]float32, n), make([]float32, n)
		for i := range y {
			y[i], d[i] = max(s.float(), 0), s.float()
		}
		kept := make([]float32, (n+SignLanes-1)/SignLanes)
		s.k.Signs(kept, y)
		for _, slope := range []float32{0, 0.2} {
			dst := make([]float32, n)
			s.k.SignGate(dst, d, kept, slope)
			for i := range dst {
				want := d[i]
				if y[i] <= 0 {
					want *= slope
				}
				if dst[i] != want {
					s.Fatalf("element %d of %d: %g, from %g at %g", i, n, dst[i], d[i], y[i])
				}
			}
		}
	})
}

func TestArithmetic(t *testing.T) {
	t.Parallel()
	type binary = func(k *Kernels, dst []float32, dstStride int, a []float32, aStride int, b []float32, bStride, rows, c int)
	for name, o := range map[string]struct {
		run  binary
		want func(a, b float64) float64
	}{
		"add":              {(*Kernels).Add, func(a, b float64) float64 { return a + b }},
		"mul":              {(*Kernels).Mul, func(a, b float64) float64 { return a * b }},
		"max":              {(*Kernels).Max, math.Max},
		"tanh gradient":    {(*Kernels).TanhGradient, func(d, y float64) float64 { return d * (1 - y*y) }},
		"sigmoid gradient": {(*Kernels).SigmoidGradient, func(d, y float64) float64 { return d * y * (1 - y) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			forEach(t, func(s *sample) {
				a, b := s.view(), s.view()
				dst, olda, oldb := s.destination(a, b), a.clone(), b.clone()
				o.run(s.k, dst.s, dst.stride, a.s, a.stride, b.s, b.stride, s.rows, s.c)
				s.each(func(r, j int) {
					s.near(name, float32(dst.at(r, j)), o.want(olda.at(r, j), oldb.at(r, j)), 20)
				})
			})
		})
	}
}

func TestScaleCopyFill(t *testing.T) {
	t.Parallel()
	forEach(t, func(s *sample) {
		a, sum, f := s.view(), s.view(), s.float()
		old := sum.clone()
		s.k.AddScaled(sum.s, sum.stride, f, a.s, a.stride, s.rows, s.c)
		copied, filled := s.view(), s.view()
		s.k.Copy(copied.s, copied.stride, a.s, a.stride, s.rows, s.c)
		s.k.Fill(filled.s, filled.stride, f, s.rows, s.c)
		scaled := s.destination(a)
		s.k.Scale(scaled.s, scaled.stride, f, a.s, a.stride, s.rows, s.c)
		s.each(func(r, j int) {
			v := copied.at(r, j)
			s.near("scale", float32(scaled.at(r, j)), float64(f)*v, 1)
			s.near("add scaled", float32(sum.at(r, j)), old.at(r, j)+float64(f)*v, 10)
			s.near("fill", float32(filled.at(r, j)), float64(f), 0)
		})
	})
}

func TestTanhSigmoid(t *testing.T) {
	t.Parallel()
	forEach(t, func(s *sample) {
		x := s.view()
		spread := rapid.SampledFrom([]float32{0.01, 1, 10, 100}).Draw(s.T, "spread")
		s.k.Scale(x.s, x.stride, spread, x.s, x.stride, s.rows, s.c)
		old, sigmoid := x.clone(), s.view()
		s.k.Sigmoid(sigmoid.s, sigmoid.stride, x.s, x.stride, s.rows, s.c)
		tanh := s.destination(x)
		s.k.Tanh(tanh.s, tanh.stride, x.s, x.stride, s.rows, s.c)
		s.each(func(r, j int) {
			v := old.at(r, j)
			if want := math.Tanh(v); !near.Within(tanh.at(r, j)-want, 3e-7*math.Abs(want)) {
				s.Fatalf("tanh %g = %g, want %g", v, tanh.at(r, j), want)
			}
			if want := 1 / (1 + math.Exp(-v)); !near.Within(sigmoid.at(r, j)-want, 3e-7*want+2e-38) {
				s.Fatalf("sigmoid %g = %g, want %g", v, sigmoid.at(r, j), want)
			}
		})
	})
}

func TestTanhSigmoidAtTheEnds(t *testing.T) {
	t.Parallel()
	inf, nan := float32(math.Inf(1)), float32(math.NaN())
	x := []float32{0, inf, -inf, 1e30, -1e30, 0.625, -0.625, 1e-20}
	for _, k := range []*Kernels{Detect(), {}} {
		y := make([]float32, 8)
		k.Tanh(y, 8, x, 8, 1, 8)
		want := []float32{0, 1, -1, 1, -1, 0.5545997, -0.5545997, 1e-20}
		for i := range y {
			if !near.Within(float64(y[i]-want[i]), 1e-7*math.Abs(float64(want[i]))) {
				t.Errorf("%s: tanh %g = %g", k.Name(), x[i], y[i])
			}
		}
		for i, v := range []float32{nan, nan, nan, nan, nan, nan, nan, nan} {
			x2 := []float32{v, v, v, v, v, v, v, v}
			k.Sigmoid(y, 8, x2, 8, 1, 8)
			k.Tanh(x2, 8, x2, 8, 1, 8)
			if y[i] == y[i] || x2[i] == x2[i] {
				t.Errorf("%s: NaN gives %g and %g", k.Name(), y[i], x2[i])
			}
		}
	}
}

func TestMisusePanics(t *testing.T) {
	t.Parallel()
	k, buffer := Detect(), make([]float32, 64)
	for name, call := range map[string]func(){
		"short dst":    func() { k.Add(buffer[:31], 8, buffer, 8, buffer, 8, 4, 8) },
		"small stride": func() { k.Copy(buffer, 8, buffer, 7, 4, 8) },
		"short scale":  func() { k.AffineActivation(buffer, 8, buffer, 8, buffer[:7], nil, 0, 8, 8) },
		"no terms":     func() { k.ActivationBackward(buffer, 8, nil, buffer, 8, 8, 8) },
		"short moment": func() { k.Adam(buffer, buffer, buffer, buffer[:60], AdamStep{}) },
		"loss":         func() { k.LossSum(9, 0, buffer, buffer) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
	if _, err := Named("sse"); err == nil {
		t.Error("a name without kernels is accepted")
	}
}

func TestNothingAllocates(t *testing.T) {
	k := Detect()
	x, d := make([]float32, 3*80), make([]float32, 3*80)
	v, w := make([]float32, 3), make([]float32, 3)
	allocations := testing.AllocsPerRun(10, func() {
		k.AffineActivation(d, 3, x, 3, v, w, 0.2, 80, 3)
		k.ChannelSums(v, w, x, 3, nil, 80, 3)
		k.NormSums(v, w, []Term{{d, 3, 1}}, x, 3, v, w, v, w, 80, 3)
		k.NormApply(d, 3, []Term{{d, 3, 1}, {d, 3, 0}}, x, 3, v, w, v, w, v, 80, 3)
		k.Adam(d, x, d, x, AdamStep{})
		k.LossSum(AbsoluteError, 0, x, d)
	})
	if allocations != 0 {
		t.Errorf("%g allocations", allocations)
	}
}
