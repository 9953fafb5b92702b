package gemm

// PackRows copies k rows of n elements, ld elements apart in src, into a panel
// of rows of width elements, the rest of each row zero:
// dst[i·width + j] = src[i·ld + j]. n ≤ width. Of Pairs, width is Width(n), and the
// panel has Elements(rows) rows.
func (k *Kernels) PackRows(dst, src []float32, rows, n, ld, width int) {
	if rows == 0 {
		return
	}
	_, _ = dst[k.Elements(rows)*width-1], src[(rows-1)*ld+n-1]
	if k.Pairs {
		k.packPairedRows(dst, src, rows, n, ld, width)
		return
	}
	if k.packRowsAsm(dst, src, rows, n, ld, width) {
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
	_, _ = dst[k.Elements(rows)*width-1], src[(n-1)*ld+rows-1]
	if k.Pairs {
		k.packPairedTransposed(dst, src, rows, n, ld, width)
		return
	}
	doneRows, doneN := k.transposeAsm(dst, src, rows, n, ld, width)
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

// PackColumns packs n neighbouring columns as left operands, for AStep MR: into
// panels of MR columns, panel elements apart, the last one with what is left:
// dst[j/MR·panel + i·MR + j%MR] = src[i·ld + j] for i < rows, j < n. What is
// beyond n in the last panel is not written. Of Pairs, Elements(rows) rows are made of
// rows rounded up to an even number, which have room in dst, and what is beyond n is
// anything.
func (k *Kernels) PackColumns(dst, src []float32, rows, n, ld, panel int) {
	if rows == 0 || n == 0 {
		return
	}
	if k.Pairs {
		defer k.pairColumns(dst, rows, n, panel)
	}
	_, _ = dst[(n-1)/MR*panel+(rows-1)*MR+(n-1)%MR], src[(rows-1)*ld+n-1]
	if k.packColumnsAsm(dst, src, rows, n, ld, panel) {
		return
	}
	for i := range rows {
		d, s := dst[i*MR:], src[i*ld:i*ld+n]
		for len(s) > MR {
			copy(d[:MR], s)
			d, s = d[panel:], s[MR:]
		}
		copy(d, s)
	}
}

// Fetch prefetches rows of n elements, ld elements apart in src, into the second-level
// cache and does not wait: for data in main memory that will be needed soon, while
// something else is computed. It has no effect on results.
func (k *Kernels) Fetch(src []float32, rows, ld, n int) {
	if rows < 1 || n < 1 {
		return
	}
	_ = src[(rows-1)*ld+n-1]
	k.fetchAsm(src, rows, ld, (n+15)/16)
}
