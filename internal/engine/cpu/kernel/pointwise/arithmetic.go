package pointwise

// opcode is an element-by-element function of two views.
type opcode int

const (
	opAdd opcode = iota
	opMul
	opMax
	opTanhGradient
	opSigmoidGradient
)

func (o opcode) String() string {
	return [...]string{"add", "mul", "max", "tanh gradient", "sigmoid gradient"}[o]
}

// flat2 makes one long row of contiguous rows.
func flat2(s, t, rows, c int) (int, int) {
	if rows > 1 && s == c && t == c {
		return 1, rows * c
	}
	return rows, c
}

// flat3 is flat2 for three views.
func flat3(s, t, u, rows, c int) (int, int) {
	if u != c {
		return rows, c
	}
	return flat2(s, t, rows, c)
}

// Add is dst = a + b. In place allowed.
func (k *Kernels) Add(dst []float32, dstStride int, a []float32, aStride int, b []float32, bStride, rows, c int) {
	k.binary(opAdd, dst, dstStride, a, aStride, b, bStride, rows, c)
}

// Mul is dst = a·b. In place allowed.
func (k *Kernels) Mul(dst []float32, dstStride int, a []float32, aStride int, b []float32, bStride, rows, c int) {
	k.binary(opMul, dst, dstStride, a, aStride, b, bStride, rows, c)
}

// Max is the larger of a and b. In place allowed.
func (k *Kernels) Max(dst []float32, dstStride int, a []float32, aStride int, b []float32, bStride, rows, c int) {
	k.binary(opMax, dst, dstStride, a, aStride, b, bStride, rows, c)
}

func (k *Kernels) binary(o opcode, dst []float32, dstStride int, a []float32, aStride int, b []float32, bStride, rows, c int) {
	checkView(o.String(), "dst", dst, dstStride, rows, c)
	checkView(o.String(), "a", a, aStride, rows, c)
	checkView(o.String(), "b", b, bStride, rows, c)
	rows, c = flat3(dstStride, aStride, bStride, rows, c)
	if rows == 0 || c == 0 {
		return
	}
	done := k.vectorChannels(c)
	if done > 0 {
		switch o {
		case opAdd:
			addVector(&dst[0], dstStride, &a[0], aStride, &b[0], bStride, rows, done)
		case opMul:
			mulVector(&dst[0], dstStride, &a[0], aStride, &b[0], bStride, rows, done)
		case opMax:
			maxVector(&dst[0], dstStride, &a[0], aStride, &b[0], bStride, rows, done)
		case opTanhGradient:
			tanhGradientVector(&dst[0], dstStride, &a[0], aStride, &b[0], bStride, rows, done)
		case opSigmoidGradient:
			sigmoidGradientVector(&dst[0], dstStride, &a[0], aStride, &b[0], bStride, rows, done)
		}
	}
	if done < c {
		for r := 0; r < rows; r++ {
			binaryGo(o, dst[r*dstStride+done:][:c-done], a[r*aStride+done:][:c-done], b[r*bStride+done:][:c-done])
		}
	}
}

func binaryGo(o opcode, dst, a, b []float32) {
	dst, b = dst[:len(a)], b[:len(a)]
	switch o {
	case opAdd:
		for i, v := range a {
			dst[i] = v + b[i]
		}
	case opMul:
		for i, v := range a {
			dst[i] = v * b[i]
		}
	case opMax:
		for i, v := range a {
			if w := b[i]; !(v > w) {
				v = w
			}
			dst[i] = v
		}
	case opTanhGradient:
		for i, v := range a {
			y := b[i]
			dst[i] = v * (1 - y*y)
		}
	case opSigmoidGradient:
		for i, v := range a {
			y := b[i]
			dst[i] = v * (y * (1 - y))
		}
	}
}

// Scale is dst = factor·a. In place allowed.
func (k *Kernels) Scale(dst []float32, dstStride int, factor float32, a []float32, aStride, rows, c int) {
	checkView("scale", "dst", dst, dstStride, rows, c)
	checkView("scale", "a", a, aStride, rows, c)
	rows, c = flat2(dstStride, aStride, rows, c)
	if rows == 0 || c == 0 {
		return
	}
	done := k.vectorChannels(c)
	if done > 0 {
		scaleVector(&dst[0], dstStride, &a[0], aStride, factor, rows, done)
	}
	for r := 0; r < rows && done < c; r++ {
		d, s := dst[r*dstStride+done:][:c-done], a[r*aStride+done:][:c-done]
		for i, v := range s {
			d[i] = factor * v
		}
	}
}

// AddScaled is dst += factor·a. In place allowed.
func (k *Kernels) AddScaled(dst []float32, dstStride int, factor float32, a []float32, aStride, rows, c int) {
	checkView("add scaled", "dst", dst, dstStride, rows, c)
	checkView("add scaled", "a", a, aStride, rows, c)
	rows, c = flat2(dstStride, aStride, rows, c)
	if rows == 0 || c == 0 {
		return
	}
	done := k.vectorChannels(c)
	if done > 0 {
		addScaledVector(&dst[0], dstStride, &a[0], aStride, factor, rows, done)
	}
	for r := 0; r < rows && done < c; r++ {
		d, s := dst[r*dstStride+done:][:c-done], a[r*aStride+done:][:c-done]
		for i, v := range s {
			d[i] += factor * v
		}
	}
}

// AddBias is dst = a + bias with a bias per channel. In place allowed.
func (k *Kernels) AddBias(dst []float32, dstStride int, a []float32, aStride int, bias []float32, rows, c int) {
	checkVector("add bias", "bias", bias, c)
	k.AffineActivation(dst, dstStride, a, aStride, nil, bias, 1, rows, c)
}

// Copy is dst = a, row by row.
func (k *Kernels) Copy(dst []float32, dstStride int, a []float32, aStride, rows, c int) {
	checkView("copy", "dst", dst, dstStride, rows, c)
	checkView("copy", "a", a, aStride, rows, c)
	rows, c = flat2(dstStride, aStride, rows, c)
	for r := 0; r < rows; r++ {
		copy(dst[r*dstStride:][:c], a[r*aStride:][:c])
	}
}

// Fill sets every element of dst to value.
func (k *Kernels) Fill(dst []float32, dstStride int, value float32, rows, c int) {
	checkView("fill", "dst", dst, dstStride, rows, c)
	rows, c = flat2(dstStride, dstStride, rows, c)
	for r := 0; r < rows; r++ {
		d := dst[r*dstStride:][:c]
		if value == 0 {
			clear(d)
			continue
		}
		for i := range d {
			d[i] = value
		}
	}
}
