package random

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"easel/internal/base/near"
)

// The known answers of Random123, the paper's library.
func TestPhiloxKnownAnswers(t *testing.T) {
	t.Parallel()
	const all = 0xffffffff
	for _, c := range []struct {
		counter [4]uint32
		key     [2]uint32
		want    [4]uint32
	}{
		{want: [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
		{[4]uint32{all, all, all, all}, [2]uint32{all, all}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [2]uint32{0xa4093822, 0x299f31d0},
			[4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
	} {
		if got := Philox(c.counter, c.key); got != c.want {
			t.Errorf("%x under %x: %x, want %x", c.counter, c.key, got, c.want)
		}
	}
}

func TestRangesAreIndependent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		s := Source{rapid.Uint64().Draw(r, "seed"), rapid.Uint64().Draw(r, "step"), rapid.Uint32().Draw(r, "stream")}
		n := rapid.IntRange(1, 70).Draw(r, "n")
		for name, fill := range map[string]func(dst []float32, from int){
			"mask":  func(dst []float32, from int) { s.DropoutMask(dst, from, 0.3) },
			"noise": s.NormalNoise,
		} {
			whole, pieces := make([]float32, n), make([]float32, n)
			fill(whole, 0)
			for from := 0; from < n; {
				to := rapid.IntRange(from+1, n).Draw(r, "to")
				fill(pieces[from:to], from)
				from = to
			}
			for i := range whole {
				if whole[i] != pieces[i] {
					r.Fatalf("%s: element %d of %d differs between splits", name, i, n)
				}
			}
		}
	})
}

// The mask is word by word what the graph's documentation says.
func TestMaskIsAsDocumented(t *testing.T) {
	t.Parallel()
	s := Source{Seed: 5<<32 | 7, Step: 3<<32 | 11, Stream: 13}
	mask := make([]float32, 40)
	s.DropoutMask(mask, 0, 0.25)
	for i, v := range mask {
		word := Philox([4]uint32{uint32(i / 4), 13, 11, 3}, [2]uint32{7, 5})[i%4]
		want := float32(0)
		if float64(word) < 0.75*(1<<32) {
			want = 1 / float32(0.75)
		}
		if v != want {
			t.Errorf("element %d: %g, want %g", i, v, want)
		}
	}
}

func moments(v []float32) (mean, variance, fourth float64) {
	n := float64(len(v))
	for _, x := range v {
		mean += float64(x) / n
	}
	for _, x := range v {
		d := float64(x) - mean
		variance += d * d / n
		fourth += d * d * d * d / n
	}
	return mean, variance, fourth
}

func TestMoments(t *testing.T) {
	t.Parallel()
	v := make([]float32, 1<<18)
	for stream := range uint32(3) {
		s := Source{Seed: 1, Step: 2, Stream: stream}
		s.NormalNoise(v, 0)
		if m, q, f := moments(v); !near.Within(m, 0.01) || !near.Within(q-1, 0.015) || math.Abs(f-3) > 0.1 {
			t.Errorf("noise: mean %g, variance %g, fourth moment %g", m, q, f)
		}
		for _, rate := range []float32{0, 0.1, 0.5, 0.9} {
			s.DropoutMask(v, 0, rate)
			want := float64(rate) / (1 - float64(rate))
			if m, q, _ := moments(v); !near.Within(m-1, 0.03) || !near.Within(q-want, 0.03*want) {
				t.Errorf("mask of rate %g: mean %g, variance %g", rate, m, q)
			}
		}
	}
}

func TestStreamsDiffer(t *testing.T) {
	t.Parallel()
	base := Source{1, 2, 3}
	for _, other := range []Source{{2, 2, 3}, {1, 3, 3}, {1, 2, 4}, {1 | 1<<40, 2, 3}, {1, 2 | 1<<40, 3}} {
		a, b := make([]float32, 1024), make([]float32, 1024)
		base.NormalNoise(a, 0)
		other.NormalNoise(b, 0)
		correlation := 0.0
		for i := range a {
			correlation += float64(a[i]) * float64(b[i]) / 1024
		}
		if math.Abs(correlation) > 0.15 {
			t.Errorf("%v and %v correlate by %g", base, other, correlation)
		}
	}
}
