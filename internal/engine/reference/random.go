package reference

import (
	"math"
	"math/bits"

	"easel/internal/engine/graph"
)

// philox is Philox4x32-10 (Salmon et al. 2011, §3.3 and table 2).
func philox(counter [4]uint32, key [2]uint32) [4]uint32 {
	for range 10 {
		high0, low0 := bits.Mul32(0xD2511F53, counter[0])
		high1, low1 := bits.Mul32(0xCD9E8D57, counter[2])
		counter = [4]uint32{high1 ^ counter[1] ^ key[0], low1, high0 ^ counter[3] ^ key[1], low0}
		key[0] += 0x9E3779B9
		key[1] += 0xBB67AE85
	}
	return counter
}

// words are the first count random words of a stream.
func words(key tensor, stream uint32, count int) []uint32 {
	packed := make([]float32, len(key.data))
	for i, v := range key.data {
		packed[i] = float32(v)
	}
	seed, step := graph.UnpackKey(packed)
	var out []uint32
	for j := uint32(0); len(out) < count; j++ {
		block := philox(
			[4]uint32{j, stream, uint32(step), uint32(step >> 32)},
			[2]uint32{uint32(seed), uint32(seed >> 32)})
		out = append(out, block[:]...)
	}
	return out
}

// part is where in the value that all devices have together a device's begins.
func part(out tensor, device int) int { return device * len(out.data) }

func dropoutMask(op graph.DropoutMask, key, out tensor, device int) {
	keep, first := 1-float64(op.Rate), part(out, device)
	for i, word := range words(key, op.Stream, first+len(out.data))[first:][:len(out.data)] {
		if float64(word) < keep*(1<<32) {
			out.data[i] = 1 / keep
		}
	}
}

func normalNoise(op graph.NormalNoise, key, out tensor, device int) {
	first := part(out, device)
	w := words(key, op.Stream, first+len(out.data)+1)
	for at := range out.data {
		i := first + at
		u := (float64(w[i&^1]) + 1) / (1 << 32)
		angle := 2 * math.Pi * float64(w[i|1]) / (1 << 32)
		if i%2 == 0 {
			out.data[at] = math.Sqrt(-2*math.Log(u)) * math.Cos(angle)
		} else {
			out.data[at] = math.Sqrt(-2*math.Log(u)) * math.Sin(angle)
		}
	}
}
