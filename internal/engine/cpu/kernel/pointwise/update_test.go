package pointwise

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/near"
)

// steps runs the textbook's Adam in float64.
func textbookAdam(rule AdamRule, rate float64, t int, p, g, m, v float64) (float64, float64, float64) {
	m = rule.Beta1*m + (1-rule.Beta1)*g
	v = rule.Beta2*v + (1-rule.Beta2)*g*g
	c1, c2 := 1-math.Pow(rule.Beta1, float64(t)), 1-math.Pow(rule.Beta2, float64(t))
	if rule.EpsilonHat {
		return p - rate*math.Sqrt(c2)/c1*m/(math.Sqrt(v)+rule.Epsilon), m, v
	}
	return p - rate*(m/c1)/(math.Sqrt(v/c2)+rule.Epsilon), m, v
}

func TestAdam(t *testing.T) {
	t.Parallel()
	forEach(t, func(s *sample) {
		s.c, s.rows = s.c*s.rows, 1
		p, g, m, v := s.view(), s.view(), s.view(), s.view()
		for i := range v.s {
			v.s[i] *= v.s[i]
		}
		rule := AdamRule{0.5, 0.999, rapid.SampledFrom([]float64{1e-8, 1e-3}).Draw(s.T, "ε"), rapid.Bool().Draw(s.T, "hat")}
		n := rapid.IntRange(1, 1000).Draw(s.T, "step")
		step := NewAdamStep(rule, 2e-4, float64(n))
		p0, m0, v0 := p.clone(), m.clone(), v.clone()
		s.k.Adam(p.s, g.s, m.s, v.s, step)
		for i := range p.s {
			wp, wm, wv := textbookAdam(rule, 2e-4, n, p0.at(0, i), g.at(0, i), m0.at(0, i), v0.at(0, i))
			s.near("parameter", p.s[i], wp, math.Abs(wp)+math.Abs(wp-p0.at(0, i)))
			s.near("first moment", m.s[i], wm, 1)
			s.near("second moment", v.s[i], wv, wv)
		}
	})
}

// elementLoss is each function and its derivative in float64.
func elementLoss(f LossFunction, x, y, t float64) (loss, slope float64) {
	switch f {
	case AbsoluteError:
		loss, slope = math.Abs(x-y), 1
		if x < y {
			slope = -1
		} else if x == y {
			slope = 0
		}
	case SquaredError:
		loss, slope = (x-y)*(x-y), 2*(x-y)
	case LogitCrossEntropy:
		p := 1 / (1 + math.Exp(-x))
		loss, slope = -t*math.Log(p)-(1-t)*math.Log(1-p), p-t
	case LeastSquaresError:
		loss, slope = (x-t)*(x-t), 2*(x-t)
	case HingeError:
		if t*x < 1 {
			loss, slope = 1-t*x, -t
		}
	}
	return loss, slope
}

func TestLosses(t *testing.T) {
	t.Parallel()
	forEach(t, func(s *sample) {
		s.c, s.rows = s.c*s.rows, 1
		f := LossFunction(rapid.IntRange(0, int(HingeError)).Draw(s.T, "function"))
		target := rapid.SampledFrom([]float32{1, 0, -1}).Draw(s.T, "target")
		x, y, factor := s.view(), s.view(), s.float()
		for i := range x.s {
			if i%5 == 0 {
				x.s[i] = y.s[i]
			}
		}
		ys := y.s
		if f > SquaredError {
			ys = nil
		}
		total, slopes := 0.0, make([]float64, len(x.s))
		for i := range x.s {
			loss, slope := elementLoss(f, x.at(0, i), y.at(0, i), float64(target))
			total, slopes[i] = total+loss, slope
		}
		if got := s.k.LossSum(f, target, x.s, ys); !near.Within(got-total, 1e-5*(math.Abs(total)+1)) {
			s.Fatalf("loss %v: %g, want %g", f, got, total)
		}
		dst := s.destination(x, y)
		s.k.LossGradient(dst.s, f, target, factor, x.s, ys)
		for i := range dst.s {
			s.near("gradient", dst.s[i], float64(factor)*slopes[i], 10)
		}
	})
}

func TestSoftmaxCrossEntropy(t *testing.T) {
	t.Parallel()
	forEach(t, func(s *sample) {
		x, y := s.view(), make([]float32, s.rows)
		for i := range y {
			y[i] = float32(s.values.IntN(s.c+2) - 1)
		}
		total, counted := 0.0, 0
		want := make([]float64, s.rows*s.c)
		for r := range y {
			class, sum := int(y[r]), 0.0
			if class < 0 || class >= s.c {
				continue
			}
			for j := range s.c {
				sum += math.Exp(x.at(r, j))
			}
			for j := range s.c {
				want[r*s.c+j] = math.Exp(x.at(r, j)) / sum
			}
			total -= math.Log(want[r*s.c+class])
			want[r*s.c+class]--
			counted++
		}
		sum, n := s.k.SoftmaxCrossEntropy(x.s, x.stride, y, s.rows, s.c)
		if n != counted || n != s.k.CountLabels(y, s.c) || !near.Within(sum-total, 1e-5*(total+1)) {
			s.Fatalf("%g of %d, want %g of %d", sum, n, total, counted)
		}
		dst := s.destination(x)
		s.k.SoftmaxCrossEntropyGradient(dst.s, dst.stride, 0.5, x.s, x.stride, y, s.rows, s.c)
		s.each(func(r, j int) { s.near("gradient", float32(dst.at(r, j)), 0.5*want[r*s.c+j], 1) })
	})
}

func TestMaxPool2(t *testing.T) {
	t.Parallel()
	forEach(t, func(s *sample) {
		width := s.rows
		s.rows *= 2
		row := func() []float32 {
			v := make([]float32, s.rows*s.c)
			for i := range v {
				v[i] = float32(s.values.IntN(4)) // ties
			}
			return v
		}
		upper, lower, upperD, lowerD := row(), row(), row(), row()
		dst, d := make([]float32, width*s.c), make([]float32, width*s.c)
		for i := range d {
			d[i] = s.float()
		}
		s.k.MaxPool2(dst, upper, lower, width, s.c)
		s.k.MaxPool2Gradient(upperD, lowerD, d, upper, lower, width, s.c)
		for i := range d {
			left := i/s.c*2*s.c + i%s.c
			at := []*float32{&upper[left], &upper[left+s.c], &lower[left], &lower[left+s.c]}
			grad := []float32{upperD[left], upperD[left+s.c], lowerD[left], lowerD[left+s.c]}
			best := 0
			for k := range at {
				if *at[k] > *at[best] {
					best = k
				}
			}
			want := make([]float32, 4)
			want[best] = d[i]
			if dst[i] != *at[best] || [4]float32(grad) != [4]float32(want) {
				s.Fatalf("pixel %d: %g, gradient %v, want %g, %v", i, dst[i], grad, *at[best], want)
			}
		}
	})
}
