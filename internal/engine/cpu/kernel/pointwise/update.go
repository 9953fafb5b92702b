package pointwise

import "math"

// AdamRule are the attributes of Adam (Kingma & Ba 2015). With EpsilonHat the
// ε stands inside the bias correction, as in TensorFlow and Torch7; without,
// outside, as in PyTorch.
type AdamRule struct {
	Beta1, Beta2, Epsilon float64
	EpsilonHat            bool
}

// AdamStep is one step of Adam with everything that does not depend on the
// element worked out:
//
//	m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g²
//	p ← p − StepSize·m / (√v·Correction + Epsilon)
type AdamStep struct {
	// Assembly reads these seven numbers in this order.
	Beta1, Beta2 float32
	Rest1, Rest2 float32 // 1 − β₁ and 1 − β₂
	StepSize     float32
	Correction   float32 // 1/√(1−β₂ᵗ), or 1 for ε̂
	Epsilon      float32
}

// NewAdamStep computes the factors of a step in float64; the first step is 1.
func NewAdamStep(rule AdamRule, rate, step float64) AdamStep {
	correction1 := 1 - math.Pow(rule.Beta1, step)
	correction2 := math.Sqrt(1 - math.Pow(rule.Beta2, step))
	s := AdamStep{
		Beta1: float32(rule.Beta1), Beta2: float32(rule.Beta2),
		Rest1: float32(1 - rule.Beta1), Rest2: float32(1 - rule.Beta2),
		StepSize:   float32(rate / correction1),
		Correction: float32(1 / correction2),
		Epsilon:    float32(rule.Epsilon),
	}
	if rule.EpsilonHat {
		s.StepSize, s.Correction = float32(rate*correction2/correction1), 1
	}
	return s
}

// Adam updates parameters p and moments m and v with gradients g, all of one
// length, in one pass.
func (k *Kernels) Adam(p, g, m, v []float32, step AdamStep) {
	checkVector("adam", "gradient", g, len(p))
	checkVector("adam", "first moment", m, len(p))
	checkVector("adam", "second moment", v, len(p))
	done := k.vectorChannels(len(p))
	if done > 0 {
		adamVector(&p[0], &g[0], &m[0], &v[0], &step.Beta1, done)
	}
	adamGo(p[done:], g[done:], m[done:], v[done:], step)
}

func adamGo(p, g, m, v []float32, s AdamStep) {
	g, m, v = g[:len(p)], m[:len(p)], v[:len(p)]
	for i, d := range g {
		m1 := s.Beta1*m[i] + s.Rest1*d
		v1 := s.Beta2*v[i] + s.Rest2*d*d
		m[i], v[i] = m1, v1
		root := float32(math.Sqrt(float64(v1)))
		p[i] -= s.StepSize * m1 / (root*s.Correction + s.Epsilon)
	}
}
