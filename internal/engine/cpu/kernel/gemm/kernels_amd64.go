package gemm

import "github.com/klauspost/cpuid/v2"

func supported(i isa) bool {
	switch i {
	case isaAVX512:
		return cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512DQ, cpuid.AVX512BW, cpuid.AVX512VL, cpuid.BMI2, cpuid.FMA3)
	case isaAVX2:
		return cpuid.CPU.Supports(cpuid.AVX2, cpuid.FMA3, cpuid.BMI2)
	default:
		return i == isaGo
	}
}

func hasBFloat16(i isa) bool { return i == isaAVX512 && cpuid.CPU.Supports(cpuid.AVX512BF16) }

//go:noescape
func tileAVX512r6x64(t *Tile)

//go:noescape
func tileAVX512r6x32(t *Tile)

//go:noescape
func tileAVX512r6x16(t *Tile)

//go:noescape
func tileAVX512r4x64(t *Tile)

//go:noescape
func tileAVX512r4x32(t *Tile)

//go:noescape
func tileAVX512r4x16(t *Tile)

//go:noescape
func tileBFloat16r6x64(t *Tile)

//go:noescape
func tileBFloat16r6x32(t *Tile)

//go:noescape
func tileBFloat16r6x16(t *Tile)

//go:noescape
func tileBFloat16r4x64(t *Tile)

//go:noescape
func tileBFloat16r4x32(t *Tile)

//go:noescape
func tileBFloat16r4x16(t *Tile)

//go:noescape
func tileAVX2x16(t *Tile)

func (k *Kernels) runAsm(t *Tile) {
	switch {
	case k.isa == isaAVX2:
		runAVX2(t)
		return
	case k.Pairs:
		runBFloat16(t)
		return
	case t.M <= fewRows:
		runAVX512Few(t)
		return
	}
	switch {
	case t.N <= 16:
		tileAVX512r6x16(t)
	case t.N <= 32:
		tileAVX512r6x32(t)
	default:
		tileAVX512r6x64(t)
	}
}

// fewRows is up to how many rows a tile of four is for: the end of many a matrix.
const fewRows = 4

func runAVX512Few(t *Tile) {
	switch {
	case t.N <= 16:
		tileAVX512r4x16(t)
	case t.N <= 32:
		tileAVX512r4x32(t)
	default:
		tileAVX512r4x64(t)
	}
}

func runBFloat16(t *Tile) {
	few := t.M <= fewRows
	switch width := (*Kernels)(nil).Width(t.N); {
	case width == 16 && few:
		tileBFloat16r4x16(t)
	case width == 16:
		tileBFloat16r6x16(t)
	case width == 32 && few:
		tileBFloat16r4x32(t)
	case width == 32:
		tileBFloat16r6x32(t)
	case few:
		tileBFloat16r4x64(t)
	default:
		tileBFloat16r6x64(t)
	}
}

// runAVX2 computes tiles with fewer columns than the vectors in scratch: AVX2 has
// masked stores, but slow ones.
func runAVX2(t *Tile) {
	if t.N == 16 {
		tileAVX2x16(t)
		return
	}
	var sum [MR * 16]float32
	whole := t.inScratch(&sum)
	tileAVX2x16(&whole)
	t.finish(&sum)
}
