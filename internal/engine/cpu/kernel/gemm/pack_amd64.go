package gemm

//go:noescape
func packRowsAVX512x64(dst, src *float32, rows, ld, n int)

//go:noescape
func packRowsAVX512x32(dst, src *float32, rows, ld, n int)

//go:noescape
func packRowsAVX512x16(dst, src *float32, rows, ld, n int)

//go:noescape
func packRowsAVX2x16(dst, src *float32, rows, ld int)

//go:noescape
func packColumnsSSE0(dst, src *float32, rows, ld, panels, panel int)

//go:noescape
func packColumnsSSE2(dst, src *float32, rows, ld, panels, panel int)

//go:noescape
func packColumnsSSE4(dst, src *float32, rows, ld, panels, panel int)

//go:noescape
func transposeAVX2x8(dst, src *float32, blocks, ld, width int)

//go:noescape
func transposeAVX2x16(dst, src *float32, blocks, ld, width int)

//go:noescape
func transposeAVX512x16(dst, src *float32, blocks, ld, width int)

//go:noescape
func fetchLines(src *float32, rows, ld, lines int)

//go:noescape
func packPairsx64(dst, src *float32, pairs, ld, to, columns int)

//go:noescape
func packPairsx32(dst, src *float32, pairs, ld, to, columns int)

//go:noescape
func packPairsx16(dst, src *float32, pairs, ld, to, columns int)

//go:noescape
func packSixPairs(rows *float32, pairs int)

//go:noescape
func roundRows(dst, src *float32, rows, ld, to, vectors int)

// packPairsAsm packs pairs of rows if there is assembly for that, for pairs > 0.
func (k *Kernels) packPairsAsm(dst, src []float32, pairs, n, ld, to int) bool {
	if k.isa != isaAVX512 {
		return false
	}
	d, s := &dst[0], &src[0]
	switch k.Width(n) {
	case 16:
		packPairsx16(d, s, pairs, ld, to, n)
	case 32:
		packPairsx32(d, s, pairs, ld, to, n)
	default:
		packPairsx64(d, s, pairs, ld, to, n)
	}
	return true
}

// pairSixesAsm makes pairs of rows of six in place if there is assembly for that.
func (k *Kernels) pairSixesAsm(rows []float32, pairs int) bool {
	if k.isa != isaAVX512 {
		return false
	}
	packSixPairs(&rows[0], pairs)
	return true
}

// roundAsm rounds as many terms of rows as make whole vectors and returns how many.
func (k *Kernels) roundAsm(dst, src []float32, rows, n, ld, to int) int {
	vectors := n / 16
	if k.isa != isaAVX512 || vectors == 0 {
		return 0
	}
	roundRows(&dst[0], &src[0], rows, ld, to, vectors)
	return 16 * vectors
}

// fetchAsm fetches rows of whole cache lines.
func (k *Kernels) fetchAsm(src []float32, rows, ld, lines int) {
	if k.isa != isaGo {
		fetchLines(&src[0], rows, ld, lines)
	}
}

// packRowsAsm packs rows if there is assembly for that, for rows > 0.
func (k *Kernels) packRowsAsm(dst, src []float32, rows, n, ld, width int) bool {
	d, s := &dst[0], &src[0]
	switch {
	case k.isa == isaAVX2 && width == 16 && n == 16:
		packRowsAVX2x16(d, s, rows, ld)
	case k.isa != isaAVX512:
		return false
	case width == 16:
		packRowsAVX512x16(d, s, rows, ld, n)
	case width == 32:
		packRowsAVX512x32(d, s, rows, ld, n)
	case width == 64:
		packRowsAVX512x64(d, s, rows, ld, n)
	default:
		return false
	}
	return true
}

// packColumnsAsm packs columns if there is assembly for that, for rows > 0.
func (k *Kernels) packColumnsAsm(dst, src []float32, rows, n, ld, panel int) bool {
	if k.isa == isaGo {
		return false
	}
	d, s := &dst[0], &src[0]
	switch n % MR {
	case 0:
		packColumnsSSE0(d, s, rows, ld, n/MR, panel)
	case 2:
		packColumnsSSE2(d, s, rows, ld, n/MR, panel)
	case 4:
		packColumnsSSE4(d, s, rows, ld, n/MR, panel)
	default:
		return false
	}
	return true
}

// transposeAsm packs as many rows and columns of the transpose as make whole
// blocks and returns how many. It goes by sixteen columns, a cache line of dst
// at a time.
func (k *Kernels) transposeAsm(dst, src []float32, rows, n, ld, width int) (int, int) {
	blocks, j := rows/8, 0
	if k.isa == isaGo || blocks == 0 {
		return 0, 0
	}
	for ; j+16 <= n; j += 16 {
		k.transpose16(dst[j:], src[j*ld:], blocks, ld, width)
	}
	if j+8 <= n {
		transposeAVX2x8(&dst[j], &src[j*ld], blocks, ld, width)
		j += 8
	}
	return 8 * blocks, j
}

// transpose16 transposes blocks of 8 columns of sixteen rows.
func (k *Kernels) transpose16(dst, src []float32, blocks, ld, width int) {
	done := 0
	if pairs := blocks / 2; k.isa == isaAVX512 && pairs > 0 {
		transposeAVX512x16(&dst[0], &src[0], pairs, ld, width)
		done = 2 * pairs
	}
	if done < blocks {
		transposeAVX2x16(&dst[8*done*width], &src[8*done], blocks-done, ld, width)
	}
}
