package pointwise

// ActivationBackward is the sum of terms at y, dst = Σ d·(1 where y > 0, else
// slope): the gradient through (leaky) ReLUs of consumers with one input. y is
// that input or an activation's result, which has the same sign. In place on a
// term's D or on y allowed.
func (k *Kernels) ActivationBackward(dst []float32, dstStride int, terms []Term, y []float32, yStride int, rows, c int) {
	const op = "activation backward"
	checkView(op, "dst", dst, dstStride, rows, c)
	checkTerms(op, terms, rows, c)
	checkView(op, "y", y, yStride, rows, c)
	if rows == 0 || c == 0 {
		return
	}
	t, u := terms[0], terms[len(terms)-1]
	if rows == 1 || dstStride == c && yStride == c && t.Stride == c && u.Stride == c {
		rows, c = 1, rows*c
	}
	done := k.vectorChannels(c)
	if done > 0 {
		if len(terms) == 1 {
			activationBackward1Vector(&dst[0], dstStride, &t.D[0], t.Stride, t.Slope, &y[0], yStride, rows, done)
		} else {
			activationBackward2Vector(&dst[0], dstStride, &t.D[0], t.Stride, t.Slope, &u.D[0], u.Stride, u.Slope, &y[0], yStride, rows, done)
		}
	}
	if done < c {
		activationBackwardGo(dst, dstStride, t, u, len(terms) == 2, y, yStride, rows, done, c)
	}
}

func activationBackwardGo(dst []float32, dstStride int, t, u Term, both bool, y []float32, yStride int, rows, from, to int) {
	for r := 0; r < rows; r++ {
		s, d, e := y[r*yStride:][:to], t.D[r*t.Stride:][:to], u.D[r*u.Stride:][:to]
		out := dst[r*dstStride:][:to]
		for i := from; i < to; i++ {
			g, h := d[i], e[i]
			if !(s[i] > 0) {
				g *= t.Slope
				h *= u.Slope
			}
			if both {
				g += h
			}
			out[i] = g
		}
	}
}

// Tanh is dst = tanh x, with a relative error below 3e-7: an odd polynomial
// below 0.625, 1 − 2/(e^2x + 1) above. In place allowed.
func (k *Kernels) Tanh(dst []float32, dstStride int, x []float32, xStride, rows, c int) {
	checkView("tanh", "dst", dst, dstStride, rows, c)
	checkView("tanh", "x", x, xStride, rows, c)
	rows, c = flat2(dstStride, xStride, rows, c)
	for r := 0; r < rows; r++ {
		d, s := dst[r*dstStride:][:c], x[r*xStride:][:c]
		done := k.vectorChannels(c)
		if done > 0 {
			tanhVector(&d[0], &s[0], done)
		}
		for i := done; i < c; i++ {
			d[i] = tanh32(s[i])
		}
	}
}

// Sigmoid is dst = 1/(1 + e^−x), with a relative error below 3e-7 while the
// result is a normal number. In place allowed.
func (k *Kernels) Sigmoid(dst []float32, dstStride int, x []float32, xStride, rows, c int) {
	checkView("sigmoid", "dst", dst, dstStride, rows, c)
	checkView("sigmoid", "x", x, xStride, rows, c)
	rows, c = flat2(dstStride, xStride, rows, c)
	for r := 0; r < rows; r++ {
		d, s := dst[r*dstStride:][:c], x[r*xStride:][:c]
		done := k.vectorChannels(c)
		if done > 0 {
			sigmoidVector(&d[0], &s[0], done)
		}
		for i := done; i < c; i++ {
			d[i] = sigmoid32(s[i])
		}
	}
}

// TanhGradient is dst = d·(1 − y²) with y = tanh x. In place on d or y allowed.
func (k *Kernels) TanhGradient(dst []float32, dstStride int, d []float32, dStride int, y []float32, yStride, rows, c int) {
	k.binary(opTanhGradient, dst, dstStride, d, dStride, y, yStride, rows, c)
}

// SigmoidGradient is dst = d·y·(1 − y) with y = sigmoid x. In place on d or y
// allowed.
func (k *Kernels) SigmoidGradient(dst []float32, dstStride int, d []float32, dStride int, y []float32, yStride, rows, c int) {
	k.binary(opSigmoidGradient, dst, dstStride, d, dStride, y, yStride, rows, c)
}
