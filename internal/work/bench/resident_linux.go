package bench

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
)

// watchResident returns memory to the system and starts to watch the process's resident
// size. The function that it returns reports by how many bytes the size has risen at most
// since then.
func watchResident() func() (int64, bool) {
	debug.FreeOSMemory()
	// 5 resets the peak: proc_pid_clear_refs(5).
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		return func() (int64, bool) { return 0, false }
	}
	before, ok := status("VmRSS:")
	return func() (int64, bool) {
		peak, also := status("VmHWM:")
		return peak - before, ok && also
	}
}

// status reads a field of /proc/self/status, in bytes.
func status(field string) (int64, bool) {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0, false
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var kB int64
		if rest, ok := strings.CutPrefix(lines.Text(), field); ok {
			_, err := fmt.Sscan(rest, &kB)
			return kB << 10, err == nil
		}
	}
	return 0, false
}
