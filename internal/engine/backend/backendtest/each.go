// Package backendtest runs a test on every backend that this binary and this
// machine have, so that what holds on the processor is held everywhere.
package backendtest

import (
	"os"
	"path/filepath"
	"testing"

	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/engine/xla"
)

// PluginVariable names one more plugin to test on, or its path. Plugins need
// -tags xla; one for processors will do where there is no GPU.
const PluginVariable = "EASEL_TEST_XLA"

// Each runs a test on the processor and on each plugin of XLA.
// A plugin that was found and cannot be used is skipped by name, and so is XLA where
// there is none. The one that PluginVariable names has to open. The devices that open returns are closed after the test.
func Each(t *testing.T, run func(t *testing.T, open func(t testing.TB) device.Device)) {
	t.Helper()
	t.Run(backend.Default, func(t *testing.T) {
		t.Parallel()
		run(t, opener(backend.Default))
	})
	Plugins(t, func(t *testing.T, name string) { run(t, opener(name)) })
}

// Plugins runs a test with the name of each plugin's backend.
func Plugins(t *testing.T, run func(t *testing.T, name string)) {
	t.Helper()
	var names []string
	spec := os.Getenv(PluginVariable)
	switch {
	case !xla.Built && spec != "":
		t.Fatalf("%s names the plugin %s, and this test was built without -tags xla", PluginVariable, spec)
	case !xla.Built:
		t.Run("xla", func(t *testing.T) { t.Skip("built without -tags xla") })
		return
	case spec != "":
		names = append(names, "xla:"+spec)
	}
	for _, p := range xla.Plugins() {
		if p.Name != spec {
			names = append(names, "xla:"+p.Name)
		}
	}
	if len(names) == 0 {
		t.Run("xla", func(t *testing.T) { t.Skip("there is no plugin, and " + PluginVariable + " names none") })
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			d, err := backend.Open(name, backend.Options{})
			if err != nil && name == "xla:"+spec {
				t.Fatalf("%s names it, and it cannot be used: %v", PluginVariable, err)
			}
			if err != nil {
				t.Skipf("cannot be used: %v", err)
			}
			if err := d.Close(); err != nil {
				t.Fatal(err)
			}
			run(t, name)
		})
	}
}

func opener(name string) func(t testing.TB) device.Device {
	return func(t testing.TB) device.Device {
		t.Helper()
		d, err := backend.Open(name, backend.Options{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := d.Close(); err != nil {
				t.Error(err)
			}
		})
		return d
	}
}
