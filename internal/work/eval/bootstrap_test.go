package eval

import (
	"context"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/near"
)

// TestBootstrapDraws: every sample has n pictures, each as often as in draws with
// replacement.
func TestBootstrapDraws(t *testing.T) {
	t.Parallel()
	const n, samples = 20, 4000
	b := newBootstrap(7, samples, n)
	totals := make([]int, samples)
	for i := range n {
		var sum, squares float64
		for s, w := range b.draw() {
			totals[s] += w
			sum += float64(w)
			squares += float64(w * w)
		}
		mean := sum / samples
		variance := squares/samples - mean*mean
		// Binomial of n draws at 1/n; five standard errors.
		if math.Abs(mean-1) > 5/math.Sqrt(samples) || math.Abs(variance-(1-1.0/n)) > 0.15 {
			t.Errorf("picture %d: mean %v, variance %v", i, mean, variance)
		}
	}
	for s, total := range totals {
		if total != n {
			t.Fatalf("sample %d has %d pictures", s, total)
		}
	}
}

// TestTallyIsTheBootstrap: sums with weights are the sums of the drawn pictures.
func TestTallyIsTheBootstrap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n, samples := rapid.IntRange(1, 9).Draw(t, "n"), rapid.IntRange(0, 5).Draw(t, "samples")
		values := rapid.SliceOfN(rapid.Float64Range(-1, 1), n, n).Draw(t, "values")
		tally := &tally{judge: given(values)}
		b := newBootstrap(1, samples, n)
		drawn := make([][]float64, samples)
		for i := range n {
			w := slices.Clone(b.draw())
			part, err := tally.summands(t.Context(), &sample{name: string(rune(i))})
			if own := tally.add(part, w); err != nil || own[0] != values[i] {
				t.Fatalf("own value %v, want %v: %v", own, values[i], err)
			}
			for s, times := range w {
				for range times {
					drawn[s] = append(drawn[s], values[i])
				}
			}
		}
		for s, sums := range tally.resampled {
			mean := 0.0
			for _, v := range drawn[s] {
				mean += v / float64(n)
			}
			if got := tally.value(sums)[0]; len(drawn[s]) != n || !near.Within(got-mean, 1e-12) {
				t.Fatalf("%v, want %v", got, mean)
			}
		}
	})
}

func TestInterval(t *testing.T) {
	t.Parallel()
	values := []float64{4, math.NaN(), 0, 3, 1, math.Inf(1), 2}
	if low, high, ok := interval(values, 0.5); low != 1 || high != 3 || !ok {
		t.Errorf("%v … %v", low, high)
	}
	if low, high, _ := interval(values, 0.9); !near.Within(low-0.2, 1e-12) || !near.Within(high-3.8, 1e-12) {
		t.Errorf("%v … %v", low, high)
	}
	if _, _, ok := interval(values[1:2], 0.5); ok {
		t.Error("an interval of nothing")
	}
}

// given judges by values that are known: those of the sample whose name is the
// number.
type given []float64

func (given) measures() []Measure { return []Measure{{Key: "given"}} }
func (g given) summands(_ context.Context, s *sample) ([]float64, error) {
	return []float64{g[[]rune(s.name)[0]], 1}, nil
}
func (given) value(sums []float64) []float64 { return means(sums) }
