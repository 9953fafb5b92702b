package xla_test

import (
	"os"
	"testing"

	"easel/internal/conformance"
	"easel/internal/device"
	"easel/internal/xla"
)

// pluginVariable names a plugin to run the tests on, or a path: easel is built
// with -tags xla then. One for processors will do.
const pluginVariable = "EASEL_TEST_XLA"

// plugin is the plugin to test with; a test that has none is skipped.
func plugin(t testing.TB) string {
	t.Helper()
	if !xla.Built {
		t.Skip("built without -tags xla")
	}
	spec := os.Getenv(pluginVariable)
	if spec == "" {
		t.Skip(pluginVariable + " names no PJRT plugin")
	}
	return spec
}

func open(t testing.TB, o xla.Options) xla.Device {
	t.Helper()
	d, err := xla.Open(plugin(t), o)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDevicesConform(t *testing.T) {
	plugin(t)
	conformance.RunDevices(t, func(t testing.TB, count int) device.Device {
		return open(t, xla.Options{Devices: count})
	}, conformance.Options{})
}

func TestConformance(t *testing.T) {
	plugin(t)
	conformance.Run(t, func(t testing.TB) device.Device { return open(t, xla.Options{}) }, conformance.Options{})
}
