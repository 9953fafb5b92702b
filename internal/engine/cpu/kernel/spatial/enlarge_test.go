package spatial

import (
	"math"
	"testing"

	"easel/internal/base/near"
	"easel/internal/engine/cpu/kernel/pointwise"
	"pgregory.net/rapid"
)

// smallAndLarge are the two shapes of taps over a picture.
func smallAndLarge(r *rapid.T) (small, large Dims) {
	small = draw(r)
	large = Dims{small.Batch, 2 * small.Height, 2 * small.Width, small.Channels}
	small.Channels *= 9
	return small, large
}

// Taps that are enlarged, moved and added up one by one give what the pass gives,
// of a part of the picture too.
func TestEnlargedTaps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		small, large := smallAndLarge(r)
		rows, columns := rapid.IntRange(1, small.Height).Draw(r, "rows"), rapid.IntRange(1, small.Width).Draw(r, "columns")
		taps := fill(r, small)
		got := inPieces(r, large, func(k *pointwise.Kernels, dst []float32, from, to int) {
			EnlargedTaps(k, dst, taps, small, rows, columns, make([]float32, EnlargedScratch(small)), from, to)
		})
		want := make([]float64, large.Size())
		part, out := Dims{1, rows, columns, 1}, large.Channels
		twice := Dims{1, 2 * rows, 2 * columns, 1}
		for b := range small.Batch {
			for channel := range small.Channels {
				x, y := make([]float32, part.Size()), make([]float32, twice.Size())
				for i := range x {
					x[i] = taps[((b*small.Height+i/columns)*small.Width+i%columns)*small.Channels+channel]
				}
				ResizeBilinear(&pointwise.Kernels{}, y, twice, x, part, 0, twice.Rows())
				down, right := 1-channel/out/3, 1-channel/out%3
				for i, v := range y {
					p, q := i/(2*columns)+down, i%(2*columns)+right
					if p >= 0 && p < 2*rows && q >= 0 && q < 2*columns {
						want[((b*large.Height+p)*large.Width+q)*out+channel%out] += float64(v)
					}
				}
			}
		}
		for i, v := range want {
			if !near.Within(float64(got[i])-v, 1e-5) {
				r.Fatalf("element %d of %v: %g, want %g", i, large, got[i], v)
			}
		}
	})
}

func TestEnlargedTapsGradientIsTheAdjoint(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		small, large := smallAndLarge(r)
		scratch := make([]float32, EnlargedScratch(small))
		taps, dy := fill(r, small), fill(r, large)
		y := make([]float32, large.Size())
		EnlargedTaps(pointwise.Detect(), y, taps, small, small.Height, small.Width, scratch, 0, large.Rows())
		dt := inPieces(r, small, func(k *pointwise.Kernels, dst []float32, from, to int) {
			EnlargedTapsGradient(k, dst, dy, small, scratch, from, to)
		})
		var forward, backward float64
		for i, v := range y {
			forward += float64(v) * float64(dy[i])
		}
		for i, v := range dt {
			backward += float64(v) * float64(taps[i])
		}
		if !near.Within(forward-backward, 1e-4*math.Sqrt(float64(small.Size()))) {
			r.Fatalf("%v: %g forward, %g backward", small, forward, backward)
		}
	})
}
