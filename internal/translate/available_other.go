//go:build !linux

package translate

// AvailableMemory is what a picture may take where the system is not asked.
func AvailableMemory() int64 { return unknownMemory }
