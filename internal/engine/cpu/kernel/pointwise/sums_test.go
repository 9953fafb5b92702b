package pointwise

import (
	"math"
	"testing"

	"easel/internal/base/near"
)

func TestChannelSums(t *testing.T) {
	t.Parallel()
	forEach(t, func(s *sample) {
		x, pivot := s.view(), s.maybe()
		sum, squares, plain := s.vector(), s.vector(), s.vector()
		s.k.ChannelSums(sum, squares, x.s, x.stride, pivot, s.rows, s.c)
		s.k.ChannelSum(plain, x.s, x.stride, s.rows, s.c)
		for j := range sum {
			var a, b, c float64
			for r := range s.rows {
				v := x.at(r, j) - orElse(pivot, j, 0)
				a, b, c = a+v, b+v*v, c+x.at(r, j)
			}
			s.near("sum", sum[j], a, 100)
			s.near("sum of squares", squares[j], b, b)
			s.near("plain sum", plain[j], c, 100)
		}
	})
}

// A mean far above the deviation: the pivot keeps what float32 holds of it.
func TestCombineMoments(t *testing.T) {
	t.Parallel()
	const rows, c, blocks = 40 * 100, 3, 40
	x, mean, rstd := make([]float32, rows*c), make([]float32, c), make([]float32, c)
	for i := range x {
		x[i] = 1000 + float32(math.Sin(float64(i*i)))
	}
	for _, k := range []*Kernels{Detect(), {}} {
		partials := make([]float32, blocks*2*c)
		for b := range blocks {
			p := partials[b*2*c:]
			k.ChannelSums(p[:c], p[c:2*c], x[b*100*c:], c, x[:c], 100, c)
		}
		CombineMoments(mean, rstd, partials, blocks, x[:c], 1e-5, rows, c)
		for j := range c {
			var m, v float64
			for r := range rows {
				m += float64(x[r*c+j]) / rows
			}
			for r := range rows {
				v += (float64(x[r*c+j]) - m) * (float64(x[r*c+j]) - m) / rows
			}
			want := 1 / math.Sqrt(v+1e-5)
			if !near.Within(float64(mean[j])-m, 1e-4) || !near.Within(float64(rstd[j])-want, 1e-5*want) {
				t.Errorf("%s: %g %g, want %g %g", k.Name(), mean[j], rstd[j], m, want)
			}
		}
	}
}

func TestNormSumsAndApply(t *testing.T) {
	t.Parallel()
	forEach(t, func(s *sample) {
		x, terms := s.view(), s.terms()
		mean, rstd, a, b := s.vector(), s.vector(), s.vector(), s.vector()
		if identities(terms) {
			a, b = nil, nil
		}
		pre := func(r, j int) float64 {
			return float64(float32(orElse(a, j, 0)*x.at(r, j) + orElse(b, j, 0)))
		}
		// A kink that rounding might cross says nothing.
		s.each(func(r, j int) {
			if a != nil && math.Abs(pre(r, j)) < 1e-5 {
				x.s[r*x.stride+j] += 1
			}
		})
		g := s.gradients(terms, pre)
		sumG, sumGX := s.vector(), s.vector()
		s.k.NormSums(sumG, sumGX, terms, x.s, x.stride, mean, rstd, a, b, s.rows, s.c)
		for j := range s.c {
			var p, q, size float64
			for r := range s.rows {
				p += g[r*s.c+j]
				product := g[r*s.c+j] * (x.at(r, j) - float64(mean[j])) * float64(rstd[j])
				q, size = q+product, size+math.Abs(product)
			}
			s.near("sum of g", sumG[j], p, 100)
			s.near("sum of g·x̂", sumGX[j], q, size+1)
		}
		s.applied(x, terms, a, b, g)
	})
}

func (s *sample) applied(x *guarded, terms []Term, a, b []float32, g []float64) {
	A, B, C := s.vector(), s.vector(), s.vector()
	old := x.clone()
	dx := s.destination(s.guarded...)
	s.k.NormApply(dx.s, dx.stride, terms, x.s, x.stride, a, b, A, B, C, s.rows, s.c)
	s.each(func(r, j int) {
		want := float64(A[j])*g[r*s.c+j] + float64(B[j])*old.at(r, j) + float64(C[j])
		s.near("dx", float32(dx.at(r, j)), want, 20)
	})
}

// The helpers and passes together are the gradient of a norm and an
// activation, held against finite differences in float64.
func TestNormGradientByDifferences(t *testing.T) {
	t.Parallel()
	const rows, slope, epsilon = 12, 0.2, 1e-5
	x, d, c := make([]float32, rows), make([]float32, rows), 1
	for i := range x {
		x[i], d[i] = float32(math.Sin(float64(3*i+1))), float32(math.Cos(float64(7*i)))
	}
	scale, shift := []float32{1.3}, []float32{0.1}
	k := Detect()
	vectors := make([]float32, 9)
	sum, square, mean, rstd, a, b := vectors[0:1], vectors[1:2], vectors[2:3], vectors[3:4], vectors[4:5], vectors[5:6]
	A, B, C := vectors[6:7], vectors[7:8], vectors[8:9]
	k.ChannelSums(sum, square, x, c, x[:1], rows, c)
	CombineMoments(mean, rstd, vectors[0:2], 1, x[:1], epsilon, rows, c)
	NormAffine(a, b, mean, rstd, scale, shift)
	terms := []Term{{d, c, slope}}
	k.NormSums(sum, square, terms, x, c, mean, rstd, a, b, rows, c)
	NormGradient(A, B, C, sum, square, mean, rstd, scale, rows)
	dx := make([]float32, rows)
	k.NormApply(dx, c, terms, x, c, a, b, A, B, C, rows, c)

	loss := func(x []float64) (total float64) {
		var m, v float64
		for _, e := range x {
			m += e / rows
		}
		for _, e := range x {
			v += (e - m) * (e - m) / rows
		}
		for i, e := range x {
			y := 1.3*(e-m)/math.Sqrt(v+epsilon) + 0.1
			total += leaky(y, y > 0, slope) * float64(d[i])
		}
		return total
	}
	wide := make([]float64, rows)
	for i, v := range x {
		wide[i] = float64(v)
	}
	for i := range wide {
		const h = 1e-6
		wide[i] += h
		up := loss(wide)
		wide[i] -= 2 * h
		want := (up - loss(wide)) / (2 * h)
		wide[i] += h
		if !near.Within(float64(dx[i])-want, 1e-5) {
			t.Errorf("element %d: %g, want %g", i, dx[i], want)
		}
	}
}

func TestCombineSums(t *testing.T) {
	t.Parallel()
	dst := make([]float32, 2)
	CombineSums(dst, []float32{1, 2, 3, 4, 5, 6}, 3)
	if dst[0] != 9 || dst[1] != 12 {
		t.Error(dst)
	}
}
