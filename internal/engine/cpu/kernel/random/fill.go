package random

import "math"

// DropoutMask sets dst to the elements from, from+1, … of a dropout mask:
// 1/(1 − rate) where the element's word is below (1 − rate)·2³², else 0.
// rate is at least 0 and below 1.
func (s Source) DropoutMask(dst []float32, from int, rate float32) {
	keep := 1 - float64(rate)
	limit, value := uint64(math.Ceil(keep*(1<<32))), float32(1/keep)
	for i := 0; i < len(dst); {
		words := s.block((from + i) / 4)
		for w := (from + i) % 4; w < 4 && i < len(dst); w, i = w+1, i+1 {
			dst[i] = 0
			if uint64(words[w]) < limit {
				dst[i] = value
			}
		}
	}
}

// NormalNoise sets dst to the elements from, from+1, … of a value with
// distribution N(0, 1): elements 2i and 2i+1 are √(−2 ln u)·cos 2πv and
// √(−2 ln u)·sin 2πv (Box & Muller 1958) with u = (word 2i + 1)/2³² and
// v = (word 2i+1)/2³².
func (s Source) NormalNoise(dst []float32, from int) {
	for i := 0; i < len(dst); {
		words := s.block((from + i) / 4)
		var values [4]float32
		values[0], values[1] = boxMuller(words[0], words[1])
		values[2], values[3] = boxMuller(words[2], words[3])
		i += copy(dst[i:], values[(from+i)%4:])
	}
}

func boxMuller(a, b uint32) (float32, float32) {
	radius := math.Sqrt(-2 * math.Log((float64(a)+1)/(1<<32)))
	sin, cos := math.Sincos(2 * math.Pi * float64(b) / (1 << 32))
	return float32(radius * cos), float32(radius * sin)
}
