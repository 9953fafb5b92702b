//go:build !linux

package device

// AvailableMemory is not known where the system is not asked.
func AvailableMemory() (free int64, known bool) { return 0, false }
