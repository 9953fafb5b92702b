package gemm

// Every arm64 has NEON.
func supported(i isa) bool { return i == isaGo || i == isaNEON }

func (k *Kernels) runAsm(t *Tile) {
	if t.N == 16 {
		tileNEONx16(t)
		return
	}
	var sum [MR * 16]float32
	whole := t.inScratch(&sum)
	tileNEONx16(&whole)
	t.finish(&sum)
}

// packRowsAsm packs rows if there is assembly for that, for rows > 0.
func (k *Kernels) packRowsAsm(dst, src []float32, rows, n, ld, width int) bool {
	if k.isa != isaNEON || width != 16 || n != 16 {
		return false
	}
	packRowsNEONx16(&dst[0], &src[0], rows, ld)
	return true
}

// packColumnsAsm packs columns if there is assembly for that, for rows > 0.
func (k *Kernels) packColumnsAsm(dst, src []float32, rows, n, ld, panel int) bool {
	if k.isa != isaNEON {
		return false
	}
	d, s := &dst[0], &src[0]
	switch n % MR {
	case 0:
		packColumnsNEON0(d, s, rows, ld, n/MR, panel)
	case 2:
		packColumnsNEON2(d, s, rows, ld, n/MR, panel)
	case 4:
		packColumnsNEON4(d, s, rows, ld, n/MR, panel)
	default:
		return false
	}
	return true
}

// transposeAsm packs as many rows and columns of the transpose as make whole
// blocks and returns how many.
func (k *Kernels) transposeAsm(dst, src []float32, rows, n, ld, width int) (int, int) {
	blocks, j := rows/4, 0
	if k.isa != isaNEON || blocks == 0 {
		return 0, 0
	}
	for ; j+4 <= n; j += 4 {
		transposeNEONx4(&dst[j], &src[j*ld], blocks, ld, width)
	}
	return 4 * blocks, j
}

func (k *Kernels) fetchAsm(src []float32, rows, ld, lines int) {}
