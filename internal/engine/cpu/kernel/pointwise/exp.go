package pointwise

import "math"

// Constants of the float32 exponential and tangent, as in the Cephes library
// (Moshier 1989): expf on [−½ln 2, ½ln 2] and tanhf below 0.625. The assembly
// uses the same.
const (
	log2E  = 1.44269504088896341
	ln2Hi  = 0.693359375
	ln2Lo  = -2.12194440e-4
	exp0   = 1.9875691500e-4
	exp1   = 1.3981999507e-3
	exp2   = 8.3334519073e-3
	exp3   = 4.1665795894e-2
	exp4   = 1.6666665459e-1
	exp5   = 5.0000001201e-1
	tanh0  = -5.70498872745e-3
	tanh1  = 2.06390887954e-2
	tanh2  = -5.37397155531e-2
	tanh3  = 1.33314422036e-1
	tanh4  = -3.33332819422e-1
	tanhUp = 0.625
	expMin = -87.0
)

// expNegative is e^x for x ≤ 0; below expMin it is e^expMin, some 1.6e-38.
func expNegative(x float32) float32 {
	if x < expMin {
		x = expMin
	}
	n := float32(math.RoundToEven(float64(x * log2E)))
	r := x - n*ln2Hi
	r -= n * ln2Lo
	p := float32(exp0)
	p = p*r + exp1
	p = p*r + exp2
	p = p*r + exp3
	p = p*r + exp4
	p = p*r + exp5
	p = p*(r*r) + r + 1
	return p * math.Float32frombits(uint32(int32(n)+127)<<23)
}

func tanh32(x float32) float32 {
	z := x
	if z < 0 {
		z = -z
	}
	if z >= tanhUp {
		e := expNegative(-2 * z)
		y := 1 - 2*e/(1+e)
		if x < 0 {
			return -y
		}
		return y
	}
	s := x * x
	p := float32(tanh0)
	p = p*s + tanh1
	p = p*s + tanh2
	p = p*s + tanh3
	p = p*s + tanh4
	return p*s*x + x
}

func sigmoid32(x float32) float32 {
	if x < 0 {
		e := expNegative(x)
		return e / (1 + e)
	}
	return 1 / (1 + expNegative(-x))
}
