package gemm

// PackRows copies k rows of n elements, ld elements apart in src, into a panel
// of rows of width elements, the rest of each row zero:
// dst[i·width + j] = src[i·ld + j]. n ≤ width.
func (k *Kernels) PackRows(dst, src []float32, rows, n, ld, width int) {
	if rows == 0 {
		return
	}
	_, _ = dst[rows*width-1], src[(rows-1)*ld+n-1]
	if n == width && k.packRowsAsm(dst, src, rows, ld, width) {
		return
	}
	for i := range rows {
		d := dst[i*width : (i+1)*width]
		copy(d[:n], src[i*ld:])
		clear(d[n:])
	}
}

// PackTransposed is PackRows of the transpose: dst[i·width + j] =
// src[j·ld + i] for i < rows and j < n, the rest of each row zero.
func (k *Kernels) PackTransposed(dst, src []float32, rows, n, ld, width int) {
	if rows == 0 {
		return
	}
	_, _ = dst[rows*width-1], src[(n-1)*ld+rows-1]
	doneRows, doneN := k.packTransposedAsm(dst, src, rows, n, ld, width)
	for j := range n {
		first := 0
		if j < doneN {
			first = doneRows
		}
		s := src[j*ld : j*ld+rows]
		for i := first; i < rows; i++ {
			dst[i*width+j] = s[i]
		}
	}
	if n < width {
		for i := range rows {
			clear(dst[i*width+n : (i+1)*width])
		}
	}
}

// PackColumns packs up to MR neighbouring columns as left operand, for AStep
// MR: dst[i·MR + j] = src[i·ld + j] for i < rows, j < n. What is beyond n in
// each six is undefined.
func (k *Kernels) PackColumns(dst, src []float32, rows, n, ld int) {
	if rows == 0 {
		return
	}
	_, _ = dst[(rows-1)*MR+n-1], src[(rows-1)*ld+n-1]
	if n == MR {
		packSix(dst, src, rows, ld)
		return
	}
	for i := range rows {
		copy(dst[i*MR:i*MR+n], src[i*ld:])
	}
}

func packSix(dst, src []float32, rows, ld int) {
	for i := range rows {
		*(*[MR]float32)(dst[i*MR:]) = [MR]float32(src[i*ld:])
	}
}
