package device

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
)

// AvailableMemory is what the machine can give without swapping, in bytes, and
// whether it tells. In a container that is what the container may still take, if
// that is less.
func AvailableMemory() (free int64, known bool) { return availableIn(os.DirFS("/")) }

// availableIn reads a system's files below root. Libraries for this
// (automemlimit, containerd's cgroups) tell the limit of a container, or need its
// path, and not how much of it is left.
func availableIn(root fs.FS) (free int64, known bool) {
	text, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return 0, false
	}
	free, known = field(text, "MemAvailable:")
	free <<= 10 // it is in kB
	if left, limited := leftInGroups(root); limited && (!known || left < free) {
		return left, true
	}
	return free, known
}

// group is how one version of control groups accounts memory.
type group struct {
	filesystem       string // that its files are mounted as
	limit, use       string
	cache            string // the part of use that is given up when memory is short, in memory.stat
	belongs, mounted func(controllers []string) bool
}

func hasMemory(controllers []string) bool { return slices.Contains(controllers, "memory") }

var groups = []group{
	{"cgroup2", "memory.max", "memory.current", "inactive_file",
		func(controllers []string) bool { return controllers[0] == "" }, func([]string) bool { return true }},
	{"cgroup", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file", hasMemory, hasMemory},
}

// leftInGroups is what the process's control group and those above it leave, the
// least of them, and whether any has a limit.
func leftInGroups(root fs.FS) (left int64, limited bool) {
	left = math.MaxInt64
	own, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0, false
	}
	mounts, err := fs.ReadFile(root, "proc/self/mountinfo")
	if err != nil {
		return 0, false
	}
	for _, g := range groups {
		in, ok := g.of(own)
		if !ok {
			continue
		}
		for _, dir := range g.folders(mounts, in) {
			if l, ok := g.left(root, dir); ok {
				left, limited = min(left, l), true
			}
		}
	}
	return left, limited
}

// of is the process's group, from /proc/self/cgroup: lines of an index, the
// controllers and the group.
func (g group) of(own []byte) (string, bool) {
	for line := range strings.Lines(string(own)) {
		parts := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3)
		if len(parts) == 3 && g.belongs(strings.Split(parts[1], ",")) {
			return parts[2], true
		}
	}
	return "", false
}

// folders are those of the group and of all above it that are mounted, from
// /proc/self/mountinfo. A container sees only the part of the tree below its own
// group, and may see it mounted as if that were the root.
func (g group) folders(mounts []byte, in string) (list []string) {
	for line := range strings.Lines(string(mounts)) {
		before, after, _ := strings.Cut(line, " - ")
		place, kind := strings.Fields(before), strings.Fields(after)
		if len(place) < 5 || len(kind) < 3 || kind[0] != g.filesystem || !g.mounted(strings.Split(kind[2], ",")) {
			continue
		}
		top := strings.TrimPrefix(place[4], "/")
		below, found := strings.CutPrefix(in, strings.TrimSuffix(place[3], "/"))
		if !found {
			below = ""
		}
		for dir := path.Join(top, below); ; dir = path.Dir(dir) {
			list = append(list, dir)
			if dir == top || !strings.HasPrefix(dir, top) || dir == "." {
				break
			}
		}
	}
	return list
}

// left is what a group leaves of its limit, and whether it has one. Version 1
// writes a number near 2⁶³ for none, version 2 the word max.
func (g group) left(root fs.FS, dir string) (int64, bool) {
	limit, ok1 := number(root, path.Join(dir, g.limit))
	use, ok2 := number(root, path.Join(dir, g.use))
	if !ok1 || !ok2 || limit >= math.MaxInt64/2 {
		return 0, false
	}
	var cache int64
	if stat, err := fs.ReadFile(root, path.Join(dir, "memory.stat")); err == nil {
		cache, _ = field(stat, g.cache)
	}
	return max(0, limit-use+cache), true
}

func number(root fs.FS, name string) (int64, bool) {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(string(bytes.TrimSpace(text)), 10, 64)
	return n, err == nil
}

// field is the number behind a name, at the beginning of a line.
func field(text []byte, name string) (n int64, ok bool) {
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		if rest, found := strings.CutPrefix(lines.Text(), name+" "); found {
			_, err := fmt.Sscan(rest, &n)
			return n, err == nil
		}
	}
	return 0, false
}
