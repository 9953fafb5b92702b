package pointwise

import "math"

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

// IndexLanes is how many channels share a word of an index.
const IndexLanes = 8

// Indexes tells whether the kernels have MaxPool2Indexed and MaxPool2Scatter,
// Signs and SignGate for c channels as fast as without an index or signs.
func (k *Kernels) Indexes(c int) bool { return c%IndexLanes == 0 && (!k.assembly || indexed) }

// MaxPool2Indexed is MaxPool2 that also keeps where each largest element was:
// index [width, c/IndexLanes], a word for the neighbouring channels. Bit i of
// its first two bytes are the place of channel i in reading order, of the third
// whether the element is above zero. c is a multiple of IndexLanes.
func (k *Kernels) MaxPool2Indexed(dst, index, upper, lower []float32, width, c int) {
	checkView("max pool", "dst", dst, c, width, c)
	checkView("max pool", "index", index, c/IndexLanes, width, c/IndexLanes)
	checkView("max pool", "upper", upper, c, 2*width, c)
	checkView("max pool", "lower", lower, c, 2*width, c)
	if width == 0 || c == 0 {
		return
	}
	if k.vectorChannels(c) == c {
		maxPool2IndexedVector(&dst[0], &index[0], &upper[0], &lower[0], width, c, c)
		return
	}
	for i := range width {
		for j := range c {
			at := 2*i*c + j
			v := [4]float32{upper[at], upper[at+c], lower[at], lower[at+c]}
			place := 0
			for p, x := range v {
				if x > v[place] {
					place = p
				}
			}
			setIndex(&index[(i*c+j)/IndexLanes], j%IndexLanes, place, v[place] > 0)
			dst[i*c+j] = v[place]
		}
	}
}

// setIndex sets the bits of a lane. The first lane begins the word.
func setIndex(word *float32, lane, place int, positive bool) {
	bits := uint32(place&1)<<lane | uint32(place>>1)<<(lane+8)
	if positive {
		bits |= 1 << (lane + 16)
	}
	if lane > 0 {
		bits |= math.Float32bits(*word)
	}
	*word = math.Float32frombits(bits)
}

// MaxPool2Scatter gives each element of d [width, c] to where its window's
// largest element was, as MaxPool2Indexed kept it, and zero to the other three;
// of rectified windows, those whose largest is not above zero get nothing: the
// gradient through a ReLU before the pool. upperD and lowerD are overwritten.
func (k *Kernels) MaxPool2Scatter(upperD, lowerD, d, index []float32, rectified bool, width, c int) {
	checkView("max pool gradient", "d", d, c, width, c)
	checkView("max pool gradient", "index", index, c/IndexLanes, width, c/IndexLanes)
	checkView("max pool gradient", "row", upperD, c, 2*width, c)
	checkView("max pool gradient", "row", lowerD, c, 2*width, c)
	if width == 0 || c == 0 {
		return
	}
	if k.vectorChannels(c) == c {
		always := int32(-1)
		if rectified {
			always = 0
		}
		maxPool2ScatterVector(&upperD[0], &lowerD[0], &d[0], &index[0], always, width, c, c)
		return
	}
	for i := range width {
		for j := range c {
			bits := math.Float32bits(index[(i*c+j)/IndexLanes]) >> (j % IndexLanes)
			at, v := 2*i*c+j, d[i*c+j]
			if rectified && bits>>16&1 == 0 {
				v = 0
			}
			upperD[at], upperD[at+c], lowerD[at], lowerD[at+c] = 0, 0, 0, 0
			row := upperD
			if bits>>8&1 == 1 {
				row = lowerD
			}
			row[at+int(bits&1)*c] = v
		}
	}
}
