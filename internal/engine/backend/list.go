package backend

import (
	"fmt"

	"easel/internal/base/hint"
	"easel/internal/engine/cpu"
	"easel/internal/engine/device"
	"easel/internal/engine/xla"
)

// Report is what is known of a backend.
type Report struct {
	// Backend is its name in options.
	Backend string `json:"backend"`
	// About is the backend in words: kernels, versions.
	About string `json:"about,omitempty"`
	Path  string `json:"path,omitempty"` // of a plugin
	// Devices are those that it has.
	Devices []Hardware `json:"devices,omitempty"`
	// Problem is why it cannot be used, and Hint the one thing to do, with the
	// marks of package hint.
	Problem string `json:"problem,omitempty"`
	Hint    string `json:"hint,omitempty"`
}

// Hardware is one device of a backend.
type Hardware struct {
	Name string `json:"name"`
	Kind string `json:"kind,omitempty"`
	// FreeBytes and MemoryBytes are 0 where they are not told.
	FreeBytes   int64 `json:"free_bytes,omitempty"`
	MemoryBytes int64 `json:"memory_bytes,omitempty"`
}

func (r Report) failed(err error) Report {
	r.Problem = err.Error()
	r.Hint = hint.On(err)
	return r
}

// List reports the processor, and every plugin that is installed as describe
// reports it; or why there is none. Describe may run Describe in a process of
// its own, so that a plugin that ends the process ends that one.
func List(describe func(plugin xla.Plugin) Report) []Report {
	all := []Report{processor()}
	if !xla.Built {
		return append(all, Report{Backend: "xla"}.failed(Check("xla")))
	}
	plugins := xla.Plugins()
	for _, p := range plugins {
		all = append(all, describe(p))
	}
	if len(plugins) == 0 {
		_, err := xla.Find("")
		all = append(all, Report{Backend: "xla"}.failed(err))
	}
	return all
}

func processor() Report {
	r := Report{Backend: Default}
	d, err := cpu.New(cpu.Options{})
	if err != nil {
		return r.failed(err)
	}
	defer func() { _ = d.Close() }()
	r.About = fmt.Sprintf("%s kernels, threads: %d", d.Kernels(), d.Threads())
	h := Hardware{Name: "processor"}
	if free, known := device.AvailableMemory(); known {
		h.FreeBytes = free
	}
	r.Devices = []Hardware{h}
	return r
}

// Describe opens a plugin and asks about it.
func Describe(p xla.Plugin) Report {
	r := Report{Backend: "xla:" + p.Name, Path: p.Path}
	d, err := xla.Open(p.Path, xla.Options{})
	if err != nil {
		return r.failed(err)
	}
	defer func() { _ = d.Close() }()
	v := d.Version()
	r.About = fmt.Sprintf("PJRT %d.%d, %s", v.Major, v.Minor, v.Platform)
	if v.Details != "" && v.Details != v.Platform {
		r.About += ", " + v.Details
	}
	for _, a := range d.Devices() {
		h := Hardware{Name: a.Name, Kind: a.Kind}
		if a.Limit > 0 {
			h.MemoryBytes, h.FreeBytes = a.Limit, a.Limit-max(a.InUse, 0)
		}
		r.Devices = append(r.Devices, h)
	}
	return r
}
