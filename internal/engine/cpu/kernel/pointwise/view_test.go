package pointwise

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// canary fills what no routine may touch.
const canary = float32(-12345.678)

// A sample draws operands and remembers them.
type sample struct {
	*rapid.T
	k       *Kernels
	values  *rand.Rand
	rows, c int
	guarded []*guarded
}

// guarded is a view with canaries before, between and after its rows.
type guarded struct {
	all    []float32
	s      []float32
	stride int
}

// forEach runs a property for every implementation of this processor.
func forEach(t *testing.T, property func(s *sample)) {
	for _, name := range []string{"go", "avx2", "neon"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, err := Named(name)
			if err != nil {
				t.Skip(err)
			}
			rapid.Check(t, func(r *rapid.T) {
				s := &sample{T: r, k: k, values: rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 1))}
				s.rows = rapid.IntRange(0, 40).Draw(r, "rows")
				s.c = rapid.OneOf(rapid.IntRange(1, 9), rapid.SampledFrom([]int{16, 24, 31, 32, 33, 64, 100})).Draw(r, "c")
				property(s)
				s.checkCanaries()
			})
		})
	}
}

func (s *sample) float() float32 { return float32(s.values.NormFloat64()) }

// view draws a rows × c operand with normal values.
func (s *sample) view() *guarded {
	before := rapid.IntRange(0, 9).Draw(s.T, "before")
	stride := s.c + rapid.SampledFrom([]int{0, 0, 1, 8, 13}).Draw(s.T, "gap")
	n := 0
	if s.rows > 0 {
		n = (s.rows-1)*stride + s.c
	}
	v := &guarded{all: make([]float32, before+n+9), stride: stride}
	for i := range v.all {
		v.all[i] = canary
	}
	v.s = v.all[before : before+n]
	s.each(func(r, j int) { v.s[r*stride+j] = s.float() })
	s.guarded = append(s.guarded, v)
	return v
}

// vector draws a per-channel vector.
func (s *sample) vector() []float32 {
	v := make([]float32, s.c)
	for i := range v {
		v[i] = s.float()
	}
	return v
}

// maybe draws a per-channel vector or nil.
func (s *sample) maybe() []float32 {
	if rapid.Bool().Draw(s.T, "nil") {
		return nil
	}
	return s.vector()
}

func (s *sample) slope() float32 {
	return rapid.SampledFrom([]float32{0, 0.2, 1, 1.5}).Draw(s.T, "slope")
}

func (s *sample) terms() []Term {
	terms := []Term{}
	for range rapid.IntRange(1, 2).Draw(s.T, "terms") {
		v := s.view()
		terms = append(terms, Term{v.s, v.stride, s.slope()})
	}
	return terms
}

func (s *sample) each(do func(r, j int)) {
	for r := range s.rows {
		for j := range s.c {
			do(r, j)
		}
	}
}

func (v *guarded) at(r, j int) float64 { return float64(v.s[r*v.stride+j]) }

// clone is a copy that keeps the values from before an operation in place.
func (v *guarded) clone() *guarded {
	return &guarded{s: append([]float32{}, v.s...), stride: v.stride}
}

// destination is a new view or, if it may be, one of the operands.
func (s *sample) destination(operands ...*guarded) *guarded {
	i := rapid.IntRange(0, len(operands)).Draw(s.T, "in place")
	if i == len(operands) {
		return s.view()
	}
	return operands[i]
}

func (s *sample) checkCanaries() {
	for _, v := range s.guarded {
		before := len(v.all) - len(v.s) - 9
		for i, got := range v.all {
			at := i - before
			inside := at >= 0 && at < len(v.s) && at%v.stride < s.c
			if !inside && got != canary {
				s.Fatalf("wrote %g outside the view, at %d of %d", got, at, len(v.s))
			}
		}
	}
}

// near fails unless got is want within a tolerance relative to size.
func (s *sample) near(what string, got float32, want, size float64) {
	s.Helper()
	if !(math.Abs(float64(got)-want) <= 2e-6*max(size, 1e-30)) {
		s.Fatalf("%s: %g, want %g", what, got, want)
	}
}

// leaky is v where above holds, else slope·v.
func leaky(v float64, above bool, slope float32) float64 {
	if above {
		return v
	}
	return float64(slope) * v
}

func orElse(v []float32, i int, value float64) float64 {
	if v == nil {
		return value
	}
	return float64(v[i])
}
