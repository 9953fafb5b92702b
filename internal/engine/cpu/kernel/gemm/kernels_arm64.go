package gemm

import "github.com/klauspost/cpuid/v2"

// Every arm64 has NEON.
func supported(i isa) bool { return i == isaGo || i == isaNEON }

// hasBFloat16 tells whether there is FEAT_BF16: BFDOT and BFCVTN.
func hasBFloat16(i isa) bool { return i == isaNEON && cpuid.CPU.Supports(cpuid.BF16) }

func (k *Kernels) runAsm(t *Tile) {
	if t.N == 16 {
		k.runWhole(t)
		return
	}
	var sum [MR * 16]float32
	whole := t.inScratch(&sum)
	k.runWhole(&whole)
	t.finish(&sum)
}

func (k *Kernels) runWhole(t *Tile) {
	if k.Pairs {
		tileBFloat16x16(t)
	} else {
		tileNEONx16(t)
	}
}

// packPairsAsm packs pairs of rows if there is assembly for that, for pairs > 0.
func (k *Kernels) packPairsAsm(dst, src []float32, pairs, n, ld, to int) bool {
	if k.isa != isaNEON || n != k.Width(n) {
		return false
	}
	for j := 0; j < n; j += 16 {
		packPairsNEONx16(&dst[j], &src[j], pairs, ld, to)
	}
	return true
}

// pairSixesAsm makes pairs of rows of six in place if there is assembly for that.
func (k *Kernels) pairSixesAsm(rows []float32, pairs int) bool {
	if k.isa != isaNEON {
		return false
	}
	packSixPairsNEON(&rows[0], pairs)
	return true
}

// roundAsm rounds as many terms of rows as make whole vectors and returns how many.
func (k *Kernels) roundAsm(dst, src []float32, rows, n, ld, to int) int {
	vectors := n / 8
	if k.isa != isaNEON || vectors == 0 {
		return 0
	}
	roundRowsNEON(&dst[0], &src[0], rows, ld, to, vectors)
	return 8 * vectors
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
