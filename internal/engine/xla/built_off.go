//go:build !xla || !cgo || windows

package xla

// Built says whether this binary can load plugins.
const Built = false

func open(p Plugin, _ string, _ Options) (Device, error) {
	return nil, failed("", "plugin %s: this binary was built without XLA", p.Path)
}
