//go:build !amd64 && !arm64

package gemm

func supported(i isa) bool { return i == isaGo }

func (k *Kernels) runAsm(*Tile) {}

func (k *Kernels) packRowsAsm(dst, src []float32, rows, n, ld, width int) bool { return false }

func (k *Kernels) transposeAsm(dst, src []float32, rows, n, ld, width int) (int, int) { return 0, 0 }

func (k *Kernels) packColumnsAsm(dst, src []float32, rows, n, ld, panel int) bool { return false }

func (k *Kernels) fetchAsm(src []float32, rows, ld, lines int) {}
