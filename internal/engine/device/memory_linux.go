package device

import (
	"bufio"
	"fmt"
	"os"
	"strings"
)

// AvailableMemory is what the machine can give without swapping, in bytes, and
// whether it tells.
func AvailableMemory() (free int64, known bool) {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return 0, false
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var kB int64
		if rest, ok := strings.CutPrefix(lines.Text(), "MemAvailable:"); ok {
			if _, err := fmt.Sscan(rest, &kB); err == nil {
				return kB << 10, true
			}
		}
	}
	return 0, false
}
