package pointwise

// MaxPool2 is one output row of 2×2 max pooling with stride 2: dst [width, c]
// from two rows of x, upper and lower, of 2·width pixels or one more.
func (k *Kernels) MaxPool2(dst, upper, lower []float32, width, c int) {
	checkView("max pool", "dst", dst, c, width, c)
	checkView("max pool", "upper", upper, c, 2*width, c)
	checkView("max pool", "lower", lower, c, 2*width, c)
	if width == 0 || c == 0 {
		return
	}
	done := k.vectorChannels(c)
	if done > 0 {
		maxPool2Vector(&dst[0], &upper[0], &lower[0], width, c, done)
	}
	for i := 0; i < width && done < c; i++ {
		at := 2 * i * c
		d, a, b := dst[i*c:][:c], upper[at:][:c], upper[at+c:][:c]
		e, f := lower[at:][:c], lower[at+c:][:c]
		for j := done; j < c; j++ {
			d[j] = max(a[j], b[j], e[j], f[j])
		}
	}
}

// MaxPool2Gradient gives each element of d [width, c] to the largest of its
// window in two rows of x, of equal ones to the first in reading order, and
// zero to the other three: upperD and lowerD, which are overwritten.
func (k *Kernels) MaxPool2Gradient(upperD, lowerD, d, upper, lower []float32, width, c int) {
	checkView("max pool gradient", "d", d, c, width, c)
	for _, s := range [...][]float32{upperD, lowerD, upper, lower} {
		checkView("max pool gradient", "row", s, c, 2*width, c)
	}
	if width == 0 || c == 0 {
		return
	}
	done := k.vectorChannels(c)
	if done > 0 {
		maxPool2GradientVector(&upperD[0], &lowerD[0], &d[0], &upper[0], &lower[0], width, c, done)
	}
	for i := 0; i < width && done < c; i++ {
		at := 2 * i * c
		for j := done; j < c; j++ {
			giveToFirst(upperD, lowerD, d[i*c+j], upper, lower, at+j, at+c+j)
		}
	}
}

func giveToFirst(upperD, lowerD []float32, d float32, upper, lower []float32, left, right int) {
	upperD[left], upperD[right], lowerD[left], lowerD[right] = 0, 0, 0, 0
	switch max(upper[left], upper[right], lower[left], lower[right]) {
	case upper[left]:
		upperD[left] = d
	case upper[right]:
		upperD[right] = d
	case lower[left]:
		lowerD[left] = d
	default:
		lowerD[right] = d
	}
}
