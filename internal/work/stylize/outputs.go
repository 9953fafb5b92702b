package stylize

import (
	"path/filepath"
	"strconv"
	"strings"
)

// folder is where the result goes.
func (o Options) folder() string { return filepath.Dir(o.Out) }

// checkpoint is the name of the run's checkpoint, beside its result.
func (o Options) checkpoint() string {
	return strings.TrimSuffix(o.Out, filepath.Ext(o.Out)) + ".checkpoint.safetensors"
}

// numbered is the name of a picture on the way.
func numbered(out string, n int) string {
	digits := strconv.Itoa(n)
	for len(digits) < 5 {
		digits = "0" + digits
	}
	return strings.TrimSuffix(out, filepath.Ext(out)) + "-" + digits + filepath.Ext(out)
}

// isNumbered reports whether pictures on the way have a name like this one's.
func (o Options) isNumbered(path string) bool {
	a, errA := filepath.Abs(path)
	b, errB := filepath.Abs(o.Out)
	ending := filepath.Ext(b)
	middle, ok := strings.CutPrefix(a, strings.TrimSuffix(b, ending)+"-")
	number, isEnding := strings.CutSuffix(middle, ending)
	return errA == nil && errB == nil && ok && isEnding && len(number) >= 5 && strings.Trim(number, "0123456789") == ""
}
