package xla_test

import (
	"os"
	"testing"

	"easel/internal/engine/backend/backendtest"
	"easel/internal/engine/conformance"
	"easel/internal/engine/device"
	"easel/internal/engine/xla"
)

// plugin is the plugin to test with; a test that has none is skipped.
func plugin(t testing.TB) string {
	t.Helper()
	if !xla.Built {
		t.Skip("built without -tags xla")
	}
	spec := os.Getenv(backendtest.PluginVariable)
	if spec == "" {
		t.Skip(backendtest.PluginVariable + " names no PJRT plugin")
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
