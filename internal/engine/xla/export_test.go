//go:build xla && cgo && !windows

package xla

import "easel/internal/engine/device"

// Aliased is how much of a program's results takes the memory of arguments, in
// bytes.
func Aliased(p device.Program) int64 {
	return p.(*program).executable.loaded.OnDeviceMemoryUsageStats.Aliases
}
