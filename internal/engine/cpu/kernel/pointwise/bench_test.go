package pointwise

import "testing"

// The sizes are those of a U-Net's outer layers: 128×128 pixels of 64
// channels, 4 MiB a tensor, more than a core's own caches hold.
const (
	benchRows     = 128 * 128
	benchChannels = 64
	benchSize     = benchRows * benchChannels
)

// bench reports the bytes that a pass over the given number of tensors moves.
func bench(b *testing.B, tensors int, pass func(k *Kernels)) {
	for _, name := range []string{"avx2", "neon", "go"} {
		b.Run(name, func(b *testing.B) {
			k, err := Named(name)
			if err != nil {
				b.Skip(err)
			}
			b.SetBytes(int64(4 * tensors * benchSize))
			for b.Loop() {
				pass(k)
			}
		})
	}
}

func tensor() []float32 { return make([]float32, benchSize) }

func channelVector() []float32 { return make([]float32, benchChannels) }

// inBlocks is a pass in blocks of rows, as partial sums are called.
func inBlocks(do func(from, to int)) {
	for r := 0; r < benchRows; r += BlockRows {
		do(r*benchChannels, (r+BlockRows)*benchChannels)
	}
}

func BenchmarkAdam(b *testing.B) {
	p, g, m, v := tensor(), tensor(), tensor(), tensor()
	for i := range g {
		g[i] = float32(i%7) - 3
	}
	step := NewAdamStep(AdamRule{0.5, 0.999, 1e-8, false}, 2e-4, 1)
	bench(b, 7, func(k *Kernels) { k.Adam(p, g, m, v, step) })
}

func BenchmarkAffineActivation(b *testing.B) {
	x, y, scale, shift := tensor(), tensor(), channelVector(), channelVector()
	bench(b, 2, func(k *Kernels) {
		k.AffineActivation(y, benchChannels, x, benchChannels, scale, shift, 0.2, benchRows, benchChannels)
	})
}

func BenchmarkChannelSums(b *testing.B) {
	x, sum, squares, pivot := tensor(), channelVector(), channelVector(), channelVector()
	bench(b, 1, func(k *Kernels) {
		inBlocks(func(from, to int) {
			k.ChannelSums(sum, squares, x[from:to], benchChannels, pivot, BlockRows, benchChannels)
		})
	})
}

func BenchmarkNormSums(b *testing.B) {
	x, d, e, v, sum, product := tensor(), tensor(), tensor(), channelVector(), channelVector(), channelVector()
	bench(b, 3, func(k *Kernels) {
		inBlocks(func(from, to int) {
			terms := []Term{{d[from:to], benchChannels, 0.2}, {e[from:to], benchChannels, 0}}
			k.NormSums(sum, product, terms, x[from:to], benchChannels, v, v, v, v, BlockRows, benchChannels)
		})
	})
}

func BenchmarkNormApply(b *testing.B) {
	x, d, e, dx, v := tensor(), tensor(), tensor(), tensor(), channelVector()
	terms := []Term{{d, benchChannels, 0.2}, {e, benchChannels, 0}}
	bench(b, 4, func(k *Kernels) {
		k.NormApply(dx, benchChannels, terms, x, benchChannels, v, v, v, v, v, benchRows, benchChannels)
	})
}
