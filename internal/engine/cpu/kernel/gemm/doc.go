// Package gemm has the one routine in which nearly all arithmetic of the cpu
// engine happens: a tile of a matrix product whose left rows may lie anywhere.
//
// Start with [Detect] (or [Named]), which returns the [Kernels] of the
// processor. [Kernels.Run] computes one [Tile]: up to six rows and NR columns
// of
//
//	C[i, j] = Σ_s Σ_k A[s.A[i] + k·AStep] · B[(s.B + k)·LDB + j]
//
// over the segments s of the tile. Because every segment names the six places
// where its rows begin, a convolution needs no matrix of patches: a tap of the
// kernel is a segment, a row is the run of channels of a pixel, and a pixel in
// the padding is a run of zeros ("indirect convolution", Dukhan 2019). AStep 1
// reads rows of pixels; another AStep reads columns, such as a packed [k][6]
// panel or the transposed operand of a product.
//
// PackRows, PackTransposed and PackColumns bring operands into the order in
// which a tile reads them. [NewProduct] is a plain matrix product made of
// tiles, cut into tasks for a worker pool.
//
// # bfloat16
//
// [Kernels.BFloat16] are kernels whose operands are rounded to bfloat16. An element of
// A and B is then two terms of the sum, term 2k in the low half of its bits and 2k+1 in
// the high one, and everything else about a tile is as it was; C and Bias are float32.
// The packing routines take float32 and write such elements. Rows of A, which float32
// kernels read where they lie, have to be rounded first: [Kernels.Round] does that.
// Processors with AVX512-BF16 (VDPBF16PS) and arm64 with FEAT_BF16 (BFDOT) have it in
// assembly, and Go everywhere. BFMMLA, which performs twice as many products, would have
// BFDOT's bits; it wants elements of four terms.
//
// # Guarantees
//
// Every element is one sum in the order of the segments and of k within them,
// whatever the tile's place; to it Run adds Bias and, if Accumulate, the old C.
// Nothing outside the M×N corner of a tile is written, and nothing outside the
// operands is read. Run and packing allocate nothing. The kernels differ from
// each other in the last digits only: "avx512", "avx2" and "neon" fuse multiply
// and add, "go" rounds between them where the processor does (amd64). Of bfloat16 all of a
// processor have the same bits; pairs.go defines them. Operands are rounded to the nearest,
// ties to even, and denormal numbers count as zero. On amd64 the second product of a pair is
// added to the sum first, and each sum is rounded to the nearest; on arm64 both products are
// added up before, and each sum is rounded to odd.
//
// Another instruction set is another entry in kernels.go with its own run
// function and NR. The assembly is generated: by asm/gemm beside this package for
// amd64, by asm/neon/gemm for arm64.
package gemm
