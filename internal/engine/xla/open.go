package xla

import (
	"easel/internal/engine/device"
)

// Options of a device. The zero value is the default.
type Options struct {
	// Precision is how products multiply.
	Precision device.Precision
	// Devices is how many run each graph in step; 0 is one.
	Devices int
}

// About describes one device of a plugin.
type About struct {
	Name string // as the plugin calls it: "cuda:0"
	Kind string // the maker's: "NVIDIA H100"; empty where it is not told
	// InUse and Limit are bytes of its memory; -1 where it is not told.
	InUse, Limit int64
}

// Version is what a plugin says of itself.
type Version struct {
	Platform     string // "cuda"
	Details      string // of the platform, with versions
	Major, Minor int    // of PJRT
}

// Device is a device of a plugin.
type Device interface {
	device.Device
	// Compilations is how often the plugin has compiled a graph.
	Compilations() int
	// Devices describes the plugin's devices.
	Devices() []About
	// Version describes the plugin.
	Version() Version
	// FreeMemory is what the device can still give, in bytes, and whether it
	// tells.
	FreeMemory() (free int64, known bool)
}

// BuildHint says how to make a binary that can load plugins.
const BuildHint = "build one that has: go build -tags xla ./cmd/easel, with a C compiler, on Linux or macOS"

// Open loads the plugin that a name or path stands for (see Find) and opens its
// first device, or the number of devices in o, which are a device.Several.
func Open(spec string, o Options) (Device, error) {
	if !Built {
		return nil, failed(BuildHint, "this binary was built without XLA")
	}
	p, err := Find(spec)
	if err != nil {
		return nil, err
	}
	return open(p, "xla:"+spec, o)
}
