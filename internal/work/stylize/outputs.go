package stylize

import (
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// folder returns the folder of the result.
func (o Options) folder() string { return filepath.Dir(o.Out) }

// checkpoint returns the name of the run's checkpoint, beside its result.
func (o Options) checkpoint() string { return beside(o.Out, ".checkpoint.safetensors") }

// numbered returns the name of an intermediate picture.
func numbered(out string, n int) string {
	return beside(out, fmt.Sprintf("-%05d%s", n, filepath.Ext(out)))
}

// beside returns a name in the folder of out that starts like it, shortened if file systems
// require it, with another ending.
func beside(out, end string) string {
	const longest = 255 // bytes
	dir, name := filepath.Split(strings.TrimSuffix(out, filepath.Ext(out)))
	if room := max(longest-len(end), 0); len(name) > room {
		name = strings.ToValidUTF8(name[:room], "") // without a partial character
	}
	return dir + name + end
}

// isNumbered reports whether a file name is that of an intermediate picture.
func (o Options) isNumbered(path string) bool {
	a, errA := filepath.Abs(path)
	b, errB := filepath.Abs(o.Out)
	name := strings.TrimSuffix(a, filepath.Ext(b))
	n, err := strconv.Atoi(name[strings.LastIndexByte(name, '-')+1:])
	return errors.Join(errA, errB, err) == nil && n >= 0 && a == numbered(b, n)
}
