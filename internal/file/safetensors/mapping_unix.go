//go:build unix

package safetensors

import (
	"os"
	"syscall"
)

// mapFile maps a whole file into memory, privately: writes stay in memory. It returns nil
// where that is impossible.
func mapFile(f *os.File, size int64) []byte {
	if int64(int(size)) != size || size == 0 {
		return nil
	}
	memory, err := syscall.Mmap(int(f.Fd()), 0, int(size), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE)
	if err != nil {
		return nil
	}
	return memory
}

func unmap(memory []byte) error {
	if memory == nil {
		return nil
	}
	return syscall.Munmap(memory)
}
