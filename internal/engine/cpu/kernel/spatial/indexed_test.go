package spatial

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"easel/internal/engine/cpu/kernel/pointwise"
	"pgregory.net/rapid"
)

// A pool with an index is the pool, and its scatter the pool's gradient, with
// ties, negative pictures, odd sizes and in any pieces; rectified, it is the
// gradient of the pool of the ReLU.
func TestIndexedMaxPool(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := Dims{rapid.IntRange(1, 2).Draw(t, "batch"), rapid.IntRange(2, 9).Draw(t, "height"), rapid.IntRange(2, 9).Draw(t, "width"),
			pointwise.IndexLanes * rapid.IntRange(1, 4).Draw(t, "channels")}
		w := Window{2, 2}
		out := w.Out(in)
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		x, dy := make([]float32, in.Size()), make([]float32, out.Size())
		for i := range x {
			x[i] = float32(r.IntN(7) - 3) // with many ties
		}
		for i := range dy {
			dy[i] = r.Float32()
		}
		for _, k := range []*pointwise.Kernels{{}, pointwise.Detect()} {
			if !k.Indexes(in.Channels) {
				continue
			}
			want, got := make([]float32, out.Size()), make([]float32, out.Size())
			index := make([]float32, out.Size()/pointwise.IndexLanes)
			for i := range index {
				index[i] = math.Float32frombits(0x00ABCDEF)
			}
			MaxPool(k, want, x, in, w, 0, out.Rows())
			at := rapid.IntRange(0, out.Rows()).Draw(t, "cut")
			MaxPoolIndexed(k, got, index, x, in, at, out.Rows())
			MaxPoolIndexed(k, got, index, x, in, 0, at)
			if !slices.Equal(got, want) {
				t.Fatalf("%s: pooled %v, want %v", k.Name(), got, want)
			}
			for _, rectified := range []bool{false, true} {
				wantDX, dx := make([]float32, in.Size()), make([]float32, in.Size())
				for i := range dx {
					dx[i] = 7777
				}
				MaxPoolGradient(k, wantDX, dy, x, in, w, 0, in.Rows())
				for i := range wantDX {
					if rectified && x[i] <= 0 {
						wantDX[i] = 0
					}
				}
				MaxPoolScatter(k, dx, dy, index, in, rectified, 0, at)
				MaxPoolScatter(k, dx, dy, index, in, rectified, at, out.Rows())
				if !slices.Equal(dx, wantDX) {
					t.Fatalf("%s, rectified %v: gradient %v, want %v", k.Name(), rectified, dx, wantDX)
				}
			}
		}
	})
}
