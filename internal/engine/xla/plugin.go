//go:build xla && cgo && !windows

package xla

// #cgo LDFLAGS: -ldl
// #include <stdlib.h>
// #include "plugin.h"
import "C"

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"unsafe"

	"github.com/gomlx/go-xla/pkg/pjrt"
)

// Built says whether this binary can load plugins.
const Built = true

// needs is how many of PJRT's functions go-xla calls by their places in the
// table: up to PJRT_Executable_GetCompiledMemoryStats.
const needs = 97

// plugin is a loaded library with its client, which owns the devices.
type plugin struct {
	Plugin
	api    unsafe.Pointer
	client *pjrt.Client
	major  int
	minor  int
}

// loaded has the process's plugins by path. A library is in a process once, and
// so is its client: each would take most of a GPU's memory for itself.
var loaded = struct {
	sync.Mutex
	plugins map[string]*plugin
}{plugins: map[string]*plugin{}}

// load opens a plugin and its client, or returns what is open already.
func load(p Plugin) (*plugin, error) {
	loaded.Lock()
	defer loaded.Unlock()
	if known := loaded.plugins[p.Path]; known != nil {
		return known, nil
	}
	if err := checkCUDA(p, libraryThere); err != nil {
		return nil, err
	}
	prepare(p)
	path := C.CString(p.Path)
	defer C.free(unsafe.Pointer(path))
	c := C.easel_load(path, needs)
	if c == nil {
		return nil, failed("", "plugin %s: out of memory", p.Path)
	}
	defer C.free(unsafe.Pointer(c))
	if text := C.GoString(&c.failure[0]); text != "" {
		return nil, failed(loadHint(text), "plugin %s: %s", p.Path, text)
	}
	l := &plugin{Plugin: p, api: c.api, major: int(c.major), minor: int(c.minor)}
	if err := pjrt.RegisterPreloadedPlugin(p.Path, uintptr(c.api)); err != nil {
		return nil, failed("", "plugin %s: %w", p.Path, err)
	}
	handle, err := pjrt.GetPlugin(p.Path)
	if err != nil {
		return nil, failed("", "plugin %s: %w", p.Path, err)
	}
	if l.client, err = handle.NewClient(nil); err != nil {
		return nil, failed(clientHint(p), "plugin %s opens no device: %w", p.Path, err)
	}
	if l.client.NumDevices() == 0 {
		return nil, failed(clientHint(p), "plugin %s has no device", p.Path)
	}
	loaded.plugins[p.Path] = l
	return l, nil
}

// libraryThere reports whether the system finds a library by its name.
func libraryThere(name string) bool {
	c := C.CString(name)
	defer C.free(unsafe.Pointer(c))
	return bool(C.easel_there(c))
}

// prepare sets what plugins read from the environment, where the user has not.
func prepare(p Plugin) {
	setDefault("TF_CPP_MIN_LOG_LEVEL", "2") // errors only
	// The CUDA plugin looks for NVIDIA's compiler beside it.
	for _, up := range []string{"..", "../.."} {
		for _, below := range []string{"nvidia/cu13", "nvidia/cuda_nvcc"} {
			cuda := filepath.Join(filepath.Dir(p.Path), up, below)
			if info, err := os.Stat(cuda); err == nil && info.IsDir() {
				setDefault("XLA_FLAGS", "--xla_gpu_cuda_data_dir="+cuda)
			}
		}
	}
}

func setDefault(variable, value string) {
	if _, set := os.LookupEnv(variable); !set {
		_ = os.Setenv(variable, value)
	}
}

// loadHint says what to do about a library that the system does not load.
func loadHint(text string) string {
	switch {
	case strings.Contains(text, "cannot open shared object file"), strings.Contains(text, "image not found"), strings.Contains(text, "Library not loaded"):
		return "install the library that is named, or put its folder into LD_LIBRARY_PATH"
	case strings.Contains(text, "too old"):
		return "install a newer plugin, such as {run backends install cuda} does"
	case strings.Contains(text, "PJRT"):
		return "give the path of a PJRT plugin"
	}
	return "give a plugin that was built for this system"
}

func clientHint(p Plugin) string {
	if isCUDA(p) {
		return "it needs an NVIDIA GPU that its driver sees: nvidia-smi lists those"
	}
	return "it needs the hardware that it is for, with its driver"
}

// describe asks about a device.
func (l *plugin) describe(d *pjrt.Device) About {
	about := About{InUse: -1, Limit: -1}
	if description, err := d.GetDescription(); err == nil {
		about.Name = description.DebugString()
	}
	// The binding keeps its pointer to itself.
	pointer := reflect.ValueOf(d).Elem().FieldByName("cDevice")
	if pointer.Kind() != reflect.Pointer || pointer.IsNil() {
		return about
	}
	var c C.easel_device
	C.easel_describe(l.api, pointer.UnsafePointer(), &c)
	about.Kind, about.InUse, about.Limit = C.GoString(&c.kind[0]), int64(c.in_use), int64(c.limit)
	return about
}
