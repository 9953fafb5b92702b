package conv

import (
	"syscall"
	"unsafe"
)

// threadTime is the processor time of the calling thread in nanoseconds.
func threadTime() int64 {
	var t syscall.Timespec
	const clockThreadCPU = 3
	_, _, _ = syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockThreadCPU, uintptr(unsafe.Pointer(&t)), 0)
	return t.Nano()
}
