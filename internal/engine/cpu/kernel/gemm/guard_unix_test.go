//go:build unix

package gemm

import (
	"os"
	"syscall"
	"unsafe"
)

// atEnd returns a copy of v that ends where readable memory ends: reading one
// element beyond is a fault. The memory is never given back; it is little.
func atEnd(v []float32) []float32 {
	page := os.Getpagesize()
	size := (4*len(v) + page - 1) / page * page
	mem, err := syscall.Mmap(-1, 0, size+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil || len(v) == 0 {
		return v
	}
	if err := syscall.Mprotect(mem[size:], syscall.PROT_NONE); err != nil {
		return v
	}
	out := unsafe.Slice((*float32)(unsafe.Pointer(&mem[size-4*len(v)])), len(v))
	copy(out, v)
	return out
}
