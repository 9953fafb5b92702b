package translate

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// AvailableMemory is what the machine can give without swapping, in bytes.
func AvailableMemory() int64 {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return unknownMemory
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var kB int64
		if rest, ok := strings.CutPrefix(lines.Text(), "MemAvailable:"); ok {
			if _, err := fmt.Sscan(rest, &kB); err == nil {
				return kB << 10
			}
		}
	}
	return unknownMemory
}
