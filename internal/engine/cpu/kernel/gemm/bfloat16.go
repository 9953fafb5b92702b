package gemm

// PackPairs rounds pairs of rows of n elements, ld apart in src, to rows of Pairs, to
// apart in dst: dst[i·to + j] is src[2i·ld + j] and src[(2i+1)·ld + j]. Width(n)
// elements of each row are written, zeros beyond n.
func (k *Kernels) PackPairs(dst, src []float32, pairs, n, ld, to int) {
	width := k.Width(n)
	if pairs == 0 {
		return
	}
	_, _ = dst[(pairs-1)*to+width-1], src[(2*pairs-1)*ld+n-1]
	if k.packPairsAsm(dst, src, pairs, n, ld, to) {
		return
	}
	for i := range pairs {
		d, first, second := dst[i*to:][:width], src[2*i*ld:], src[(2*i+1)*ld:]
		for j := range n {
			d[j] = pair(first[j], second[j])
		}
		clear(d[n:])
	}
}

// Round rounds rows of n terms, ld apart in src, to rows of pairs of neighbours, to
// apart in dst: dst[i·to + j] is src[i·ld + 2j] and src[i·ld + 2j+1]. A term that has
// no neighbour gets a zero.
func (k *Kernels) Round(dst, src []float32, rows, n, ld, to int) {
	if rows == 0 || n == 0 {
		return
	}
	_, _ = dst[(rows-1)*to+(n+1)/2-1], src[(rows-1)*ld+n-1]
	done := k.roundAsm(dst, src, rows, n, ld, to)
	for i := range rows {
		d, s := dst[i*to:], src[i*ld:][:n]
		for j := done; j < n; j += 2 {
			second := float32(0)
			if j+1 < n {
				second = s[j+1]
			}
			d[j/2] = pair(s[j], second)
		}
	}
}

// packPairedRows is PackRows in pairs.
func (k *Kernels) packPairedRows(dst, src []float32, rows, n, ld, width int) {
	k.PackPairs(dst, src, rows/2, n, ld, width)
	if rows%2 != 0 {
		d, s := dst[rows/2*width:][:width], src[(rows-1)*ld:]
		for j := range n {
			d[j] = pair(s[j], 0)
		}
		clear(d[n:])
	}
}

// packPairedTransposed is PackTransposed in pairs: it rounds, then transposes pairs.
func (k *Kernels) packPairedTransposed(dst, src []float32, rows, n, ld, width int) {
	const some = 32 // terms at a time
	var pairs [MaxNR * some / 2]float32
	plain := *k
	plain.Pairs = false
	for at := 0; at < rows; at += some {
		terms := min(some, rows-at)
		k.Round(pairs[:], src[at:], n, terms, ld, some/2)
		plain.PackTransposed(dst[at/2*width:], pairs[:], (terms+1)/2, n, some/2, width)
	}
}

// pairColumns makes pairs of the rows of panels that PackColumns has written, in
// place.
func (k *Kernels) pairColumns(panels []float32, rows, n, panel int) {
	for at := 0; at < n; at += MR {
		p := panels[at/MR*panel:]
		if rows%2 != 0 {
			clear(p[rows*MR:][:MR])
		}
		if k.pairSixesAsm(p, (rows+1)/2) {
			continue
		}
		for i := range (rows + 1) / 2 {
			for j := range MR {
				p[i*MR+j] = pair(p[2*i*MR+j], p[(2*i+1)*MR+j])
			}
		}
	}
}
