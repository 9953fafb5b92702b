package pointwise

// AffineActivation is dst = f(scale·x + shift) with f(y) = y for y > 0 and
// slope·y otherwise: slope 1 is the identity, 0 ReLU. scale and shift are per
// channel; nil stands for ones and for zeros. In place allowed.
func (k *Kernels) AffineActivation(dst []float32, dstStride int, x []float32, xStride int, scale, shift []float32, slope float32, rows, c int) {
	const op = "affine activation"
	checkView(op, "dst", dst, dstStride, rows, c)
	checkView(op, "x", x, xStride, rows, c)
	checkOptional(op, "scale", scale, c)
	checkOptional(op, "shift", shift, c)
	if rows == 0 || c == 0 {
		return
	}
	if contiguous := rows == 1 || dstStride == c && xStride == c; contiguous {
		if scale == nil && shift == nil {
			rows, c = 1, rows*c
		} else if k.foldable(rows, c) {
			done := rows &^ (lanes - 1)
			k.foldedAffine(dst, x, scale, shift, slope, done/lanes, c)
			dst, x, rows = dst[done*c:], x[done*c:], rows-done
			if rows == 0 {
				return
			}
		}
	}
	done := k.vectorChannels(c)
	if done > 0 {
		affineVector(&dst[0], dstStride, &x[0], xStride, first(scale), first(shift), slope, rows, done)
	}
	if done < c {
		affineGo(dst[done:], dstStride, x[done:], xStride, tail(scale, done), tail(shift, done), slope, rows, c-done)
	}
}

// foldedAffine is AffineActivation on contiguous rows, lanes at a time.
func (k *Kernels) foldedAffine(dst, x, scale, shift []float32, slope float32, rows, c int) {
	var scales, shifts [lanes * foldLimit]float32
	w := lanes * c
	affineVector(&dst[0], w, &x[0], w, first(expand(&scales, scale)), first(expand(&shifts, shift)), slope, rows, w)
}

// affineVector chooses the routine for the vectors that there are.
func affineVector(dst *float32, dstStride int, x *float32, xStride int, scale, shift *float32, slope float32, rows, c int) {
	switch {
	case scale != nil && shift != nil:
		affineBothVector(dst, dstStride, x, xStride, scale, shift, slope, rows, c)
	case scale != nil:
		affineScaleVector(dst, dstStride, x, xStride, scale, slope, rows, c)
	case shift != nil:
		affineShiftVector(dst, dstStride, x, xStride, shift, slope, rows, c)
	default:
		affineNoneVector(dst, dstStride, x, xStride, slope, rows, c)
	}
}

func affineGo(dst []float32, dstStride int, x []float32, xStride int, scale, shift []float32, slope float32, rows, c int) {
	for r := 0; r < rows; r++ {
		d, s := dst[r*dstStride:][:c], x[r*xStride:][:c]
		switch {
		case scale != nil && shift != nil:
			sc, sh := scale[:c], shift[:c]
			for i, v := range s {
				d[i] = sc[i]*v + sh[i]
			}
		case scale != nil:
			sc := scale[:c]
			for i, v := range s {
				d[i] = sc[i] * v
			}
		case shift != nil:
			sh := shift[:c]
			for i, v := range s {
				d[i] = v + sh[i]
			}
		default:
			copy(d, s)
		}
		if slope != 1 {
			leak(d, slope)
		}
	}
}

// leak multiplies what is not above zero by slope, in place.
func leak(d []float32, slope float32) {
	for i, v := range d {
		if !(v > 0) {
			d[i] = slope * v
		}
	}
}
