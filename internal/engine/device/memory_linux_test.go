package device

import (
	"maps"
	"testing"
	"testing/fstest"
)

// TestAvailableInContainers on systems as their files show them: bare machines,
// containers of version 1 and 2, mounted whole and as their own part only.
func TestAvailableInContainers(t *testing.T) {
	t.Parallel()
	const (
		own2     = "0::/system.slice/a.scope\n"
		mounted2 = "30 24 0:27 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
		own1     = "9:cpu:/\n4:memory:/docker/x\n0::/\n"
		mounted1 = "35 31 0:31 /docker/x /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n"
		other1   = "36 31 0:32 / /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu\n"
	)
	files := func(more map[string]string) map[string]string {
		all := map[string]string{"proc/meminfo": "MemTotal:  4000 kB\nMemAvailable:     3000 kB\n"}
		maps.Copy(all, more)
		return all
	}
	const kB = 1024
	for name, c := range map[string]struct {
		files map[string]string
		free  int64
		known bool
	}{
		"a machine without groups": {files(nil), 3000 * kB, true},
		"no proc":                  {map[string]string{}, 0, false},
		"version 2": {files(map[string]string{"proc/self/cgroup": own2, "proc/self/mountinfo": mounted2,
			"sys/fs/cgroup/system.slice/a.scope/memory.max":     "1024000\n",
			"sys/fs/cgroup/system.slice/a.scope/memory.current": "512000\n",
			"sys/fs/cgroup/system.slice/a.scope/memory.stat":    "anon 1\ninactive_file 102400\n"}), 600 * kB, true},
		"version 2, limited above": {files(map[string]string{"proc/self/cgroup": own2, "proc/self/mountinfo": mounted2,
			"sys/fs/cgroup/system.slice/a.scope/memory.max":     "max\n",
			"sys/fs/cgroup/system.slice/a.scope/memory.current": "1\n",
			"sys/fs/cgroup/system.slice/memory.max":             "204800\n",
			"sys/fs/cgroup/system.slice/memory.current":         "102400\n"}), 100 * kB, true},
		"version 2, more than the machine has": {files(map[string]string{"proc/self/cgroup": own2, "proc/self/mountinfo": mounted2,
			"sys/fs/cgroup/system.slice/a.scope/memory.max":     "900000000\n",
			"sys/fs/cgroup/system.slice/a.scope/memory.current": "0\n"}), 3000 * kB, true},
		"version 2, from inside": {files(map[string]string{"proc/self/cgroup": "0::/\n", "proc/self/mountinfo": mounted2,
			"sys/fs/cgroup/memory.max": "204800", "sys/fs/cgroup/memory.current": "0"}), 200 * kB, true},
		"version 1, its own part": {files(map[string]string{"proc/self/cgroup": own1, "proc/self/mountinfo": other1 + mounted1,
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "2048000\n",
			"sys/fs/cgroup/memory/memory.usage_in_bytes": "1024000\n",
			"sys/fs/cgroup/memory/memory.stat":           "inactive_file 7\ntotal_inactive_file 1024\n"}), 1001 * kB, true},
		"version 1, no limit": {files(map[string]string{"proc/self/cgroup": own1, "proc/self/mountinfo": mounted1,
			"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
			"sys/fs/cgroup/memory/memory.usage_in_bytes": "1024000\n"}), 3000 * kB, true},
		"used up": {files(map[string]string{"proc/self/cgroup": "0::/\n", "proc/self/mountinfo": mounted2,
			"sys/fs/cgroup/memory.max": "204800", "sys/fs/cgroup/memory.current": "204900"}), 0, true},
		"nonsense": {files(map[string]string{"proc/self/cgroup": "x\n\n0::\n", "proc/self/mountinfo": "a b\n - \n1 2 3 / / - cgroup2 x y\n"}), 3000 * kB, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := fstest.MapFS{}
			for name, text := range c.files {
				root[name] = &fstest.MapFile{Data: []byte(text)}
			}
			if free, known := availableIn(root); free != c.free || known != c.known {
				t.Errorf("%d bytes, %v; want %d, %v", free, known, c.free, c.known)
			}
		})
	}
}
