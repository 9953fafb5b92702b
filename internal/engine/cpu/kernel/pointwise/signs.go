package pointwise

import "math"

// SignLanes is how many elements share a word of signs.
const SignLanes = 32

// SignWords is how many words the signs of n elements take.
func SignWords(n int) int { return (n + SignLanes - 1) / SignLanes }

// Signs keeps which elements of x are above zero: bit i of a word of signs
// [SignWords(len(x))] is that of the word's element i. It is all that
// the gradient of a rectifier needs. The length of x is a multiple of
// IndexLanes.
func (k *Kernels) Signs(signs, x []float32) {
	n := len(x)
	checkSigns(signs, n)
	if n == 0 {
		return
	}
	if k.assembly && indexed {
		signsVector(&signs[0], &x[0], n)
		return
	}
	for at := 0; at < n; at += SignLanes {
		bits := uint32(0)
		for i, v := range x[at:min(at+SignLanes, n)] {
			if v > 0 {
				bits |= 1 << i
			}
		}
		signs[at/SignLanes] = math.Float32frombits(bits)
	}
}

// SignGate is the gradient of a rectifier: dst = d where Signs has kept a sign,
// slope·d elsewhere. dst may be d.
func (k *Kernels) SignGate(dst, d, signs []float32, slope float32) {
	n := len(d)
	checkSigns(signs, n)
	if n == 0 {
		return
	}
	_ = dst[n-1]
	if k.assembly && indexed {
		signGateVector(&dst[0], &d[0], &signs[0], slope, n)
		return
	}
	for i, v := range d {
		if math.Float32bits(signs[i/SignLanes])>>(i%SignLanes)&1 == 0 {
			v *= slope
		}
		dst[i] = v
	}
}

func checkSigns(signs []float32, n int) {
	if n%IndexLanes != 0 || len(signs) < SignWords(n) {
		panic("pointwise: signs of the wrong length")
	}
}
